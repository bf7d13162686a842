//! Histograms side by side: times and counts on logarithmic scales.

use crate::latency::outcome::{Configuration, HistogramStep};
use crate::text::number::time;

/// Columns of a row's label.
const LABEL: usize = 13;
/// Columns there are for the bars.
const BARS: usize = 66;

/// A bar whose length is the count's logarithm: a block for 1, another for
/// each factor of ten. In eighths of a column; empty for 0.
pub(crate) fn bar(count: u64, columns: usize) -> String {
    if count == 0 {
        return String::new();
    }
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let length = ((count as f64).log10() + 1.0).min(columns as f64);
    let eighths = (length * 8.0).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// The histograms of all configurations, a column each.
pub(crate) fn histograms(configurations: &[Configuration]) -> Vec<String> {
    let Some(first) = configurations.first() else {
        return Vec::new();
    };
    let any = |step: usize| {
        configurations
            .iter()
            .any(|one| one.histogram[step].count > 0)
    };
    let steps = 0..first.histogram.len();
    let (Some(from), Some(to)) = (
        steps.clone().find(|i| any(*i)),
        steps.rev().find(|i| any(*i)),
    ) else {
        return Vec::new();
    };
    let width = (BARS / configurations.len()).min(16);
    let mut heading = " ".repeat(LABEL);
    for one in configurations {
        let name = one.reader.name();
        let name = match name.len() < width {
            true => name,
            false => name.trim_start_matches("smaps_"),
        };
        heading.push_str(&format!("{name:<width$}"));
    }
    let mut lines = vec![heading.trim_end().to_owned()];
    for step in from..=to {
        let start = match step {
            0 => None,
            step => first.histogram[step - 1].below_ns,
        };
        let mut line = format!("{:>11}  ", label(start, first.histogram[step]));
        for one in configurations {
            let bar = bar(one.histogram[step].count, width - 2);
            line.push_str(&format!("{bar:<width$}"));
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// `1–2µs`, with the unit of each end.
fn label(start: Option<u64>, step: HistogramStep) -> String {
    let short = |nanoseconds: u64| {
        time(nanoseconds as f64)
            .replace(".00", "")
            .replace(".0", "")
    };
    match (start, step.below_ns) {
        (None, Some(end)) => format!("< {}", short(end)),
        (Some(start), None) => format!("≥ {}", short(start)),
        (Some(start), Some(end)) => format!("{}–{}", short(start), short(end)),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_for_one_and_one_more_for_each_factor_of_ten() {
        assert_eq!(bar(0, 9), "");
        assert_eq!(bar(1, 9), "█");
        assert_eq!(bar(10, 9), "██");
        assert_eq!(bar(1_000_000, 9), "███████");
        assert_eq!(bar(u64::MAX, 4), "████");
        assert!(bar(3, 9).chars().count() == 2);
    }

    #[test]
    fn labels_say_where_a_step_ends() {
        let step = |below_ns| HistogramStep { below_ns, count: 0 };
        assert_eq!(label(None, step(Some(100))), "< 100ns");
        assert_eq!(label(Some(500), step(Some(1000))), "500ns–1µs");
        assert_eq!(label(Some(20_000), step(Some(50_000))), "20µs–50µs");
        assert_eq!(label(Some(10_000_000_000), step(None)), "≥ 10s");
    }
}
