//! The header: who is watched, how fast, and whether anything forbidden has
//! happened.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::tabs;
use super::verdict::verdict;
use crate::session::snapshot::{ShownTarget, Snapshot};
use crate::text::number::few;
use crate::text::number::short;
use crate::tui::app::App;
use crate::tui::fuzz::render::figures;
use crate::tui::theme::{Role, Theme};
use crate::tui::view::View;
use crate::tui::widgets::split::split_rows;
use crate::tui::widgets::text::{cut, fitting, put};

pub(crate) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    put(buffer, area, 0, &title(app, area.width));
    tabs::render(app, split_rows(area, 4).1, buffer);
    let hunt = app
        .fuzz
        .snapshot
        .as_ref()
        .filter(|_| app.view == View::Fuzz);
    let of_hunt = hunt.map(|hunt| figures::of_header(app.shown.theme, hunt, area.width));
    for (row, line) in (2..).zip(of_hunt.iter().flatten()) {
        put(buffer, area, row, line);
    }
    let silence = app.silence.as_ref().map(|it| {
        let text = cut(&format!(" Waiting: {}", it.text), usize::from(area.width));
        Line::styled(text, app.shown.theme.style(Role::Notice))
    });
    let Some(snapshot) = &app.shown.latest else {
        let line = Line::styled(
            " opening the target and looking at this kernel …",
            app.shown.theme.style(Role::Dim),
        );
        put(buffer, area, 1, &silence.unwrap_or(line));
        return;
    };
    let readers = silence.unwrap_or_else(|| readers(app, snapshot, area.width));
    put(buffer, area, 1, &readers);
    if of_hunt.is_some() {
        return;
    }
    put(buffer, area, 2, &rates(app, snapshot, area.width));
    let verdict = verdict(app.shown.theme, snapshot, usize::from(area.width));
    put(buffer, area, 3, &verdict);
}

fn title(app: &App, width: u16) -> Line<'static> {
    let theme = app.shown.theme;
    let mut spans = vec![Span::styled(" vmascope", theme.style(Role::Title))];
    if let Some(snapshot) = &app.shown.latest {
        if let Some(scene) = &snapshot.scene {
            spans.push(Span::raw("  scenario "));
            spans.push(Span::styled(
                scene.info.case.scenario.clone(),
                theme.style(Role::Title),
            ));
            let (at, of) = scene.number;
            if width >= 80 {
                spans.push(dim(theme, format!(" ({at} of {of})")));
            }
        }
        let ShownTarget { name, kernel, .. } = &*snapshot.target;
        // The least important comes last, and is cut.
        spans.push(dim(
            theme,
            format!("  {kernel}  {}", theme.charset.text(name)),
        ));
    }
    Line::from(spans)
}

/// What the readers lock and where they resume.
fn readers(app: &App, snapshot: &Snapshot, width: u16) -> Line<'static> {
    let theme = app.shown.theme;
    if let Some(why) = &snapshot.ended {
        let gone = format!(" No longer watched: {why}.");
        let texts = vec![format!("{gone} This is its last picture."), gone];
        let text = fitting(texts, usize::from(width));
        return Line::styled(text, theme.style(Role::Notice));
    }
    let mut spans = Vec::new();
    for (name, words) in &snapshot.target.readers {
        let name = if name == "query" {
            "PROCMAP_QUERY"
        } else {
            name
        };
        spans.push(Span::raw(if spans.is_empty() { " " } else { " · " }));
        spans.push(Span::styled(name.to_owned(), theme.style(Role::Title)));
        spans.push(Span::styled(format!(" {words}"), theme.style(Role::Dim)));
        // The second reader only where it fits.
        if width < 120 {
            break;
        }
    }
    Line::from(spans)
}

fn rates(app: &App, snapshot: &Snapshot, width: u16) -> Line<'static> {
    let theme = app.shown.theme;
    let mut spans = Vec::new();
    let mut figure = |number: Option<u64>, unit: &str, role: Role| {
        // What stands still has no rate.
        let number = number.map_or_else(|| "-".to_owned(), short);
        spans.push(Span::styled(format!(" {number:>5}"), theme.style(role)));
        spans.push(Span::styled(format!(" {unit} "), theme.style(Role::Dim)));
    };
    let rates = snapshot.rates;
    figure(rates.map(|it| it.scans), "scans/s", Role::Title);
    let locks = snapshot
        .locks
        .filter(|_| matches!(app.view, View::Space | View::Tears));
    // Where there is little room, lines a second are left out first.
    if width >= 70 || locks.is_none() {
        figure(rates.map(|it| it.lines), "lines/s", Role::Title);
    }
    if snapshot.still.is_some() {
        let unit = if width < 90 { "ops/s" } else { "operations/s" };
        figure(rates.map(|it| it.operations), unit, Role::Title);
    }
    let torn = if rates.is_some_and(|it| it.torn > 0) {
        Role::Duplicate
    } else {
        Role::Title
    };
    let unit = if width < 90 { "torn/s" } else { "torn scans/s" };
    figure(rates.map(|it| it.torn), unit, torn);
    let dropped = if snapshot.dropped > 0 {
        Role::Notice
    } else {
        Role::Dim
    };
    // Where both do not fit, a count of 0 dropped is left out.
    if width >= 70 && (locks.is_none() || width >= 110) || snapshot.dropped > 0 {
        figure(Some(snapshot.dropped), "dropped", dropped);
    }
    if let Some(locks) = locks {
        let what = match (locks.fallbacks, width) {
            (true, 110..) => "fallbacks to mmap_lock/scan",
            (true, 70..) => "fallbacks/scan",
            (true, _) => "fallb/scan",
            (false, 110..) => "mmap_lock acquisitions/scan",
            (false, 70..) => "mmap_lock/scan",
            (false, _) => "locks/scan",
        };
        let text = format!(" {:>5}", few(locks.per_scan));
        spans.push(Span::styled(text, theme.style(Role::Title)));
        spans.push(Span::styled(format!(" {what}"), theme.style(Role::Dim)));
    }
    Line::from(spans)
}

pub(crate) fn dim(theme: Theme, text: String) -> Span<'static> {
    Span::styled(text, theme.style(Role::Dim))
}
