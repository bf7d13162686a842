//! The Coverage: scenario by reader, what was seen, and what that bounds.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Coverage;
use crate::oracle::tally::Tally;
use crate::scenario::catalogue::scenarios;
use crate::session::coverage::{CoverageRow, CoverageState};
use crate::text::number::{grouped, short};
use crate::tui::scroll::Scrolled;
use crate::tui::shown::Shown;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::split::split_rows;
use crate::tui::widgets::text::{cut, put, put_rows};

/// Columns of a scenario's name.
const NAME: usize = 20;
/// Columns of a reader's name.
const READER: usize = 7;
/// Columns of a count, the space before it included, and where there is little
/// room.
const COUNT: (usize, usize) = (8, 7);
/// Columns from which there is more room.
const ROOM: usize = 76;
/// Columns from which duplicates are told apart.
const WIDE: u16 = 100;

pub(crate) fn scrolled(coverage: Coverage, shown: &Shown) -> Scrolled {
    let rows = rows(shown);
    let fitting = usize::from(shown.body().height.saturating_sub(1));
    let running = rows
        .iter()
        .position(|row| row.state == CoverageState::Running);
    // The scenario that runs stays in the middle.
    let follow = running.unwrap_or(0).saturating_sub(fitting / 2);
    Scrolled::in_text(coverage.top.unwrap_or(follow), rows.len(), fitting)
}

/// The scenario in this row of the screen: its position in the catalogue.
pub(crate) fn scenario_at(coverage: Coverage, shown: &Shown, row: u16) -> Option<usize> {
    let offset = usize::from(row.checked_sub(shown.body().y + 1)?);
    let top = scrolled(coverage, shown).at;
    let name = &rows(shown).get(top + offset)?.case.scenario;
    scenarios().iter().position(|one| one.name == *name)
}

fn rows(shown: &Shown) -> &[CoverageRow] {
    shown
        .snapshot
        .as_ref()
        .map_or(&[], |snapshot| &snapshot.coverage)
}

pub(crate) fn render(coverage: Coverage, shown: &Shown, area: Rect, buffer: &mut Buffer) {
    let theme = shown.theme;
    let rows = rows(shown);
    if rows.is_empty() {
        let line = Line::styled("  nothing is known yet …", theme.style(Role::Dim));
        put(buffer, area, 1, &line);
        return;
    }
    let columns = columns(area.width);
    let width = usize::from(area.width);
    put(buffer, area, 0, &heading(theme, rows, &columns, width));
    let top = scrolled(coverage, shown).at;
    let lines = rows.iter().enumerate().skip(top).map(|(i, row)| {
        // The scenario is named in its first row only.
        let first = i == top || rows[i - 1].case.scenario != row.case.scenario;
        row_line(theme, row, first, &columns, width)
    });
    let (_, below) = split_rows(area, 1);
    put_rows(buffer, below, theme, &lines.collect::<Vec<_>>(), 0);
}

/// The heading of a column, and its count.
type Column = (&'static str, fn(&Tally) -> u64);

fn columns(width: u16) -> Vec<Column> {
    let scans: Column = ("scans", |tally| tally.scans);
    let torn: Column = ("torn", |tally| tally.torn);
    if width < WIDE {
        return vec![scans, torn, ("dup", Tally::duplicates)];
    }
    vec![
        scans,
        ("lines", |tally| tally.lines),
        torn,
        ("dup at", |tally| tally.duplicates_at_boundary),
        ("dup in", |tally| tally.duplicates_inside),
        ("back", |tally| tally.backward),
    ]
}

fn count_width(width: usize) -> usize {
    if width < ROOM { COUNT.1 } else { COUNT.0 }
}

fn heading(theme: Theme, rows: &[CoverageRow], columns: &[Column], width: usize) -> Line<'static> {
    let count = count_width(width);
    let seen = rows.iter().filter(|row| row.tally.scans > 0).count();
    let mut text = format!("   {:<NAME$} {:<READER$}", "scenario", "reader");
    for (name, _) in columns {
        text.push_str(&format!("{name:>count$}"));
    }
    text.push_str(&if width < ROOM {
        "  holes".to_owned()
    } else {
        format!("   holes a scan ({seen} of {})", rows.len())
    });
    Line::styled(text, theme.style(Role::Dim))
}

fn row_line(
    theme: Theme,
    row: &CoverageRow,
    first: bool,
    columns: &[Column],
    width: usize,
) -> Line<'static> {
    let tally = &row.tally;
    let violations = tally.violation_count();
    let (glyph, role) = match &row.state {
        CoverageState::NotYet => ("·", Role::Dim),
        CoverageState::Skipped(_) => ("-", Role::Dim),
        _ if violations > 0 => ("✗", Role::Violation),
        // It runs, and nothing was judged yet.
        _ if tally.scans == 0 => ("·", Role::Dim),
        CoverageState::Running | CoverageState::Done => ("✓", Role::Good),
    };
    let runs = row.state == CoverageState::Running;
    let name = if first { &*row.case.scenario } else { "" };
    let plain = match row.state {
        CoverageState::Running => Role::Title,
        CoverageState::Done => Role::Plain,
        _ => Role::Dim,
    };
    let mut spans = vec![
        Span::styled(if runs { "▶" } else { " " }, theme.style(Role::Key)),
        Span::styled(format!("{glyph} "), theme.style(role)),
        Span::styled(
            format!("{name:<NAME$} {:<READER$}", row.case.reader),
            theme.style(plain),
        ),
    ];
    if let CoverageState::Skipped(why) = &row.state {
        let room = width.saturating_sub(NAME + READER + 6);
        let text = cut(&format!("  skipped: {why}"), room);
        spans.push(Span::styled(text, theme.style(Role::Dim)));
        return Line::from(spans);
    }
    let room = count_width(width);
    for (name, count) in columns {
        let is_query = row.case.reader == "query";
        let number = count(tally);
        // A query is one answer: it is not torn, and duplicates nothing.
        let text = match *name {
            "scans" | "lines" => short(number),
            _ if is_query => "-".into(),
            _ => short(number),
        };
        let text = if tally.scans == 0 { "".into() } else { text };
        let torn = number > 0 && !matches!(*name, "scans" | "lines");
        let style = theme.style(if torn { Role::Duplicate } else { plain });
        spans.push(Span::styled(format!("{text:>room$}"), style));
    }
    let (gap, found) = match tally.bound() {
        Some(bound) if width < ROOM => (" ", format!("<{bound:.1e}")),
        Some(bound) => ("   ", format!("0, so < {bound:.1e}")),
        None if width < ROOM => (" ", found(tally)),
        None => ("   ", found(tally)),
    };
    spans.push(Span::raw(gap));
    spans.push(Span::styled(found, theme.style(role)));
    Line::from(spans)
}

/// The violations by label.
fn found(tally: &Tally) -> String {
    let named = tally.named().map(|(kind, known, count)| {
        let count = grouped(count);
        match (kind, known.label()) {
            ("hole", Some(known)) => format!("{known}: {count}"),
            (kind, Some(known)) => format!("{kind} {known}: {count}"),
            (kind, None) => format!("{kind}, unknown: {count}"),
        }
    });
    named.collect::<Vec<_>>().join(" · ")
}
