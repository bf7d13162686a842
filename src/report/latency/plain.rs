//! Columns for other programs.

use std::fmt::Write;
use std::io;

use crate::latency::load::Load;
use crate::latency::outcome::{Configuration, Holds, LatencyOutcome, Locks, Ratio};
use crate::latency::times::Summary;
use crate::report::export::csv_writer;

/// The columns of CSV; times in nanoseconds.
const COLUMNS: &str = "reader,call,operations,mean_ns,p50_ns,p90_ns,p99_ns,p99.9_ns,max_ns,\
    mean_ratio,p50_ratio,p99_ratio,takes,locks_per_piece_quiet,locks_per_scan,locks_per_second";

/// A row for each reader and call, with a heading.
pub(crate) fn csv(outcome: &LatencyOutcome, out: impl io::Write) -> io::Result<()> {
    let mut rows = csv_writer(out);
    rows.write_record(COLUMNS.split(','))?;
    let calls = |one: &Configuration| [one.mmap, one.munmap, one.both];
    let nobody = outcome
        .configurations
        .iter()
        .find(|one| one.reader == Load::NONE);
    for one in &outcome.configurations {
        for (at, call) in ["mmap", "munmap", "both"].into_iter().enumerate() {
            let times = calls(one)[at];
            let ratio = nobody.and_then(|nobody| Ratio::of(&times, &calls(nobody)[at]));
            let locks = one.locks.filter(|_| call == "both");
            rows.write_field(one.reader.name())?;
            rows.write_field(call)?;
            let rest = time_fields(&times)
                .into_iter()
                .chain(ratio_fields(ratio))
                .chain(lock_fields(locks));
            rows.write_record(rest)?;
        }
    }
    rows.flush()
}

fn time_fields(times: &Summary) -> [String; 7] {
    [
        times.operations.to_string(),
        format!("{:.1}", times.mean_ns),
        times.p50_ns.to_string(),
        times.p90_ns.to_string(),
        times.p99_ns.to_string(),
        times.p999_ns.to_string(),
        times.max_ns.to_string(),
    ]
}

fn ratio_fields(ratio: Option<Ratio>) -> [String; 3] {
    ratio.map_or_else(Default::default, |Ratio { mean, p50, p99 }| {
        [mean, p50, p99].map(|ratio| format!("{ratio:.4}"))
    })
}

fn lock_fields(locks: Option<Locks>) -> [String; 4] {
    locks.map_or_else(Default::default, |locks| {
        let takes = match locks.holds {
            Holds::MmapLock => "mmap_lock",
            Holds::OneVma => "one_vma",
        };
        [
            takes.into(),
            format!("{:.6}", locks.quiet_per_piece),
            format!("{:.6}", locks.per_scan()),
            format!("{:.1}", locks.per_second()),
        ]
    })
}

/// Median, mean and maximum of each sample in milliseconds, in the columns of
/// proc-mmap_sem-test. There the first column is the median of all samples'
/// means; here it is each sample's own, and that one stands in the comment.
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
    use crate::latency::outcome_fixture::outcome;

    #[test]
    fn each_row_has_all_columns() {
        let mut text = Vec::new();
        csv(&outcome(), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
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
