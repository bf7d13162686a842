//! What reading costs the writer: the chart, the ratio, the histograms, the
//! locks.

pub(crate) mod chart;
pub(crate) mod digits;
pub(crate) mod figures;
pub(crate) mod histograms;
pub(crate) mod inversion;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::latency::live::{LabSnapshot, READERS};
use crate::tui::latency::LatencyView;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::split::{split_columns, split_rows};
use crate::tui::widgets::text::{cut, put, wrapped};

/// Rows of the part above the chart.
const TOP: u16 = 7;
/// The least rows of the chart.
const CHART: u16 = 5;
/// Columns of the ratio and the figures beside it.
const FIGURES: u16 = 46;
/// The least columns of histograms that are worth it.
const HISTOGRAMS: u16 = 30;

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
    let readers = readers(theme, snapshot, latency.selected, area.width);
    put(buffer, area, 0, &readers);
    let sentence = sentence(theme, snapshot, area.width);
    for (row, line) in (1..).zip(&sentence) {
        put(buffer, area, row, line);
    }
    let (_, rest) = split_rows(area, 1 + sentence.len() as u16);
    if rest.height < TOP + CHART {
        put(
            buffer,
            rest,
            0,
            &figures::small(theme, snapshot, rest.width),
        );
        chart::render(theme, snapshot, split_rows(rest, 1).1, buffer);
        return;
    }
    let (top, mut chart) = split_rows(rest, TOP);
    let is_wide = rest.width >= FIGURES + HISTOGRAMS;
    let (figures, right) = split_columns(top, if is_wide { FIGURES } else { top.width });
    figures::large(theme, snapshot, figures, buffer);
    if is_wide {
        histograms::render(theme, snapshot, right, buffer);
    } else if chart.height >= TOP + CHART {
        let (beneath, rest) = split_rows(chart, TOP);
        histograms::render(theme, snapshot, beneath, buffer);
        chart = rest;
    }
    chart::render(theme, snapshot, chart, buffer);
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

/// The demonstration, all of it, or a line on what is to be known beside.
fn sentence(theme: Theme, snapshot: &LabSnapshot, width: u16) -> Vec<Line<'static>> {
    if let Some(walk) = &snapshot.walk {
        let (step, of) = walk.step;
        let text = format!("▶ {step}/{of}, {:>2} s  {}", walk.left, walk.sentence);
        return indented(&text, width, theme.style(Role::Notice));
    }
    if let Some(inversion) = &snapshot.inversion {
        let mut lines = indented(
            &inversion::setup(inversion),
            width,
            theme.style(Role::Notice),
        );
        let (text, role) = inversion::waits(inversion);
        lines.extend(indented(&text, width, theme.style(role)));
        return lines;
    }
    let room = usize::from(width).saturating_sub(1);
    let text = match (&snapshot.no_evidence, snapshot.notes.first()) {
        (_, Some(note)) => format!(" {note}"),
        (Some(missing), _) => format!(" {missing}"),
        _ => format!(
            " writer {}: unmaps a random page of its own and maps it again; readers read its maps",
            snapshot.pid
        ),
    };
    let text = cut(&text, room);
    vec![Line::styled(text, theme.style(Role::Dim))]
}

/// A text in as many lines as it takes.
fn indented(text: &str, width: u16, style: Style) -> Vec<Line<'static>> {
    let mut lines = wrapped(text, width.saturating_sub(2), style);
    for line in &mut lines {
        line.spans.insert(0, " ".into());
    }
    lines
}
