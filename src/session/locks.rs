//! What the sampling thread locks for each scan, where that can be counted.

use std::collections::VecDeque;
use std::time::Duration;

use super::snapshot::ScanLocks;
use crate::linux::features::rule::Granularity;
use crate::linux::locks::{LockCounter, LockEvidence};
use crate::sampling::sampler::Sampler;

/// How often it is worked out.
const EVERY: Duration = Duration::from_millis(250);
/// Over how many of these the figure is taken.
const OVER: usize = 4;

/// Counts the locks of a sampler's thread.
pub(crate) struct LockMeter {
    evidence: Option<LockEvidence>,
    granularity: Granularity,
    /// The thread, and its counter.
    counter: Option<(u32, LockCounter)>,
    due: Duration,
    /// Acquisitions and scans so far, each time it was worked out.
    seen: VecDeque<(u64, u64)>,
}

impl LockMeter {
    /// Counts if this process may; `granularity` is what the reader locks at a
    /// time.
    pub(crate) fn new(granularity: Granularity) -> Self {
        LockMeter {
            evidence: LockEvidence::find().ok(),
            granularity,
            counter: None,
            due: Duration::ZERO,
            seen: VecDeque::new(),
        }
    }

    /// Counts, if it is time to; whether there is something new.
    pub(crate) fn update(&mut self, now: Duration, sampler: &Sampler) -> bool {
        let (Some(evidence), Some(thread)) = (self.evidence, sampler.thread_id()) else {
            return false;
        };
        if now < self.due {
            return false;
        }
        self.due = now + EVERY;
        if self.counter.as_ref().is_none_or(|(of, _)| *of != thread) {
            self.seen.clear();
            // A thread that has just ended is replaced or reported elsewhere.
            self.counter = evidence.of_process(thread).ok().map(|it| (thread, it));
        }
        let Some((_, counter)) = &self.counter else {
            return false;
        };
        let counts = (counter.counts().read, sampler.published().tally.scans);
        self.seen.push_back(counts);
        if self.seen.len() > OVER + 1 {
            self.seen.pop_front();
        }
        true
    }

    /// What was locked for each scan lately.
    pub(crate) fn per_scan(&self) -> Option<ScanLocks> {
        let (first, last) = self.seen.front().zip(self.seen.back())?;
        let scans = last.1.saturating_sub(first.1);
        let read = last.0.saturating_sub(first.0);
        (scans > 0).then(|| ScanLocks {
            per_scan: read as f64 / scans as f64,
            fallbacks: self.granularity == Granularity::Line,
        })
    }
}
