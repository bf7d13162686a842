//! Where the parts of the Space are.

use ratatui::layout::Rect;

/// Rows from which the map of the address space is shown.
const MAP_FROM: u16 = 14;
/// Rows from which its legend is.
const LEGEND_FROM: u16 = 28;
/// Columns from which the list and what is open stand side by side.
const SIDE_BY_SIDE: u16 = 130;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    pub caption: Rect,
    pub map: Rect,
    /// Heading and rows.
    pub list: Rect,
    /// The VMA that is open, or the log; over the list, or beside it.
    pub open: Rect,
}

pub(crate) fn parts(area: Rect) -> Parts {
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

pub(crate) fn list_rows(area: Rect) -> u16 {
    parts(area).list.height.saturating_sub(1)
}
