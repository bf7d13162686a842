//! The picture of the Space: one scan, chunk by chunk, or what of it fits the
//! filter. Only the rows that fit on the screen are made.
//!
//! * [`areas`]: where the parts are;
//! * [`caption`]: which scan, and how many VMAs; or what is typed;
//! * [`minimap`]: the whole address space in two rows, and [`address_map`]: its
//!   cells;
//! * [`list`]: the rows, [`mod@line`]: one line with its columns,
//!   [`query_column`]: what the query answers, [`column_widths`]: those that fit, [`painter`]: what both draw with;
//! * [`vma`]: the VMA that is open, and [`log`]: what changed;
//! * [`list_menus`]: the menus of columns and of formats to export in.

pub(crate) mod address_map;
pub(crate) mod areas;
pub(crate) mod caption;
pub(crate) mod column_widths;
pub(crate) mod line;
pub(crate) mod list;
pub(crate) mod list_menus;
pub(crate) mod log;
pub(crate) mod minimap;
pub(crate) mod painter;
pub(crate) mod query_column;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod vma;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::Space;
use crate::tui::scroll::Scrolled;
use crate::tui::shown::Shown;
use crate::tui::theme::Role;
use crate::tui::widgets::text::put;
use areas::parts;

/// The last row that what is open can be scrolled to; none: nothing is open.
pub(crate) fn open_scrolled(space: &Space, shown: &Shown) -> Option<Scrolled> {
    let area = parts(shown.body()).open;
    match space.open {
        Some(open) => Some(vma::scrolled(open, shown, area)),
        None => space.log.map(|open| log::scrolled(open, shown, area)),
    }
}

pub(crate) fn render(space: &Space, shown: &Shown, area: Rect, buffer: &mut Buffer) {
    let parts = parts(area);
    let Some((snapshot, picture)) = shown.picture() else {
        let ended = shown.latest.as_ref().and_then(|it| it.ended.as_ref());
        let text = match ended {
            Some(_) => "  the target was gone before a scan could be shown",
            None => "  waiting for the first scan …",
        };
        let line = Line::styled(text, shown.theme.style(Role::Dim));
        put(buffer, area, 2, &line);
        return;
    };
    let visible = space.window(shown, picture).visible(picture.rows.len());
    caption::render(space, shown, snapshot, picture, parts.caption, buffer);
    minimap::render(
        &space.map, shown, snapshot, picture, &visible, parts.map, buffer,
    );
    let is_open = space.open.is_some() || space.log.is_some();
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
        list::render(space, shown, snapshot, picture, visible, area, buffer);
    }
    if let Some(open) = space.open {
        vma::render(open, shown, snapshot, picture, parts.open, buffer);
    } else if let Some(open) = space.log {
        log::render(open, &space.filter, shown, snapshot, parts.open, buffer);
    }
    list_menus::render(space, shown.theme, snapshot, parts.list, buffer);
}
