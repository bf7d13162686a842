//! Boxes with a rounded border.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use crate::tui::theme::{Role, Theme};

pub(crate) fn bordered(theme: Theme) -> Block<'static> {
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(Role::Rule))
}

/// A box over the middle of an area, at most so large; gives its inside.
pub(crate) fn popup(
    theme: Theme,
    title: &str,
    (width, height): (u16, u16),
    area: Rect,
    buffer: &mut Buffer,
) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    let area = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    Clear.render(area, buffer);
    let block = bordered(theme).title(Line::styled(title, theme.style(Role::Title)));
    let inner = block.inner(area);
    block.render(area, buffer);
    inner
}
