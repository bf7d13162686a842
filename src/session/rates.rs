//! Rates over the last second, and their history.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::oracle::tally::Tally;

/// How often rates are worked out: oftener would be unreadable.
const EVERY: Duration = Duration::from_millis(250);
/// Over how many of these.
pub(crate) const OVER: usize = 4;
/// Points of history that are kept: a minute.
pub(crate) const HISTORY: usize = 240;

/// Totals at one moment.
#[derive(Clone, Debug, Default)]
struct Sample {
    at: Duration,
    tally: Tally,
    operations: u64,
}

/// How many a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    pub scans: u64,
    pub lines: u64,
    pub operations: u64,
    pub torn: u64,
}

/// What the history counts, in the order of [`Point`].
pub(crate) const KINDS: [&str; 4] = [
    "duplicate at a boundary",
    "duplicate inside a chunk",
    "of these backward",
    "violation",
];

/// How many of each of [`KINDS`] in a quarter of a second.
pub(crate) type Point = [u64; 4];

/// Works rates out of totals.
#[derive(Clone, Debug, Default)]
pub(crate) struct RateMeter {
    samples: VecDeque<Sample>,
    history: VecDeque<Point>,
}

impl RateMeter {
    /// Takes in the totals, if it is time to; whether there are new rates.
    pub(crate) fn add(&mut self, at: Duration, tally: &Tally, operations: u64) -> bool {
        if let Some(last) = self.samples.back() {
            if at < last.at + EVERY {
                return false;
            }
            let now = counts(tally);
            let before = counts(&last.tally);
            let point = std::array::from_fn(|i| now[i].saturating_sub(before[i]));
            self.history.push_back(point);
            if self.history.len() > HISTORY {
                self.history.pop_front();
            }
        }
        self.samples.push_back(Sample {
            at,
            tally: tally.clone(),
            operations,
        });
        if self.samples.len() > OVER + 1 {
            self.samples.pop_front();
        }
        true
    }

    /// Starts anew with other totals; the history stays.
    pub(crate) fn restart(&mut self) {
        self.samples.clear();
    }

    #[must_use]
    pub(crate) fn rates(&self) -> Rates {
        let (Some(first), Some(last)) = (self.samples.front(), self.samples.back()) else {
            return Rates::default();
        };
        let elapsed = crate::text::number::nanoseconds(last.at - first.at);
        let rate =
            |now: u64, before: u64| crate::text::number::rate(now.saturating_sub(before), elapsed);
        Rates {
            scans: rate(last.tally.scans, first.tally.scans),
            lines: rate(last.tally.lines, first.tally.lines),
            operations: rate(last.operations, first.operations),
            torn: rate(last.tally.torn, first.tally.torn),
        }
    }

    /// The history, oldest first.
    #[must_use]
    pub(crate) fn history(&self) -> Vec<Point> {
        self.history.iter().copied().collect()
    }
}

fn counts(tally: &Tally) -> Point {
    [
        tally.duplicates_at_boundary,
        tally.duplicates_inside,
        tally.backward,
        tally.violation_count(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_last_second() {
        let mut meter = RateMeter::default();
        let mut tally = Tally::default();
        for quarter in 0..20u32 {
            tally.scans += 250;
            let new = meter.add(EVERY * quarter, &tally, 0);
            assert!(new);
            assert!(!meter.add(EVERY * quarter, &tally, 0));
        }
        assert_eq!(meter.rates().scans, 1000);
        assert_eq!(meter.history().len(), 19);
    }
}
