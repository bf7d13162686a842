//! How long the kernel took for its answers.

use ratatui::text::{Line, Span};

use crate::sampling::probe::latency::Latency;
use crate::text::number::grouped;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::bar::bar;

/// Columns of a bar.
const BAR: usize = 24;

/// How long answers took, in a line.
pub(crate) fn summary(theme: Theme, latency: &Latency) -> Line<'static> {
    Line::from(vec![
        Span::styled(" an answer took ", theme.style(Role::Dim)),
        Span::styled(duration(latency.mean_ns()), theme.style(Role::Title)),
        Span::styled(
            format!(
                " in the mean, 50 % < {}, 99 % < {}, longest {}",
                duration(latency.below(0.5)),
                duration(latency.below(0.99)),
                duration(latency.longest_ns())
            ),
            theme.style(Role::Dim),
        ),
    ])
}

/// The same, a row a power of two.
pub(crate) fn histogram(theme: Theme, latency: &Latency) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let most = latency.buckets().map(|(_, count)| count).max().unwrap_or(0);
    for (below, count) in latency.buckets() {
        lines.push(Line::from(vec![
            Span::styled(
                format!(" < {:>7} ", duration(below)),
                theme.style(Role::Dim),
            ),
            Span::styled(
                format!("{:<BAR$}", bar(count as f64 / most.max(1) as f64, BAR)),
                theme.style(Role::Rule),
            ),
            Span::raw(format!(" {:>12}", grouped(count))),
        ]));
    }
    lines
}

pub(crate) fn duration(ns: u64) -> String {
    match ns {
        0..10_000 => format!("{ns} ns"),
        10_000..10_000_000 => format!("{} µs", ns / 1_000),
        10_000_000..10_000_000_000 => format!("{} ms", ns / 1_000_000),
        _ => format!("{} s", ns / 1_000_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        let shown: Vec<_> = [512, 131_072, 33_554_432, 68_719_476_736]
            .map(duration)
            .into();
        assert_eq!(shown, ["512 ns", "131 µs", "33 ms", "68 s"]);
    }
}
