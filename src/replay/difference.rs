//! What of the same scans is counted otherwise now than it was when they were read.

use crate::recording::stream_totals::StreamTotals;

/// A count that is another one now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// What was counted: `torn scans`, `hole, H1`.
    pub(crate) what: String,
    pub(crate) recorded: u64,
    pub(crate) now: u64,
}

/// What is counted otherwise now; for how long violations stood is left out, as that
/// does not add up over parts of a stream.
pub(crate) fn differences(recorded: &StreamTotals, now: &StreamTotals) -> Vec<Difference> {
    let mut pairs = counts(recorded).zip(counts(now)).collect::<Vec<_>>();
    // Of a suspected hole the calls are not recorded: it is a blink or remapped now.
    let follows_calls = recorded.missing.suspected > 0;
    let is_full = recorded.missing.not_followed > 0 || now.missing.not_followed > 0;
    if follows_calls || is_full {
        pairs.retain(|((what, _), _)| !OF_CALLS.contains(&&**what));
    }
    pairs
        .into_iter()
        .filter(|((_, recorded), (_, now))| recorded != now)
        .map(|((what, recorded), (_, now))| Difference {
            what,
            recorded,
            now,
        })
        .collect()
}

/// What also depends on whether the calls of the target were seen.
const OF_CALLS: [&str; 2] = ["blinks", "remapped"];

/// All that is counted, the same for all totals.
fn counts(totals: &StreamTotals) -> impl Iterator<Item = (String, u64)> {
    let StreamTotals { tally, missing } = totals;
    let plain = [
        ("scans", tally.scans),
        ("lines", tally.lines),
        ("torn scans", tally.torn),
        ("duplicates at a boundary", tally.duplicates_at_boundary),
        ("duplicates inside a chunk", tally.duplicates_inside),
        ("backward starts", tally.backward),
        ("violating scans", tally.violating_scans),
        ("blinks", missing.blinks),
        ("remapped", missing.remapped),
    ];
    let violations = tally.all_named().map(|(kind, known, count)| {
        let label = known.label().unwrap_or("mechanism not known");
        (format!("{kind}, {label}"), count)
    });
    let plain = plain.map(|(what, count)| (what.to_owned(), count));
    plain.into_iter().chain(violations.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::known_holes::{KnownHole, KnownHoles};
    use crate::oracle::verdict::ViolationKind;

    #[test]
    fn a_count_that_is_another_is_named_and_what_needs_calls_is_not() {
        let mut recorded = StreamTotals::default();
        recorded.tally.scans = 9;
        recorded.missing.blinks = 4;
        let mut now = recorded.clone();
        assert_eq!(differences(&recorded, &now), []);
        let h1 = KnownHoles::sets()
            .find(|set| set.has(KnownHole::H1))
            .unwrap();
        now.tally.add_violation(&ViolationKind::Hole(1..2), h1);
        now.missing.blinks = 5;
        let whats = |of: &[Difference]| -> Vec<_> {
            let each = of.iter();
            each.map(|it| (it.what.clone(), it.recorded, it.now))
                .collect()
        };
        let hole = (format!("hole, {}", h1.label().unwrap()), 0, 1);
        let found = whats(&differences(&recorded, &now));
        assert_eq!(found, [("blinks".to_owned(), 4, 5), hole.clone()]);
        recorded.missing.suspected = 1;
        assert_eq!(whats(&differences(&recorded, &now)), [hole]);
    }
}
