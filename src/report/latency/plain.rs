//! Columns for other programs.

use std::fmt::Write;

use crate::latency::load::Load;
use crate::latency::outcome::{Configuration, Holds, LatencyOutcome, Ratio};
use crate::latency::times::Summary;

/// The calls of a configuration.
type Of = fn(&Configuration) -> Summary;

/// A row for each reader and call, with a heading; times in nanoseconds.
#[must_use]
pub(crate) fn csv(outcome: &LatencyOutcome) -> String {
    let mut text = String::from(
        "reader,call,operations,mean_ns,p50_ns,p90_ns,p99_ns,p99.9_ns,max_ns,mean_ratio,p50_ratio,\
         p99_ratio,takes,locks_per_piece_quiet,locks_per_scan,locks_per_second\n",
    );
    let none = outcome
        .configurations
        .iter()
        .find(|one| one.reader == Load::NONE);
    for one in &outcome.configurations {
        let calls: [(&str, Of); 3] = [
            ("mmap", |one| one.mmap),
            ("munmap", |one| one.munmap),
            ("both", |one| one.both),
        ];
        for (call, of) in calls {
            let it = of(one);
            let ratio = none.and_then(|none| Ratio::of(&it, &of(none)));
            let ratio = match ratio {
                Some(Ratio { mean, p50, p99 }) => format!("{mean:.4},{p50:.4},{p99:.4}"),
                None => ",,".into(),
            };
            let locks = match one.locks.filter(|_| call == "both") {
                Some(locks) => format!(
                    "{},{:.6},{:.6},{:.1}",
                    match locks.holds {
                        Holds::MmapLock => "mmap_lock",
                        Holds::OneVma => "one_vma",
                    },
                    locks.quiet_per_piece,
                    locks.per_scan(),
                    locks.per_second()
                ),
                None => ",,,".into(),
            };
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{},{call},{},{:.1},{},{},{},{},{},{ratio},{locks}",
                one.reader,
                it.operations,
                it.mean_ns,
                it.p50_ns,
                it.p90_ns,
                it.p99_ns,
                it.p999_ns,
                it.max_ns
            );
        }
    }
    text
}

/// Median, mean and maximum of each sample in milliseconds, in the columns of
/// proc-mmap_sem-test. There the first column is the median of all samples'
/// means; here it is each sample's own, and that one stands in the comment.
#[must_use]
pub(crate) fn raw(outcome: &LatencyOutcome) -> String {
    let milliseconds = |nanoseconds: f64| nanoseconds / 1e6;
    let mut text = String::new();
    for one in &outcome.configurations {
        let samples = one.samples.iter().filter(|sample| sample.operations > 0);
        let mut means: Vec<f64> = samples.clone().map(|sample| sample.mean_ns).collect();
        means.sort_by(f64::total_cmp);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "# {}: median, mean, maximum of each sample in ms; median of the means {:.3}",
            one.reader,
            milliseconds(median(&means))
        );
        let empty = one.samples.len() - means.len();
        if empty > 0 {
            let _ = writeln!(
                text,
                "# {empty} more without a single call: the writer had no CPU"
            );
        }
        for sample in samples {
            let _ = writeln!(
                text,
                "{:9.3} {:9.3} {:9.3}",
                milliseconds(sample.median_ns as f64),
                milliseconds(sample.mean_ns),
                milliseconds(sample.max_ns as f64)
            );
        }
    }
    text
}

/// The middle one, or the mean of the two in the middle; 0 of none.
fn median(sorted: &[f64]) -> f64 {
    match sorted.len() {
        0 => 0.0,
        count if count.is_multiple_of(2) => f64::midpoint(sorted[count / 2 - 1], sorted[count / 2]),
        count => sorted[count / 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency::outcome::fixture::outcome;

    #[test]
    fn each_row_has_all_columns() {
        let text = csv(&outcome());
        let columns: Vec<usize> = text.lines().map(|line| line.split(',').count()).collect();
        assert_eq!(
            columns,
            vec![columns[0]; 1 + 3 * outcome().configurations.len()]
        );
        insta::assert_snapshot!("csv", text);
    }

    #[test]
    fn samples_are_in_milliseconds() {
        insta::assert_snapshot!("raw", raw(&outcome()));
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[]), 0.0);
        assert_eq!(median(&[1.0, 2.0, 7.0]), 2.0);
        assert_eq!(median(&[1.0, 2.0, 4.0, 7.0]), 3.0);
    }
}
