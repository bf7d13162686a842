//! How long the kernel took for its answers.

use ratatui::text::{Line, Span};

use crate::sampling::probe::latency::Latency;
use crate::text::number::{grouped, time};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::bar::bar;

/// Columns of a bar.
const BAR: usize = 48;

/// How long answers took, in a line.
pub(crate) fn summary(theme: Theme, latency: &Latency) -> Line<'static> {
    Line::from(vec![
        Span::styled(" an answer took ", theme.style(Role::Dim)),
        Span::styled(time(latency.mean_ns() as f64), theme.style(Role::Title)),
        Span::styled(
            format!(
                " in the mean, 50 % < {}, 99 % < {}, longest {}",
                time(latency.below(0.5) as f64),
                time(latency.below(0.99) as f64),
                time(latency.longest_ns() as f64)
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
                format!(" < {:>7} ", time(below as f64)),
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
