//! The timeline: a strip of all that is recorded, and below it where in time one is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::Rewound;
use super::status::status;
use super::strip::strip;
use crate::tui::theme::Theme;
use crate::tui::widgets::text::put;

/// Draws both.
pub(crate) fn render(rewound: &Rewound, theme: Theme, area: Rect, buffer: &mut Buffer) {
    put(buffer, area, 0, &strip(rewound, theme, area.width));
    let status = status(rewound, theme, area.width);
    put(buffer, area, 1, &Line::from(status));
}
