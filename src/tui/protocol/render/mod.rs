//! The picture of the Protocol.
//!
//! * [`caption`]: the case, the reader, what the checker found;
//! * both timelines ([`Timelines`]), or both [`mod@programs`];
//! * [`last_step`]: the step made last, and what it amounts to;
//! * [`locks`]: who holds what, and what the reader remembers.

pub(crate) mod caption;
pub(crate) mod last_step;
pub(crate) mod locks;
pub(crate) mod programs;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::ProtocolView;
use super::action::ProtocolAction;
use crate::model::judge::FindingKind;
use crate::model::timeline::TimelineRow;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::split::split_rows;
use crate::tui::widgets::text::{put, wrapped};
use crate::tui::widgets::timelines::{Printed, Timelines};
use caption::{case_line, explained_line, reader_line, verdict_line};
use last_step::step_lines;
use locks::locks_lines;
use programs::{program_columns, programs};

/// Rows from which the verdict is shown, and all of an explanation.
const ROOMY: u16 = 14;
/// Rows of the timelines, at least.
const STEPS: u16 = 4;
/// Rows from which the locks are told in words.
const TALL: u16 = 22;

/// What stands where.
struct Parts {
    head: Vec<Line<'static>>,
    middle: Rect,
    foot: Vec<Line<'static>>,
}

pub(crate) fn render(view: Option<&ProtocolView>, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let Some(view) = view else {
        let line = Line::styled("  the model is not loaded", theme.style(Role::Dim));
        put(buffer, area, 1, &line);
        return;
    };
    let parts = parts(theme, view, area);
    for (y, line) in (0..area.height).zip(&parts.head) {
        put(buffer, area, y, line);
    }
    if view.shows_programs {
        programs(theme, view, parts.middle, buffer);
    } else {
        let rows = view.trace.timeline(&view.model());
        timelines(view, &rows, &printed(view)).render(theme, parts.middle, buffer);
    }
    let (_, below) = split_rows(area, (parts.head.len() as u16) + parts.middle.height);
    for (y, line) in (0..below.height).zip(&parts.foot) {
        put(buffer, below, y, line);
    }
}

fn timelines<'a>(
    view: &ProtocolView,
    rows: &'a [TimelineRow],
    printed: &'a [Printed],
) -> Timelines<'a> {
    Timelines {
        rows,
        now: view.made,
        // The first row is the beginning.
        matters: view.matters.as_ref().map(|matters| matters.row + 1),
        printed,
    }
}

fn printed(view: &ProtocolView) -> Vec<Printed> {
    let rows = view.trace.rows.iter().enumerate();
    let printed = rows.filter_map(|(at, row)| {
        let (glyph, role) = match row.printed?.kind {
            FindingKind::InOrder => return None,
            FindingKind::Violation(_) => ("✗", Role::Violation),
            _ => ("≈", Role::Duplicate),
        };
        Some(Printed {
            row: at + 1,
            glyph,
            role,
        })
    });
    printed.collect()
}

/// What a click at this place does: the next step of the program there, or else the
/// step of the row there.
pub(crate) fn clicked(view: &ProtocolView, area: Rect, at: Position) -> Option<ProtocolAction> {
    let middle = parts(Theme::default(), view, area).middle;
    if !middle.contains(at) {
        return None;
    }
    if view.shows_programs {
        let (left, _) = program_columns(middle);
        return Some(match left.contains(at) {
            true => ProtocolAction::Reader,
            false => ProtocolAction::Writer,
        });
    }
    let rows = view.trace.timeline(&view.model());
    let row = timelines(view, &rows, &[]).row_at(middle, at.y);
    row.map(ProtocolAction::To)
}

fn parts(theme: Theme, view: &ProtocolView, area: Rect) -> Parts {
    let width = usize::from(area.width);
    let roomy = area.height >= ROOMY;
    let reader = reader_line(theme, view, width, !roomy);
    let head = match (&view.explained, roomy) {
        (Some(explained), true) => {
            vec![
                case_line(theme, view),
                reader,
                explained_line(theme, explained, width),
            ]
        }
        (None, true) => vec![case_line(theme, view), reader, verdict_line(theme, view)],
        (Some(explained), false) => vec![explained_line(theme, explained, width)],
        (None, false) => vec![reader, verdict_line(theme, view)],
    };
    let (step, sentence) = step_lines(theme, view);
    let mut foot = vec![step];
    let (text, role) = sentence;
    let mut lines = match text.is_empty() {
        true => Vec::new(),
        false => wrapped(&text, area.width.saturating_sub(2), theme.style(role)),
    };
    // All of it, if some steps can be seen beside it.
    let fixed = (head.len() + foot.len()) as u16 + STEPS;
    lines.truncate(area.height.saturating_sub(fixed).into());
    if roomy {
        // What is above does not move when there is nothing to say.
        lines.resize(lines.len().max(3), Line::default());
    }
    for line in &mut lines {
        line.spans.insert(0, Span::raw(" "));
    }
    foot.extend(lines);
    if area.height >= TALL {
        foot.extend(locks_lines(theme, view, width));
    }
    let (_, below) = split_rows(area, head.len() as u16);
    let (middle, _) = split_rows(below, below.height.saturating_sub(foot.len() as u16));
    Parts { head, middle, foot }
}

pub(crate) fn dim(theme: Theme, text: impl Into<String>) -> Span<'static> {
    Span::styled(text.into(), theme.style(Role::Dim))
}
