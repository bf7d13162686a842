//! The row of a list that is selected.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::theme::{Role, Theme};

/// The number of what stands in the first row of a list: the one that is selected
/// is in one of the rows.
pub(crate) fn first_listed(selected: usize, rows: Rect) -> usize {
    (selected + 1).saturating_sub(usize::from(rows.height))
}

/// Makes a row of an area the selected one, all its width: one colour, whatever was drawn
/// there before.
pub(crate) fn mark_selected(theme: Theme, area: Rect, row: u16, buffer: &mut Buffer) {
    let row = Rect {
        y: area.y + row,
        height: 1,
        ..area
    };
    buffer.set_style(row, theme.style(Role::Selected));
}
