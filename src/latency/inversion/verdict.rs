//! What may be said of long calls.

use serde::Serialize;

/// A call is noticed by people from here on, in nanoseconds.
pub(crate) const NOTICED_NS: u64 = 10_000_000;

/// So many times as long as without a reader is no chance.
const TIMES: u64 = 5;

/// What one sample came to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct InversionSampleSummary {
    pub calls: u64,
    pub max_ns: u64,
    pub p999_ns: u64,
    pub mean_ns: f64,
    /// How long the writer could have run but had no CPU, and what a hypervisor took of
    /// its CPU and of the reader's.
    pub cpu_wait_ns: u64,
}

/// Whether the writer waited for a reader that had lost its CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub(crate) enum Verdict {
    /// It did, in so many samples: a call took longer than the limit, and than all
    /// the time in which the writer had no CPU itself.
    Inverted { in_samples: usize },
    /// No call took longer than the longest without a reader, or than is noticed.
    NotSeen,
    /// The machine is too busy, or was so without a reader: nobody can tell.
    Busy,
    /// Nothing was measured, or nothing to compare it with.
    NotMeasured,
}

/// From where on a call is long; none without samples in which nobody read.
pub(crate) fn limit_ns(without_reader: &[InversionSampleSummary]) -> Option<u64> {
    let longest = without_reader.iter().map(|sample| sample.max_ns).max()?;
    Some(longest.saturating_mul(TIMES).max(NOTICED_NS))
}

/// Up to where a call is no longer than without a reader, or is not noticed.
pub(crate) fn unseen_ns(limit_ns: u64) -> u64 {
    (limit_ns / TIMES).max(NOTICED_NS)
}

pub(crate) fn verdict(samples: &[InversionSampleSummary], limit_ns: Option<u64>) -> Verdict {
    let Some(limit_ns) = limit_ns.filter(|_| !samples.is_empty()) else {
        return Verdict::NotMeasured;
    };
    let waited = |sample: &&InversionSampleSummary| {
        sample.max_ns.saturating_sub(sample.cpu_wait_ns) >= limit_ns
    };
    match samples.iter().filter(waited).count() {
        0 => {
            let unseen = unseen_ns(limit_ns);
            match samples.iter().all(|sample| sample.max_ns <= unseen) {
                true => Verdict::NotSeen,
                false => Verdict::Busy,
            }
        }
        in_samples => Verdict::Inverted { in_samples },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn samples(of: &[(u64, u64)]) -> Vec<InversionSampleSummary> {
        let sample = |&(max, cpu_wait)| InversionSampleSummary {
            calls: 100,
            max_ns: max * MS,
            p999_ns: max * MS,
            mean_ns: 1e3,
            cpu_wait_ns: cpu_wait * MS,
        };
        of.iter().map(sample).collect()
    }

    #[test]
    fn what_the_wait_for_a_cpu_can_explain_is_no_inversion() {
        let limit = limit_ns(&samples(&[(1, 0), (1, 0)]));
        assert_eq!(limit, Some(NOTICED_NS));
        for (longest, cpu_wait, says) in [
            (9, 0, Verdict::NotSeen),
            (9, 500, Verdict::NotSeen),
            (10, 0, Verdict::Inverted { in_samples: 1 }),
            (10, 1, Verdict::NotSeen),
            (11, 2, Verdict::Busy),
            (500, 495, Verdict::Busy),
            (500, 490, Verdict::Inverted { in_samples: 1 }),
        ] {
            let one = samples(&[(longest, cpu_wait)]);
            assert_eq!(verdict(&one, limit), says, "{longest} {cpu_wait}");
        }
        let some = samples(&[(500, 0), (1, 0), (300, 20)]);
        assert_eq!(verdict(&some, limit), Verdict::Inverted { in_samples: 2 });
    }

    #[test]
    fn what_is_as_long_without_a_reader_is_no_inversion() {
        let limit = limit_ns(&samples(&[(1, 0), (60, 0)]));
        assert_eq!(limit, Some(300 * MS));
        assert_eq!(verdict(&samples(&[(299, 0)]), limit), Verdict::Busy);
        assert_eq!(verdict(&samples(&[(61, 0)]), limit), Verdict::Busy);
        assert_eq!(verdict(&samples(&[(60, 0)]), limit), Verdict::NotSeen);
        let one = Verdict::Inverted { in_samples: 1 };
        assert_eq!(verdict(&samples(&[(300, 0)]), limit), one);
    }

    #[test]
    fn nothing_is_said_of_what_was_not_measured() {
        assert_eq!(limit_ns(&[]), None);
        assert_eq!(verdict(&samples(&[(500, 0)]), None), Verdict::NotMeasured);
        assert_eq!(verdict(&[], Some(NOTICED_NS)), Verdict::NotMeasured);
    }
}
