//! Boxes with a rounded border.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use super::text::{cut, fitted};
use crate::tui::theme::{Role, Theme};

/// Draws a box with a title, and in its lower border, where there is room for
/// it, a hint; gives its inside.
pub(crate) fn boxed(
    theme: Theme,
    title: Line<'_>,
    hint: &str,
    area: Rect,
    buffer: &mut Buffer,
) -> Rect {
    let room = usize::from(area.width.saturating_sub(2));
    let hint = cut(hint, room);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(Role::Rule))
        .title(fitted(&title, room))
        .title_bottom(Line::styled(hint, theme.style(Role::Dim)));
    let inner = block.inner(area);
    block.render(area, buffer);
    inner
}

/// The middle of an area, at most so large.
pub(crate) fn popup_area((width, height): (u16, u16), area: Rect) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}

/// A box over the middle of an area, at most so large; gives its inside.
pub(crate) fn popup(
    theme: Theme,
    title: &str,
    size: (u16, u16),
    area: Rect,
    buffer: &mut Buffer,
) -> Rect {
    let area = popup_area(size, area);
    Clear.render(area, buffer);
    let title = Line::styled(title, theme.style(Role::Title));
    boxed(theme, title, "", area, buffer)
}
