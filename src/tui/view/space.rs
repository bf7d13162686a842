//! The Space: one scan, chunk by chunk. Only the rows that fit are made.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{body_area, put};
use crate::kernel::line::MapsLine;
use crate::kernel::sanitise::sanitise;
use crate::scan::{Violation, ViolationKind};
use crate::session::{Change, ChangeKind, FADE, Held, Picture, Row, Snapshot, Trigger};
use crate::tui::app::App;
use crate::tui::format::{bytes, count, cut};
use crate::tui::theme::{Role, Theme};

/// Rows of the body above the list.
const CAPTION: u16 = 2;

/// The top row, and the last that it may be.
#[must_use]
pub fn scroll_range(app: &App) -> (usize, usize) {
    let rows = usize::from(body_area(app).height.saturating_sub(CAPTION));
    let picture = app.shown.as_ref().and_then(|it| it.picture.as_ref());
    let Some(picture) = picture else {
        return (0, 0);
    };
    let last = picture.rows.len().saturating_sub(rows);
    // The row to look at stands in the upper half, what led to it above.
    let follow = picture.focus.saturating_sub((rows / 3).max(2));
    (app.space_top.unwrap_or(follow).min(last), last)
}

/// Draws it.
pub(super) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let found = app
        .shown
        .as_ref()
        .and_then(|shown| Some((shown, shown.picture.as_ref()?)));
    let Some((snapshot, picture)) = found else {
        let line = Line::styled("  waiting for the first scan …", app.theme.style(Role::Dim));
        put(buffer, area, CAPTION, &line);
        return;
    };
    let (top, _) = scroll_range(app);
    put(buffer, area, 0, &caption(app, snapshot, picture));
    let rows = area.height.saturating_sub(CAPTION);
    let visible = picture
        .rows
        .get(top..picture.rows.len().min(top + usize::from(rows)))
        .unwrap_or_default();
    let painter = Painter::new(app, snapshot, picture, visible, area.width);
    put(buffer, area, 1, &painter.heading());
    // Whichever chunk the first row belongs to, its rule stands there.
    let first = visible.first().and_then(|row| chunk_above(picture, *row));
    for (y, row) in (CAPTION..).zip(visible) {
        let row = match first {
            Some(chunk) if y == CAPTION => Row::Chunk(chunk),
            _ => *row,
        };
        put(buffer, area, y, &painter.row(row));
    }
}

/// The chunk of the lines at a row, unless the row is a rule itself.
fn chunk_above(picture: &Picture, row: Row) -> Option<u32> {
    let line = match row {
        Row::Line(line) | Row::Note(line) | Row::Gap(line) => line,
        Row::Chunk(_) | Row::Violation(_) | Row::Vanished(_) | Row::End => return None,
    };
    picture.lines.get(line as usize).map(|line| line.chunk)
}

fn caption(app: &App, snapshot: &Snapshot, picture: &Picture) -> Line<'static> {
    let theme = app.theme;
    let number = crate::report::grouped(picture.scan.number);
    let (what, role) = match picture.held {
        Held::Violation => ("breaks a promise ✗", Role::Violation),
        Held::Torn => ("torn ≈", Role::Duplicate),
        Held::No if snapshot.scene.is_none() => ("no duplicate", Role::Dim),
        Held::No => ("coherent: one state", Role::Dim),
    };
    let mut spans = vec![
        Span::styled(format!(" Scan {number}: "), theme.style(Role::Title)),
        Span::styled(what, theme.style(role)),
    ];
    if picture.held != Held::No && snapshot.still != Some(true) && app.trigger != Trigger::Live {
        spans.push(Span::styled(", held to be read", theme.style(Role::Dim)));
    }
    let lines = picture.lines.len() as u64;
    let chunks = picture.scan.text.chunks.len() as u64;
    spans.push(Span::styled(
        format!("   {}, {}", count(lines, "line"), count(chunks, "chunk")),
        theme.style(Role::Dim),
    ));
    if app.size.0 >= 90 {
        spans.push(Span::styled(
            format!("   trigger: {}", app.trigger.name()),
            theme.style(Role::Dim),
        ));
    }
    Line::from(spans)
}

/// Turns rows into text.
struct Painter<'a> {
    theme: Theme,
    snapshot: &'a Snapshot,
    picture: &'a Picture,
    now: std::time::Duration,
    width: usize,
    /// Columns of an address range.
    range_width: usize,
    show_size: bool,
    state_width: usize,
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
            .filter_map(|row| match row {
                Row::Line(line) => picture.lines.get(*line as usize),
                _ => None,
            })
            // The gate VMA's sixteen digits are not worth the room.
            .filter(|line| line.end < 1 << 48)
            .map(|line| format!("{:x}-{:x}", line.start, line.end).len())
            .max();
        let width = usize::from(width);
        Painter {
            theme: app.theme,
            snapshot,
            picture,
            // A picture that stands still does not age.
            now: app.frozen.unwrap_or(app.now),
            width,
            range_width: digits.unwrap_or(17),
            show_size: width >= 76,
            state_width: 9,
        }
    }

    fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    fn heading(&self) -> Line<'static> {
        let mut text = format!("    {:<width$} perm", "addresses", width = self.range_width);
        if self.show_size {
            text.push_str(&format!(" {:>9}", "size"));
        }
        let state = match self.snapshot.scene {
            Some(_) => format!(
                "  {:<width$} PROCMAP_QUERY now",
                "state",
                width = self.state_width
            ),
            None => "  name".into(),
        };
        text.push_str(&state);
        Line::styled(cut(&text, self.width), self.style(Role::Dim))
    }

    fn row(&self, row: Row) -> Line<'static> {
        match row {
            Row::Chunk(chunk) => self.chunk(chunk),
            Row::Line(line) => self.line(line),
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

    fn line(&self, index: u32) -> Line<'static> {
        let Some(line) = self.picture.lines.get(index as usize) else {
            return Line::default();
        };
        let text = self.picture.line_text(index);
        let parsed = MapsLine::parse(text).ok();
        let states = self.picture.states_of(index);
        let change = self.change_at(line.start);
        let (glyph, role) = match (line.duplicate, line.backward, change) {
            (_, true, _) => ("◄", Role::Duplicate),
            (true, ..) => ("≈", Role::Duplicate),
            (_, _, Some(change)) => mark(change.kind),
            _ => (" ", Role::Plain),
        };
        let bar = match (states.is_some(), line.boundary) {
            (true, _) => Span::styled("▌", self.style(Role::Site)),
            (false, true) => Span::styled("┊", self.style(Role::Rule)),
            (false, false) => Span::raw(" "),
        };
        let body = match (line.duplicate, line.boundary, change) {
            (true, ..) => self.style(Role::Duplicate),
            (_, true, _) => self.style(Role::BoundaryLine),
            (_, _, Some(change)) if states.is_none() => self.style(mark(change.kind).1),
            _ => Style::new(),
        };
        let permissions = parsed.map_or_else(String::new, |vma| {
            sanitise(&vma.perms.as_bytes()).into_owned()
        });
        let range = format!("{:08x}-{:08x}", line.start, line.end);
        let mut spans = vec![
            Span::styled(format!(" {glyph}"), self.style(role)),
            bar,
            Span::styled(
                format!(
                    " {range:<width$} {permissions:<4}",
                    width = self.range_width
                ),
                body,
            ),
        ];
        if self.show_size {
            let size = bytes(line.end.saturating_sub(line.start));
            spans.push(Span::styled(format!(" {size:>9}"), self.style(Role::Dim)));
        }
        match states {
            Some(states) => {
                spans.push(Span::raw("  "));
                spans.push(self.state(states));
                spans.extend(self.answer(line.start, line.end));
            }
            None => {
                let name = parsed.map_or(&b""[..], |vma| vma.name);
                let name = sanitise(name);
                let used: usize = spans.iter().map(Span::width).sum();
                let name = cut(&name, self.width.saturating_sub(used + 2));
                spans.push(Span::styled(format!("  {name}"), self.style(Role::Dim)));
            }
        }
        Line::from(spans)
    }

    /// The states that have a line of the site.
    fn state(&self, states: u64) -> Span<'static> {
        let count = self
            .snapshot
            .scene
            .as_ref()
            .map_or(0, |scene| scene.info.states.len());
        let (text, role) = state_name(states, count);
        let width = self.state_width;
        Span::styled(format!("{text:<width$}"), self.style(role))
    }

    /// What the query answers now for the start of a line.
    fn answer(&self, start: u64, end: u64) -> Vec<Span<'static>> {
        let answers = &self.snapshot.answers;
        let Some(found) = answers.iter().find(|answer| answer.address == start) else {
            return vec![Span::styled(" -", self.style(Role::Dim))];
        };
        match found.answer {
            Some((now_start, now_end, _)) if (now_start, now_end) == (start, end) => {
                vec![Span::styled(" = the same", self.style(Role::Dim))]
            }
            Some((now_start, now_end, permissions)) => {
                let letters = String::from_utf8_lossy(&permissions.as_bytes()).into_owned();
                let text = format!(" ≠ {now_start:x}-{now_end:x} {letters}");
                vec![Span::styled(text, self.style(Role::Disagree))]
            }
            None => vec![Span::styled(" ≠ nothing there", self.style(Role::Disagree))],
        }
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
        let text = if self.width >= 100 { long } else { short };
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
        Line::styled(
            format!("    · gap of {size}, nothing mapped"),
            self.style(Role::Dim),
        )
    }

    fn violation(&self, index: u32) -> Line<'static> {
        let Some(violation) = self.picture.scan.verdict.violations.get(index as usize) else {
            return Line::default();
        };
        let text = format!(" ✗ {}", violation_text(violation, self.width >= 100));
        let text = format!("{text:<width$}", width = self.width);
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

    fn change_at(&self, start: u64) -> Option<&'a Change> {
        let changes = &self.picture.changes;
        let at = changes
            .binary_search_by_key(&start, |change| change.start)
            .ok()?;
        let change = &changes[at];
        (self.now < change.at + FADE && change.kind != ChangeKind::Vanished).then_some(change)
    }
}

fn mark(kind: ChangeKind) -> (&'static str, Role) {
    match kind {
        ChangeKind::New => ("+", Role::New),
        ChangeKind::Changed => ("~", Role::Changed),
        ChangeKind::Vanished => ("−", Role::Vanished),
    }
}

/// The name of a set of states of so many.
pub(super) fn state_name(states: u64, count: usize) -> (String, Role) {
    let all = (1u64 << count.min(63)) - 1;
    match states {
        0 => ("no state".into(), Role::Violation),
        _ if states == all && count == 2 => ("both".into(), Role::Dim),
        _ if states == all => ("every".into(), Role::Dim),
        1 => ("original".into(), Role::Original),
        2 if count == 2 => ("modified".into(), Role::Modified),
        _ => {
            let numbers: Vec<String> = (0..count)
                .filter(|state| states >> state & 1 == 1)
                .map(|state| state.to_string())
                .collect();
            (format!("state {}", numbers.join(",")), Role::Modified)
        }
    }
}

/// What a violation is, in one row.
pub(super) fn violation_text(violation: &Violation, long: bool) -> String {
    let label = violation
        .known
        .map_or(String::new(), |known| format!(" ({known})"));
    match &violation.kind {
        ViolationKind::Hole(hole) if long => format!(
            "HOLE{label}: {:x}-{:x} is mapped in every state, yet no line here shows it. Forbidden.",
            hole.start, hole.end
        ),
        ViolationKind::Hole(hole) => format!(
            "HOLE{label}: {:x}-{:x} is mapped but missing",
            hole.start, hole.end
        ),
        other => format!(
            "{}{label}: no correct kernel shows this",
            other.name().to_uppercase()
        ),
    }
}
