//! The help: the table of keys, those of this view.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use super::put;
use crate::tui::app::App;
use crate::tui::format::cut;
use crate::tui::keys::{self, Binding};
use crate::tui::theme::Role;

/// Columns of one binding.
const COLUMN: u16 = 54;
/// The same where there is little room.
const NARROW: u16 = 29;

/// Draws it over the body, in as many columns as it takes.
pub(super) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let bindings: Vec<&Binding> = keys::of_view(app.view).collect();
    let rows = area.height.saturating_sub(2).max(1);
    let columns = (bindings.len() as u16).div_ceil(rows);
    let column = if columns * COLUMN + 2 <= area.width {
        COLUMN
    } else {
        (area.width.saturating_sub(2) / columns.max(1)).max(NARROW)
    };
    let rows = (bindings.len() as u16).div_ceil(columns);
    let area = Rect {
        width: (columns * column + 2).min(area.width),
        height: (rows + 2).min(area.height),
        ..area
    };
    Clear.render(area, buffer);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(app.theme.style(Role::Rule))
        .title(Line::styled(
            format!(" Keys of {} ", app.view.name()),
            app.theme.style(Role::Title),
        ));
    let inner = block.inner(area);
    block.render(area, buffer);
    for (i, binding) in (0u16..).zip(&bindings) {
        let cell = Rect {
            x: inner.x + (i / rows) * column,
            y: inner.y,
            width: column.min(inner.right().saturating_sub(inner.x + (i / rows) * column)),
            height: inner.height,
        };
        let keys = if column < COLUMN { 6 } else { 12 };
        let shown = binding.shown.split(' ').next().unwrap_or_default();
        let shown = if column < COLUMN {
            shown
        } else {
            binding.shown
        };
        let help = cut(
            binding.help,
            usize::from(cell.width).saturating_sub(keys + 2),
        );
        let line = Line::from(vec![
            Span::styled(format!(" {shown:<keys$}"), app.theme.style(Role::Key)),
            Span::raw(help),
        ]);
        put(buffer, cell, i % rows, &line);
    }
}
