//! What was done by hand, as two timelines: between two steps nothing is held.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::model::timeline::{Side, TimelineRow};
use crate::session::by_hand::ManualShown;
use crate::session::snapshot::Scene;
use crate::stepping::step::ManualStep;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::timelines::{Printed, Timelines};

/// Draws them around row `now`.
pub(crate) fn render(
    theme: Theme,
    (by_hand, scene): (&ManualShown, &Scene),
    now: usize,
    area: Rect,
    buffer: &mut Buffer,
) {
    let strip = |state: usize| {
        let state = scene.info.states.get(state);
        state.map_or(String::new(), |state| state.strip.clone())
    };
    let mut rows = vec![TimelineRow {
        pages: strip(0),
        ..TimelineRow::default()
    }];
    let mut printed = Vec::new();
    for (at, taken) in by_hand.taken.iter().enumerate() {
        let pages = strip(taken.state);
        rows.push(TimelineRow {
            side: Some(match taken.step {
                ManualStep::Operate => Side::Writer,
                ManualStep::Read | ManualStep::Size | ManualStep::Rewind => Side::Reader,
            }),
            text: taken.text.clone(),
            changed: rows[at].pages != pages,
            pages,
            ..TimelineRow::default()
        });
        let (glyph, role) = match (taken.violation, taken.duplicate) {
            (true, _) => ("✗", Role::Violation),
            (_, true) => ("≈", Role::Duplicate),
            _ => continue,
        };
        printed.push(Printed {
            row: at + 1,
            glyph,
            role,
        });
    }
    let timelines = Timelines {
        rows: &rows,
        now,
        matters: None,
        printed: &printed,
    };
    timelines.render(theme, area, buffer);
}
