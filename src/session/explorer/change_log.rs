//! The changes seen so far, as many as are kept, and how fast they come.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::maps::diff::change::{AddressSpaceChange, AddressSpaceChangeKind as Kind, ChangeCounts};
use crate::maps::intervals::overlap;
use crate::oracle::changed_by::ChangedBy;

/// How long after it what was missing is known to have been a suspected hole.
pub(crate) const LATELY: Duration = Duration::from_secs(1);

/// A change, and when it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedChange {
    /// Its number, from 1: the first change ever logged.
    pub number: u64,
    /// When it was seen, since whoever keeps the log began.
    pub at: Duration,
    pub change: AddressSpaceChange,
    /// The call that made it.
    pub by: ChangedBy,
    /// It was no change: what was missing came back, and no call had unmapped it.
    pub is_suspected_hole: bool,
}

/// The latest changes, oldest first. It holds so many of them and so much
/// memory, and forgets the oldest; the counts never forget.
#[derive(Clone, Debug)]
pub struct ChangeLog {
    list: VecDeque<LoggedChange>,
    most: usize,
    most_bytes: usize,
    bytes: usize,
    counts: ChangeCounts,
}

impl Default for ChangeLog {
    fn default() -> Self {
        Self::new(Self::MOST, Self::MOST_BYTES)
    }
}

impl ChangeLog {
    pub(crate) const MOST: usize = 10_000;
    /// Memory used at most by default, in bytes: names may be long.
    pub(crate) const MOST_BYTES: usize = 4 << 20;

    /// A log of at most so many changes and about so many bytes.
    #[must_use]
    pub fn new(most: usize, most_bytes: usize) -> Self {
        ChangeLog {
            list: VecDeque::new(),
            most,
            most_bytes,
            bytes: 0,
            counts: ChangeCounts::default(),
        }
    }

    pub fn push(&mut self, at: Duration, change: AddressSpaceChange, by: ChangedBy) {
        self.counts.add(change.kind);
        self.bytes += change.weight();
        self.list.push_back(LoggedChange {
            number: self.counts.total(),
            at,
            change,
            by,
            is_suspected_hole: false,
        });
        while self.list.len() > self.most || self.bytes > self.most_bytes {
            let Some(oldest) = self.list.pop_front() else {
                break;
            };
            self.bytes -= oldest.change.weight();
        }
    }

    /// Logs what another log has, with its number; one that is there already has turned
    /// out to be a suspected hole.
    pub(crate) fn replay(&mut self, logged: &LoggedChange) {
        if self
            .list
            .back()
            .is_none_or(|last| last.number < logged.number)
        {
            self.push(logged.at, logged.change.clone(), logged.by);
            if let Some(last) = self.list.back_mut() {
                last.clone_from(logged);
            }
        } else if let Some(known) = self
            .list
            .iter_mut()
            .rev()
            .find(|it| it.number == logged.number)
        {
            known.is_suspected_hole = logged.is_suspected_hole;
        }
    }

    /// Addresses were a suspected hole just now: what seemed to unmap them did
    /// not. Whether something seemed so.
    pub(crate) fn suspect(&mut self, addresses: &Range<u64>, now: Duration) -> bool {
        let mut lately = self
            .list
            .iter_mut()
            .rev()
            .take_while(|it| now < it.at + LATELY);
        let found = lately.find(|it| {
            let vma = it.change.main();
            it.change.kind == Kind::Unmap && overlap(&(vma.start..vma.end), addresses)
        });
        found.is_some_and(|it| !std::mem::replace(&mut it.is_suspected_hole, true))
    }

    /// Those kept, oldest first.
    pub(crate) fn iter(
        &self,
    ) -> impl DoubleEndedIterator<Item = &LoggedChange> + ExactSizeIterator + Clone {
        self.list.iter()
    }

    /// How many of each kind were ever logged.
    #[must_use]
    pub fn counts(&self) -> &ChangeCounts {
        &self.counts
    }

    #[must_use]
    pub fn forgotten(&self) -> u64 {
        let first = self.list.front().map(|oldest| oldest.number);
        first.map_or(self.counts.total(), |first| first.saturating_sub(1))
    }
}

/// Changes a second, over the last second or so.
#[derive(Clone, Debug, Default)]
pub struct ChangeRates {
    samples: VecDeque<(Duration, ChangeCounts)>,
}

impl ChangeRates {
    /// Over how long.
    const OVER: Duration = Duration::from_secs(1);
    /// How often counts are taken in.
    const EVERY: Duration = Duration::from_millis(100);

    /// Takes in counts that only grow, as [`ChangeLog::counts`] does.
    pub fn add(&mut self, at: Duration, counts: &ChangeCounts) {
        let soon = |(last, _): &(Duration, _)| at < *last + Self::EVERY;
        if self.samples.back().is_some_and(soon) {
            return;
        }
        self.samples.push_back((at, *counts));
        // One sample older than that stays, so that there is a second to count.
        while self
            .samples
            .get(1)
            .is_some_and(|(time, _)| *time + Self::OVER <= at)
        {
            self.samples.pop_front();
        }
    }

    /// How many of each kind a second, rounded.
    #[must_use]
    pub fn per_second(&self) -> RateOfChanges {
        let (Some((from, first)), Some((to, last))) = (self.samples.front(), self.samples.back())
        else {
            return RateOfChanges::default();
        };
        RateOfChanges {
            counts: last.since(first),
            over: to.saturating_sub(*from),
        }
    }
}

/// Counts, and the time in which they came together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateOfChanges {
    pub counts: ChangeCounts,
    pub over: Duration,
}

impl RateOfChanges {
    /// A count as so many a second.
    #[must_use]
    pub(crate) fn rate(&self, count: u64) -> f64 {
        if self.over.is_zero() {
            return 0.0;
        }
        count as f64 / self.over.as_secs_f64()
    }

    /// All kinds together, a second.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.rate(self.counts.total())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::diff::compare::Diff;
    use crate::maps::diff::tests::text;

    #[test]
    fn the_log_forgets_the_oldest_and_counts_all() {
        let mut diff = Diff::new();
        let mut log = ChangeLog::new(3, usize::MAX);
        let layouts = ["w", "ww", "www.F", "w...F", "r...F"];
        for (second, two) in layouts.windows(2).enumerate() {
            diff.compare(text(two[0]).as_bytes(), text(two[1]).as_bytes());
            for change in diff.drain() {
                log.push(
                    Duration::from_secs(second as u64),
                    change,
                    ChangedBy::Unknown,
                );
            }
        }
        assert_eq!(log.counts().total(), 5);
        assert_eq!(log.counts().of(Kind::Grow), 2);
        assert_eq!((log.iter().len(), log.forgotten()), (3, 2));
        let kept: Vec<_> = log.iter().map(|it| (it.number, it.change.kind)).collect();
        assert_eq!(
            kept,
            [(3, Kind::Map), (4, Kind::Shrink), (5, Kind::Protect)]
        );
        // Memory bounds it too.
        let mut small = ChangeLog::new(1000, 2048);
        for logged in log.iter().cycle().take(100) {
            small.push(logged.at, logged.change.clone(), logged.by);
        }
        assert!(small.iter().len() < 20);
        assert_eq!(small.forgotten() + small.iter().len() as u64, 100);
    }

    #[test]
    fn what_seemed_unmapped_is_called_the_suspected_hole_that_it_was() {
        let mut diff = Diff::new();
        let mut log = ChangeLog::default();
        let at = Duration::from_secs(5);
        diff.compare(text("w...F").as_bytes(), text("....F").as_bytes());
        for change in diff.drain() {
            log.push(at, change, ChangedBy::Unknown);
        }
        let vma = log.iter().next().unwrap().change.main().clone();
        let suspected = |log: &ChangeLog| log.iter().filter(|it| it.is_suspected_hole).count();
        // Elsewhere, and long after.
        assert!(!log.suspect(&(vma.end..vma.end + 1), at));
        assert!(!log.suspect(&(vma.start..vma.end), at + LATELY));
        assert_eq!(suspected(&log), 0);
        assert!(log.suspect(&(vma.start..vma.end), at + LATELY / 2));
        assert_eq!(suspected(&log), 1);
    }

    #[test]
    fn rates_are_those_of_the_last_second() {
        let mut rates = ChangeRates::default();
        let mut counts = ChangeCounts::default();
        assert!(rates.per_second().total() < f64::EPSILON);
        for tenth in 0..50 {
            // One in each tenth of a second, and then none.
            if tenth < 30 {
                counts.add(Kind::Grow);
            }
            rates.add(Duration::from_millis(100 * tenth), &counts);
            let total = rates.per_second().total();
            match tenth {
                15..30 => assert!((total - 10.0).abs() < 0.1, "{tenth}: {total}"),
                40.. => assert!(total < 0.1, "{tenth}: {total}"),
                _ => {}
            }
        }
    }
}
