//! The calls of a target beside the scans of it: which of them ran while
//! something was missing, and between two scans that were compared.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::linux::calls::call::Call;
use crate::linux::calls::trace::CallTrace;
use crate::linux::monotonic_clock::now_ns;
use crate::maps::diff::change::AddressSpaceChange;
use crate::oracle::changed_by::ChangedBy;
use crate::oracle::evidence::Cause;
use crate::oracle::missing::CameBack;

/// Until how many scans have lacked a range it is followed, where calls are
/// seen: a hole may last while a huge destination is unmapped.
pub(crate) const MOST_SCANS: u64 = 64;
/// The kernel's fast clock may be off by a little while it is being set
/// (`ktime_get_mono_fast_ns()`, kernel/time/timekeeping.c).
const MARGIN_NS: u64 = 10_000;
/// Calls that are handed over with a scan.
const MOST_HANDED: usize = 1024;

/// Whether a target's calls are seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallsSeen {
    /// Nobody asked for them, or nothing has been scanned yet.
    #[default]
    No,
    /// They cannot be: why, and what would help.
    Refused(Arc<str>),
    /// They are.
    Yes {
        /// How many there have been.
        calls: u64,
        /// How often some were lost, and nothing could be claimed for a while.
        losses: u64,
    },
}

/// The calls that ran between two scans, the last first.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallsBetween {
    pub calls: Vec<Call>,
    /// Whether these are all.
    pub complete: bool,
}

impl CallsBetween {
    /// Which of them made a change between those scans, of which these are the texts.
    #[must_use]
    pub(crate) fn that_made(
        &self,
        change: &AddressSpaceChange,
        texts: (&[u8], &[u8]),
    ) -> ChangedBy {
        match self.complete {
            true => ChangedBy::of(change, texts, self.calls.iter()),
            false => ChangedBy::Unknown,
        }
    }
}

/// The times of one scan, in nanoseconds of `CLOCK_MONOTONIC`.
#[derive(Clone, Copy, Debug, Default)]
struct ScanTimes {
    begun: u64,
    ended: u64,
}

#[derive(Debug)]
pub(crate) struct ScannedCalls {
    trace: CallTrace,
    current: ScanTimes,
    /// Of the latest scans that were judged, the latest last.
    judged: VecDeque<ScanTimes>,
    /// When the scan began that was handed over last.
    handed: u64,
}

impl ScannedCalls {
    pub(crate) fn new(trace: CallTrace) -> Self {
        ScannedCalls {
            trace,
            current: ScanTimes::default(),
            judged: VecDeque::new(),
            handed: now_ns(),
        }
    }

    pub(crate) fn scan_begins(&mut self) {
        self.current.begun = now_ns().saturating_sub(MARGIN_NS);
    }

    pub(crate) fn scan_ends(&mut self) {
        self.current.ended = now_ns() + MARGIN_NS;
    }

    /// The scan that ended last was judged.
    pub(crate) fn scan_judged(&mut self) {
        self.judged.push_back(self.current);
        // The scan that has it again, those that lack it, and the one before.
        if self.judged.len() as u64 > MOST_SCANS + 2 {
            self.judged.pop_front();
        }
        self.trace.read();
    }

    /// Reads calls while nothing is scanned.
    pub(crate) fn meanwhile(&mut self) {
        self.trace.read();
    }

    /// Why something was missing that came back in the scan judged last.
    pub(crate) fn cause(&self, came_back: &CameBack) -> Cause {
        let Some(Range { start, end }) = self.missing_between(came_back.scans) else {
            return Cause::Unknown;
        };
        if !self.trace.history().is_complete(start) {
            return Cause::Unknown;
        }
        Cause::of(&came_back.range, self.trace.between(start, end))
    }

    /// From the beginning of the last scan that had it to the end of the last
    /// that did not.
    fn missing_between(&self, scans: u64) -> Option<Range<u64>> {
        let last_without = self.judged.len().checked_sub(2)?;
        let last_with = last_without.checked_sub(usize::try_from(scans).ok()?)?;
        Some(self.judged[last_with].begun..self.judged[last_without].ended)
    }

    /// The calls since the scan that was asked for the last time.
    pub(crate) fn hand_over(&mut self, into: &mut CallsBetween) {
        let from = std::mem::replace(&mut self.handed, self.current.begun);
        into.calls.clear();
        let calls = self.trace.between(from, self.current.ended);
        into.calls.extend(calls.take(MOST_HANDED));
        let complete = self.trace.history().is_complete(from);
        into.complete = complete && into.calls.len() < MOST_HANDED;
    }

    pub(crate) fn seen(&self) -> CallsSeen {
        CallsSeen::Yes {
            calls: self.trace.history().count(),
            losses: self.trace.losses(),
        }
    }
}
