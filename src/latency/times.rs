//! Many times, and what they come to.

use hdrhistogram::Histogram;
use serde::Serialize;

/// The longest time that is told apart, in nanoseconds: a minute. Longer ones
/// count as this in percentiles, but not in the maximum and the mean.
const LONGEST: u64 = 60_000_000_000;

/// Digits that percentiles are exact to.
const DIGITS: u8 = 3;

/// Times of one kind, in nanoseconds.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    histogram: Histogram<u64>,
    sum: u128,
    max: u64,
}

impl Default for Times {
    fn default() -> Self {
        // These bounds and digits are allowed: a test makes one.
        let histogram = Histogram::new_with_bounds(1, LONGEST, DIGITS)
            .unwrap_or_else(|_| unreachable!("the bounds are constant"));
        Times {
            histogram,
            sum: 0,
            max: 0,
        }
    }
}

impl Times {
    pub(crate) fn add(&mut self, nanoseconds: u64) {
        self.histogram.saturating_record(nanoseconds);
        self.sum += u128::from(nanoseconds);
        self.max = self.max.max(nanoseconds);
    }

    pub(crate) fn merge(&mut self, others: &Times) {
        // Both have the same bounds, so nothing is out of them.
        let added = self.histogram.add(&others.histogram);
        debug_assert!(added.is_ok());
        self.sum += others.sum;
        self.max = self.max.max(others.max);
    }

    pub(crate) fn clear(&mut self) {
        self.histogram.reset();
        self.sum = 0;
        self.max = 0;
    }

    pub(crate) fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// The least time that `part` (0 to 1) of all times do not exceed, exact
    /// to a thousandth; 0 where there are no times.
    pub(crate) fn quantile(&self, part: f64) -> u64 {
        if self.histogram.is_empty() {
            return 0;
        }
        // The histogram gives the upper end of a bucket.
        self.histogram.value_at_quantile(part).min(self.max)
    }

    pub(crate) fn summary(&self) -> Summary {
        let count = self.count();
        let mean = match count {
            0 => 0.0,
            _ => self.sum as f64 / count as f64,
        };
        Summary {
            operations: count,
            mean_ns: mean,
            p50_ns: self.quantile(0.5),
            p90_ns: self.quantile(0.9),
            p99_ns: self.quantile(0.99),
            p999_ns: self.quantile(0.999),
            max_ns: self.max,
        }
    }

    /// How many times lie in each step from one of `ends` (ascending, in
    /// nanoseconds) to the next, the first from 0, the last without end.
    pub(crate) fn steps(&self, ends: &[u64]) -> Vec<u64> {
        let mut counts = vec![0; ends.len() + 1];
        for value in self.histogram.iter_recorded() {
            let time = value.value_iterated_to();
            let step = ends.partition_point(|end| *end <= time);
            counts[step] += value.count_since_last_iteration();
        }
        counts
    }
}

/// What many times come to; times in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    pub operations: u64,
    /// Their mean, exact.
    pub mean_ns: f64,
    /// Half of them take no longer; percentiles are exact to a thousandth.
    pub p50_ns: u64,
    pub p90_ns: u64,
    pub p99_ns: u64,
    pub p999_ns: u64,
    /// The longest, exact.
    pub max_ns: u64,
}

/// The ends of steps on a logarithmic scale, from 100 ns on: 1, 2, 5, 10 …
pub(crate) fn logarithmic_steps() -> Vec<u64> {
    (0..)
        .flat_map(|power| [1, 2, 5].map(|digit| digit * 100 * 10u64.pow(power)))
        .take_while(|end| *end <= 10_000_000_000)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The time of this rank, counted: what a percentile means.
    fn exact(sorted: &[u64], part: f64) -> u64 {
        let rank = (part * sorted.len() as f64).ceil().max(1.0) as usize;
        sorted[rank - 1]
    }

    fn times(of: &[u64]) -> Times {
        let mut times = Times::default();
        of.iter().for_each(|time| times.add(*time));
        times
    }

    proptest! {
        #[test]
        fn percentiles_are_those_that_counting_gives(
            mut all in prop::collection::vec(
                prop_oneof![1..2000u64, 1..5_000_000u64, 1..60_000_000_000u64], 1..3000),
        ) {
            let summary = times(&all).summary();
            all.sort_unstable();
            let found = [
                (0.5, summary.p50_ns),
                (0.9, summary.p90_ns),
                (0.99, summary.p99_ns),
                (0.999, summary.p999_ns),
            ];
            for (part, found) in found {
                let exact = exact(&all, part);
                prop_assert!(found >= exact, "{part}: {found} < {exact}");
                prop_assert!(found - exact <= exact / 1000 + 1, "{part}: {found} > {exact}");
            }
            prop_assert_eq!(summary.max_ns, *all.last().unwrap());
            prop_assert_eq!(summary.operations, all.len() as u64);
            let mean = all.iter().sum::<u64>() as f64 / all.len() as f64;
            prop_assert!((summary.mean_ns - mean).abs() <= mean * 1e-9);
        }

        #[test]
        fn merged_times_are_those_of_both(
            left in prop::collection::vec(1..1_000_000u64, 0..200),
            right in prop::collection::vec(1..1_000_000u64, 0..200),
        ) {
            let mut merged = times(&left);
            merged.merge(&times(&right));
            prop_assert_eq!(merged.summary(), times(&[left, right].concat()).summary());
        }

        #[test]
        fn every_time_is_in_one_step(all in prop::collection::vec(0..100_000_000_000u64, 0..500)) {
            let counts = times(&all).steps(&logarithmic_steps());
            prop_assert_eq!(counts.iter().sum::<u64>(), all.len() as u64);
        }
    }

    #[test]
    fn no_times_come_to_nothing() {
        assert_eq!(Times::default().summary(), Summary::default());
        let mut some = times(&[5]);
        some.clear();
        assert_eq!(some.summary(), Summary::default());
    }

    #[test]
    fn steps_grow_by_digits() {
        let steps = logarithmic_steps();
        assert_eq!(steps[..5], [100, 200, 500, 1000, 2000]);
        assert_eq!(steps.last(), Some(&10_000_000_000));
        let counts = times(&[99, 150, 199, 1000, 1999]).steps(&steps);
        assert_eq!(counts[..6], [1, 2, 0, 0, 2, 0]);
    }

    #[test]
    fn longer_than_a_minute_is_still_the_maximum() {
        let long = 3 * LONGEST;
        let summary = times(&[long]).summary();
        assert_eq!(summary.max_ns, long);
        assert!(summary.p50_ns >= LONGEST);
    }
}
