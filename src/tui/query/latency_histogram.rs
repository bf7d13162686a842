//! How long the kernel took for its answers.

use ratatui::text::{Line, Span};

use crate::sampling::probe::latency::Latency;
use crate::text::number::grouped;
use crate::tui::theme::{Role, Theme};

/// Columns of a bar.
const BAR: usize = 24;

/// How long answers took, a row a power of two.
pub(crate) fn histogram(theme: Theme, latency: &Latency) -> Vec<Line<'static>> {
    let mut lines = vec![Line::from(vec![
        Span::styled(" mean ", theme.style(Role::Dim)),
        Span::styled(duration(latency.mean_ns()), theme.style(Role::Title)),
        Span::styled(
            format!(
                ", 50 % < {}, 99 % < {}, longest {}",
                duration(latency.below(0.5)),
                duration(latency.below(0.99)),
                duration(latency.longest_ns())
            ),
            theme.style(Role::Dim),
        ),
    ])];
    let most = latency.buckets().map(|(_, count)| count).max().unwrap_or(0);
    for (below, count) in latency.buckets() {
        lines.push(Line::from(vec![
            Span::styled(
                format!(" < {:>7} ", duration(below)),
                theme.style(Role::Dim),
            ),
            Span::styled(
                format!("{:<BAR$}", bar(count, most)),
                theme.style(Role::Rule),
            ),
            Span::raw(format!(" {:>12}", grouped(count))),
        ]));
    }
    lines
}

/// A bar in eighths of a column; what is there at all is seen.
fn bar(count: u64, most: u64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if count == 0 {
        return String::new();
    }
    let eighths = u128::from(count) * (BAR as u128 * 8) / u128::from(most.max(1));
    let eighths = (eighths as usize).clamp(1, BAR * 8);
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
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
    fn a_bar_is_as_long_as_its_share() {
        assert_eq!(bar(0, 10), "");
        assert_eq!(bar(1, 1_000_000), "▏");
        assert_eq!(bar(5, 10), "█".repeat(BAR / 2));
        assert_eq!(bar(10, 10), "█".repeat(BAR));
    }

    #[test]
    fn durations_are_short() {
        let shown: Vec<_> = [512, 131_072, 33_554_432, 68_719_476_736]
            .map(duration)
            .into();
        assert_eq!(shown, ["512 ns", "131 µs", "33 ms", "68 s"]);
    }
}
