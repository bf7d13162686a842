//! A scenario that is laid out and known in all its states.

use std::sync::Arc;
use std::time::Duration;

use super::placement::Placement;
use super::read_range::ReadRange;
use super::state_info::{BoundaryView, StateInfo};
use crate::modifier::options::Pace;
use crate::oracle::states::States;
use crate::scenario::arena::Site;
use crate::scenario::definition::Scenario;
use crate::text::number::nanoseconds;

/// A scenario that is laid out, in its original state, and known in all.
#[derive(Clone, Debug)]
pub struct PreparedScenario {
    pub scenario: Scenario,
    /// Where its first site is.
    pub site: Site,
    /// Where all its sites are, in address order.
    pub sites: Vec<Site>,
    /// Where the site stands relative to the reader's chunks.
    pub placement: Placement,
    /// How much of the file is to be read each time.
    pub extent: ReadRange,
    /// How long a scan took while the modifier stood still.
    pub scan_time: Duration,
    /// Every state, as the kernel showed it.
    pub states: Arc<States>,
    /// The states, to show.
    pub state_infos: Vec<StateInfo>,
    /// The lines around the boundary in each state and after the restore.
    pub boundary: Vec<BoundaryView>,
}

impl PreparedScenario {
    /// How writers work unless something else is asked for.
    ///
    /// Where scans are short, a writer without rests makes the reader wait for
    /// mmap_lock most of the time; with one operation between two rests of up
    /// to a scan far more scans are torn (`cargo bench --bench finding`).
    #[must_use]
    pub fn usual_pace(&self) -> Pace {
        match self.placement {
            Placement::Low => self.bursts_of(1),
            _ => Pace::Steady,
        }
    }

    /// Bursts of at most so many operations, with rests of up to a scan.
    #[must_use]
    pub(crate) fn bursts_of(&self, operations: u32) -> Pace {
        Pace::Burst {
            operations,
            rest_ns: nanoseconds(self.scan_time),
        }
    }
}
