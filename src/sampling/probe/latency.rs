//! How long answers took.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Powers of two of nanoseconds: the last is two minutes and more.
const BUCKETS: usize = 38;

/// How long answers took: a histogram by powers of two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    #[serde(with = "counts")]
    counts: [u64; BUCKETS],
    total_ns: u64,
    longest_ns: u64,
}

/// As a list: serde knows arrays of at most 32.
mod counts {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use super::BUCKETS;

    pub(super) fn serialize<S: Serializer>(
        counts: &[u64; BUCKETS],
        out: S,
    ) -> Result<S::Ok, S::Error> {
        out.collect_seq(counts)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<[u64; BUCKETS], D::Error> {
        let counts = Vec::<u64>::deserialize(from)?;
        let length = counts.len();
        let expected = format!("{BUCKETS} counts");
        counts
            .try_into()
            .map_err(|_| de::Error::invalid_length(length, &expected.as_str()))
    }
}

impl Default for Latency {
    fn default() -> Self {
        Latency {
            counts: [0; BUCKETS],
            total_ns: 0,
            longest_ns: 0,
        }
    }
}

impl Latency {
    pub(crate) fn add(&mut self, took: Duration) {
        let ns = crate::text::number::nanoseconds(took);
        let bucket = ns.max(1).ilog2() as usize;
        self.counts[bucket.min(BUCKETS - 1)] += 1;
        self.total_ns = self.total_ns.saturating_add(ns);
        self.longest_ns = self.longest_ns.max(ns);
    }

    #[must_use]
    pub(crate) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The mean, in nanoseconds; 0 of none.
    #[must_use]
    pub(crate) fn mean_ns(&self) -> u64 {
        self.total_ns / self.count().max(1)
    }

    /// The longest, in nanoseconds.
    #[must_use]
    pub(crate) fn longest_ns(&self) -> u64 {
        self.longest_ns
    }

    /// The buckets from the first to the last that is not empty: below how
    /// many nanoseconds, and how many were so and not below half of that.
    pub(crate) fn buckets(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let used = |count: &u64| *count > 0;
        let first = self.counts.iter().position(used).unwrap_or(0);
        let end = self
            .counts
            .iter()
            .rposition(used)
            .map_or(first, |last| last + 1);
        (first..end).map(|bucket| (2 << bucket, self.counts[bucket]))
    }

    /// A bound, in nanoseconds, below which at least `part` (0 to 1) of all
    /// were; 0 of none.
    #[must_use]
    pub(crate) fn below(&self, part: f64) -> u64 {
        let wanted = (self.count() as f64 * part).ceil() as u64;
        let mut sum = 0;
        self.buckets()
            .find(|(_, count)| {
                sum += count;
                sum >= wanted
            })
            .map_or(0, |(below, _)| below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_a_power_of_two() {
        let mut latency = Latency::default();
        assert_eq!(
            (latency.count(), latency.mean_ns(), latency.below(0.5)),
            (0, 0, 0)
        );
        assert_eq!(latency.buckets().count(), 0);
        for ns in [0, 1, 2, 3, 4, 1000] {
            latency.add(Duration::from_nanos(ns));
        }
        let buckets: Vec<_> = latency.buckets().collect();
        assert_eq!(buckets[..3], [(2, 2), (4, 2), (8, 1)]);
        assert_eq!(buckets.last(), Some(&(1024, 1)));
        assert_eq!(latency.longest_ns(), 1000);
        assert_eq!(latency.mean_ns(), 1010 / 6);
        assert_eq!((latency.below(0.5), latency.below(0.99)), (4, 1024));
        latency.add(Duration::from_secs(100_000));
        assert_eq!(latency.count(), 7);
    }
}
