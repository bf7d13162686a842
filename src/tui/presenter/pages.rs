//! Large pages: a box for each VMA.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::said::{Mark, PageRow};
use crate::scenario::page_layout::Cell;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::page_layout::letter_role;

/// Draws the pages of a row, each so many columns wide, as high as `area`.
pub(crate) fn draw(row: &PageRow, theme: Theme, width: u16, area: Rect, buffer: &mut Buffer) {
    for (page, cell) in (0u16..).zip(&row.cells) {
        let place = Rect {
            x: area.x + page * width,
            width,
            ..area
        };
        let mark = row.marks.get(usize::from(page)).copied();
        draw_page(
            cell.as_ref(),
            mark.unwrap_or(Mark::None),
            theme,
            place.intersection(area),
            buffer,
        );
    }
}

fn draw_page(cell: Option<&Cell>, mark: Mark, theme: Theme, place: Rect, buffer: &mut Buffer) {
    let (letter, role) = match (cell, mark) {
        (_, Mark::Missing) => ('✗', Role::ViolationBanner),
        (Some(cell), Mark::Twice) => (cell.letter, Role::DuplicateBadge),
        (Some(cell), Mark::None) => (cell.letter, letter_role(cell.letter)),
        (None, _) => ('·', Role::Dim),
    };
    let style = theme.style(role);
    let of_hole = Cell {
        letter,
        first: true,
        last: true,
    };
    let boxed = if mark == Mark::Missing {
        Some(&of_hole)
    } else {
        cell
    };
    if let Some(cell) = boxed {
        draw_box(cell, style, place, buffer);
    }
    let middle = (place.x + place.width / 2, place.y + place.height / 2);
    if place.contains(middle.into()) {
        buffer[middle].set_char(letter).set_style(style);
    }
}

/// The part of a VMA's box that is on this page.
fn draw_box(cell: &Cell, style: Style, place: Rect, buffer: &mut Buffer) {
    let (last_x, last_y) = (
        place.right().saturating_sub(1),
        place.bottom().saturating_sub(1),
    );
    for position in place.positions() {
        let is_first = cell.first && position.x == place.x;
        let is_last = cell.last && position.x == last_x;
        let is_flat = place.height < 3;
        let (top, bottom) = (position.y == place.y, position.y == last_y);
        let sign = match (is_first, is_last) {
            (true, _) if is_flat => '[',
            (_, true) if is_flat => ']',
            _ if is_flat => ' ',
            (true, _) if top => '╭',
            (true, _) if bottom => '╰',
            (_, true) if top => '╮',
            (_, true) if bottom => '╯',
            (false, false) if top || bottom => '─',
            (false, false) => ' ',
            _ => '│',
        };
        buffer[position].set_char(sign).set_style(style);
    }
}
