//! Text in just so many columns.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::tui::theme::{Role, Theme};

/// One line of text at a row of `area`, cut at its right end.
pub(crate) fn put(buffer: &mut Buffer, area: Rect, row: u16, line: &Line<'_>) {
    if row < area.height {
        buffer.set_line(area.x, area.y + row, line, area.width);
    }
}

/// Says in the corner that there is more below.
pub(crate) fn put_more(buffer: &mut Buffer, area: Rect, theme: Theme) {
    let corner = Rect {
        x: area.right().saturating_sub(9),
        width: 9,
        ..area
    };
    let more = Line::styled(" ↓ more ", theme.style(Role::Key));
    put(buffer, corner, area.height.saturating_sub(1), &more);
}

/// Text wrapped to a width, a style for all.
pub(crate) fn wrapped(text: &str, width: u16, style: Style) -> Vec<Line<'static>> {
    textwrap::wrap(text, usize::from(width.max(8)))
        .into_iter()
        .map(|line| Line::styled(line.into_owned(), style))
        .collect()
}

/// `text` cut to `width` columns, with `…` where something is missing.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > width {
            break;
        }
        out.push(character);
    }
    if width > 0 {
        out.push('…');
    }
    out
}

/// The first of these texts, from long to short, that has at most `room`
/// characters; else the last.
pub(crate) fn fitting(texts: Vec<String>, room: usize) -> String {
    let fits = |text: &&String| text.chars().count() <= room;
    let found = texts.iter().find(fits).or(texts.last());
    found.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_with_a_sign() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("日本語", 4), "日…");
    }
}
