//! The rows: rules, lines, and what is said between them.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::caption::no_change;
use super::painter::Painter;
use crate::oracle::verdict::Violation;
use crate::session::picture::Picture;
use crate::session::rows::Row;
use crate::session::snapshot::Snapshot;
use crate::text::number::{bytes, count};
use crate::text::sanitise::sanitise;
use crate::tui::shown::Shown;
use crate::tui::space::Space;
use crate::tui::theme::Role;
use crate::tui::widgets::selection::mark_selected;
use crate::tui::widgets::state_text::violation_text;
use crate::tui::widgets::text::{put, wrapped};

/// Draws the heading and the rows in `visible`.
pub(crate) fn render(
    space: &Space,
    shown: &Shown,
    snapshot: &Snapshot,
    picture: &Picture,
    visible: Range<usize>,
    area: Rect,
    buffer: &mut Buffer,
) {
    let rows = picture.rows.get(visible.clone()).unwrap_or_default();
    let painter = Painter::new(space, shown, snapshot, picture, rows, area.width);
    put(buffer, area, 0, &painter.heading());
    let is_empty = picture.rows == [Row::End];
    if is_empty && !picture.arrangement.filter.is_empty() {
        let why = no_change(&picture.arrangement.filter);
        let why = why.map_or_else(String::new, |why| format!("; {why}"));
        let text = format!("no line fits the filter{why}");
        let style = shown.theme.style(Role::Notice);
        for (y, mut line) in (1..).zip(wrapped(&text, area.width.saturating_sub(5), style)) {
            line.spans.insert(0, Span::raw("    "));
            put(buffer, area, y, &line);
        }
        return;
    }
    // The first row is always the rule of its chunk.
    let first = rows.first().and_then(|row| chunk_above(picture, *row));
    let at = space.row(picture);
    for (y, (number, row)) in (1..).zip(visible.zip(rows)) {
        let selected = at == Some(number);
        let row = match first {
            Some(chunk) if y == 1 && !selected => Row::Chunk(chunk),
            _ => *row,
        };
        put(buffer, area, y, &painter.row(row));
        if selected && y < area.height {
            mark_selected(shown.theme, area, y, buffer);
            let mark = &mut buffer[(area.x, area.y + y)];
            mark.set_symbol("▸").set_style(shown.theme.style(Role::Key));
        }
    }
}

/// The chunk of the lines at a row, unless the row is a rule itself or chunks
/// are not shown.
fn chunk_above(picture: &Picture, row: Row) -> Option<u32> {
    if !picture.arrangement.filter.is_empty() {
        return None;
    }
    let line = match row {
        Row::Line(line) | Row::Group(line, _) | Row::Note(line) | Row::Gap(line) => line,
        Row::Chunk(_) | Row::Violation(_) | Row::Vanished(_) | Row::End => return None,
    };
    picture.lines.get(line as usize).map(|line| line.chunk)
}

impl Painter<'_> {
    fn row(&self, row: Row) -> Line<'static> {
        match row {
            Row::Chunk(chunk) => self.chunk(chunk),
            Row::Line(line) => self.line(line),
            Row::Group(first, count) => self.group(first, count),
            Row::Note(line) => self.note(line),
            Row::Gap(line) => self.gap(line),
            Row::Violation(index) => self.violation(index),
            Row::Vanished(index) => self.vanished(index),
            Row::End => self.rule(match &self.snapshot.scene {
                Some(scene) if scene.stops_early => " read no further: the site is passed ",
                _ => " end of file ",
            }),
        }
    }

    fn rule(&self, text: &str) -> Line<'static> {
        let used = 3 + text.chars().count();
        let rest = "─".repeat(self.width.saturating_sub(used));
        Line::from(vec![
            Span::styled("───", self.style(Role::Rule)),
            Span::styled(text.to_owned(), self.style(Role::BoundaryLine)),
            Span::styled(rest, self.style(Role::Rule)),
        ])
    }

    fn chunk(&self, number: u32) -> Line<'static> {
        let text = match self.picture.chunk(number) {
            Some((chunk, lines)) => format!(
                " chunk {number}: {}, {} in one read() ",
                count(lines as u64, "line"),
                count(chunk.bytes.len() as u64, "byte"),
            ),
            None => format!(" chunk {number} "),
        };
        self.rule(&text)
    }

    /// What is to be said of a duplicate.
    fn note(&self, index: u32) -> Line<'static> {
        let index = index as usize;
        let (Some(line), Some(before)) = (
            self.picture.lines.get(index),
            index
                .checked_sub(1)
                .and_then(|at| self.picture.lines.get(at)),
        ) else {
            return Line::default();
        };
        let from = line.start.max(before.start);
        let end = line.end.min(before.end);
        let (long, short) = if line.backward {
            (
                "backward: starts below the line before; it changed while it was read (allowed)"
                    .to_owned(),
                "backward: starts below the line before (allowed)".to_owned(),
            )
        } else {
            (
                format!(
                    "duplicate: {from:x}-{end:x} printed twice; it changed while it was read (allowed)"
                ),
                format!("duplicate: {from:x}-{end:x} printed twice (allowed)"),
            )
        };
        let text = if self.width >= 100 {
            long
        } else if short.chars().count() + 6 <= self.width {
            short
        } else {
            // The addresses are in the lines above.
            "duplicate: printed twice (allowed)".to_owned()
        };
        Line::styled(format!("    ╰ {text}"), self.style(Role::Duplicate))
    }

    fn gap(&self, index: u32) -> Line<'static> {
        let index = index as usize;
        let end = self.picture.lines.get(index).map_or(0, |line| line.start);
        let start = index
            .checked_sub(1)
            .and_then(|at| self.picture.lines.get(at))
            .map_or(0, |line| line.end);
        let size = bytes(end.saturating_sub(start));
        let is_wrong = |violation: &&Violation| {
            let behind = violation.previous.map_or(0, |(_, end)| end);
            behind == start && violation.line.is_none_or(|(line, _)| line == end)
        };
        let violations = &self.picture.scan.verdict.violations;
        let what = match violations.iter().find(is_wrong) {
            // A violation: the row above says what should be there.
            Some(_) => "as read",
            None => "nothing mapped",
        };
        Line::styled(
            format!("    · gap of {size}, {what}"),
            self.style(Role::Dim),
        )
    }

    fn violation(&self, index: u32) -> Line<'static> {
        let Some(violation) = self.picture.scan.verdict.violations.get(index as usize) else {
            return Line::default();
        };
        let text = violation_text(violation, self.width.saturating_sub(4));
        let text = format!(" ✗ {text:<width$}", width = self.width);
        Line::styled(text, self.style(Role::ViolationBanner))
    }

    fn vanished(&self, index: u32) -> Line<'static> {
        let was = self.picture.changes.get(index as usize);
        let text = was.map_or_else(Default::default, |change| sanitise(&change.was));
        // Only the range and the permissions.
        let text = text.split(' ').take(2).collect::<Vec<_>>().join(" ");
        Line::from(vec![
            Span::styled(" −  ", self.style(Role::Dim)),
            Span::styled(text, self.style(Role::Vanished)),
        ])
    }
}
