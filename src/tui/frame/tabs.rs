//! The tabs, and beside them what stands still.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::sampling::options::Rate;
use crate::text::number::grouped;
use crate::tui::app::{App, RATES};
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::split::split_columns;
use crate::tui::widgets::text::{cut, put};

/// What stands still, and at which rate scans are made.
fn badges(app: &App) -> Line<'static> {
    let mut spans = Vec::new();
    let badge = |text: &str| Span::styled(format!(" {text} "), app.shown.theme.style(Role::Paused));
    let wide = app.shown.size.0 >= 100;
    let words = |long: &'static str, short: &'static str| if wide { long } else { short };
    if app.moves_on() {
        spans.push(badge(words("▶ every scenario in turn", "▶ in turn")));
    }
    if app.shown.frozen.is_some() {
        spans.push(badge(words("❄ display frozen", "❄ frozen")));
    }
    let has_lab = !app.shown.is_past || app.latency.snapshot.is_some();
    if app.view == View::Latency && has_lab || app.fuzz.is_busy() {
        spans.push(badge(words("‖ all else stands still", "‖ others")));
    }
    if app.still {
        spans.push(badge(words("‖ modifier paused", "‖ paused")));
    }
    if let Rate::PerSecond(rate) = RATES[app.rate] {
        spans.push(badge(&format!("≤ {rate} {}", words("scans/s", "/s"))));
    }
    Line::from(spans)
}

/// Draws the tabs, and the badges at the right end.
pub(crate) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let badges = badges(app);
    let room = usize::from(area.width).saturating_sub(badges.width());
    let tabs = tabs(app, room);
    let (left, right) = split_columns(area, tabs.width().max(room) as u16);
    put(buffer, left, 0, &tabs);
    put(buffer, right, 0, &badges);
}

fn tabs(app: &App, room: usize) -> Line<'static> {
    let theme = app.shown.theme;
    let mut spans = vec![Span::raw(" ")];
    for (view, text) in fitting_texts(app, room) {
        if view == app.view {
            spans.push(Span::styled(text, theme.style(Role::SelectedTab)));
        } else {
            let name = text.trim_start_matches(|it: char| it == ' ' || it.is_ascii_digit());
            let digit = &text[..text.len() - name.len()];
            spans.push(Span::styled(digit.to_owned(), theme.style(Role::Key)));
            spans.push(Span::raw(name.to_owned()));
        }
        spans.push(Span::raw(" "));
    }
    if let Some(scene) = app.shown.latest.as_ref().and_then(|it| it.scene.as_ref())
        && app.shown.size.0 >= 140
        && !matches!(app.view, View::Latency | View::Fuzz)
        && app.shown.frozen.is_none()
    {
        let place = scene.info.placement.description();
        let text = format!("  {}; site {place}", scene.info.summary);
        let used: usize = spans.iter().map(Span::width).sum();
        let text = cut(&text, room.saturating_sub(used));
        spans.push(Span::styled(text, theme.style(Role::Dim)));
    }
    Line::from(spans)
}

/// The view whose tab is in this column.
pub(crate) fn view_at(app: &App, column: u16) -> Option<View> {
    let room = usize::from(app.shown.size.0).saturating_sub(badges(app).width());
    let mut end = 0;
    let found = fitting_texts(app, room).into_iter().find(|(_, text)| {
        end += 1 + text.width();
        (end - text.width()..end).contains(&usize::from(column))
    });
    found.map(|(view, _)| view)
}

fn fitting_texts(app: &App, room: usize) -> Vec<(View, String)> {
    let fits = |texts: &[(View, String)]| {
        let columns: usize = texts.iter().map(|(_, text)| text.width() + 1).sum();
        columns < room
    };
    [
        Names::Roomy,
        Names::Close,
        Names::Tight,
        Names::Short(6),
        Names::Short(5),
        Names::Short(4),
    ]
    .map(|names| tab_texts(app, names))
    .into_iter()
    .find(|texts| fits(texts))
    .unwrap_or_else(|| tab_texts(app, Names::Digits))
}

/// How much the tabs say.
#[derive(Clone, Copy)]
enum Names {
    /// Names with room around them, and how many tears there are.
    Roomy,
    Close,
    /// Names, each right behind its key.
    Tight,
    /// The name of the view that is shown, the beginnings, so long, of the others.
    Short(usize),
    /// The name of the view that is shown, the digits of the others.
    Digits,
}

fn tab_texts(app: &App, names: Names) -> Vec<(View, String)> {
    let shown = (1..)
        .zip(View::ALL)
        .filter(|(_, view)| !view.needs_modifier() || !app.is_foreign());
    let text = |digit: usize, view: View| {
        let name = view.name();
        match names {
            Names::Roomy if view == View::Tears && !app.tears.latest.is_empty() => {
                let listed = app.tears.latest.len() as u64;
                let all = app.shown.latest.as_ref().map_or(0, |it| it.finds());
                match listed < all {
                    true => format!(" {digit} {name} ({listed} of {}) ", grouped(all)),
                    false => format!(" {digit} {name} ({listed}) "),
                }
            }
            Names::Roomy => format!(" {digit} {name} "),
            Names::Short(length) if view != app.view => {
                format!("{digit}{}", cut(name, length))
            }
            Names::Digits if view != app.view => digit.to_string(),
            Names::Close => format!("{digit} {name}"),
            Names::Tight | Names::Short(_) | Names::Digits => format!("{digit}{name}"),
        }
    };
    shown
        .map(|(digit, view)| (view, text(digit, view)))
        .collect()
}
