//! Where header, view and footer are on the screen.

use ratatui::layout::Rect;

/// The least columns and rows that a screen is shown in.
pub(crate) const LEAST: (u16, u16) = (60, 16);

/// Rows of the header, the tabs included.
const HEADER: u16 = 3;
/// Rows of the legend and the keys.
const FOOTER: u16 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Areas {
    pub header: Rect,
    /// The view.
    pub body: Rect,
    pub footer: Rect,
}

impl Areas {
    pub(crate) fn of(area: Rect) -> Self {
        let body = area.height.saturating_sub(HEADER + FOOTER);
        let rows = |y: u16, height: u16| Rect {
            y: area.y + y,
            height,
            ..area
        };
        Areas {
            header: rows(0, HEADER.min(area.height)),
            body: rows(HEADER.min(area.height), body),
            footer: rows(
                (HEADER + body).min(area.height),
                FOOTER.min(area.height.saturating_sub(HEADER + body)),
            ),
        }
    }
}
