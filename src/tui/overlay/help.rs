//! The help: the table of keys, those of this view.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::app::App;
use crate::tui::keys;
use crate::tui::keys::Binding;
use crate::tui::theme::Role;
use crate::tui::widgets::border::popup;
use crate::tui::widgets::text::{cut, put};

/// Columns of one binding.
const COLUMN: u16 = 54;
/// The same where there is little room.
const NARROW: u16 = 29;
/// Columns of the keys.
const KEYS: usize = 10;

/// Draws it, in as many columns as it takes.
pub(crate) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let (view, theme) = (app.view, app.shown.theme);
    let bindings: Vec<&Binding> = keys::useful(view, !app.is_foreign())
        .filter(|binding| !binding.help.is_empty())
        .collect();
    let count = bindings.len() as u16;
    let most = (area.height.saturating_sub(2)).max(1);
    let columns = count.div_ceil(most).max(1);
    let wide = columns * COLUMN + 2 <= area.width;
    let column = if wide { COLUMN } else { NARROW };
    let rows = count.div_ceil(columns);
    let title = format!(" Keys of {}, Esc closes ", view.name());
    let size = (columns * column + 2, rows + 2);
    let inner = popup(theme, &title, size, area, buffer);
    for (i, binding) in (0u16..).zip(&bindings) {
        let x = inner.x + (i / rows) * column;
        let cell = Rect {
            x,
            width: column.min(inner.right().saturating_sub(x)),
            ..inner
        };
        let help = if wide { binding.help } else { binding.brief };
        let room = usize::from(cell.width).saturating_sub(KEYS + 1);
        let line = Line::from(vec![
            Span::styled(format!(" {:<KEYS$}", binding.shown), theme.style(Role::Key)),
            Span::raw(cut(help, room)),
        ]);
        put(buffer, cell, i % rows, &line);
    }
}
