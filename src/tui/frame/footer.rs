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
use crate::tui::time;
use crate::tui::time::Rewound;
use crate::tui::time::render::Keys;
use crate::tui::widgets::text::{cut, put};

pub(crate) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.shown.theme;
    match app.time.on_screen() {
        Some(rewound) => time::render::render(rewound, theme, area, buffer),
        None => render_legend(app, area, buffer),
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

fn render_legend(app: &App, area: Rect, buffer: &mut Buffer) {
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
}

/// Keys that belong together, each as it is shown, and a word for them.
struct ShownKeys {
    keys: Vec<(String, Action)>,
    word: String,
}

impl ShownKeys {
    fn width(&self) -> usize {
        let keys = self.keys.iter().map(|(key, _)| key.width());
        keys.sum::<usize>() + self.word.width()
    }
}

/// The keys that fit.
fn shown_keys(app: &App, width: u16) -> impl Iterator<Item = ShownKeys> {
    let keys = match app.time.on_screen().filter(|_| app.view.is_recorded()) {
        Some(rewound) => keys_of_time(rewound),
        None => keys_of_view(app),
    };
    let mut used = 0;
    keys.into_iter().take_while(move |keys| {
        used += keys.width();
        used <= usize::from(width)
    })
}

fn keys_of_view(app: &App) -> Vec<ShownKeys> {
    keys::useful(app.view, !app.is_foreign())
        .filter(|binding| !binding.footer.is_empty())
        .filter_map(|binding| {
            // Of several keys the footer names the first.
            let key = binding.shown.split(' ').next().unwrap_or_default();
            Some(ShownKeys {
                keys: vec![(format!(" {key}"), binding.action)],
                word: format!(" {} ", app.offer(binding)?),
            })
        })
        .collect()
}

fn keys_of_time(rewound: &Rewound) -> Vec<ShownKeys> {
    let shown = |(keys, word): Keys| ShownKeys {
        keys: keys
            .iter()
            .map(|(key, action)| (format!(" {key}"), *action))
            .collect(),
        word: format!(" {word} "),
    };
    time::render::keys(rewound).map(shown).collect()
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
    let mut spans = Vec::new();
    for ShownKeys { keys, word } in shown_keys(app, width) {
        spans.extend(keys.into_iter().map(|(key, _)| Span::styled(key, style)));
        spans.push(Span::raw(word));
    }
    Line::from(spans)
}

/// What the key in this column does: the word behind several is that of the last.
pub(crate) fn action_at(app: &App, column: u16) -> Option<Action> {
    let mut end = 0;
    for ShownKeys { keys, word } in shown_keys(app, app.shown.size.0) {
        let mut last = None;
        for (key, action) in keys {
            end += key.width();
            last = Some(action);
            if usize::from(column) < end {
                return last;
            }
        }
        end += word.width();
        if usize::from(column) < end {
            return last;
        }
    }
    None
}
