//! The pages of the site in each state and as they are read, as large as there is
//! room for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::presenter::pages;
use crate::tui::presenter::said::PageRow;
use crate::tui::theme::{Role, Theme};

/// Columns of a row's name.
const LABEL: u16 = 11;
/// The largest page, in columns.
const WIDEST: u16 = 12;

/// The rows, in so many columns, each as high as `height`.
pub(super) fn lines(theme: Theme, rows: &[PageRow], width: u16, height: u16) -> Vec<Line<'static>> {
    let count = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let page = width.saturating_sub(LABEL) / (count as u16).max(1);
    let page = page.min(WIDEST);
    let numbers: String = (0..count)
        .map(|number| format!("{number:^page$}", page = usize::from(page)))
        .collect();
    let label = usize::from(LABEL);
    let numbers = format!(" {:<label$}{numbers}", "page", label = label - 1);
    let mut lines = vec![Line::styled(numbers, theme.style(Role::Dim))];
    for row in rows {
        let area = Rect::new(0, 0, page * count as u16, height);
        let mut buffer = Buffer::empty(area);
        pages::draw(row, theme, page, area, &mut buffer);
        for y in 0..height {
            let name = if y == height / 2 { &*row.label } else { "" };
            let name = format!(" {name:<label$}", label = label - 1);
            let mut spans = vec![Span::styled(name, theme.style(row.role))];
            let cells = (0..area.width).map(|x| &buffer[(x, y)]);
            spans.extend(cells.map(|cell| Span::styled(cell.symbol().to_owned(), cell.style())));
            lines.push(Line::from(spans));
        }
    }
    lines
}
