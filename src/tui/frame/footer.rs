//! The legend, which teaches, and the keys, which help.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::legend::{Room, legend};
use crate::tui::app::App;
use crate::tui::keys;
use crate::tui::keys::Binding;
use crate::tui::keys::action::Action;
use crate::tui::protocol::explain::case_of;
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

/// The keys that fit, as they are shown.
fn shown_keys(app: &App, width: u16) -> impl Iterator<Item = (&'static Binding, String, String)> {
    let mut used = 0;
    keys::useful(app.view, !app.is_foreign())
        .filter(|binding| !binding.footer.is_empty())
        .filter_map(|binding| {
            // Of several keys the footer names the first.
            let key = binding.shown.split(' ').next().unwrap_or_default();
            Some((
                binding,
                format!(" {key}"),
                format!(" {} ", app.offer(binding)?),
            ))
        })
        .take_while(move |(_, key, word)| {
            used += key.width() + word.width();
            used <= usize::from(width)
        })
}

impl App {
    /// What a key does now, in a word; none: nothing.
    fn offer(&self, binding: &Binding) -> Option<&'static str> {
        match binding.action {
            Action::Fuzz(action) => self.fuzz.offer(action),
            Action::ExplainFind => {
                let find = &self.fuzz.current()?.find;
                case_of(find).is_ok().then_some(binding.footer)
            }
            _ => Some(binding.footer),
        }
    }
}

fn keys_line(app: &App, width: u16) -> Line<'static> {
    let style = app.shown.theme.style(Role::Key);
    let spans = shown_keys(app, width)
        .flat_map(|(_, key, word)| [Span::styled(key, style), Span::raw(word)]);
    Line::from(spans.collect::<Vec<_>>())
}

/// What the key in this column does.
pub(crate) fn action_at(app: &App, column: u16) -> Option<Action> {
    let mut end = 0;
    let found = shown_keys(app, app.shown.size.0).find(|(_, key, word)| {
        end += key.width() + word.width();
        usize::from(column) < end
    });
    found.map(|(binding, ..)| binding.action)
}
