//! What of a case was not read, in words.

use crate::events::case::{CaseResult, LeftOut, Outcome, place_name};
use crate::text::sanitise::one_line;

/// Why nothing, or not all, was judged; none where the case ran.
pub(crate) fn why_not_judged(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Held | Outcome::KnownViolations | Outcome::Violations => None,
        Outcome::NotRun => Some("interrupted before its end".into()),
        Outcome::Failed { reason } | Outcome::Skipped { reason } => Some(one_line(reason)),
    }
}

/// What was left out, a line for each reason; none where the outcome says all
/// there is to say.
pub(crate) fn left_out(result: &CaseResult) -> Vec<String> {
    let mut groups: Vec<(&LeftOut, Vec<String>)> = Vec::new();
    for one in &result.left_out {
        let place = place_name(one.placement, one.variant);
        let same = |(first, _): &&mut (&LeftOut, Vec<String>)| {
            first.partly == one.partly && first.reason == one.reason
        };
        match groups.iter_mut().find(same) {
            Some((_, places)) => places.push(place),
            None => groups.push((one, vec![place])),
        }
    }
    if result.tally.scans == 0 && groups.len() == 1 {
        return Vec::new();
    }
    let line = |(first, places): (&LeftOut, Vec<String>)| {
        let what = if first.partly {
            "not read in full"
        } else {
            "not read"
        };
        format!(
            "{what} at {}: {}",
            places.join(", "),
            one_line(&first.reason)
        )
    };
    groups.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::case::CaseKey;
    use crate::setup::placement::Placement;

    fn left(placement: Placement, variant: usize, partly: bool, reason: &str) -> LeftOut {
        LeftOut {
            placement,
            variant,
            partly,
            reason: reason.into(),
        }
    }

    #[test]
    fn what_was_left_out_is_a_line_for_each_reason() {
        let case = CaseKey {
            scenario: "split".into(),
            reader: "maps".into(),
        };
        let mut result = CaseResult::without_reading(case, (1, 1), Outcome::Held);
        assert!(left_out(&result).is_empty());
        result.left_out = vec![
            left(Placement::Low, 0, false, "no place"),
            left(Placement::Low, 1, false, "no place"),
        ];
        // The outcome says so.
        assert!(left_out(&result).is_empty());
        result.tally.scans = 1;
        result
            .left_out
            .push(left(Placement::Boundary, 0, true, "it\ndied"));
        assert_eq!(
            left_out(&result),
            [
                "not read at low, low 1: no place",
                "not read in full at boundary: it died"
            ]
        );
    }
}
