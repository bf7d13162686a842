//! The menus: columns, and formats to export in.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::session::snapshot::Snapshot;
use crate::tui::space::columns::Column;
use crate::tui::space::update::EXPORT_FORMATS;
use crate::tui::space::{ListMenu, Space};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::border::popup;
use crate::tui::widgets::selection::mark_selected;
use crate::tui::widgets::text::put;

/// Columns of a menu, its border included.
const WIDTH: u16 = 54;

/// Draws the one that is open.
pub(crate) fn render(
    space: &Space,
    theme: Theme,
    snapshot: &Snapshot,
    area: Rect,
    buffer: &mut Buffer,
) {
    let Some(menu) = space.menu else {
        return;
    };
    let mark = |chosen| if chosen { "▶" } else { " " };
    let (title, at, lines) = match menu {
        ListMenu::Columns(at) => {
            let shown = space.shown_columns(snapshot);
            let lines = Column::ALL.iter().enumerate().map(|(number, column)| {
                let sign = if shown.has(*column) { "[x]" } else { "[ ]" };
                let mark = mark(number == at);
                Line::from(vec![
                    Span::styled(format!(" {mark} {sign} "), theme.style(Role::Key)),
                    Span::raw(format!("{:<12}", column.name())),
                    Span::styled(format!(" {}", column.meaning()), theme.style(Role::Dim)),
                ])
            });
            (" Columns: space chooses, Esc closes ", at, lines.collect())
        }
        ListMenu::Export(at) => {
            let lines = EXPORT_FORMATS.iter().enumerate();
            let lines = lines.map(|(number, (key, _, what))| {
                let mark = mark(number == at);
                Line::from(vec![
                    Span::styled(format!(" {mark} {key}   "), theme.style(Role::Key)),
                    Span::raw(*what),
                ])
            });
            (
                " Export the lines shown: Enter writes ▶ ",
                at,
                lines.collect(),
            )
        }
    };
    let lines: Vec<Line<'_>> = lines;
    let size = (WIDTH, lines.len() as u16 + 2);
    let inner = popup(theme, title, size, area, buffer);
    for (y, line) in (0..).zip(&lines) {
        put(buffer, inner, y, line);
    }
    mark_selected(theme, inner, at as u16, buffer);
}
