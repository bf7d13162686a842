//! Manual mode: the file so far with the reader as a cursor in it, the site as
//! strips, the modifier's next operation, and what is to be said.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::space::words;
use super::{body_area, put, strip};
use crate::kernel::line::parse_range;
use crate::kernel::sanitise::sanitise;
use crate::manual::{Place, Size, Step};
use crate::report::grouped;
use crate::session::{Held, ManualShown, Row, Scene};
use crate::tui::app::App;
use crate::tui::format::cut;
use crate::tui::manual::shown;
use crate::tui::theme::{Role, Theme};

/// Columns of the file at most: the strips stand near it.
const FILE: u16 = 76;
/// Rows of the body below which there is little room.
const SMALL: u16 = 13;
/// Rows of the strips that are worth having at least.
const STRIPS: u16 = 5;
/// Steps named in the caption.
const LAST_STEPS: usize = 16;

/// Where things are in the body.
#[derive(Clone, Copy, Debug)]
struct Parts {
    caption: Rect,
    file: Rect,
    strips: Rect,
    operation: Rect,
    rule: Rect,
    account: Rect,
}

impl Parts {
    fn of(area: Rect, strips_width: u16, operation: u16, account: u16) -> Self {
        let small = area.height < SMALL;
        let operation = if small { 1 } else { operation };
        let least = if small { 2 } else { STRIPS };
        // The rule above the sentences is not worth a row where there are few.
        let rule = u16::from(!small);
        let fixed = 1 + operation + rule;
        let account = account
            .min(area.height.saturating_sub(fixed + least))
            .max(1);
        let upper = area.height.saturating_sub(fixed + account);
        let rows = |y: u16, height: u16| Rect {
            y: area.y + y,
            height: height.min(area.height.saturating_sub(y)),
            ..area
        };
        let both = rows(1, upper);
        let strips_width = strips_width.min(area.width / 2 + 6);
        let file = Rect {
            width: (area.width - strips_width).min(FILE),
            ..both
        };
        let strips = Rect {
            x: file.right(),
            width: strips_width,
            ..both
        };
        Parts {
            caption: rows(0, 1),
            file,
            strips,
            operation: rows(1 + upper, operation),
            rule: rows(1 + upper + operation, rule),
            account: rows(1 + upper + operation + rule, account),
        }
    }
}

/// The top row of the file, and the last that it may be.
#[must_use]
pub fn scroll_range(app: &App) -> (usize, usize) {
    let scene = app.latest.as_ref().and_then(|it| it.scene.as_deref());
    let (Some(shown), Some(scene)) = (shown(app), scene) else {
        return (0, 0);
    };
    let (parts, ..) = lay_out(app.theme, body_area(app), shown, scene);
    top(app, shown, usize::from(parts.file.height))
}

fn top(app: &App, shown: &ManualShown, height: usize) -> (usize, usize) {
    let read = rows_read(shown);
    let all = read + 1 + shown.ahead.len();
    let last = all.saturating_sub(height);
    let follow = match repeated_row(shown) {
        // What was printed before it stands above it.
        Some(row) => row.saturating_sub((height / 3).max(2).min(height.saturating_sub(1))),
        // The reader stands in the lower half, what comes next below it.
        None => (read + 1).saturating_sub(height - height / 3),
    };
    (app.manual.top.unwrap_or(follow).min(last), last)
}

/// The row of the line that the last read began with, if it is a duplicate.
fn repeated_row(shown: &ManualShown) -> Option<usize> {
    let lines = &shown.picture.lines;
    let last = lines.last()?.chunk;
    let first = lines.partition_point(|line| line.chunk < last);
    let line = lines.get(first).filter(|line| line.duplicate)?;
    let is_news = shown.steps.last() == Some(&Step::Read) && line.chunk > 0;
    is_news.then(|| shown.picture.row_of_line(first as u32))?
}

/// Rows of the picture, without the rule at its end.
fn rows_read(shown: &ManualShown) -> usize {
    shown.picture.rows.len().saturating_sub(1)
}

fn lay_out(
    theme: Theme,
    area: Rect,
    shown: &ManualShown,
    scene: &Scene,
) -> (Parts, Vec<Line<'static>>, Vec<Line<'static>>) {
    let width = usize::from(area.width);
    let operation = operation(theme, shown, width);
    let account = account(theme, shown, width);
    let strips = strip::width(scene) as u16;
    let parts = Parts::of(area, strips, operation.len() as u16, account.len() as u16);
    (parts, operation, account)
}

/// Draws it.
pub(super) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme;
    let snapshot = app.latest.as_ref();
    let scene = snapshot.and_then(|it| it.scene.as_deref());
    let (Some(shown), Some(scene)) = (shown(app), scene) else {
        let text = match snapshot.and_then(|it| it.ended.as_ref()) {
            Some(_) => "  There is no modifier to step; c starts another.",
            None => "  reader and modifier are being made to stand still …",
        };
        put(buffer, area, 1, &Line::styled(text, theme.style(Role::Dim)));
        return;
    };
    let (parts, operation, account) = lay_out(theme, area, shown, scene);
    put(buffer, parts.caption, 0, &caption(theme, shown));
    file(app, shown, scene, parts.file, buffer);
    let strips = strip::rows_by_hand(theme, shown, scene);
    // The latest rows matter most.
    let skipped = strips
        .len()
        .saturating_sub(usize::from(parts.strips.height));
    for (y, line) in (0..parts.strips.height).zip(strips.iter().skip(skipped)) {
        put(buffer, parts.strips, y, line);
    }
    for (y, line) in (0..parts.operation.height).zip(&operation) {
        put(buffer, parts.operation, y, line);
    }
    let rule = Line::styled("─".repeat(usize::from(area.width)), theme.style(Role::Rule));
    put(buffer, parts.rule, 0, &rule);
    for (y, line) in (0..parts.account.height).zip(&account) {
        put(buffer, parts.account, y, line);
    }
    if account.len() > usize::from(parts.account.height) {
        let corner = Rect {
            x: area.right().saturating_sub(2),
            width: 2,
            ..parts.account
        };
        let more = Line::styled(" …", theme.style(Role::Key));
        put(buffer, corner, parts.account.height - 1, &more);
    }
}

fn caption(theme: Theme, shown: &ManualShown) -> Line<'static> {
    let dim = |text: String| Span::styled(text, theme.style(Role::Dim));
    let mut spans = vec![Span::styled(" By hand", theme.style(Role::Title))];
    if !shown.picture.lines.is_empty() {
        let (verdict, role) = match shown.picture.held {
            Held::No => (": coherent so far", Role::Dim),
            Held::Torn => (": torn ≈", Role::Duplicate),
            Held::Violation => (": breaks a promise ✗", Role::Violation),
        };
        spans.push(Span::styled(verdict, theme.style(role)));
    }
    let size = match shown.size {
        Size::Page => "a page",
        Size::Line => "one line",
    };
    spans.push(dim("   read() asks for ".into()));
    spans.push(Span::styled(size, theme.style(Role::Title)));
    if let Some(played) = &shown.played {
        spans.push(dim("   to a duplicate: ".into()));
        for (at, step) in played.steps.iter().enumerate() {
            let role = if at < played.taken {
                Role::Dim
            } else {
                Role::Key
            };
            spans.push(Span::styled(format!("{step} "), theme.style(role)));
        }
    } else if !shown.steps.is_empty() {
        let count = grouped(shown.steps.len() as u64);
        let from = shown.steps.len().saturating_sub(LAST_STEPS);
        let mut keys = crate::manual::keys(&shown.steps[from..]);
        if from > 0 {
            keys.insert_str(0, "… ");
        }
        let word = if shown.steps.len() == 1 {
            "step"
        } else {
            "steps"
        };
        spans.push(dim(format!("   {count} {word}: ")));
        spans.push(Span::raw(keys));
    }
    Line::from(spans)
}

/// The modifier's next operation.
fn operation(theme: Theme, shown: &ManualShown, width: usize) -> Vec<Line<'static>> {
    const LABEL: &str = " m will call  ";
    let room = width.saturating_sub(LABEL.len() + 1).max(8);
    let indent = " ".repeat(LABEL.len());
    wrap(&shown.operation, room)
        .into_iter()
        .enumerate()
        .map(|(at, text)| {
            let label = if at == 0 { LABEL } else { &indent };
            Line::from(vec![
                Span::styled(label.to_owned(), theme.style(Role::Dim)),
                Span::styled(text, theme.style(Role::Modified)),
            ])
        })
        .collect()
}

/// What happened, and what comes next.
fn account(theme: Theme, shown: &ManualShown, width: usize) -> Vec<Line<'static>> {
    let verdict = &shown.picture.scan.verdict;
    let role = if shown.astray || !verdict.violations.is_empty() {
        Role::Violation
    } else if shown.account.happened.starts_with("A duplicate") {
        Role::Duplicate
    } else {
        Role::Title
    };
    let room = width.saturating_sub(2).max(8);
    let mut lines = Vec::new();
    for (text, style) in [
        (&shown.account.happened, theme.style(role)),
        (&shown.account.next, Style::new()),
    ] {
        let wrapped = wrap(text, room).into_iter();
        lines.extend(wrapped.map(|text| Line::styled(format!(" {text}"), style)));
    }
    lines
}

/// Lines of at most so many columns; an address range is not broken.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let options =
        textwrap::Options::new(width).word_splitter(textwrap::WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(text, options).into_iter();
    lines.map(std::borrow::Cow::into_owned).collect()
}

/// The lines read so far, the reader, and what lies ahead of it.
fn file(app: &App, shown: &ManualShown, scene: &Scene, area: Rect, buffer: &mut Buffer) {
    let (top, _) = top(app, shown, usize::from(area.height));
    let read = rows_read(shown);
    let painter = Painter {
        theme: app.theme,
        shown,
        states: scene.info.states.len(),
        width: usize::from(area.width).saturating_sub(1),
    };
    for (y, at) in (0..area.height).zip(top..) {
        let line = if at < read {
            painter.row(shown.picture.rows[at])
        } else if at == read {
            painter.reader()
        } else if let Some(line) = shown.ahead.get(at - read - 1) {
            painter.ahead(line, at == read + 1)
        } else {
            break;
        };
        put(buffer, area, y, &line);
    }
}

struct Painter<'a> {
    theme: Theme,
    shown: &'a ManualShown,
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
                    .shown
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
                    .shown
                    .picture
                    .scan
                    .verdict
                    .violations
                    .get(index as usize);
                let text = violation.map_or_else(String::new, |violation| {
                    format!(" ✗ {}", words::violation_text(violation, self.width.saturating_sub(3)))
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
            .shown
            .picture
            .chunk(number)
            .map_or(0, |(_, lines)| lines);
        let word = if lines == 1 { "line" } else { "lines" };
        let text = format!("─── chunk {number}: {lines} {word} ");
        let rest = "─".repeat(self.width.saturating_sub(text.chars().count()));
        Line::styled(
            cut(&format!("{text}{rest}"), self.width),
            self.theme.style(Role::Rule),
        )
    }

    fn line(&self, index: u32) -> Line<'static> {
        let picture = &self.shown.picture;
        let Some(line) = picture.lines.get(index as usize) else {
            return Line::default();
        };
        let text = sanitise(picture.line_text(index));
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
            Some(states) => words::state_name(states, self.states),
            None => (name(&text), Role::Dim),
        };
        let note = cut(&note, self.width.saturating_sub(used + 2));
        spans.push(Span::styled(format!("  {note}"), self.theme.style(role)));
        Line::from(spans)
    }

    fn reader(&self) -> Line<'static> {
        let text = match self.shown.stand.place {
            _ if self.shown.astray => " ▶ reader: nobody knows where".to_owned(),
            _ if self.shown.ended => " ▶ end of file".to_owned(),
            Place::Address(0) => " ▶ reader: at the start".to_owned(),
            Place::Address(address) => format!(" ▶ reader resumes at {address:#x}"),
            Place::Gate => " ▶ reader: no VMA left".to_owned(),
            Place::End => " ▶ reader: at the end".to_owned(),
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
        let (glyph, role) = if is_next && self.shown.stand.repeats(start) {
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
