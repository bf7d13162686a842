//! The picture of the Boundary: the states as text and as page layouts, and
//! the table of pairs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Boundary;
use super::foreign::boundary_lines;
use super::pair_table::pair_table;
use super::state_columns::state_columns;
use crate::session::snapshot::Snapshot;
use crate::tui::scroll::Scrolled;
use crate::tui::shown::Shown;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::page_layout;
use crate::tui::widgets::text::{put, put_rows};

/// Columns from which layouts and table stand side by side.
const SIDE_BY_SIDE: u16 = 96;

pub(crate) fn scrolled(boundary: Boundary, shown: &Shown) -> Scrolled {
    let area = shown.body();
    let rows = shown
        .snapshot
        .as_ref()
        .map_or(0, |snapshot| lines(shown.theme, snapshot, area.width).len());
    Scrolled::in_text(boundary.top.into(), rows, area.height)
}

pub(crate) fn render(boundary: Boundary, shown: &Shown, area: Rect, buffer: &mut Buffer) {
    let Some(snapshot) = &shown.snapshot else {
        let line = Line::styled("  nothing is known yet …", shown.theme.style(Role::Dim));
        put(buffer, area, 1, &line);
        return;
    };
    let lines = lines(shown.theme, snapshot, area.width);
    let top = scrolled(boundary, shown).at;
    put_rows(buffer, area, shown.theme, &lines, top);
}

/// All of it, of which a part may fit.
fn lines(theme: Theme, snapshot: &Snapshot, width: u16) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(scene) = &snapshot.scene {
        lines.extend(state_columns(theme, snapshot, scene, usize::from(width)));
        lines.push(Line::default());
        let layouts = page_layout::rows(theme, snapshot, scene);
        let side_by_side = width >= SIDE_BY_SIDE;
        let width = usize::from(width);
        let left = page_layout::width(scene).max(width / 2 - 2);
        let table_width = if side_by_side { width - left } else { width };
        let table = pair_table(theme, &snapshot.pairs, table_width);
        if side_by_side {
            lines.extend(beside(layouts, table, left));
        } else {
            lines.extend(layouts);
            lines.push(Line::default());
            lines.extend(table);
        }
    } else if let Some(boundaries) = &snapshot.boundaries {
        lines.extend(boundary_lines(theme, boundaries, width));
    }
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
