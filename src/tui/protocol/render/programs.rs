//! Both programs side by side, the next step of each marked.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::dim;
use crate::report::model::{Checked, checked_by};
use crate::tui::protocol::ProtocolView;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::split::split_columns;
use crate::tui::widgets::text::{cut, put, put_rows};

/// Where the reader's program is, and the writer's.
pub(super) fn program_columns(area: Rect) -> (Rect, Rect) {
    split_columns(area, area.width / 2)
}

pub(crate) fn programs(theme: Theme, view: &ProtocolView, area: Rect, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let model = view.model();
    let (left, right) = program_columns(area);
    let state = view.state();
    let program = model.protocol.points();
    let now = program
        .iter()
        .position(|&point| point == state.readers[0].point);
    let reader: Vec<(String, String)> = program
        .iter()
        .map(|point| {
            let place = point.place(&model.protocol);
            (
                point.code(&model.protocol).to_owned(),
                place.function.to_owned(),
            )
        })
        .collect();
    let writer: Vec<(String, String)> = (0..model.case.steps.len())
        .map(|at| {
            let narration = model.case.describe_step(at as u16);
            (narration.text, narration.place.function.to_owned())
        })
        .collect();
    let checked = match checked_by(&model.protocol) {
        None => "no kernel has this one".to_owned(),
        // A find's is in its kit.
        Some(_) if view.number().is_none() => String::new(),
        Some(Checked { reader, kernels }) => {
            let scenario = &model.case.name;
            format!("check --scenario {scenario} --reader {reader}, on a kernel {kernels}")
        }
    };
    let headed = area.height >= 4;
    column(
        theme,
        (&reader, now),
        (left, headed, "reader", checked),
        buffer,
    );
    let at = usize::from(state.writer);
    let operation = model.case.steps.get(at).map_or(0, |step| step.operation);
    let call = model.case.operations.get(usize::from(operation));
    let call = call.cloned().unwrap_or_default();
    column(
        theme,
        (&writer, Some(at)),
        (right, headed, "writer", call),
        buffer,
    );
}

fn column(
    theme: Theme,
    (rows, now): (&[(String, String)], Option<usize>),
    (area, headed, title, note): (Rect, bool, &str, String),
    buffer: &mut Buffer,
) {
    let mut area = area;
    if headed {
        let heading = Line::from(vec![
            Span::styled(format!(" {title} "), theme.style(Role::Title)),
            dim(theme, cut(&note, usize::from(area.width).saturating_sub(9))),
        ]);
        put(buffer, area, 0, &heading);
        area.y += 1;
        area.height -= 1;
    }
    let height = usize::from(area.height);
    let at = now.unwrap_or(0);
    let first = at
        .saturating_sub(height / 2)
        .min(rows.len().saturating_sub(height));
    let width = usize::from(area.width);
    let lines = rows.iter().enumerate().map(|(k, (text, function))| {
        let is_now = now == Some(k);
        let marker = if is_now { "▶" } else { " " };
        let style = theme.style(if is_now { Role::Notice } else { Role::Plain });
        let text = cut(text, width.saturating_sub(3));
        let room = width.saturating_sub(text.chars().count() + 5);
        let mut spans = vec![Span::styled(format!("{marker} {text}"), style)];
        if room >= 12 {
            spans.push(dim(theme, format!("  {}", cut(function, room))));
        }
        Line::from(spans)
    });
    let lines: Vec<_> = lines.collect();
    // Where there is so little room, the next step is what counts.
    let shown = if height < 3 {
        &lines[..lines.len().min(first + height)]
    } else {
        &lines[..]
    };
    put_rows(buffer, area, theme, shown, first);
}
