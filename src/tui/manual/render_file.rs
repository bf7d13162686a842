//! The file so far, the reader as a cursor in it, and what lies ahead.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::Manual;
use crate::maps::line::parse_range;
use crate::session::by_hand::ManualShown;
use crate::session::rows::Row;
use crate::session::snapshot::Scene;
use crate::stepping::reader_model::ResumePoint;
use crate::stepping::step::ManualStep;
use crate::text::number::count;
use crate::tui::scroll::Scrolled;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::state_text;
use crate::tui::widgets::text::{cut, put};

/// The file in an area of so many rows.
pub(crate) fn scrolled(manual: &Manual, by_hand: &ManualShown, height: usize) -> Scrolled {
    let read = rows_read(by_hand);
    let all = read + 1 + by_hand.ahead.len();
    let follow = match repeated_row(by_hand) {
        // The duplicate in the upper third, what it repeats above it.
        Some(row) => row.saturating_sub((height / 3).max(2).min(height.saturating_sub(1))),
        // The reader stands in the lower half, what comes next below it.
        None => (read + 1).saturating_sub(height - height / 3),
    };
    Scrolled::in_text(manual.top.unwrap_or(follow), all, height)
}

/// The row of the line that the last read began with, if it is a duplicate.
fn repeated_row(by_hand: &ManualShown) -> Option<usize> {
    let lines = &by_hand.picture.lines;
    let last = lines.last()?.chunk;
    let first = lines.partition_point(|line| line.chunk < last);
    let line = lines.get(first).filter(|line| line.duplicate)?;
    let is_news = by_hand.steps.last() == Some(&ManualStep::Read) && line.chunk > 0;
    is_news.then(|| by_hand.picture.row_of_line(first as u32))?
}

/// Rows of the picture, without the rule at its end.
fn rows_read(by_hand: &ManualShown) -> usize {
    by_hand.picture.rows.len().saturating_sub(1)
}

/// The lines read so far, the reader, and what lies ahead of it.
pub(crate) fn render(
    manual: &Manual,
    theme: Theme,
    by_hand: &ManualShown,
    scene: &Scene,
    area: Rect,
    buffer: &mut Buffer,
) {
    let top = scrolled(manual, by_hand, usize::from(area.height)).at;
    let read = rows_read(by_hand);
    let painter = Painter {
        theme,
        by_hand,
        states: scene.info.states.len(),
        width: usize::from(area.width).saturating_sub(1),
    };
    for (y, at) in (0..area.height).zip(top..) {
        let line = if at < read {
            painter.row(by_hand.picture.rows[at])
        } else if at == read {
            painter.reader()
        } else if let Some(line) = by_hand.ahead.get(at - read - 1) {
            painter.ahead(line, at == read + 1)
        } else {
            break;
        };
        put(buffer, area, y, &line);
    }
}

struct Painter<'a> {
    theme: Theme,
    by_hand: &'a ManualShown,
    states: usize,
    width: usize,
}

impl Painter<'_> {
    fn row(&self, row: Row) -> Line<'static> {
        match row {
            Row::Chunk(chunk) => self.chunk(chunk),
            Row::Line(line) => self.line(line),
            Row::Note(line) => {
                let backward = self
                    .by_hand
                    .picture
                    .lines
                    .get(line as usize)
                    .is_some_and(|line| line.backward);
                let text = if backward {
                    "    ╰ duplicate, backward (allowed)"
                } else {
                    "    ╰ duplicate (allowed)"
                };
                Line::styled(cut(text, self.width), self.theme.style(Role::Duplicate))
            }
            Row::Violation(index) => {
                let violation = self
                    .by_hand
                    .picture
                    .scan
                    .verdict
                    .violations
                    .get(index as usize);
                let text = violation.map_or_else(String::new, |violation| {
                    format!(
                        " ✗ {}",
                        state_text::violation_text(violation, self.width.saturating_sub(3))
                    )
                });
                Line::styled(
                    cut(&text, self.width),
                    self.theme.style(Role::ViolationBanner),
                )
            }
            Row::Gap(_) => Line::styled("    ·", self.theme.style(Role::Dim)),
            // By hand nothing vanishes and nothing is folded.
            Row::Vanished(_) | Row::Group(..) | Row::End => Line::default(),
        }
    }

    fn chunk(&self, number: u32) -> Line<'static> {
        let lines = self
            .by_hand
            .picture
            .chunk(number)
            .map_or(0, |(_, lines)| lines);
        let text = format!("─── chunk {number}: {} ", count(lines as u64, "line"));
        let rest = "─".repeat(self.width.saturating_sub(text.chars().count()));
        Line::styled(
            cut(&format!("{text}{rest}"), self.width),
            self.theme.style(Role::Rule),
        )
    }

    fn line(&self, index: u32) -> Line<'static> {
        let picture = &self.by_hand.picture;
        let Some(line) = picture.lines.get(index as usize) else {
            return Line::default();
        };
        let text = self.theme.name(picture.line_text(index));
        let (glyph, role) = match (line.duplicate, line.backward) {
            (_, true) => ("◄", Role::Duplicate),
            (true, _) => ("≈", Role::Duplicate),
            _ => (" ", Role::Plain),
        };
        let states = picture.states_of(index);
        let bar = match states {
            Some(_) => Span::styled("▌", self.theme.style(Role::Site)),
            None => Span::raw(" "),
        };
        let body = short(&text);
        let style = match (line.duplicate, line.boundary) {
            (true, _) => self.theme.style(Role::Duplicate),
            (_, true) => self.theme.style(Role::BoundaryLine),
            _ => Style::new(),
        };
        let mut spans = vec![
            Span::styled(format!(" {glyph}"), self.theme.style(role)),
            bar,
            Span::styled(format!(" {body}"), style),
        ];
        let used: usize = spans.iter().map(Span::width).sum();
        let (note, role) = match states {
            Some(states) => state_text::state_name(states, self.states),
            None => (name(&text), Role::Dim),
        };
        let note = cut(&note, self.width.saturating_sub(used + 2));
        spans.push(Span::styled(format!("  {note}"), self.theme.style(role)));
        Line::from(spans)
    }

    fn reader(&self) -> Line<'static> {
        let text = match self.by_hand.stand.place {
            _ if self.by_hand.astray => " ▶ reader: nobody knows where".to_owned(),
            _ if self.by_hand.ended => " ▶ end of file".to_owned(),
            ResumePoint::Address(0) => " ▶ reader: at the start".to_owned(),
            ResumePoint::Address(address) => format!(" ▶ reader resumes at {address:#x}"),
            ResumePoint::Gate => " ▶ reader: no VMA left".to_owned(),
            ResumePoint::End => " ▶ reader: at the end".to_owned(),
        };
        let text = cut(&text, self.width);
        Line::styled(
            format!("{text:<width$}", width = self.width),
            self.theme.style(Role::SelectedTab),
        )
    }

    /// A line that is not read yet; the next one may already be a duplicate.
    fn ahead(&self, text: &str, is_next: bool) -> Line<'static> {
        let start = parse_range(text.as_bytes()).map_or(u64::MAX, |(start, _)| start);
        let (glyph, role) = if is_next && self.by_hand.stand.repeats(start) {
            ("≈", Role::Duplicate)
        } else {
            (" ", Role::Dim)
        };
        let text = format!(" {glyph}  {}  {}", short(text), name(text));
        Line::styled(cut(text.trim_end(), self.width), self.theme.style(role))
    }
}

/// Addresses and permissions of a line.
fn short(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').take(2).collect();
    words.join(" ")
}

/// The name of a line, which stands behind five fields.
fn name(text: &str) -> String {
    let rest = text.splitn(6, ' ').nth(5).unwrap_or_default();
    rest.trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_range_and_perhaps_a_name() {
        let line = "10126000-10127000 r-xp 00000000 fe:00 325843        /usr/lib/a b.so";
        assert_eq!(short(line), "10126000-10127000 r-xp");
        assert_eq!(name(line), "/usr/lib/a b.so");
        assert_eq!(name("10126000-10127000 r-xp 00000000 00:00 0 "), "");
    }
}
