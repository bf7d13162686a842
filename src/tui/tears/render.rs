//! The Tears: what was found, violations on top, each to be opened.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use crate::events::event::{Event, EventKind, Seen};
use crate::scenario::definition::scenarios;
use crate::session::rates::KINDS;
use crate::tui::app::{App, Listed};
use crate::tui::frame::{body_area, put, wrapped};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::{count, cut};

/// Columns from which the list and the open tear stand side by side.
const SIDE_BY_SIDE: u16 = 110;
/// Columns of the list then.
const LIST: u16 = 56;

/// The row scrolled to and the last one: of the open tear, else of the list.
#[must_use]
pub(crate) fn scroll_range(app: &App) -> (usize, usize) {
    let tears = app.shown_tears();
    match (tears.open, tears.current()) {
        (Some(top), Some(listed)) => {
            let area = open_area(body_area(app));
            let rows = open_lines(app.theme, listed, area.width).len();
            let last = rows.saturating_sub(usize::from(area.height));
            (usize::from(top).min(last), last)
        }
        _ => (tears.position(), tears.len().saturating_sub(1)),
    }
}

/// The inside of the box of the open tear.
fn open_area(area: Rect) -> Rect {
    let outer = open_box(area);
    Block::bordered().inner(outer)
}

fn open_box(area: Rect) -> Rect {
    if area.width < SIDE_BY_SIDE {
        return area;
    }
    Rect {
        x: area.x + LIST,
        width: area.width - LIST,
        ..area
    }
}

/// Draws it.
pub(crate) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let wide = area.width >= SIDE_BY_SIDE;
    let tears = app.shown_tears();
    let is_open = tears.open.is_some() && !tears.is_empty();
    if wide || !is_open {
        let list = if wide {
            Rect {
                width: LIST,
                ..area
            }
        } else {
            area
        };
        let used = sparklines(app, list, buffer);
        let rest = Rect {
            y: list.y + used,
            height: list.height.saturating_sub(used),
            ..list
        };
        render_list(app, rest, buffer);
    }
    if wide || is_open {
        render_open(app, area, buffer);
    }
}

/// A row for each kind: its rate over time. Gives the rows used.
fn sparklines(app: &App, area: Rect, buffer: &mut Buffer) -> u16 {
    let Some(snapshot) = &app.shown else {
        return 0;
    };
    let theme = app.theme;
    let label = 26;
    let width = usize::from(area.width).saturating_sub(label + 10);
    let rows = if area.height < 12 { 2 } else { KINDS.len() };
    // Where there is room for two only, they are duplicates and violations.
    let kinds: &[usize] = if rows == 2 { &[0, 3] } else { &[0, 1, 2, 3] };
    for (y, &kind) in (0..).zip(kinds) {
        let points: Vec<u64> = snapshot.history.iter().map(|point| point[kind]).collect();
        let shown = &points[points.len().saturating_sub(width)..];
        let last_second: u64 = points.iter().rev().take(4).sum();
        let role = match (kind, shown.iter().any(|&n| n > 0)) {
            (3, true) => Role::Violation,
            (3, false) => Role::Good,
            (_, true) => Role::Duplicate,
            (_, false) => Role::Dim,
        };
        let line = Line::from(vec![
            Span::styled(
                format!(" {:<label$}", KINDS[kind], label = label - 1),
                theme.style(role),
            ),
            Span::styled(sparkline(shown), theme.style(role)),
            Span::styled(
                format!(" {}/s", crate::tui::widgets::text::short(last_second)),
                theme.style(Role::Dim),
            ),
        ]);
        put(buffer, area, y, &line);
    }
    rows as u16 + 1
}

/// One character a point, the tallest for the largest; nothing is `·`.
fn sparkline(points: &[u64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = points.iter().copied().max().unwrap_or(0).max(1);
    points
        .iter()
        .map(|&point| match point {
            0 => '·',
            _ => {
                BARS[((u128::from(point) * 8).div_ceil(u128::from(most)) as usize).clamp(1, 8) - 1]
            }
        })
        .collect()
}

fn render_list(app: &App, area: Rect, buffer: &mut Buffer) {
    let tears = app.shown_tears();
    let theme = app.theme;
    if tears.is_empty() {
        let text = "Nothing torn yet. A tear is a scan whose lines come from different states: \
                    the writer was faster than the reader. It appears here by itself.";
        for (y, line) in (0..).zip(wrapped(
            text,
            area.width.saturating_sub(4),
            theme.style(Role::Dim),
        )) {
            let inner = Rect {
                x: area.x + 2,
                width: area.width.saturating_sub(2),
                ..area
            };
            put(buffer, inner, y, &line);
        }
        return;
    }
    // Tears come faster than anybody reads: not all of them are listed.
    let what = "newest first; a sample, the totals count all";
    let heading = cut(&format!("   {:<8} {what}", "when"), usize::from(area.width));
    put(
        buffer,
        area,
        0,
        &Line::styled(heading, theme.style(Role::Dim)),
    );
    let rows = usize::from(area.height.saturating_sub(1));
    let at = tears.position();
    let top = (at + 1).saturating_sub(rows);
    for (y, (i, listed)) in (1..).zip(tears.list().enumerate().skip(top).take(rows)) {
        let mut line = item(theme, listed, usize::from(area.width));
        if i == at {
            line = line.style(theme.style(Role::Selected));
            let row = Rect {
                y: area.y + y,
                height: 1,
                ..area
            };
            buffer.set_style(row, theme.style(Role::Selected));
        }
        put(buffer, area, y, &line);
    }
}

fn item(theme: Theme, listed: &Listed, width: usize) -> Line<'static> {
    let event = &listed.found.event;
    let (glyph, role) = mark(event);
    let label = event
        .known
        .as_ref()
        .map_or(String::new(), |known| format!(" {known}"));
    let at = listed.found.at;
    let when = format!("{:>5}.{:01} s", at.as_secs(), at.subsec_millis() / 100);
    let by = &event.case;
    let text = format!("{}{label}  {by}", event.title());
    Line::from(vec![
        Span::styled(format!(" {glyph} "), theme.style(role)),
        Span::styled(format!("{when} "), theme.style(Role::Dim)),
        Span::styled(cut(&text, width.saturating_sub(13)), theme.style(role)),
    ])
}

fn mark(event: &Event) -> (&'static str, Role) {
    match event.kind {
        EventKind::Violation => ("✗", Role::Violation),
        EventKind::Blink => ("○", Role::Dim),
        EventKind::Tear if event.name.starts_with("backward") => ("◄", Role::Duplicate),
        EventKind::Tear => ("≈", Role::Duplicate),
    }
}

fn render_open(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme;
    let Some(listed) = app.shown_tears().current() else {
        return;
    };
    let (glyph, role) = mark(&listed.found.event);
    let outer = open_box(area);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(Role::Rule))
        .title(Line::styled(
            format!(" {glyph} {} ", listed.found.event.title()),
            theme.style(role),
        ));
    let inner = block.inner(outer);
    block.render(outer, buffer);
    let (top, _) = match app.shown_tears().open {
        Some(_) => scroll_range(app),
        None => (0, 0),
    };
    let lines = open_lines(theme, listed, inner.width);
    for (y, line) in (0..inner.height).zip(lines.iter().skip(top)) {
        put(buffer, inner, y, line);
    }
    if lines.len() > top + usize::from(inner.height) {
        let corner = Rect {
            x: outer.right().saturating_sub(12),
            y: outer.bottom().saturating_sub(1),
            width: 10,
            height: 1,
        };
        let more = Line::styled(" ↓ more ", theme.style(Role::Key));
        put(buffer, corner, 0, &more);
    }
}

fn under_way(event: &Event) -> String {
    if event.standing_still {
        return "nothing: the modifier stood still".into();
    }
    event.under_way.join(", ")
}

/// Everything that is known of a find.
fn open_lines(theme: Theme, listed: &Listed, width: u16) -> Vec<Line<'static>> {
    let event = &listed.found.event;
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
        EventKind::Blink => "normal: unmapped and mapped again, or skipped; nobody can tell",
        EventKind::Tear => "allowed",
    });
    let states: Vec<String> = event
        .allowed_states
        .iter()
        .map(|state| state_word(event, *state))
        .collect();
    // Of a target that is not ours neither the site nor the operations are known.
    let (site, window) = match event.begun {
        u64::MAX => (String::new(), String::new()),
        begun => (
            format!(", site {}", event.placement.description()),
            format!(
                "{} begun while it was read; it may show: {}",
                count(begun.saturating_sub(event.finished), "operation"),
                states.join(", ")
            ),
        ),
    };
    let facts = [
        ("verdict", label.to_owned()),
        (
            "seen",
            format!(
                "{}, scan {}{site}",
                event.case,
                crate::text::number::grouped(event.scan)
            ),
        ),
        ("window", window),
        ("under way", under_way(event)),
    ];
    for (name, text) in facts.into_iter().filter(|(_, text)| !text.is_empty()) {
        let room = width.saturating_sub(12);
        for (i, line) in wrapped(&text, room, Style::new()).into_iter().enumerate() {
            let name = if i == 0 { name } else { "" };
            let mut spans = vec![Span::styled(format!("{name:<10} "), theme.style(Role::Dim))];
            spans.extend(line.spans);
            lines.push(Line::from(spans));
        }
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
            EventKind::Violation => Role::ViolationBanner,
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
                // What blinked is in none of the lines.
                let is_it = line.marked && event.kind != EventKind::Blink;
                let glyph = if is_it { mark(event).0 } else { " " };
                let style = if is_it {
                    theme.style(role)
                } else {
                    Style::new()
                };
                let text = cut(line.text.trim_end(), width.saturating_sub(4));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_shows_nothing_as_nothing() {
        assert_eq!(sparkline(&[0, 1, 4, 8, 0]), "·▁▄█·");
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[u64::MAX]), "█");
    }
}
