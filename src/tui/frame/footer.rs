//! The legend, which teaches, and the keys, which help.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::legend::{Room, legend};
use crate::tui::app::App;
use crate::tui::keys;
use crate::tui::theme::Role;
use crate::tui::widgets::text::{cut, put};

pub(crate) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.shown.theme;
    let room = match area.width {
        0..80 => Room::Little,
        80..108 => Room::Usual,
        _ => Room::Much,
    };
    for (row, entries) in (0..).zip(legend(app.view, app.is_foreign(), room)) {
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
    let shown =
        keys::useful(app.view, !app.is_foreign()).filter(|binding| !binding.footer.is_empty());
    for binding in shown {
        // Of several keys the footer names the first.
        let shown = binding.shown.split(' ').next().unwrap_or_default();
        let needed = shown.len() + binding.footer.len() + 3;
        if used + needed > usize::from(width) {
            break;
        }
        used += needed;
        spans.push(Span::styled(
            format!(" {shown}"),
            app.shown.theme.style(Role::Key),
        ));
        spans.push(Span::raw(format!(" {} ", binding.footer)));
    }
    Line::from(spans)
}
