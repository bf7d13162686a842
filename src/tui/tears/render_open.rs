//! An open tear: everything that is known of it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Block;

use super::list::TearList;
use crate::tui::theme::Theme;
use crate::tui::widgets::border::boxed;
use crate::tui::widgets::found_event::{mark, open_lines};
use crate::tui::widgets::split::split_columns;
use crate::tui::widgets::text::put_rows;

/// Columns from which the list and the open tear stand side by side.
pub(crate) const SIDE_BY_SIDE: u16 = 110;
/// Columns of the list then.
pub(crate) const LIST: u16 = 56;

/// The inside of the box of the open tear.
pub(crate) fn open_area(area: Rect) -> Rect {
    let outer = open_box(area);
    Block::bordered().inner(outer)
}

fn open_box(area: Rect) -> Rect {
    match area.width {
        SIDE_BY_SIDE.. => split_columns(area, LIST).1,
        _ => area,
    }
}

/// Draws the tear that is selected, from row `top` on.
pub(crate) fn render_open(
    theme: Theme,
    list: &TearList,
    top: usize,
    area: Rect,
    buffer: &mut Buffer,
) {
    let Some(listed) = list.current() else {
        return;
    };
    let (glyph, role) = mark(&listed.found.event);
    let outer = open_box(area);
    let title = format!(" {glyph} {} ", listed.found.event.title());
    let title = Line::styled(title, theme.style(role));
    let inner = boxed(theme, title, "", outer, buffer);
    let lines = open_lines(theme, &listed.found.event, inner.width);
    put_rows(buffer, inner, theme, &lines, top);
}
