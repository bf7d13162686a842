//! The picture of the Boundary: what is seen in a sentence, the states as text and as
//! page layouts, and the table of pairs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Boundary;
use super::foreign::boundary_lines;
use super::large_pages;
use super::pair_table::{pair_summary, pair_table};
use super::state_columns::state_columns;
use crate::session::snapshot::Snapshot;
use crate::tui::presenter::said::{PageRow, Said};
use crate::tui::scroll::Scrolled;
use crate::tui::shown::Shown;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::page_layout::{self, QUERY_NOW, answered};
use crate::tui::widgets::text::{put, put_rows, wrapped};

/// Columns from which layouts and table stand side by side.
const SIDE_BY_SIDE: u16 = 96;
/// Rows from which pages are large then.
const ROOMY: u16 = 24;
/// Rows below which there is little room.
const SMALL: u16 = 14;
/// Columns of the large pages at least, and at most.
const LEFT: u16 = 58;
const WIDEST: u16 = 86;
/// Rows of a large page, at most.
const HIGHEST: usize = 7;

pub(crate) fn scrolled(boundary: Boundary, shown: &Shown) -> Scrolled {
    let area = shown.body();
    let rows = shown
        .snapshot
        .as_ref()
        .map_or(0, |snapshot| lines(shown, snapshot, area).len());
    Scrolled::in_text(boundary.top.into(), rows, area.height)
}

pub(crate) fn render(boundary: Boundary, shown: &Shown, area: Rect, buffer: &mut Buffer) {
    let Some(snapshot) = &shown.snapshot else {
        let line = Line::styled("  nothing is known yet …", shown.theme.style(Role::Dim));
        put(buffer, area, 1, &line);
        return;
    };
    let lines = lines(shown, snapshot, area);
    let top = scrolled(boundary, shown).at;
    put_rows(buffer, area, shown.theme, &lines, top);
}

/// All of it, of which a part may fit.
fn lines(shown: &Shown, snapshot: &Snapshot, area: Rect) -> Vec<Line<'static>> {
    let (theme, width) = (shown.theme, area.width);
    let Some(scene) = &snapshot.scene else {
        let boundaries = snapshot.boundaries.as_ref();
        return boundaries.map_or_else(Vec::new, |it| boundary_lines(theme, it, width));
    };
    let columns = usize::from(width);
    let said = Said::of(shown, View::Boundary);
    let style = theme.style(said.role.unwrap_or(Role::Dim));
    let mut lines = wrapped(&said.caption, width.saturating_sub(2), style);
    for line in &mut lines {
        line.spans.insert(0, Span::raw(" "));
    }
    if width >= SIDE_BY_SIDE && area.height >= ROOMY {
        lines.push(Line::default());
        lines.extend(state_columns(theme, snapshot, scene, columns, 3));
        lines.push(Line::default());
        let left = LEFT.max(width / 2 - 2).min(WIDEST);
        let table = pair_table(theme, &snapshot.pairs, columns - usize::from(left));
        let mut rows = said.rows;
        rows.extend(answered(snapshot, scene).map(|cells| PageRow {
            label: QUERY_NOW.into(),
            role: Role::Plain,
            cells,
            marks: Vec::new(),
        }));
        // The line of numbers, and of each row as many as there is room for.
        let room = usize::from(area.height).saturating_sub(lines.len() + 1);
        let height = (room / rows.len().max(1)).clamp(1, HIGHEST) as u16;
        let pages = large_pages::lines(theme, &rows, left - 2, height);
        lines.extend(beside(pages, table, usize::from(left)));
        return lines;
    }
    let layouts = page_layout::rows(theme, snapshot, scene);
    if width >= SIDE_BY_SIDE {
        lines.extend(state_columns(theme, snapshot, scene, columns, 2));
        let left = page_layout::width(scene).max(columns / 2 - 2);
        let table = pair_table(theme, &snapshot.pairs, columns - left);
        lines.extend(beside(layouts, table, left));
        return lines;
    }
    // In few rows the pages come first.
    if area.height < SMALL {
        lines.extend(layouts);
        lines.extend(state_columns(theme, snapshot, scene, columns, 1));
    } else {
        // Three lines beside the boundary where all of the pages fits below them.
        let fixed = lines.len() + 2 + 1 + layouts.len() + 2;
        let beside = if fixed + 2 * 3 <= usize::from(area.height) {
            3
        } else {
            2
        };
        lines.extend(state_columns(theme, snapshot, scene, columns, beside));
        lines.push(Line::default());
        lines.extend(layouts);
    }
    let table = pair_table(theme, &snapshot.pairs, columns);
    if lines.len() + 1 + table.len() > usize::from(area.height) {
        lines.push(pair_summary(theme, &snapshot.pairs, width));
    }
    lines.push(Line::default());
    lines.extend(table);
    lines
}

/// Two blocks side by side.
fn beside(left: Vec<Line<'static>>, right: Vec<Line<'static>>, width: usize) -> Vec<Line<'static>> {
    let rows = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    (0..rows)
        .map(|_| {
            let mut line = left.next().unwrap_or_default();
            let fill = width.saturating_sub(line.width());
            line.spans.push(Span::raw(" ".repeat(fill)));
            line.spans.extend(right.next().unwrap_or_default().spans);
            line
        })
        .collect()
}
