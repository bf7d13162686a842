//! The header: who is watched, and whether anything forbidden has happened. The rest is
//! in the help ([`details`](crate::tui::overlay::details)).

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::tabs;
use super::verdict::verdict;
use crate::session::snapshot::{ShownTarget, Snapshot};
use crate::text::number::{grouped, short};
use crate::tui::app::App;
use crate::tui::fuzz::render::figures;
use crate::tui::theme::{Role, Theme};
use crate::tui::view::View;
use crate::tui::widgets::split::{split_columns, split_rows};
use crate::tui::widgets::text::{cut, fitting, put, whole};

/// Columns from which the rate stands beside the verdict, and from which that of torn
/// scans does, too.
const RATE: u16 = 76;
const RATES: u16 = 100;

pub(crate) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.shown.theme;
    tabs::render(app, split_rows(area, 2).1, buffer);
    let hunt = (app.fuzz.snapshot.as_ref()).filter(|_| app.view == View::Fuzz);
    if let Some(hunt) = hunt {
        for (row, line) in (0..).zip(figures::of_header(theme, hunt, area.width)) {
            put(buffer, area, row, &line);
        }
    }
    if let Some(silence) = &app.silence {
        let text = cut(
            &format!(" Waiting: {}", silence.text),
            usize::from(area.width),
        );
        put(
            buffer,
            area,
            0,
            &Line::styled(text, theme.style(Role::Notice)),
        );
    } else if hunt.is_none() {
        put(buffer, area, 0, &watched(app, area.width));
    }
    if let (Some(snapshot), None) = (&app.shown.latest, hunt) {
        judged(theme, snapshot, split_rows(area, 1).1, buffer);
    }
}

/// Who is watched by which reader, which the least important follows: that is left out
/// first.
fn watched(app: &App, width: u16) -> Line<'static> {
    let theme = app.shown.theme;
    let mut parts = vec![Span::styled(" vmascope", theme.style(Role::Title))];
    let Some(snapshot) = &app.shown.latest else {
        parts.push(dim(
            theme,
            "  opening the target and looking at this kernel …".into(),
        ));
        return Line::from(parts);
    };
    if let Some(why) = &snapshot.ended {
        let gone = format!(" No longer watched: {why}.");
        let texts = vec![format!("{gone} This is its last picture."), gone];
        let text = fitting(texts, usize::from(width));
        return Line::styled(text, theme.style(Role::Notice));
    }
    let ShownTarget {
        name,
        kernel,
        readers,
    } = &*snapshot.target;
    let name = dim(theme, format!("  {}", theme.charset.text(name)));
    match &snapshot.scene {
        Some(scene) => {
            parts.push(dim(theme, "  scenario ".into()));
            let scenario = scene.info.case.scenario.clone();
            parts.push(Span::styled(scenario, theme.style(Role::Title)));
        }
        None => parts.push(name.clone()),
    }
    if let Some((reader, words)) = readers.first() {
        // What it locks, and then where it resumes.
        let (locks, resumes) = words.split_at(words.find(',').unwrap_or(words.len()));
        parts.push(Span::styled(
            format!("  {reader}"),
            theme.style(Role::Title),
        ));
        parts.push(dim(theme, format!(" {locks}")));
        parts.push(dim(theme, resumes.to_owned()));
    }
    parts.push(dim(theme, format!("  {kernel}")));
    if snapshot.scene.is_some() {
        parts.push(name);
    }
    whole(parts, width, 3)
}

/// The verdict, and beside it how many scans it comes from.
fn judged(theme: Theme, snapshot: &Snapshot, area: Rect, buffer: &mut Buffer) {
    let rates = rates(theme, snapshot, area.width);
    let left = area.width.saturating_sub(rates.width() as u16);
    let (verdict_area, rates_area) = split_columns(area, left);
    let verdict = verdict(theme, snapshot, usize::from(verdict_area.width));
    put(buffer, verdict_area, 0, &verdict);
    put(buffer, rates_area, 0, &rates);
}

/// What the help says more of. What is lost is said in any case.
fn rates(theme: Theme, snapshot: &Snapshot, width: u16) -> Line<'static> {
    let mut spans = Vec::new();
    if snapshot.dropped > 0 {
        let text = format!("  {} dropped ", grouped(snapshot.dropped));
        spans.push(Span::styled(text, theme.style(Role::Notice)));
    }
    // What stands still has no rate.
    let mut figure = |number: Option<u64>, unit: &str, role: Role| {
        let number = number.map_or_else(|| "-".to_owned(), short);
        spans.push(Span::styled(format!("  {number:>5}"), theme.style(role)));
        spans.push(dim(theme, format!(" {unit}")));
    };
    let rates = snapshot.rates;
    if width >= RATE {
        figure(rates.map(|it| it.scans), "scans/s", Role::Title);
    }
    if width >= RATES {
        let torn = match rates.is_some_and(|it| it.torn > 0) {
            true => Role::Duplicate,
            false => Role::Title,
        };
        figure(rates.map(|it| it.torn), "torn/s", torn);
    }
    spans.push(Span::raw(" "));
    Line::from(spans)
}

pub(crate) fn dim(theme: Theme, text: String) -> Span<'static> {
    Span::styled(text, theme.style(Role::Dim))
}
