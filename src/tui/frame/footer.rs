//! The legend, which teaches, and the keys, which help.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::legend::{Room, legend};
use crate::tui::app::App;
use crate::tui::keys::Binding;
use crate::tui::keys::action::Action;
use crate::tui::keys::bound::KeyTable;
use crate::tui::protocol::explain::case_of;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::time::TimeBar;
use crate::tui::time::keys::Keys;
use crate::tui::widgets::text::{cut, put};

pub(crate) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.shown.theme;
    match app.time.timeline() {
        Some(rewound) => time::render::render(rewound, theme, area, buffer),
        None => render_legend(app, area, buffer),
    }
    // That this is the past is said in any case.
    let mut last = Line::from(sign_of_past(app));
    let room = area.width.saturating_sub(last.width() as u16);
    match &app.notice {
        Some(notice) => {
            let text = cut(&notice.text, usize::from(room).saturating_sub(2));
            last.push_span(Span::styled(format!(" {text}"), theme.style(Role::Notice)));
        }
        None => last.spans.extend(keys_line(app, room)),
    }
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
            spans.push(Span::styled(app.shown.keys.hint(term), theme.style(*role)));
            spans.push(Span::styled(format!(": {meaning}"), theme.style(Role::Dim)));
        }
        put(buffer, area, row, &Line::from(spans));
    }
}

/// What stands in the last row where the timeline is hidden.
fn sign_of_past(app: &App) -> Vec<Span<'static>> {
    let rewound = app.time.line();
    let (theme, has_room) = (app.shown.theme, app.notice.is_none());
    rewound.map_or_else(Vec::new, |it| time::status::least(it, theme, has_room))
}

/// Keys that belong together, each as it is shown, and a word for them.
struct ShownKeys {
    keys: Vec<(String, Action)>,
    word: String,
    /// Where there is no room for all, those of the highest rank are left out.
    rank: usize,
}

impl ShownKeys {
    fn width(&self) -> usize {
        let keys = self.keys.iter().map(|(key, _)| key.width());
        keys.sum::<usize>() + self.word.width()
    }
}

/// The keys that fit.
fn shown_keys(app: &App, width: u16) -> Vec<ShownKeys> {
    let (time, is_recorded) = (&app.time, app.view.is_recorded());
    let table = app.keys;
    let mut keys = match (time.timeline().filter(|_| is_recorded), time.line()) {
        (Some(rewound), _) => {
            keys_of_time(table, time::keys::of_timeline(rewound, app.is_foreign()))
        }
        (None, Some(rewound)) => keys_of_time(table, time::keys::of_line(rewound)),
        (None, None) => keys_of_view(app),
    };
    let used = |keys: &[ShownKeys]| keys.iter().map(ShownKeys::width).sum::<usize>();
    while used(&keys) > usize::from(width) {
        let ranks = keys.iter().enumerate();
        let least = ranks.max_by_key(|(_, it)| it.rank).map(|(at, _)| at);
        keys.remove(least.unwrap_or(0));
    }
    keys
}

fn keys_of_view(app: &App) -> Vec<ShownKeys> {
    let offers = |action| app.time.offers(action, app.view);
    (app.keys.useful(app.view, !app.is_foreign()))
        .filter(|row| !row.binding.footer.is_empty())
        // A picture of the screen as it was live has all of them.
        .filter(|row| app.time.bar == TimeBar::Nothing || offers(row.binding.action))
        .enumerate()
        .filter_map(|(rank, row)| {
            // Of several keys the footer names the first.
            let key = row.shown.split(' ').next().unwrap_or_default();
            Some(ShownKeys {
                keys: vec![(format!(" {key}"), row.binding.action)],
                word: format!(" {} ", app.offer(row.binding)?),
                rank,
            })
        })
        .collect()
}

fn keys_of_time(table: &KeyTable, keys: impl Iterator<Item = Keys>) -> Vec<ShownKeys> {
    let key = |action: &Action| Some((format!(" {}", table.first(*action)?), *action));
    let shown = |it: Keys| ShownKeys {
        keys: it.actions.iter().filter_map(key).collect(),
        word: format!(" {} ", it.word),
        rank: it.rank,
    };
    let has_key = |it: &ShownKeys| !it.keys.is_empty();
    keys.map(shown).filter(has_key).collect()
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

fn keys_line(app: &App, width: u16) -> Vec<Span<'static>> {
    let style = app.shown.theme.style(Role::Key);
    let mut spans = Vec::new();
    for ShownKeys { keys, word, .. } in shown_keys(app, width) {
        spans.extend(keys.into_iter().map(|(key, _)| Span::styled(key, style)));
        spans.push(Span::raw(word));
    }
    spans
}

/// What the key in this column does: the word behind several is that of the last.
pub(crate) fn action_at(app: &App, column: u16) -> Option<Action> {
    let mut end = Line::from(sign_of_past(app)).width();
    if usize::from(column) < end {
        return None;
    }
    let room = app.shown.size.0.saturating_sub(end as u16);
    for ShownKeys { keys, word, .. } in shown_keys(app, room) {
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
