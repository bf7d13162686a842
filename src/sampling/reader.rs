//! A reader of one kind together with the judge of what it reads.

use std::fmt::Debug;
use std::time::Instant;

use super::clock::Clock;
use super::finds::Finds;
use super::options::SamplerError;
use super::scanned_calls::{CallsBetween, CallsSeen};
use crate::linux::chunk::ScanError;
use crate::linux::dwell::DwellTime;
use crate::linux::interrupt_storm::InterruptStorm;
use crate::maps::scan_text::ScanText;
use crate::oracle::boundary_pairs::BoundaryPairs;
use crate::oracle::missing::MissingCounts;
use crate::oracle::pairs::PairTable;
use crate::oracle::verdict::Verdict;
use crate::recording::raw::Raw;

/// What a sampling thread does over and over.
pub(crate) trait Sampling: Debug + Send {
    /// One scan or pass; whether it was torn, or violates a promise. A scan is judged
    /// as of the time when it had been read, in nanoseconds since `start`; the answers
    /// of a pass, which are judged one by one, as of the time that `finds` has.
    fn sample(
        &mut self,
        clock: &Clock,
        start: Instant,
        finds: &mut Finds<'_>,
    ) -> Result<bool, SamplerError>;

    /// What the latest one has read.
    fn raw(&self) -> Raw<'_>;

    /// From now on [`Self::raw`] has the answers to queries, too; of so many writers that
    /// are counted.
    fn keep_answers(&mut self, _: usize) {}

    /// Pauses in this way before each read or query.
    fn set_dwell(&mut self, _: DwellTime) {}

    /// Has interrupts come during its reads or queries from now on.
    fn begin_storm(&mut self, _: InterruptStorm) {}

    /// Whether the address space that is read still exists.
    fn is_alive(&mut self) -> Result<bool, ScanError>;

    /// What was missing and came back, where the states are unknown.
    fn missing(&self) -> MissingCounts {
        MissingCounts::default()
    }

    /// Whether the target's calls are seen, where its states are unknown.
    fn calls_seen(&self) -> CallsSeen {
        CallsSeen::No
    }

    /// The target's calls since this was asked the last time.
    fn hand_over_calls(&mut self, _into: &mut CallsBetween) {}

    /// What cannot wait until the next scan.
    fn meanwhile(&mut self) {}

    /// The pairs of lines counted so far, where they are.
    fn pairs(&self) -> Option<&PairTable> {
        None
    }

    /// The pairs of lines at chunk boundaries, where the states are unknown.
    fn boundaries(&self) -> Option<&BoundaryPairs> {
        None
    }

    /// The latest scan and its verdict, where a text is read.
    fn latest(&self) -> Option<(&ScanText, &Verdict)> {
        None
    }

    /// Puts the latest scan into `other`; where it is not needed any more, in
    /// exchange for it.
    fn give_scan(&mut self, _other: &mut ScanText) {}
}
