//! The step made last, and what it amounts to.

use ratatui::text::{Line, Span};

use super::dim;
use crate::model::case::FENCE;
use crate::model::judge::FindingKind;
use crate::model::machine::{ModelStep, Printed};
use crate::model::trace::explain;
use crate::tui::protocol::ProtocolView;
use crate::tui::theme::{Role, Theme};

/// The step made last, and a sentence: why it matters, or why what it printed is what
/// it is.
pub(crate) fn step_lines(theme: Theme, view: &ProtocolView) -> (Line<'static>, (String, Role)) {
    let (trace, made) = view.trace();
    let walk = view
        .drawn
        .map_or(String::new(), |walk| format!("{}, ", walk.text()));
    let mut spans = vec![dim(
        theme,
        format!(" {walk}step {made} of {} ", trace.rows.len()),
    )];
    let Some(row) = made.checked_sub(1).and_then(|at| trace.rows.get(at)) else {
        let text = match view.trace.rows.is_empty() {
            true => "r reader, w writer, ← back; n loads the worst that there is",
            false => "space plays, → steps",
        };
        spans.push(dim(theme, text));
        return (Line::from(spans), (String::new(), Role::Dim));
    };
    let who = match row.step {
        ModelStep::Reader(_) | ModelStep::NewChunk(_) => "reader",
        ModelStep::Writer | ModelStep::WriterReuses(_) => "writer",
        ModelStep::OtherTakes(_) => "another process",
    };
    spans.push(Span::styled(who, theme.style(Role::Title)));
    let function = row.description.place.function;
    spans.push(dim(theme, format!(" {function}() ")));
    spans.push(Span::raw(row.description.text.clone()));
    let mut sentence = (String::new(), Role::Dim);
    if let Some(printed) = row.printed {
        let (badge, explanation) = sight(theme, view, &printed);
        spans.push(badge);
        sentence.0 = explanation;
    }
    match &view.matters {
        Some(matters) if matters.row + 1 == made => {
            sentence = (matters.sentence.clone(), Role::Notice);
        }
        Some(matters) if matters.row + 1 > made && sentence.0.is_empty() => {
            let step = matters.row + 1;
            sentence.0 = format!("◆ step {step} is the one that matters: space plays to it");
        }
        _ => {}
    }
    (Line::from(spans), sentence)
}

/// What a line that was printed amounts to; nothing for a fence in order.
fn sight(theme: Theme, view: &ProtocolView, printed: &Printed) -> (Span<'static>, String) {
    let sight = printed.kind;
    let is_fence = printed.line.is_none_or(|line| line.2 == FENCE);
    let (glyph, role) = match sight {
        FindingKind::Violation(_) => ("✗", Role::ViolationBanner),
        FindingKind::InOrder if is_fence => return (Span::default(), String::new()),
        FindingKind::InOrder => ("✓", Role::Good),
        _ => ("≈", Role::Duplicate),
    };
    let picture = view.so_far().diagram(&view.model(), printed.reader);
    let hole = picture.and_then(|picture| picture.hole);
    let badge = format!("  {glyph} {} ", sight.name());
    (
        Span::styled(badge, theme.style(role)),
        explain(printed, hole),
    )
}
