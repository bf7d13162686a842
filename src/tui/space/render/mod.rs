//! The Space: one scan, chunk by chunk, or what of it fits the filter. Only
//! the rows that fit on the screen are made.
//!
//! * `caption`: which scan, and how many VMAs;
//! * `minimap`: the whole address space in two rows, and `map`: its cells;
//! * `list`: the rows, and `line`: one line with its columns;
//! * `vma`: the VMA that is open, and `log`: what changed;
//! * `over`: what is typed, and menus;
//! * `words`: what is said of states and violations.

pub(crate) mod address_map;
pub(crate) mod caption;
pub(crate) mod line;
pub(crate) mod list;
pub(crate) mod log;
pub(crate) mod menus;
pub(crate) mod minimap;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod vma;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::app::App;
use crate::tui::frame::{body_area, put};
use crate::tui::theme::Role;

/// Rows from which the map of the address space is shown.
const MAP_FROM: u16 = 14;
/// Rows from which its legend is.
const LEGEND_FROM: u16 = 28;
/// Columns from which the list and what is open stand side by side.
const SIDE_BY_SIDE: u16 = 130;

/// Where things are.
#[derive(Clone, Copy, Debug)]
struct Parts {
    caption: Rect,
    map: Rect,
    /// Heading and rows.
    list: Rect,
    /// The VMA that is open, or the log; over the list, or beside it.
    open: Rect,
}

fn parts(area: Rect) -> Parts {
    let map = match area.height {
        0..MAP_FROM => 0,
        MAP_FROM..LEGEND_FROM => 2,
        _ => 3,
    };
    let rows = |y: u16, height: u16| Rect {
        y: area.y + y.min(area.height),
        height: height.min(area.height.saturating_sub(y)),
        ..area
    };
    let list = rows(1 + map, area.height.saturating_sub(1 + map));
    let open = if area.width < SIDE_BY_SIDE {
        list
    } else {
        let width = area.width / 2;
        Rect {
            x: area.x + area.width - width,
            width,
            ..list
        }
    };
    Parts {
        caption: rows(0, 1),
        map: rows(1, map),
        list,
        open,
    }
}

/// Rows of the list on this screen.
#[must_use]
pub(crate) fn list_rows(app: &App) -> u16 {
    parts(body_area(app)).list.height.saturating_sub(1)
}

/// The last row that what is open can be scrolled to; none: nothing is open.
#[must_use]
pub(crate) fn open_last(app: &App) -> Option<usize> {
    let area = parts(body_area(app)).open;
    if app.explorer.open.is_some() {
        return Some(vma::last_row(app, area));
    }
    app.explorer.log.map(|_| log::last_row(app, area))
}

/// Draws it.
pub(crate) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let parts = parts(area);
    let found = app
        .shown
        .as_ref()
        .and_then(|shown| Some((shown, shown.picture.as_ref()?)));
    let Some((snapshot, picture)) = found else {
        let line = Line::styled("  waiting for the first scan …", app.theme.style(Role::Dim));
        put(buffer, area, 2, &line);
        return;
    };
    let (top, rows) = super::cursor::position(app, picture);
    let visible = top..picture.rows.len().min(top + rows);
    caption::render(app, snapshot, picture, parts.caption, buffer);
    minimap::render(app, snapshot, picture, &visible, parts.map, buffer);
    let is_open = app.explorer.open.is_some() || app.explorer.log.is_some();
    if !is_open || parts.open != parts.list {
        let width = if is_open {
            parts.open.x - parts.list.x
        } else {
            parts.list.width
        };
        let area = Rect {
            width,
            ..parts.list
        };
        list::render(app, snapshot, picture, visible, area, buffer);
    }
    if app.explorer.open.is_some() {
        vma::render(app, snapshot, picture, parts.open, buffer);
    } else if app.explorer.log.is_some() {
        log::render(app, snapshot, parts.open, buffer);
    }
    menus::render(app, snapshot, parts.list, buffer);
}
