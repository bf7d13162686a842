//! The legend, which teaches, and the keys, which help.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::put;
use crate::tui::app::{App, View};
use crate::tui::format::cut;
use crate::tui::keys;
use crate::tui::theme::Role;

/// A glyph or a word, its role, what it means.
type Entry = (&'static str, Role, &'static str);

/// Two lines each, as short as 60 columns need and longer.
fn legend(view: View, wide: bool) -> [&'static [Entry]; 2] {
    match (view, wide) {
        (View::Space, true) => [
            &[(
                "chunk",
                Role::Rule,
                "the lines one read() returned; the writer may change memory between any two",
            )],
            &[
                (
                    "≈ duplicate",
                    Role::Duplicate,
                    "printed before and after a change: allowed",
                ),
                (
                    "✗ hole",
                    Role::Violation,
                    "mapped all the time, yet not printed: forbidden",
                ),
            ],
        ],
        (View::Space, false) => [
            &[("chunk", Role::Rule, "the lines that one read() returned")],
            &[
                ("≈ duplicate", Role::Duplicate, "seen twice: allowed"),
                ("✗ hole", Role::Violation, "missed: forbidden"),
            ],
        ],
        (View::Boundary, true) => [
            &[
                (
                    "live",
                    Role::Title,
                    "the scan that is held; lines of both states mean it is torn",
                ),
                (".", Role::Dim, "unmapped"),
            ],
            &[
                (
                    "≈ duplicate",
                    Role::Duplicate,
                    "a page in two lines: allowed",
                ),
                (
                    "✗ hole",
                    Role::Violation,
                    "a page of every state in no line: forbidden, must stay 0",
                ),
            ],
        ],
        (View::Boundary, false) => [
            &[(
                "live",
                Role::Title,
                "the scan that is held; both states: torn",
            )],
            &[
                ("≈", Role::Duplicate, "a page seen twice: allowed"),
                ("✗", Role::Violation, "a hole: forbidden"),
            ],
        ],
        (View::Tears, true) => [
            &[(
                "tear",
                Role::Duplicate,
                "a scan that mixes states: allowed, each line was true when it was read",
            )],
            &[(
                "✗ violation",
                Role::Violation,
                "what no correct kernel shows, such as a hole: pinned on top",
            )],
        ],
        (View::Tears, false) => [
            &[(
                "≈ tear",
                Role::Duplicate,
                "a scan that mixes states: allowed",
            )],
            &[(
                "✗ violation",
                Role::Violation,
                "no correct kernel shows it: pinned",
            )],
        ],
    }
}

/// Draws both.
pub(super) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme;
    for (row, entries) in (0..).zip(legend(app.view, area.width >= 100)) {
        let mut spans = vec![Span::raw(" ")];
        for (i, (term, role, meaning)) in entries.iter().enumerate() {
            if i > 0 {
                spans.push(Span::raw("   "));
            }
            spans.push(Span::styled(*term, theme.style(*role)));
            spans.push(Span::styled(format!(": {meaning}"), theme.style(Role::Dim)));
        }
        put(buffer, area, row, &Line::from(spans));
    }
    let last = match &app.notice {
        Some(notice) => {
            let text = cut(&notice.text, usize::from(area.width).saturating_sub(2));
            Line::styled(format!(" {text}"), theme.style(Role::Notice))
        }
        None => keys_line(app, area.width),
    };
    put(buffer, area, 2, &last);
}

/// As many keys as fit.
fn keys_line(app: &App, width: u16) -> Line<'static> {
    let mut spans = Vec::new();
    let mut used = 0;
    for binding in keys::of_view(app.view).filter(|binding| !binding.footer.is_empty()) {
        let needed = binding.shown.len() + binding.footer.len() + 3;
        if used + needed > usize::from(width) {
            break;
        }
        used += needed;
        spans.push(Span::styled(
            format!(" {}", binding.shown),
            app.theme.style(Role::Key),
        ));
        spans.push(Span::raw(format!(" {} ", binding.footer)));
    }
    Line::from(spans)
}
