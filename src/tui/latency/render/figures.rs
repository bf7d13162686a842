//! The ratio to nobody reading, in large digits, and the figures of now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::digits;
use crate::latency::live::{LabConfiguration, LabSnapshot};
use crate::latency::outcome::Holds;
use crate::text::number::short;
use crate::text::number::{few, ratio, time};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::split::split_columns;
use crate::tui::widgets::text::{put, whole};

/// Columns of the large digits.
const DIGITS: u16 = 26;

/// From so many times on, a ratio is a cost.
const COST: f64 = 2.0;

fn current(snapshot: &LabSnapshot) -> Option<&LabConfiguration> {
    snapshot.configurations.get(snapshot.current)
}

fn ratio_text(configuration: Option<&LabConfiguration>) -> (String, Role) {
    match configuration.and_then(|it| it.ratio) {
        Some(it) if it.mean >= COST => (ratio(it.mean), Role::Duplicate),
        Some(it) => (ratio(it.mean), Role::Good),
        None => ("×–".into(), Role::Dim),
    }
}

/// Large digits, and what they mean, beside figures.
pub(crate) fn large(theme: Theme, snapshot: &LabSnapshot, area: Rect, buffer: &mut Buffer) {
    let configuration = current(snapshot);
    let (text, role) = ratio_text(configuration);
    let (left, right) = split_columns(area, DIGITS);
    for (row, line) in (0..).zip(digits::rows(&text)) {
        let line = Line::styled(format!(" {line}"), theme.style(role));
        put(buffer, left, row, &line);
    }
    let caption = Line::styled(" mean, times none", theme.style(Role::Dim));
    put(buffer, left, digits::ROWS as u16, &caption);
    for (row, line) in (0..).zip(figures(theme, snapshot)) {
        put(buffer, right, row, &line);
    }
    let last = digits::ROWS as u16 + 1;
    put(buffer, area, last, &locks(theme, snapshot));
}

/// The same in one line.
pub(crate) fn small(theme: Theme, snapshot: &LabSnapshot, width: u16) -> Line<'static> {
    let configuration = current(snapshot);
    let (text, role) = ratio_text(configuration);
    let summary = configuration.map(|it| it.summary).unwrap_or_default();
    let mut spans = vec![
        Span::styled(format!(" {text} "), theme.style(role)),
        Span::styled("mean, times none ", theme.style(Role::Dim)),
    ];
    for (name, nanoseconds) in [("p50", summary.p50_ns), ("p99", summary.p99_ns)] {
        spans.push(Span::styled(format!(" {name} "), theme.style(Role::Dim)));
        spans.push(Span::raw(time(nanoseconds as f64)));
    }
    if let Some(locks) = snapshot.locks {
        let each = short(locks.fallbacks_per_second.round() as u64);
        spans.push(Span::raw(format!("  fallbacks/s {each}")));
    }
    whole(spans, width, 2)
}

fn figures(theme: Theme, snapshot: &LabSnapshot) -> Vec<Line<'static>> {
    let summary = current(snapshot).map(|it| it.summary).unwrap_or_default();
    let pair = |name: &str, value: String, style: Style| {
        Line::from(vec![
            Span::styled(format!("{name:<9}"), theme.style(Role::Dim)),
            Span::styled(value, style),
        ])
    };
    let title = theme.style(Role::Title);
    let mut lines: Vec<Line<'static>> = [
        ("mean", summary.mean_ns),
        ("p50", summary.p50_ns as f64),
        ("p99", summary.p99_ns as f64),
        ("max", summary.max_ns as f64),
    ]
    .map(|(name, nanoseconds)| pair(name, time(nanoseconds), title))
    .to_vec();
    lines.push(pair(
        "calls/s",
        short(snapshot.calls_per_second.round() as u64),
        title,
    ));
    lines
}

/// What is locked, in a line.
fn locks(theme: Theme, snapshot: &LabSnapshot) -> Line<'static> {
    let Some(locks) = snapshot.locks else {
        return Line::styled(" locks are not counted", theme.style(Role::Dim));
    };
    let second = |count: f64| short(count.round() as u64);
    let reads = |wanted: Holds| {
        let mut all = snapshot.counts.iter().zip(snapshot.holds);
        all.any(|(count, holds)| *count > 0 && holds == Some(wanted))
    };
    let mut spans = Vec::new();
    if reads(Holds::MmapLock) {
        spans.push(Span::styled(
            format!(" mmap_lock {}/s", second(locks.held_per_second)),
            theme.style(Role::Duplicate),
        ));
    }
    if reads(Holds::OneVma) {
        let role = match locks.fallbacks_per_second {
            0.0 => Role::Good,
            _ => Role::Duplicate,
        };
        spans.push(Span::styled(
            format!(
                " fallbacks {}/s {}/scan",
                second(locks.fallbacks_per_second),
                few(locks.fallbacks_per_scan)
            ),
            theme.style(role),
        ));
    }
    if spans.is_empty() {
        spans.push(Span::styled(
            format!(
                " mmap_lock taken {}/s by the writer",
                second(locks.writer_per_second)
            ),
            theme.style(Role::Dim),
        ));
    }
    Line::from(spans)
}
