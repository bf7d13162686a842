//! An area in two parts.

use ratatui::layout::Rect;

/// The first columns of an area, and the rest of it.
pub(crate) fn split_columns(area: Rect, columns: u16) -> (Rect, Rect) {
    let width = columns.min(area.width);
    let rest = Rect {
        x: area.x + width,
        width: area.width - width,
        ..area
    };
    (Rect { width, ..area }, rest)
}

/// The first rows of an area, and the rest of it.
pub(crate) fn split_rows(area: Rect, rows: u16) -> (Rect, Rect) {
    let height = rows.min(area.height);
    let rest = Rect {
        y: area.y + height,
        height: area.height - height,
        ..area
    };
    (Rect { height, ..area }, rest)
}
