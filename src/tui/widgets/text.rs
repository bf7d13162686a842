//! Text in just so many columns.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::report::page::at_spaces;
use crate::text::charset::{Charset, ascii_form};
use crate::tui::theme::{Role, Theme};

/// One line of text at a row of `area`. Nothing else draws text, so this holds
/// on every screen: what does not fit ends in `…`, and no text is drawn over
/// another.
pub(crate) fn put(buffer: &mut Buffer, area: Rect, row: u16, line: &Line<'_>) {
    if row >= area.height {
        return;
    }
    let (x, y) = (area.x, area.y + row);
    let line = fitted(line, usize::from(area.width));
    #[cfg(test)]
    assert_blank(buffer, (x, y), &line);
    buffer.set_line(x, y, &line, area.width);
}

/// The lines from `top` on; where not all of them fit, the last row says that
/// there is more.
pub(crate) fn put_rows(
    buffer: &mut Buffer,
    area: Rect,
    theme: Theme,
    lines: &[Line<'_>],
    top: usize,
) {
    let shown = lines.get(top..).unwrap_or_default();
    let rows = usize::from(area.height);
    let has_more = shown.len() > rows;
    let fitting = if has_more {
        rows.saturating_sub(1)
    } else {
        rows
    };
    for (y, line) in (0..).zip(shown.iter().take(fitting)) {
        put(buffer, area, y, line);
    }
    if has_more && rows > 0 {
        let more = format!(" ↓ {} more", shown.len() - fitting);
        let more = Line::styled(more, theme.style(Role::Key));
        put(buffer, area, area.height - 1, &more);
    }
}

/// What is drawn must not be drawn over something else.
#[cfg(test)]
fn assert_blank(buffer: &Buffer, (x, y): (u16, u16), line: &Line<'_>) {
    let covered = (x..).take(line.width()).map(|x| buffer[(x, y)].symbol());
    let covered: String = covered.collect();
    assert!(
        covered.trim().is_empty(),
        "{line} is drawn over {covered} in row {y}"
    );
}

/// A line of at most so many columns; cut as [`cut`] does.
pub(crate) fn fitted<'a>(line: &Line<'a>, width: usize) -> Line<'a> {
    if line.width() <= width {
        return line.clone();
    }
    let text: String = line.spans.iter().map(|span| &*span.content).collect();
    let (mut kept, is_marked) = kept(&text, width);
    let mut fitted = Line {
        spans: Vec::with_capacity(line.spans.len()),
        ..line.clone()
    };
    for span in &line.spans {
        let content = &span.content[..kept.min(span.content.len())];
        kept -= content.len();
        fitted.push_span(Span::styled(content.to_owned(), span.style));
        if kept == 0 {
            break;
        }
    }
    if is_marked && width > 0 {
        let style = fitted.spans.last().map_or(Style::new(), |span| span.style);
        fitted.push_span(Span::styled("…", style));
    }
    fitted
}

/// How many bytes of a text to keep in so many columns, and whether the rest
/// is worth a `…`, for which a column is left then. A number is kept whole or
/// not at all: the half of one is another number.
fn kept(text: &str, width: usize) -> (usize, bool) {
    let all = prefix(text, width);
    let is_filling = |character: char| character == ' ' || character == '─';
    if text[all..].chars().all(is_filling) {
        return (all, false);
    }
    let end = prefix(text, width.saturating_sub(1));
    let in_word = |character: char| character.is_alphanumeric() || ".,_".contains(character);
    let (before, behind) = text.split_at(end);
    let start = before.trim_end_matches(in_word).len();
    let goes_on = behind.starts_with(in_word);
    let has_digit = before[start..].contains(|character: char| character.is_ascii_digit());
    (if goes_on && has_digit { start } else { end }, true)
}

/// The bytes of the characters that fit into so many columns.
fn prefix(text: &str, width: usize) -> usize {
    let mut used = 0;
    let too_far = text.char_indices().find(|(_, character)| {
        used += character.width().unwrap_or(0);
        used > width
    });
    too_far.map_or(text.len(), |(at, _)| at)
}

/// Draws in other characters what the terminal cannot show: each glyph has
/// one; of a name that was not taken apart before, `?` is left.
pub(crate) fn in_charset(charset: Charset, buffer: &mut Buffer) {
    if charset == Charset::Utf8 {
        return;
    }
    let mut covered = 0;
    for cell in &mut buffer.content {
        let symbol = cell.symbol();
        if covered > 0 {
            covered -= 1;
            cell.set_char('?');
        } else if !symbol.is_ascii() {
            covered = symbol.width().saturating_sub(1);
            let mut characters = symbol.chars();
            let form = match (characters.next(), characters.next()) {
                (Some(one), None) => ascii_form(one),
                _ => None,
            };
            cell.set_char(form.unwrap_or('?'));
        }
    }
}

/// The parts that fit, whole, and the first so many in any case.
pub(crate) fn whole(mut parts: Vec<Span<'static>>, width: u16, least: usize) -> Line<'static> {
    let used = |parts: &[Span<'_>]| parts.iter().map(Span::width).sum::<usize>();
    while parts.len() > least && used(&parts) > usize::from(width) {
        parts.pop();
    }
    Line::from(parts)
}

/// Text wrapped to a width, a style for all; a range of addresses is one word.
pub(crate) fn wrapped(text: &str, width: u16, style: Style) -> Vec<Line<'static>> {
    textwrap::wrap(text, at_spaces(usize::from(width.max(8))))
        .into_iter()
        .map(|line| Line::styled(line.into_owned(), style))
        .collect()
}

/// `text` cut to `width` columns, with `…` where something is missing: of a
/// path in its middle, for its end says most; else at the end.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (kept_bytes, is_marked) = kept(text, width);
    if is_marked && let Some(file) = file_name(text) {
        let room = width.saturating_sub(file.width() + 1);
        let head = &text[..text.len() - file.len()];
        // With a part of the path before it, or it is no longer one.
        if room > head.find('/').map_or(0, |at| head[..at].width()) {
            return format!("{}…{file}", &head[..kept(head, room + 1).0]);
        }
    }
    let sign = if is_marked && width > 0 { "…" } else { "" };
    format!("{}{sign}", &text[..kept_bytes])
}

/// The last part of the path that a text ends in, with its slash.
fn file_name(text: &str) -> Option<&str> {
    let path = match text.rfind(" /") {
        Some(at) => &text[at + 1..],
        None if text.starts_with('/') => text,
        None => return None,
    };
    path.rfind('/').map(|at| &path[at..])
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
        for (text, width, shown) in [
            ("abcdef", 4, "abc…"),
            ("abc", 3, "abc"),
            ("日本語", 4, "日…"),
            ("abc", 0, ""),
            // No half of a number, and no need of a sign for blanks and rules.
            ("modifier 3456", 12, "modifier …"),
            ("modifier 3456, and", 16, "modifier 3456, …"),
            ("no access 28 KiB", 12, "no access …"),
            ("7f1234567000-7f1234569000", 20, "7f1234567000-…"),
            ("end   ", 4, "end "),
            ("── end ─────", 9, "── end ──"),
        ] {
            assert_eq!(cut(text, width), shown);
        }
    }

    #[test]
    fn a_path_is_cut_in_its_middle() {
        let path = "/usr/lib/x86_64-linux-gnu/libc.so.6";
        for (text, width, shown) in [
            (path, 35, path),
            (path, 24, "/usr/lib/…/libc.so.6"),
            (path, 15, "/usr…/libc.so.6"),
            (path, 12, "/…/libc.so.6"),
            (path, 8, "/usr/li…"),
            (
                "map 4 KiB /usr/lib/libc.so.6",
                24,
                "map 4 KiB /us…/libc.so.6",
            ),
            ("a word/another word", 12, "a word/anot…"),
        ] {
            assert_eq!(cut(text, width), shown, "{width}");
        }
    }

    #[test]
    fn a_line_is_cut_as_its_text_is() {
        let line = Line::from(vec![Span::raw("seen "), Span::raw("12,345 times")]);
        let area = Rect::new(0, 0, 10, 1);
        let mut buffer = Buffer::empty(area);
        put(&mut buffer, area, 0, &line);
        let drawn: String = buffer.content.iter().map(|cell| cell.symbol()).collect();
        assert_eq!(drawn.trim_end(), "seen …");
    }

    #[test]
    #[should_panic(expected = "is drawn over")]
    fn nothing_is_drawn_over_text() {
        let area = Rect::new(0, 0, 10, 1);
        let mut buffer = Buffer::empty(area);
        put(&mut buffer, area, 0, &Line::raw("one"));
        put(&mut buffer, area, 0, &Line::raw("  two"));
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let area = Rect::new(0, 0, 10, 3);
        let mut buffer = Buffer::empty(area);
        let lines: Vec<_> = ["a", "b", "c", "d"].map(Line::raw).into();
        put_rows(&mut buffer, area, Theme::default(), &lines, 0);
        assert_eq!(buffer[(3, 2)].symbol(), "2");
        let mut buffer = Buffer::empty(area);
        put_rows(&mut buffer, area, Theme::default(), &lines, 1);
        assert_eq!(buffer[(0, 2)].symbol(), "d");
    }
}
