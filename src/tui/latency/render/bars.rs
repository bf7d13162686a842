//! A bar for each configuration: how many times as long as with nobody reading
//! the mean call took; and what the calls came to.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::words::COST;
use crate::latency::live::{LabConfiguration, LabSnapshot};
use crate::latency::times::Summary;
use crate::text::number::{ratio, short, time};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::bar::bar;
use crate::tui::widgets::text::{cut, put};

/// Columns of the ratio.
const RATIO: usize = 8;
/// Columns of a figure.
const FIGURE: usize = 8;

/// A figure: its name, and what it is.
type Figure = (&'static str, fn(&Summary) -> String);

/// Those that there is always room for come first.
const FIGURES: [Figure; 6] = [
    ("mean", |it| time(it.mean_ns)),
    ("p99", |it| time(it.p99_ns as f64)),
    ("longest", |it| time(it.max_ns as f64)),
    ("p50", |it| time(it.p50_ns as f64)),
    ("p99.9", |it| time(it.p999_ns as f64)),
    ("calls", |it| short(it.operations)),
];

/// Columns, from a width on: of a name, and how many figures.
fn columns(width: usize) -> (usize, usize) {
    match width {
        ..76 => (15, 2),
        76..110 => (18, 3),
        _ => (28, FIGURES.len()),
    }
}

/// Draws as many as fit, with a heading where there is room; the one that is
/// measured now always.
pub(crate) fn render(theme: Theme, snapshot: &LabSnapshot, area: Rect, buffer: &mut Buffer) {
    let width = usize::from(area.width);
    let (name, figures) = columns(width);
    let figures = &FIGURES[..figures];
    let room = width.saturating_sub(2 + name + RATIO + FIGURE * figures.len() + 1);
    let all = &snapshot.configurations;
    let mut rows = usize::from(area.height);
    let mut row = 0;
    if rows > 1 {
        let words = [
            "mean call, × that of nobody",
            "mean call, × nobody",
            "× nobody",
        ];
        let words = words.into_iter().find(|it| it.chars().count() <= room);
        let mut text = format!("  {:<name$}{:<room$}", "who reads", words.unwrap_or(""));
        text.push_str(&format!("{:>RATIO$}", "ratio"));
        for (figure, _) in figures {
            text.push_str(&format!("{figure:>FIGURE$}"));
        }
        put(buffer, area, 0, &Line::styled(text, theme.style(Role::Dim)));
        (row, rows) = (1, rows - 1);
    }
    let most = all.iter().filter_map(|one| one.ratio).map(|it| it.mean);
    let most = most.fold(1.0, f64::max);
    for (index, one) in fitting(all, snapshot.current, rows) {
        let is_now = index == snapshot.current;
        let role = if is_now { Role::Title } else { Role::Plain };
        let (text, bar_role, part) = match one.ratio {
            Some(it) if it.mean >= COST => (ratio(it.mean), Role::Duplicate, it.mean / most),
            Some(it) => (ratio(it.mean), Role::Good, it.mean / most),
            None => ("–".into(), Role::Dim, 0.0),
        };
        let who = match index {
            0 => "nobody",
            _ => &one.name,
        };
        let mut spans = vec![
            Span::styled(if is_now { "▸ " } else { "  " }, theme.style(Role::Key)),
            Span::styled(format!("{:<name$}", cut(who, name - 1)), theme.style(role)),
            Span::styled(format!("{:<room$}", bar(part, room)), theme.style(bar_role)),
            Span::styled(format!("{text:>RATIO$}"), theme.style(bar_role)),
        ];
        for (_, figure) in figures {
            let text = match one.summary.operations {
                0 => "–".into(),
                _ => figure(&one.summary),
            };
            spans.push(Span::styled(format!("{text:>FIGURE$}"), theme.style(role)));
        }
        put(buffer, area, row, &Line::from(spans));
        row += 1;
    }
}

/// The configurations to show: the first and the latest ones, and the one measured now.
fn fitting(
    all: &[LabConfiguration],
    current: usize,
    rows: usize,
) -> impl Iterator<Item = (usize, &LabConfiguration)> {
    let hidden = all.len().saturating_sub(rows);
    // The first has no readers: all are compared with it.
    let first = usize::from(rows > 1);
    // The one measured now takes the place of one behind it.
    let is_left_out = (first..first + hidden).contains(&current);
    let gap = first..first + hidden + usize::from(is_left_out && hidden > 0);
    let kept = (all.iter().enumerate())
        .filter(move |(index, _)| *index == current || !gap.contains(index));
    kept.take(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::fixture::latency::snapshot;

    #[test]
    fn the_one_measured_now_is_always_shown_and_nobody_where_there_are_two() {
        let one = snapshot().configurations[1].clone();
        for count in 1..9 {
            let all = vec![one.clone(); count];
            for current in 0..count {
                for rows in 1..10 {
                    let shown = fitting(&all, current, rows).map(|(index, _)| index);
                    let shown: Vec<usize> = shown.collect();
                    assert_eq!(shown.len(), rows.min(count), "{current} {shown:?}");
                    assert!(shown.contains(&current), "{current} {shown:?}");
                    assert!(rows == 1 || shown[0] == 0, "{shown:?}");
                }
            }
        }
    }
}
