//! What a sampler finds and hands over.

use crate::linux::procmap_query::{QueriedVma, Query};
use crate::maps::excerpt::Excerpt;
use crate::maps::scan_text::Window;
use crate::oracle::evidence::Cause;
use crate::oracle::missing::CameBack;
use crate::oracle::query_judge::QueryFinding;
use crate::oracle::tally::Tally;
use crate::oracle::verdict::{Tear, Violation};

/// Lines shown on each side of what was found.
pub(crate) const AROUND: usize = 3;

/// Something that a scan showed and that is described.
#[derive(Clone, Debug)]
pub struct Found {
    /// The scan's number, from 1.
    pub scan: u64,
    /// Nanoseconds since the sampler started: when the scan had been read, or when the
    /// first query of the pass was asked.
    pub at_ns: u64,
    pub kind: FoundKind,
}

#[derive(Clone, Debug)]
pub enum FoundKind {
    /// A duplicate.
    Tear { tear: Tear, excerpt: Excerpt },
    /// A blink or a suspected hole, in a target whose states nobody knows.
    CameBack {
        came_back: CameBack,
        cause: Cause,
        /// The lines around it, in the scan that lacks it.
        excerpt: Excerpt,
    },
    /// A violation in a text scan.
    Violation {
        violation: Violation,
        excerpt: Excerpt,
    },
    /// A violation in the answer to a query.
    QueryViolation {
        query: Query,
        answer: Option<QueriedVma>,
        finding: QueryFinding,
        /// The operations during which it was answered.
        window: Window,
    },
}

/// What a scan adds to: the totals, and what was found, described or not.
pub(crate) struct Finds<'a> {
    pub(crate) tally: &'a mut Tally,
    /// The scan's number, from 1.
    pub(crate) scan: u64,
    /// As [`Found::at_ns`] of all that the scan shows: one time for one scan, so that
    /// it is judged again as it was judged first.
    pub(crate) now_ns: u64,
    /// Finds that were counted but, being of a frequent kind, not described.
    pub(crate) not_described: &'a mut u64,
    pub(crate) found: &'a mut dyn FnMut(Found),
}

impl Finds<'_> {
    /// Describes a find, if one more of its kind may be.
    pub(crate) fn describe(&mut self, allowance: &mut Allowance, find: impl FnOnce() -> FoundKind) {
        if allowance.take(self.now_ns) {
            (self.found)(Found {
                scan: self.scan,
                at_ns: self.now_ns,
                kind: find(),
            });
        } else {
            *self.not_described += 1;
        }
    }
}

/// How many finds of a kind are described: the first few at once, then some
/// each second, so that describing never costs a noticeable share of the
/// sampling.
#[derive(Clone, Debug)]
pub(crate) struct Allowance {
    at_once: u32,
    interval_ns: u64,
    next_ns: u64,
}

impl Allowance {
    pub(crate) const ALL: Allowance = Allowance {
        at_once: 0,
        interval_ns: 0,
        next_ns: 0,
    };

    pub(crate) const fn new(at_once: u32, each_second: u64) -> Self {
        Allowance {
            at_once,
            interval_ns: 1_000_000_000 / each_second,
            next_ns: 0,
        }
    }

    /// Whether one more may be described now.
    pub(crate) fn take(&mut self, now_ns: u64) -> bool {
        if self.at_once > 0 {
            self.at_once -= 1;
            return true;
        }
        if now_ns < self.next_ns {
            return false;
        }
        self.next_ns = now_ns.saturating_add(self.interval_ns);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Allowance;

    #[test]
    fn the_first_few_then_a_few_a_second() {
        let mut allowance = Allowance::new(2, 10);
        let taken: Vec<u64> = (0..1000)
            .map(|ms| ms * 1_000_000)
            .filter(|&now| allowance.take(now))
            .map(|now| now / 1_000_000)
            .collect();
        assert_eq!(&taken[..4], &[0, 1, 2, 102]);
        assert_eq!(taken.len(), 2 + 10);
    }
}
