//! What was counted while a stream was recorded.

use serde::{Deserialize, Serialize};

use crate::oracle::missing::MissingCounts;
use crate::oracle::tally::Tally;

/// What was counted of a stream from its first scan on to number `tally.scans`: who
/// judges those scans afresh sees whether they come to the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StreamTotals {
    pub(crate) tally: Tally,
    /// Where the states are unknown.
    #[serde(default)]
    pub(crate) missing: MissingCounts,
}

impl StreamTotals {
    /// What was added since it was `earlier`.
    #[must_use]
    pub(crate) fn since(&self, earlier: &StreamTotals) -> StreamTotals {
        StreamTotals {
            tally: self.tally.since(&earlier.tally),
            missing: self.missing.since(earlier.missing),
        }
    }

    pub(crate) fn merge(&mut self, other: &StreamTotals) {
        self.tally.merge(&other.tally);
        self.missing.merge(other.missing);
    }
}
