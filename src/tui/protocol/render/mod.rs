//! The picture of the Protocol.
//!
//! * [`caption`]: the case, the reader, what the checker found;
//! * [`mod@vma_diagrams`]: what the tree and the VMAs say, what was reported;
//! * [`locks`]: who holds what, and what the reader remembers;
//! * [`last_step`]: the step made last, and what it amounts to;
//! * [`mod@programs`]: both programs side by side.

pub(crate) mod caption;
pub(crate) mod last_step;
pub(crate) mod locks;
pub(crate) mod programs;
pub(crate) mod vma_diagrams;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::ProtocolView;
use super::action::ProtocolAction;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::split::split_rows;
use crate::tui::widgets::text::{put, wrapped};
use caption::{case_line, reader_line, verdict_line};
use last_step::step_line;
use locks::locks_lines;
use programs::{program_columns, programs};
use vma_diagrams::vma_diagrams;

/// Rows from which the locks and an explanation are shown.
const ROOMY: u16 = 14;
/// Rows from which there is room around them.
const TALL: u16 = 22;

pub(crate) fn render(view: Option<&ProtocolView>, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let Some(view) = view else {
        let line = Line::styled("  the model is not loaded", theme.style(Role::Dim));
        put(buffer, area, 1, &line);
        return;
    };
    let top = top_lines(theme, view, area);
    for (y, line) in (0..area.height).zip(&top) {
        put(buffer, area, y, line);
    }
    let (_, below) = split_rows(area, top.len() as u16);
    programs(theme, view, below, buffer);
}

/// The next step of the program that is shown at this place.
pub(crate) fn program_at(view: &ProtocolView, area: Rect, at: Position) -> Option<ProtocolAction> {
    let top = top_lines(Theme::default(), view, area).len() as u16;
    let (left, right) = program_columns(split_rows(area, top).1);
    match (left.contains(at), right.contains(at)) {
        (true, _) => Some(ProtocolAction::Reader),
        (_, true) => Some(ProtocolAction::Writer),
        _ => None,
    }
}

/// What stands above the programs.
fn top_lines(theme: Theme, view: &ProtocolView, area: Rect) -> Vec<Line<'static>> {
    let width = usize::from(area.width);
    let (tall, roomy) = (area.height >= TALL, area.height >= ROOMY);
    let mut top = vec![
        case_line(theme, view),
        reader_line(theme, view, width),
        verdict_line(theme, view),
    ];
    top.extend(tall.then(Line::default));
    top.extend(vma_diagrams(theme, view, width, roomy));
    if roomy {
        top.extend(locks_lines(theme, view, width));
    }
    let (step, explanation) = step_line(theme, view);
    top.push(step);
    if roomy {
        let mut lines = wrapped(&explanation, area.width - 2, theme.style(Role::Dim));
        lines.truncate(3);
        for line in &mut lines {
            line.spans.insert(0, Span::raw(" "));
        }
        if tall {
            lines.resize(3, Line::default());
        }
        top.extend(lines);
    }
    top
}

pub(crate) fn dim(theme: Theme, text: impl Into<String>) -> Span<'static> {
    Span::styled(text.into(), theme.style(Role::Dim))
}
