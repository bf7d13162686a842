//! The header: who is watched, how fast, and whether anything forbidden has
//! happened.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use unicode_width::UnicodeWidthStr;

use super::put;
use crate::linux::known_holes::KnownHoles;
use crate::oracle::tally::Tally;
use crate::oracle::unknown_judge::MissingCounts;
use crate::report::latency::format::few;
use crate::sampling::thread::Rate;
use crate::session::snapshot::{Snapshot, TargetInfo};
use crate::text::number::grouped;
use crate::tui::app::{App, RATES, View};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::{count, fitting, short};

/// Draws it.
pub(crate) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    put(buffer, area, 0, &title(app, area.width));
    put(buffer, area, 4, &tabs(app));
    right(app, area, buffer);
    let Some(snapshot) = &app.latest else {
        let line = Line::styled(
            " opening the target and looking at this kernel …",
            app.theme.style(Role::Dim),
        );
        put(buffer, area, 1, &line);
        return;
    };
    put(buffer, area, 1, &readers(app, snapshot, area.width));
    put(buffer, area, 2, &rates(app, snapshot, area.width));
    verdict(app, snapshot, area, buffer);
}

fn title(app: &App, width: u16) -> Line<'static> {
    let theme = app.theme;
    let mut spans = vec![Span::styled(" vmascope", theme.style(Role::Title))];
    if let Some(snapshot) = &app.latest {
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
        let TargetInfo { name, kernel, .. } = &*snapshot.target;
        // The least important comes last, and is cut.
        spans.push(dim(theme, format!("  {kernel}  {name}")));
    }
    Line::from(spans)
}

/// What stands still, and at which rate scans are made.
fn badges(app: &App) -> Line<'static> {
    let mut spans = Vec::new();
    let badge = |text: &str| Span::styled(format!(" {text} "), app.theme.style(Role::Paused));
    let wide = app.size.0 >= 100;
    let words = |long: &'static str, short: &'static str| if wide { long } else { short };
    if app.moves_on() {
        spans.push(badge(words("▶ every scenario in turn", "▶ in turn")));
    }
    if app.frozen.is_some() {
        spans.push(badge(words("❄ display frozen", "❄ frozen")));
    }
    if app.view == View::Latency {
        spans.push(badge(words("⏸ all else stands still", "⏸ else")));
    }
    if app.still {
        spans.push(badge(words("⏸ modifier paused", "⏸ paused")));
    }
    if let Rate::PerSecond(rate) = RATES[app.rate] {
        spans.push(badge(&format!("≤ {rate} {}", words("scans/s", "/s"))));
    }
    Line::from(spans)
}

/// The badges, at the right end of the tabs.
fn right(app: &App, area: Rect, buffer: &mut Buffer) {
    let line = badges(app);
    let width = (line.width() as u16).min(area.width);
    let tab_row = Rect {
        x: area.right() - width,
        y: area.y + 4,
        width,
        height: 1,
    };
    put(buffer, tab_row, 0, &line);
}

/// What the readers lock and where they resume.
fn readers(app: &App, snapshot: &Snapshot, width: u16) -> Line<'static> {
    let theme = app.theme;
    if let Some(why) = &snapshot.ended {
        let gone = format!(" The target is gone: {why}.");
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
    let theme = app.theme;
    let rates = &snapshot.rates;
    let mut spans = Vec::new();
    let mut figure = |number: u64, unit: &str, role: Role| {
        spans.push(Span::styled(
            format!(" {:>5}", short(number)),
            theme.style(role),
        ));
        spans.push(Span::styled(format!(" {unit} "), theme.style(Role::Dim)));
    };
    figure(rates.scans, "scans/s", Role::Title);
    let locks = snapshot
        .locks
        .filter(|_| matches!(app.view, View::Space | View::Tears));
    // Where there is little room, what is rarer goes first.
    if width >= 70 || locks.is_none() {
        figure(rates.lines, "lines/s", Role::Title);
    }
    if snapshot.still.is_some() {
        let unit = if width < 90 { "ops/s" } else { "operations/s" };
        figure(rates.operations, unit, Role::Title);
    }
    let torn = if rates.torn > 0 {
        Role::Duplicate
    } else {
        Role::Title
    };
    let unit = if width < 90 { "torn/s" } else { "torn scans/s" };
    figure(rates.torn, unit, torn);
    let dropped = if snapshot.dropped > 0 {
        Role::Notice
    } else {
        Role::Dim
    };
    // Where both do not fit, nothing dropped is the less interesting.
    if width >= 70 && (locks.is_none() || width >= 110) || snapshot.dropped > 0 {
        figure(snapshot.dropped, "dropped", dropped);
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

/// Whether anything forbidden has happened.
fn verdict(app: &App, snapshot: &Snapshot, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme;
    let overall = &snapshot.overall;
    let mut here = snapshot.tally.clone();
    here.merge(&snapshot.query_tally);
    let line = if let Some(missing) = snapshot.missing {
        unknown(theme, missing, overall, usize::from(area.width))
    } else if here.violation_count() > 0 {
        let text = format!(
            " ✗ {} ",
            violations(&here, usize::from(area.width).saturating_sub(4))
        );
        let text = format!("{text:<width$}", width = usize::from(area.width));
        Line::styled(text, theme.style(Role::ViolationBanner))
    } else if overall.violation_count() > 0 {
        Line::from(vec![
            Span::styled(" ✓ 0 holes in this scenario", theme.style(Role::Good)),
            Span::styled(
                format!(
                    "   earlier: ✗ {}",
                    violations(overall, usize::from(area.width).saturating_sub(42))
                ),
                theme.style(Role::Violation),
            ),
        ])
    } else {
        Line::from(vec![
            Span::styled(" ✓ 0 holes", theme.style(Role::Good)),
            Span::styled(
                format!(
                    ": nothing forbidden seen in {} scans",
                    grouped(overall.scans)
                ),
                theme.style(Role::Dim),
            ),
        ])
    };
    put(buffer, area, 3, &line);
}

/// What can be said of a target whose states nobody knows.
fn unknown(theme: Theme, missing: MissingCounts, tally: &Tally, width: usize) -> Line<'static> {
    let duplicates = tally.duplicates();
    let certain = format!(" ≈ {}", count(duplicates, "duplicate"));
    let normal = format!(
        ", {}, {} remapped in {}",
        count(missing.blinks, "blink"),
        grouped(missing.remapped),
        count(tally.scans, "scan")
    );
    let room = width.saturating_sub(certain.chars().count());
    let normal = fitting(
        vec![format!("{normal}; its states are unknown"), normal],
        room,
    );
    let role = if duplicates > 0 {
        Role::Duplicate
    } else {
        Role::Dim
    };
    Line::from(vec![
        Span::styled(certain, theme.style(role)),
        Span::styled(normal, theme.style(Role::Dim)),
    ])
}

/// `HOLES: 2,863 H1, the empty tree. A promise is broken.`, or as much of it as
/// there is room for.
fn violations(tally: &Tally, room: usize) -> String {
    let mut labels: Vec<(u64, &str, String)> = KnownHoles::sets()
        .map(|known| {
            let mut one = known.iter();
            let words = match (one.next(), one.next()) {
                (Some(hole), None) => format!(", {}", hole.name()),
                _ => String::new(),
            };
            let label = known.label().unwrap_or("not known");
            (tally.labelled(known), label, words)
        })
        .filter(|(count, ..)| *count > 0)
        .collect();
    if tally.labelled(KnownHoles::NONE) > 0 {
        // Those that have a name come first.
        labels.rotate_left(1);
    }
    let list = |with_words: bool| {
        let each = labels.iter().map(|(count, label, words)| {
            let words = if with_words { words } else { "" };
            format!("{} {label}{words}", grouped(*count))
        });
        each.collect::<Vec<_>>().join(" · ")
    };
    let holes: u64 = tally.violations[0].iter().sum();
    let what = if holes == tally.violation_count() {
        "HOLES"
    } else {
        "VIOLATIONS"
    };
    let texts = vec![
        format!("{what}: {}. A promise is broken.", list(true)),
        format!("{what}: {}. A promise is broken.", list(false)),
        format!("{what}: {}", list(false)),
        format!("{what}: {}", grouped(tally.violation_count())),
    ];
    fitting(texts, room)
}

fn tabs(app: &App) -> Line<'static> {
    let theme = app.theme;
    let room = usize::from(app.size.0).saturating_sub(badges(app).width());
    let fits = |texts: &[(View, String)]| {
        let columns: usize = texts.iter().map(|(_, text)| text.width() + 1).sum();
        columns < room
    };
    let texts = [Names::Roomy, Names::Close]
        .map(|names| tab_texts(app, names))
        .into_iter()
        .find(|texts| fits(texts))
        .unwrap_or_else(|| tab_texts(app, Names::Short));
    let mut spans = vec![Span::raw(" ")];
    for (view, text) in texts {
        let style = if view == app.view {
            theme.style(Role::SelectedTab)
        } else {
            Style::new()
        };
        spans.push(Span::styled(text, style));
        spans.push(Span::raw(" "));
    }
    if let Some(scene) = app.latest.as_ref().and_then(|it| it.scene.as_ref())
        && app.size.0 >= 140
        && app.view != View::Latency
        && app.frozen.is_none()
    {
        let place = format!("site {}", scene.info.placement.description());
        spans.push(dim(theme, format!("  {}; {place}", scene.info.summary)));
    }
    Line::from(spans)
}

/// How much the tabs say.
#[derive(Clone, Copy)]
enum Names {
    /// Names with room around them, and how many tears there are.
    Roomy,
    /// Names.
    Close,
    /// The name of the view that is shown, the beginnings of the others.
    Short,
}

fn tab_texts(app: &App, names: Names) -> Vec<(View, String)> {
    let shown = (1..)
        .zip(View::ALL)
        .filter(|(_, view)| !view.needs_modifier() || !app.is_foreign());
    let text = |digit: usize, view: View| {
        let name = view.name();
        match names {
            Names::Roomy if view == View::Tears && !app.tears.is_empty() => {
                format!(" {digit} {name} ({}) ", app.tears.len())
            }
            Names::Roomy => format!(" {digit} {name} "),
            Names::Short if view != app.view => {
                format!("{digit} {}", name.get(..3).unwrap_or(name))
            }
            Names::Close | Names::Short => format!("{digit} {name}"),
        }
    };
    shown
        .map(|(digit, view)| (view, text(digit, view)))
        .collect()
}

fn dim(theme: Theme, text: String) -> Span<'static> {
    Span::styled(text, theme.style(Role::Dim))
}
