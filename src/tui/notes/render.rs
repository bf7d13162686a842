//! The screen of the notes.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::state::NotesView;
use crate::tui::theme::Role;
use crate::tui::widgets::text::{cut, in_charset, put, put_rows, wrapped};

/// Columns of the tags.
const TAG: u16 = 8;

pub(crate) fn render(view: &NotesView, area: Rect, buffer: &mut Buffer) {
    let theme = view.theme;
    let notes = view.notes();
    let planned = Duration::from_secs(60 * u64::from(notes.minutes));
    let role = if view.elapsed() > planned {
        Role::Paused
    } else {
        Role::Title
    };
    let clock = format!(" {} of {} ", clock(view.elapsed()), clock(planned));
    let place = format!(
        "  demo {} of {}, step {} of {}",
        view.at + 1,
        view.all.len(),
        view.step + 1,
        notes.steps.len()
    );
    let head = Line::from(vec![
        Span::styled(clock, theme.style(role)),
        Span::styled(place, theme.style(Role::Dim)),
    ]);
    put(buffer, area, 0, &head);
    let title = cut(&format!(" {}", notes.title), area.width.into());
    put(
        buffer,
        area,
        1,
        &Line::styled(title, theme.style(Role::Title)),
    );
    let mut lines = Vec::new();
    let first = view.step.saturating_sub(1);
    for (at, step) in notes.steps.iter().enumerate().skip(first) {
        let is_now = at == view.step;
        let (tag, text) = match is_now {
            true => (theme.style(Role::Key), theme.style(Role::Title)),
            false => (theme.style(Role::Dim), theme.style(Role::Dim)),
        };
        let sign = if is_now { "▶" } else { " " };
        for (row, line) in wrapped(&step.text, area.width.saturating_sub(TAG + 3), text)
            .into_iter()
            .enumerate()
        {
            // Of what was said before, only that it was.
            if at < view.step && row > 0 {
                break;
            }
            let label = match row {
                0 => format!("{sign} {:<width$}", step.tag, width = usize::from(TAG - 1)),
                _ => " ".repeat(usize::from(TAG) + 1),
            };
            let mut spans = vec![Span::styled(label, tag)];
            spans.extend(
                line.spans
                    .into_iter()
                    .map(|span| Span::styled(span.content, text)),
            );
            lines.push(Line::from(spans));
        }
        lines.push(Line::default());
    }
    lines.extend(wrapped(
        &notes.needs,
        area.width.saturating_sub(2),
        theme.style(Role::Dim),
    ));
    let body = Rect {
        y: area.y + 3,
        height: area.height.saturating_sub(4),
        ..area
    };
    put_rows(buffer, body, theme, &lines, 0);
    let keys = view.keys.hint("  space next  <up> back  <page-down> <page-up> another demo  0 the clock anew  <quit> quit");
    let last = Rect {
        y: area.bottom().saturating_sub(1),
        height: 1.min(area.height),
        ..area
    };
    put(buffer, last, 0, &Line::styled(keys, theme.style(Role::Key)));
    in_charset(theme.charset, buffer);
}

/// `1:02`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
