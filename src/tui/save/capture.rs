//! The screen as a file: SVG, as it looks, and plain text.
//!
//! A drawn buffer becomes text with ANSI colours, and that becomes SVG. Nothing
//! is drawn again, so the picture is what was on the screen.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anstyle::AnsiColor;
use anstyle_svg::Term;
use chrono::NaiveDateTime;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use crate::report::new_files::save_new;
use crate::report::save::{SaveError, WriteAll, text_of};
use crate::tui::theme::Background;

/// Where a picture went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SavedScreen {
    /// As it looks.
    pub svg: PathBuf,
    /// As plain text.
    pub text: PathBuf,
}

/// Saves a screen in `directory` as `vmascope-SCREEN-YYYYmmdd-HHMMSS.svg` and
/// `.txt`; where one of those exists, with `-2` (and so on) behind the time.
/// No file is ever overwritten, and each is whole or not there.
pub(crate) fn save(
    directory: &Path,
    screen: &str,
    when: NaiveDateTime,
    buffer: &Buffer,
    background: Background,
) -> Result<SavedScreen, SaveError> {
    let stem = format!("vmascope-{screen}-{}", when.format("%Y%m%d-%H%M%S"));
    let (svg, text) = (to_svg(buffer, background), to_text(buffer));
    let (svg, text) = (text_of(&svg), text_of(&text));
    let files: [(&str, &WriteAll<'_>); 2] = [("svg", &svg), ("txt", &text)];
    let mut paths = save_new(directory, &stem, &files)?.into_iter();
    let mut next = || paths.next().unwrap_or_default();
    Ok(SavedScreen {
        svg: next(),
        text: next(),
    })
}

/// The screen as an SVG picture.
pub(crate) fn to_svg(buffer: &Buffer, background: Background) -> String {
    let term = match background {
        Background::Dark => Term::new(),
        Background::Light => Term::new()
            .fg_color(AnsiColor::Black.into())
            .bg_color(AnsiColor::BrightWhite.into()),
    };
    // anstyle-svg 1.1 counts the columns of what is behind a text after it has escaped
    // it, `&gt;` as four: characters that need no escaping, of private use, stand for
    // those that do.
    const ESCAPED: [(char, &str, &str); 3] = [
        ('&', "\u{f0001}", "&amp;"),
        ('<', "\u{f0002}", "&lt;"),
        ('>', "\u{f0003}", "&gt;"),
    ];
    let ansi = (ESCAPED.iter()).fold(to_ansi(buffer), |text, (plain, private, _)| {
        text.replace(*plain, private)
    });
    let svg = term.render_svg(&ansi);
    (ESCAPED.iter()).fold(svg, |svg, (_, private, escaped)| {
        svg.replace(private, escaped)
    })
}

/// The screen as plain text: a line a row, without blanks at its end.
pub(crate) fn to_text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for row in rows(buffer) {
        let start = text.len();
        cells(row).for_each(|cell| text.push_str(cell.symbol()));
        let end = text[start..].trim_end_matches(' ').len();
        text.truncate(start + end);
        text.push('\n');
    }
    text
}

/// The screen as text with ANSI styles (SGR, ECMA-48): a line a row, styles
/// reset at the end of each.
pub(crate) fn to_ansi(buffer: &Buffer) -> String {
    let mut text = String::new();
    for row in rows(buffer) {
        let mut style = CellStyle::default();
        for cell in cells(row) {
            let next = CellStyle::of(cell);
            if next != style {
                next.write_to(&mut text);
                style = next;
            }
            text.push_str(cell.symbol());
        }
        if style != CellStyle::default() {
            text.push_str("\x1b[0m");
        }
        text.push('\n');
    }
    text
}

fn rows(buffer: &Buffer) -> impl Iterator<Item = &[Cell]> {
    let width = usize::from(buffer.area.width).max(1);
    buffer.content.chunks(width)
}

/// The cells of a row that show something: those behind a wide character are
/// covered by it.
fn cells(row: &[Cell]) -> impl Iterator<Item = &Cell> {
    let mut covered = 0;
    row.iter().filter(move |cell| {
        if covered > 0 {
            covered -= 1;
            return false;
        }
        covered = cell.symbol().width().saturating_sub(1);
        true
    })
}

/// How a cell looks, in what SGR can say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct CellStyle {
    foreground: Color,
    background: Color,
    modifiers: Modifier,
}

impl CellStyle {
    fn of(cell: &Cell) -> Self {
        Self {
            foreground: cell.fg,
            background: cell.bg,
            modifiers: cell.modifier,
        }
    }

    /// Resets, then sets what differs from the reset; each in a sequence of its
    /// own, as anstyle-svg 1.1 misreads what follows a colour in the same one.
    fn write_to(self, text: &mut String) {
        text.push_str("\x1b[0m");
        for (modifier, code) in [
            (Modifier::BOLD, 1),
            (Modifier::DIM, 2),
            (Modifier::ITALIC, 3),
            (Modifier::UNDERLINED, 4),
            (Modifier::SLOW_BLINK, 5),
            (Modifier::RAPID_BLINK, 6),
            (Modifier::REVERSED, 7),
            (Modifier::HIDDEN, 8),
            (Modifier::CROSSED_OUT, 9),
        ] {
            if self.modifiers.contains(modifier) {
                push(text, format_args!("\x1b[{code}m"));
            }
        }
        write_color(text, self.foreground, 30);
        write_color(text, self.background, 40);
    }
}

/// `base` is 30 for the foreground, 40 for the background.
fn write_color(text: &mut String, color: Color, base: u8) {
    let number = match color {
        Color::Reset => return,
        Color::Rgb(r, g, b) => return push(text, format_args!("\x1b[{};2;{r};{g};{b}m", base + 8)),
        Color::Indexed(index) => return push(text, format_args!("\x1b[{};5;{index}m", base + 8)),
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 60,
        Color::LightRed => 61,
        Color::LightGreen => 62,
        Color::LightYellow => 63,
        Color::LightBlue => 64,
        Color::LightMagenta => 65,
        Color::LightCyan => 66,
        Color::White => 67,
    };
    push(text, format_args!("\x1b[{}m", base + number));
}

fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    let written = text.write_fmt(what);
    debug_assert!(written.is_ok(), "writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    fn buffer() -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(3, 5, 12, 3));
        let style = Style::new().fg(Color::Rgb(230, 159, 0)).bg(Color::Blue);
        buffer.set_string(3, 5, "日本<&>", style.add_modifier(Modifier::BOLD));
        let indexed = Style::new().fg(Color::Indexed(208)).bg(Color::DarkGray);
        buffer.set_string(4, 6, "plain ", Style::new());
        buffer.set_string(10, 6, "x", indexed.add_modifier(Modifier::REVERSED));
        buffer
    }

    #[test]
    fn wide_characters_take_their_room_and_no_more() {
        assert_eq!(to_text(&buffer()), "日本<&>\n plain x\n\n");
    }

    #[test]
    fn styles_are_sgr() {
        let expected = "\x1b[0m\x1b[1m\x1b[38;2;230;159;0m\x1b[44m日本<&>\x1b[0m     \n \
                        plain \x1b[0m\x1b[7m\x1b[38;5;208m\x1b[100mx\x1b[0m    \n            \n";
        assert_eq!(to_ansi(&buffer()), expected);
    }

    #[test]
    fn a_picture_holds_the_text_and_the_colours() {
        let svg = to_svg(&buffer(), Background::Dark);
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        for part in ["日本", "&lt;&amp;&gt;", "#E69F00"] {
            assert!(svg.contains(part), "{part} in {svg}");
        }
    }

    #[test]
    fn what_is_behind_a_text_stands_where_the_text_does() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 1));
        buffer.set_string(0, 0, "<&>", Style::new());
        buffer.set_string(3, 0, "red", Style::new().bg(Color::Red));
        let svg = to_svg(&buffer, Background::Dark);
        let behind = svg.lines().find(|line| line.contains('█')).unwrap();
        let cells: String = (behind.split(['<', '>']).skip(4).step_by(4)).collect();
        assert_eq!(cells, "   ███", "{behind}");
    }

    #[test]
    fn a_picture_has_the_background_of_the_screen() {
        for (background, fill) in [
            (Background::Dark, "#000000"),
            (Background::Light, "#FFFFFF"),
        ] {
            let svg = to_svg(&buffer(), background);
            let styles: Vec<&str> = svg.lines().filter(|line| line.contains(".bg {")).collect();
            assert!(styles.len() == 1 && styles[0].contains(fill), "{styles:?}");
        }
    }

    #[test]
    fn saved_files_are_never_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let when = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let save = || {
            save(
                directory.path(),
                "boundary",
                when.naive_utc(),
                &buffer(),
                Background::Dark,
            )
        };
        let first = save().unwrap();
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(name(&first.svg), "vmascope-boundary-20231114-221320.svg");
        assert_eq!(name(&first.text), "vmascope-boundary-20231114-221320.txt");
        std::fs::write(&first.text, "mine").unwrap();
        let second = save().unwrap();
        assert_eq!(
            name(&second.text),
            "vmascope-boundary-20231114-221320-2.txt"
        );
        assert_eq!(std::fs::read_to_string(&first.text).unwrap(), "mine");
        let text = std::fs::read_to_string(&second.text).unwrap();
        assert_eq!(text, to_text(&buffer()));
        let svg = std::fs::read_to_string(&second.svg).unwrap();
        assert_eq!(svg, to_svg(&buffer(), Background::Dark));
        // Nothing else is left behind.
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 4);
        let gone = directory.path().to_owned();
        directory.close().unwrap();
        let nowhere = super::save(&gone, "x", when.naive_utc(), &buffer(), Background::Dark);
        assert!(matches!(nowhere, Err(SaveError::Create { .. })));
    }
}
