//! Text that is being made, in rows.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::Drawn;
use crate::tui::theme::Role;
use crate::tui::widgets::text::{cut, wrapped};

/// Text that is being made.
pub(super) struct Text<'a> {
    pub(super) drawn: Drawn<'a>,
    pub(super) width: u16,
    /// What `{file}` stands for.
    pub(super) file: &'a str,
    pub(super) lines: Vec<Line<'static>>,
}

impl Text<'_> {
    /// Text: each line of it is wrapped; one that begins with spaces is a
    /// drawing, and stays as it is.
    pub(super) fn put(&mut self, text: &str, role: Role) {
        let style = self.drawn.theme.style(role);
        let text = self
            .drawn
            .keys
            .hint(text.trim_end())
            .replace("{file}", self.file);
        for line in text.split('\n') {
            match line.starts_with(' ') || line.is_empty() {
                true => self.put_as_it_is(line, style),
                false => self.lines.extend(wrapped(line, self.width, style)),
            }
        }
    }

    /// Where it is too wide it goes on below: the name of a file is to be copied whole.
    fn put_as_it_is(&mut self, line: &str, style: Style) {
        let mut row = String::new();
        for character in line.chars() {
            if row.width() + character.width().unwrap_or(0) > usize::from(self.width) {
                self.lines
                    .push(Line::styled(std::mem::take(&mut row), style));
            }
            row.push(character);
        }
        self.lines.push(Line::styled(row, style));
    }

    /// The same behind a sign.
    pub(super) fn put_behind(&mut self, sign: &str, text: &str, role: Role) {
        let style = self.drawn.theme.style(role);
        let indent = " ".repeat(sign.chars().count() + 1);
        let text = self.drawn.keys.hint(text.trim_end());
        let rows = wrapped(&text, self.width.saturating_sub(indent.len() as u16), style);
        for (at, row) in rows.into_iter().enumerate() {
            let before = match at {
                0 => format!("{sign} "),
                _ => indent.clone(),
            };
            let mut line = Line::from(Span::styled(before, style));
            line.spans
                .extend(row.spans.into_iter().map(|span| span.style(style)));
            self.lines.push(line);
        }
    }

    /// The same in one row, cut where it does not fit.
    pub(super) fn put_row(&mut self, text: &str, role: Role) {
        let text = cut(&self.drawn.keys.hint(text), usize::from(self.width));
        let line = Line::styled(text, self.drawn.theme.style(role));
        self.lines.push(line);
    }

    pub(super) fn blank(&mut self) {
        self.lines.push(Line::default());
    }
}
