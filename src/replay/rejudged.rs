//! What is counted otherwise when recorded scans are judged afresh.

use std::fmt;

use crate::events::case::CaseKey;
use crate::linux::features::rule::Rule;
use crate::linux::known_holes::KnownHoles;
use crate::oracle::missing::MissingCounts;
use crate::oracle::tally::Tally;
use crate::oracle::verdict::ViolationKind;
use crate::text::number::{count, grouped};

/// The totals of a stream, as recorded and as judged afresh; both of the same scans, or
/// they say nothing of each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rejudged<'a> {
    pub(crate) case: &'a CaseKey,
    /// The rule that was given instead of the recorded one.
    pub(crate) rule: Option<Rule>,
    pub(crate) recorded: (&'a Tally, MissingCounts),
    pub(crate) afresh: (&'a Tally, MissingCounts),
}

/// Something that is counted, and how often, then and now.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Difference {
    what: String,
    then: u64,
    now: u64,
}

impl Rejudged<'_> {
    /// Whether both are of the same number of scans.
    pub(crate) fn is_comparable(&self) -> bool {
        self.recorded.0.scans == self.afresh.0.scans
    }

    /// Whether judging afresh found another total than was recorded.
    pub(crate) fn differs(&self) -> bool {
        self.is_comparable() && !self.differences().is_empty()
    }

    fn differences(&self) -> Vec<Difference> {
        let ((then, missed), (now, misses)) = (self.recorded, self.afresh);
        let mut differences = Vec::new();
        let mut compare = |what: String, then: u64, now: u64| {
            if then != now {
                differences.push(Difference { what, then, now });
            }
        };
        for (kind, name) in ViolationKind::NAMES.iter().enumerate() {
            for known in KnownHoles::sets() {
                let label = known.label().unwrap_or("mechanism not known");
                let of = |tally: &Tally| tally.violations[kind][known.index()];
                compare(format!("{name} ({label})"), of(then), of(now));
            }
        }
        for (what, then, now) in [
            ("violating scans", then.violating_scans, now.violating_scans),
            ("torn scans", then.torn, now.torn),
            (
                "duplicates at a boundary",
                then.duplicates_at_boundary,
                now.duplicates_at_boundary,
            ),
            (
                "duplicates inside a chunk",
                then.duplicates_inside,
                now.duplicates_inside,
            ),
            ("backward starts", then.backward, now.backward),
            ("blinks", missed.blinks, misses.blinks),
            ("remapped lines", missed.remapped, misses.remapped),
            ("suspected holes", missed.suspected, misses.suspected),
            ("lines or answers", then.lines, now.lines),
        ] {
            compare(what.to_owned(), then, now);
        }
        differences
    }
}

/// One sentence.
impl fmt::Display for Rejudged<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rejudged { case, rule, .. } = self;
        let (recorded, afresh) = (self.recorded.0.scans, self.afresh.0.scans);
        write!(f, "{case}, judged afresh")?;
        if let Some(rule) = rule {
            write!(f, " by the rule {rule}")?;
        }
        if !self.is_comparable() {
            let (recorded, afresh) = (count(recorded, "scan"), grouped(afresh));
            return write!(
                f,
                ": of {recorded} that were counted the recording holds {afresh}, so the totals \
                 cannot be compared."
            );
        }
        let differences = self.differences();
        if differences.is_empty() {
            let scans = count(afresh, "scan");
            return write!(f, ": {scans}, and every total is as recorded.");
        }
        let texts = differences.iter().map(|Difference { what, then, now }| {
            format!("{what} {} instead of {}", grouped(*now), grouped(*then))
        });
        let texts: Vec<String> = texts.collect();
        let scans = count(afresh, "scan");
        write!(f, ": in the same {scans} {}.", texts.join(", "))?;
        let suspected = self.recorded.1.suspected;
        if suspected > self.afresh.1.suspected {
            f.write_str(
                " Without the target's calls, which are not recorded as they came, nothing is \
                 suspected.",
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(scans: u64, torn: u64, holes: u64) -> Tally {
        let mut tally = Tally {
            scans,
            torn,
            ..Tally::default()
        };
        for _ in 0..holes {
            tally.add_violation(&ViolationKind::Hole(0..1), KnownHoles::NONE);
        }
        tally
    }

    #[track_caller]
    fn assert_says(then: (&Tally, u64), now: &Tally, rule: Option<Rule>, said: &str) {
        let case = CaseKey {
            scenario: "split".into(),
            reader: "maps".into(),
        };
        let missing = |suspected| MissingCounts {
            suspected,
            ..MissingCounts::default()
        };
        let rejudged = Rejudged {
            case: &case,
            rule,
            recorded: (then.0, missing(then.1)),
            afresh: (now, missing(0)),
        };
        assert_eq!(rejudged.to_string(), said);
        assert_eq!(rejudged.differs(), said.contains(" instead of "));
    }

    #[test]
    fn the_difference_is_said_and_that_there_is_none() {
        let then = tally(2_000, 7, 0);
        assert_says(
            (&then, 0),
            &then,
            None,
            "split by maps, judged afresh: 2,000 scans, and every total is as recorded.",
        );
        assert_says(
            (&then, 0),
            &tally(2_000, 8, 3),
            Some(Rule::CHUNK_END),
            "split by maps, judged afresh by the rule chunk-end: in the same 2,000 scans hole \
             (mechanism not known) 3 instead of 0, torn scans 8 instead of 7.",
        );
        assert_says(
            (&then, 0),
            &tally(1, 7, 0),
            None,
            "split by maps, judged afresh: of 2,000 scans that were counted the recording holds 1, \
             so the totals cannot be compared.",
        );
        assert_says(
            (&then, 2),
            &then,
            None,
            "split by maps, judged afresh: in the same 2,000 scans suspected holes 0 instead of 2. \
             Without the target's calls, which are not recorded as they came, nothing is suspected.",
        );
    }
}
