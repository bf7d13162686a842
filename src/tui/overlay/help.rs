//! The help: the table of keys, those of this view.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::tui::app::App;
use crate::tui::keys;
use crate::tui::keys::Binding;
use crate::tui::theme::Role;
use crate::tui::widgets::border::popup;
use crate::tui::widgets::text::put;

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
    let longest = |text: fn(&Binding) -> &'static str| {
        let longest = bindings.iter().map(|binding| text(binding).width()).max();
        (longest.unwrap_or(0) + KEYS + 1) as u16
    };
    let column = longest(|binding| binding.help);
    let wide = columns * column + 2 <= area.width;
    let column = if wide {
        column
    } else {
        longest(|binding| binding.brief)
    };
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
        let line = Line::from(vec![
            Span::styled(format!(" {:<KEYS$}", binding.shown), theme.style(Role::Key)),
            Span::raw(help),
        ]);
        put(buffer, cell, i % rows, &line);
    }
}
