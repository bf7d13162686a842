//! What reading costs the writer: what it means in a sentence, what was locked,
//! the ratios as bars, and the times of its calls as one chart.

pub(crate) mod bars;
pub(crate) mod chart;
pub(crate) mod inversion;
pub(crate) mod words;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::latency::live::{LabSnapshot, READERS};
use crate::tui::latency::LatencyView;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::split::split_rows;
use crate::tui::widgets::text::{put, wrapped};

/// Rows that the chart has before there is a second bar.
const CHART: u16 = 6;
/// Rows below which sentences are short.
const ROOMY: u16 = 14;
/// Rows from which the rates of locks stand beside a demonstration.
const TALL: u16 = 22;

pub(crate) fn render(latency: &LatencyView, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let Some(snapshot) = &latency.snapshot else {
        let text = " starting a writer, looking at what readers lock …";
        put(buffer, area, 0, &Line::styled(text, theme.style(Role::Dim)));
        return;
    };
    if let Some(failed) = &snapshot.failed {
        let text =
            format!("The lab cannot go on: {failed}. Leave this view and come back to try again.");
        for (row, line) in (0..).zip(wrapped(&text, area.width, theme.style(Role::Notice))) {
            put(buffer, area, row, &line);
        }
        return;
    }
    let head = head(theme, snapshot, latency.selected, area);
    for (row, line) in (0..).zip(&head) {
        put(buffer, area, row, line);
    }
    let (_, rest) = split_rows(area, head.len() as u16);
    let all = 1 + snapshot.configurations.len() as u16;
    let (bars, chart) = match rest.height {
        ..=CHART => split_rows(rest, 1),
        rows => split_rows(rest, all.min((rows - CHART).max(2))),
    };
    bars::render(theme, snapshot, bars, buffer);
    chart::render(theme, snapshot, chart, buffer);
}

/// Who reads, the demonstration if there is one, what is measured, and what was
/// locked meanwhile.
fn head(theme: Theme, snapshot: &LabSnapshot, selected: usize, area: Rect) -> Vec<Line<'static>> {
    let width = area.width;
    let is_roomy = area.height >= ROOMY;
    let demonstration = demonstration(theme, snapshot, width);
    let mut lines = vec![readers(theme, snapshot, selected, width)];
    let is_shown = !demonstration.is_empty();
    lines.extend(demonstration);
    if is_roomy || !is_shown {
        let (text, role) = words::meaning(snapshot, is_roomy);
        lines.extend(indented(&text, width, theme.style(role)));
    }
    let style = theme.style(Role::Dim);
    // The sentence names what was locked, too.
    if !is_shown || !is_roomy || area.height >= TALL {
        lines.extend(indented(&words::locks(snapshot, is_roomy), width, style));
    }
    if is_roomy {
        let notes = snapshot.notes.iter();
        lines.extend(notes.flat_map(|note| indented(note, width, style)));
    }
    lines
}

/// How many threads of each reader; the one that keys change.
fn readers(theme: Theme, snapshot: &LabSnapshot, selected: usize, width: u16) -> Line<'static> {
    // Their names come first.
    let (label, space) = if width < 76 {
        ("", "")
    } else {
        (" readers", " ")
    };
    let mut spans = vec![Span::styled(label, theme.style(Role::Dim))];
    for (index, reader) in READERS.iter().enumerate() {
        let count = snapshot.counts[index];
        let text = match (snapshot.missing[index], count) {
            (true, _) => format!("{reader} –"),
            (false, count) => format!("{reader} {count}"),
        };
        let role = if count > 0 { Role::Title } else { Role::Dim };
        let is_selected = index == selected;
        let (open, close) = if is_selected { ("[", "]") } else { (" ", " ") };
        spans.push(Span::raw(space));
        spans.push(Span::styled(open, theme.style(Role::Key)));
        spans.push(Span::styled(text, theme.style(role)));
        spans.push(Span::styled(close, theme.style(Role::Key)));
    }
    Line::from(spans)
}

/// What is being demonstrated, if anything is.
fn demonstration(theme: Theme, snapshot: &LabSnapshot, width: u16) -> Vec<Line<'static>> {
    let notice = theme.style(Role::Notice);
    if let Some(walk) = &snapshot.walk {
        let (step, of) = walk.step;
        let text = format!("▶ {step}/{of}, {:>2} s  {}", walk.left, walk.sentence);
        return indented(&text, width, notice);
    }
    let Some(inversion) = &snapshot.inversion else {
        return Vec::new();
    };
    let mut lines = indented(&inversion::setup(inversion), width, notice);
    let (text, role) = inversion::waits(inversion);
    lines.extend(indented(&text, width, theme.style(role)));
    lines
}

/// A text in as many lines as it takes.
fn indented(text: &str, width: u16, style: Style) -> Vec<Line<'static>> {
    let mut lines = wrapped(text, width.saturating_sub(2), style);
    for line in &mut lines {
        line.spans.insert(0, " ".into());
    }
    lines
}
