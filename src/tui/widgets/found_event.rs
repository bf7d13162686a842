//! A tear or a violation: its sign, and everything that is known of it.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::text::{cut, wrapped};
use crate::events::event::{Event, EventKind, Seen};
use crate::scenario::catalogue::scenarios;
use crate::text::number::{count, grouped};
use crate::tui::theme::{Role, Theme};

/// The sign of what was found, and its role.
pub(crate) fn mark(event: &Event) -> (&'static str, Role) {
    match event.kind {
        EventKind::Violation | EventKind::SuspectedHole => ("✗", Role::Violation),
        EventKind::Blink => ("○", Role::Dim),
        EventKind::Tear if event.name.starts_with("backward") => ("◄", Role::Duplicate),
        EventKind::Tear => ("≈", Role::Duplicate),
    }
}

fn under_way(event: &Event) -> String {
    if event.standing_still {
        return "nothing: the modifier stood still".into();
    }
    event.under_way.join(", ")
}

/// Everything that is known of a find.
pub(crate) fn open_lines(theme: Theme, event: &Event, width: u16) -> Vec<Line<'static>> {
    let (_, role) = mark(event);
    let mut lines = seen_lines(theme, event, usize::from(width), role);
    lines.push(Line::default());
    lines.extend(wrapped(
        &event.sentence,
        width.saturating_sub(1),
        Style::new(),
    ));
    lines.push(Line::default());
    let label = event.known.as_deref().unwrap_or(match event.kind {
        EventKind::Violation => "the mechanism is not known",
        EventKind::Blink if !event.under_way.is_empty() => "normal: a call accounts for it",
        EventKind::Blink => "normal: unmapped and mapped again, or skipped; nobody can tell",
        EventKind::SuspectedHole => "suspected: no call of the target unmapped it",
        EventKind::Tear => "allowed",
    });
    // Of a target that is not ours neither the site nor the operations are known.
    let (site, window) = event
        .window
        .as_ref()
        .map_or_else(Default::default, |window| {
            let states = window.allowed_states.iter();
            let states: Vec<String> = states.map(|state| state_word(event, *state)).collect();
            (
                format!(", site {}", event.placement.description()),
                format!(
                    "{} begun while it was read; it may show: {}",
                    count(window.begun.saturating_sub(window.finished), "operation"),
                    states.join(", ")
                ),
            )
        });
    let facts = [
        ("verdict", label.to_owned()),
        (
            "seen",
            format!("{}, scan {}{site}", event.case, grouped(event.scan)),
        ),
        ("window", window),
        ("under way", under_way(event)),
    ];
    for (name, text) in facts.into_iter().filter(|(_, text)| !text.is_empty()) {
        lines.extend(fact(theme, name, &text, width));
    }
    lines
}

/// A text with a name before its first line.
pub(crate) fn fact(theme: Theme, name: &str, text: &str, width: u16) -> Vec<Line<'static>> {
    let room = width.saturating_sub(12);
    let mut lines = wrapped(text, room, Style::new());
    for (i, line) in lines.iter_mut().enumerate() {
        let name = if i == 0 { name } else { "" };
        let name = Span::styled(format!("{name:<10} "), theme.style(Role::Dim));
        line.spans.insert(0, name);
    }
    lines
}

/// The name of a state of the scenario in which something was found.
fn state_word(event: &Event, state: usize) -> String {
    let of_two = scenarios()
        .iter()
        .find(|scenario| scenario.name == event.case.scenario)
        .is_some_and(|scenario| scenario.states().count() == 2);
    match state {
        0 => "original".to_owned(),
        1 if of_two => "modified".to_owned(),
        k => format!("state {k}"),
    }
}

/// The lines around it, with a rule at each chunk boundary; or the query.
fn seen_lines(theme: Theme, event: &Event, width: usize, role: Role) -> Vec<Line<'static>> {
    let missing = |(start, end): (u64, u64)| {
        let banner = match event.kind {
            EventKind::Violation | EventKind::SuspectedHole => Role::ViolationBanner,
            EventKind::Blink | EventKind::Tear => role,
        };
        let glyph = mark(event).0;
        Line::styled(
            format!(" {glyph}  {start:x}-{end:x} is missing "),
            theme.style(banner),
        )
    };
    let mut lines = Vec::new();
    match &event.seen {
        Seen::Text(text) => {
            let mut chunk = None;
            for line in &text.excerpt.lines {
                if chunk.is_some_and(|chunk| chunk != line.chunk) {
                    let rule = format!("─── chunk {} ", line.chunk);
                    let fill = "─".repeat(width.saturating_sub(rule.chars().count()));
                    lines.push(Line::styled(
                        format!("{rule}{fill}"),
                        theme.style(Role::Rule),
                    ));
                }
                chunk = Some(line.chunk);
                if line.marked {
                    lines.extend(text.hole.map(missing));
                }
                // What was missing has no line here.
                let is_it = line.marked
                    && !matches!(event.kind, EventKind::Blink | EventKind::SuspectedHole);
                let glyph = if is_it { mark(event).0 } else { " " };
                let style = if is_it {
                    theme.style(role)
                } else {
                    Style::new()
                };
                let text = cut(
                    &theme.charset.text(line.text.trim_end()),
                    width.saturating_sub(4),
                );
                lines.push(Line::styled(format!(" {glyph}  {text}"), style));
            }
        }
        Seen::Query(query) => {
            let answer = query
                .answer
                .map_or("ENOENT: nothing there".into(), |(start, end)| {
                    format!("{start:x}-{end:x}")
                });
            lines.push(Line::raw(format!(
                " PROCMAP_QUERY at {:x} ({})",
                query.address, query.lookup
            )));
            lines.push(Line::styled(
                format!(" answered {answer}"),
                theme.style(role),
            ));
            lines.extend(query.hole.map(missing));
        }
    }
    lines
}
