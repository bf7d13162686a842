//! The rows: rules, lines, and what is said between them.

use std::ops::Range;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::oracle::verdict::Violation;
use crate::session::changes::{Change, ChangeKind, FADE};
use crate::session::picture::Picture;
use crate::session::rows::Row;
use crate::session::snapshot::Snapshot;
use crate::text::sanitise::sanitise;
use crate::tui::app::App;
use crate::tui::frame::put;
use crate::tui::space::columns::{Column, Columns};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::state_text::violation_text;
use crate::tui::widgets::text::{bytes, count};

/// Columns of the screen from which sizes are shown.
const SIZES_FROM: usize = 76;

/// Draws the heading and the rows in `visible`.
pub(crate) fn render(
    app: &App,
    snapshot: &Snapshot,
    picture: &Picture,
    visible: Range<usize>,
    area: Rect,
    buffer: &mut Buffer,
) {
    let rows = picture.rows.get(visible.clone()).unwrap_or_default();
    let painter = Painter::new(app, snapshot, picture, rows, area.width);
    put(buffer, area, 0, &painter.heading());
    // Whichever chunk the first row belongs to, its rule stands there.
    let first = rows.first().and_then(|row| chunk_above(picture, *row));
    let at = app.explorer.row(picture);
    for (y, (number, row)) in (1..).zip(visible.zip(rows)) {
        let selected = at == Some(number);
        let row = match first {
            Some(chunk) if y == 1 && !selected => Row::Chunk(chunk),
            _ => *row,
        };
        put(buffer, area, y, &painter.row(row));
        if selected && y < area.height {
            let row = Rect::new(area.x, area.y + y, area.width, 1);
            buffer.set_style(row, app.theme.style(Role::Selected));
            buffer.set_string(area.x, row.y, "▸", app.theme.style(Role::Key));
        }
    }
    if picture.fitting == 0 && !picture.arrangement.filter.is_empty() {
        let text = "    no line fits the filter";
        put(
            buffer,
            area,
            1,
            &Line::styled(text, app.theme.style(Role::Notice)),
        );
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

/// Turns rows into text.
pub(crate) struct Painter<'a> {
    pub(crate) theme: Theme,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) picture: &'a Picture,
    pub(crate) now: Duration,
    pub(crate) width: usize,
    /// Columns of an address range.
    pub(crate) range_width: usize,
    pub(crate) columns: Columns,
    pub(crate) exact: bool,
    pub(crate) state_width: usize,
}

impl<'a> Painter<'a> {
    fn new(
        app: &App,
        snapshot: &'a Snapshot,
        picture: &'a Picture,
        visible: &[Row],
        width: u16,
    ) -> Self {
        let digits = visible
            .iter()
            .filter_map(|row| picture.range_of(*row))
            // The gate VMA's sixteen digits are not worth the room.
            .filter(|range| range.end < 1 << 48)
            .map(|range| format!("{:08x}-{:08x}", range.start, range.end).len())
            .max();
        let width = usize::from(width);
        let range_width = digits.unwrap_or(17);
        Painter {
            theme: app.theme,
            snapshot,
            picture,
            // A picture that stands still does not age.
            now: app.frozen.unwrap_or(app.now),
            width,
            range_width,
            columns: fitting(app.explorer.shown_columns(snapshot), width, range_width),
            exact: app.explorer.exact,
            state_width: 9,
        }
    }

    pub(crate) fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    pub(crate) fn has(&self, column: Column) -> bool {
        self.columns.has(column)
    }

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
            // Something is: the row above says so.
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
        // The range and the permissions are enough of what is no more.
        let text = text.split(' ').take(2).collect::<Vec<_>>().join(" ");
        Line::from(vec![
            Span::styled(" −  ", self.style(Role::Dim)),
            Span::styled(text, self.style(Role::Vanished)),
        ])
    }

    /// What has just happened to the VMA that starts there.
    pub(crate) fn flash_at(&self, start: u64) -> Option<&'a Change> {
        self.picture
            .change_at(start)
            .filter(|change| self.now < change.at + FADE && change.kind != ChangeKind::Vanished)
    }
}

/// Those of the chosen columns for which there is room: the name is worth
/// more than the rest.
fn fitting(chosen: Columns, width: usize, range_width: usize) -> Columns {
    let mut columns = chosen;
    let fixed = 4 + range_width + 6;
    let name = if chosen.has(Column::Name) { 14 } else { 0 };
    for column in [
        Column::Inode,
        Column::Device,
        Column::Offset,
        Column::Change,
        Column::Size,
        Column::Query,
    ] {
        let used: usize = Column::ALL
            .into_iter()
            .filter(|other| columns.has(*other))
            .map(|other| super::line::column_width(other, false, width))
            .sum();
        // On narrow screens what is said beside the lines needs the room.
        let narrow = column == Column::Size && width < SIZES_FROM;
        if (narrow || fixed + name + used > width) && columns.has(column) {
            columns.toggle(column);
        }
    }
    columns
}

pub(crate) fn mark(kind: ChangeKind) -> (&'static str, Role) {
    match kind {
        ChangeKind::New => ("+", Role::New),
        ChangeKind::Changed => ("~", Role::Changed),
        ChangeKind::Vanished => ("−", Role::Vanished),
    }
}
