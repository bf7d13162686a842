//! The picture of the Tears: what was found over time, and the list,
//! violations on top.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Tears;
use super::list::{Listed, TearList};
use super::render_open::{LIST, SIDE_BY_SIDE, open_area, render_open};
use crate::session::rates::KINDS;
use crate::text::number::short;
use crate::tui::scroll::Scrolled;
use crate::tui::shown::Shown;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::found_event::{mark, open_lines};
use crate::tui::widgets::selection::{first_listed, mark_selected};
use crate::tui::widgets::split::split_rows;
use crate::tui::widgets::text::{cut, put, wrapped};

/// The open tear, else the list.
pub(crate) fn scrolled(tears: &Tears, shown: &Shown) -> Scrolled {
    let list = tears.shown();
    match (list.open, list.current()) {
        (Some(top), Some(listed)) => {
            let area = open_area(shown.body());
            let rows = open_lines(shown.theme, &listed.found.event, area.width).len();
            Scrolled::in_text(top.into(), rows, area.height)
        }
        _ => Scrolled {
            at: list.position(),
            last: list.len().saturating_sub(1),
            rows: list_area(tears, shown, shown.body())
                .map_or(0, |area| area.height)
                .into(),
        },
    }
}

pub(crate) fn render(tears: &Tears, shown: &Shown, area: Rect, buffer: &mut Buffer) {
    let wide = area.width >= SIDE_BY_SIDE;
    let list = tears.shown();
    let is_open = list.open.is_some() && !list.is_empty();
    if wide || !is_open {
        let width = if wide { LIST } else { area.width };
        let column = Rect { width, ..area };
        let used = sparklines(shown, column, buffer);
        let (_, rest) = split_rows(column, used);
        render_list(shown.theme, list, rest, buffer);
    }
    if wide || is_open {
        let top = list.open.map_or(0, |_| scrolled(tears, shown).at);
        render_open(shown.theme, list, top, area, buffer);
    }
}

/// Where the rows of the list are; none: the open tear covers it.
pub(crate) fn list_area(tears: &Tears, shown: &Shown, body: Rect) -> Option<Rect> {
    let wide = body.width >= SIDE_BY_SIDE;
    let list = tears.shown();
    if !wide && list.open.is_some() && !list.is_empty() {
        return None;
    }
    let width = if wide { LIST } else { body.width };
    // A row is left free, and one is the heading.
    let is_foreign = shown.snapshot.as_ref().is_some_and(|it| it.is_foreign());
    let sparklines = kinds_shown(is_foreign, body).len() as u16;
    let rest = split_rows(Rect { width, ..body }, sparklines + 2).1;
    Some(rest)
}

/// Where there is room for two only, they are duplicates and violations; those
/// are judged of the modifier alone.
fn kinds_shown(is_foreign: bool, area: Rect) -> &'static [usize] {
    match (is_foreign, area.height < 12) {
        (true, true) => &[0, 1],
        (true, false) => &[0, 1, 2],
        (false, true) => &[0, 3],
        (false, false) => &[0, 1, 2, 3],
    }
}

/// A row for each kind: its rate over time. Gives the rows used.
fn sparklines(shown: &Shown, area: Rect, buffer: &mut Buffer) -> u16 {
    let Some(snapshot) = &shown.snapshot else {
        return 0;
    };
    let theme = shown.theme;
    let label = 26;
    let width = usize::from(area.width).saturating_sub(label + 10);
    let kinds = kinds_shown(snapshot.is_foreign(), area);
    for (y, &kind) in (0..).zip(kinds) {
        let points: Vec<u64> = snapshot.history.iter().map(|point| point[kind]).collect();
        let latest = &points[points.len().saturating_sub(width)..];
        let last_second: u64 = points.iter().rev().take(4).sum();
        let rate = match snapshot.rates {
            Some(_) => short(last_second),
            None => "-".to_owned(),
        };
        let role = match (kind, latest.iter().any(|&n| n > 0)) {
            (3, true) => Role::Violation,
            (3, false) => Role::Good,
            (_, true) => Role::Duplicate,
            (_, false) => Role::Dim,
        };
        let line = Line::from(vec![
            Span::styled(
                format!(" {:<label$}", KINDS[kind], label = label - 1),
                theme.style(role),
            ),
            Span::styled(sparkline(latest), theme.style(role)),
            Span::styled(format!(" {rate}/s"), theme.style(Role::Dim)),
        ]);
        put(buffer, area, y, &line);
    }
    kinds.len() as u16 + 1
}

/// One character a point, the tallest for the largest; nothing is `·`.
fn sparkline(points: &[u64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = points.iter().copied().max().unwrap_or(0).max(1);
    points
        .iter()
        .map(|&point| match point {
            0 => '·',
            _ => {
                BARS[((u128::from(point) * 8).div_ceil(u128::from(most)) as usize).clamp(1, 8) - 1]
            }
        })
        .collect()
}

fn render_list(theme: Theme, list: &TearList, area: Rect, buffer: &mut Buffer) {
    if list.is_empty() {
        let text = "Nothing torn yet. A tear is a scan whose lines come from different states: \
                    the writer was faster than the reader. It appears here by itself.";
        for (y, line) in (0..).zip(wrapped(
            text,
            area.width.saturating_sub(4),
            theme.style(Role::Dim),
        )) {
            let inner = Rect {
                x: area.x + 2,
                width: area.width.saturating_sub(2),
                ..area
            };
            put(buffer, inner, y, &line);
        }
        return;
    }
    // Tears come faster than anybody reads: not all of them are listed.
    let what = "newest first; a sample, the totals count all";
    let heading = cut(&format!("   {:<8} {what}", "when"), usize::from(area.width));
    put(
        buffer,
        area,
        0,
        &Line::styled(heading, theme.style(Role::Dim)),
    );
    let rows = usize::from(area.height.saturating_sub(1));
    let at = list.position();
    let top = first_listed(at, split_rows(area, 1).1);
    for (y, (i, listed)) in (1..).zip(list.iter().enumerate().skip(top).take(rows)) {
        put(buffer, area, y, &item(theme, listed, area.width.into()));
        if i == at {
            mark_selected(theme, area, y, buffer);
        }
    }
}

fn item(theme: Theme, listed: &Listed, width: usize) -> Line<'static> {
    let event = &listed.found.event;
    let (glyph, role) = mark(event);
    let label = event
        .known
        .as_ref()
        .map_or(String::new(), |known| format!(" {known}"));
    let at = listed.found.at;
    let when = format!("{:>5}.{:01} s", at.as_secs(), at.subsec_millis() / 100);
    let by = &event.case;
    let text = format!("{}{label}  {by}", event.title());
    Line::from(vec![
        Span::styled(format!(" {glyph} "), theme.style(role)),
        Span::styled(format!("{when} "), theme.style(Role::Dim)),
        Span::styled(cut(&text, width.saturating_sub(13)), theme.style(role)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_shows_nothing_as_nothing() {
        assert_eq!(sparkline(&[0, 1, 4, 8, 0]), "·▁▄█·");
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[u64::MAX]), "█");
    }
}
