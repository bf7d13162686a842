//! The picture of the Coverage: scenario by reader, a glyph each, and one scenario in
//! words.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::grid::{CELL, NAME};
use super::words::{mark, sentence};
use super::{Coverage, scenarios};
use crate::scenario::catalogue;
use crate::scenario::definition::Scenario;
use crate::session::coverage::{CoverageRow, CoverageState};
use crate::tui::shown::Shown;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::scenario_layout;
use crate::tui::widgets::split::split_rows;
use crate::tui::widgets::text::{put, put_rows, wrapped};

/// Columns of a reader's name before its sentence.
const INDENT: usize = 9;

/// The scenario at this place of the screen: its position in the catalogue.
pub(crate) fn scenario_at(coverage: Coverage, shown: &Shown, at: Position) -> Option<usize> {
    let mut cells = coverage.grid(shown).cells();
    let (number, _) = cells.find(|(_, cell)| cell.contains(at))?;
    let name = &scenarios(shown).nth(number)?.first()?.case.scenario;
    (catalogue::scenarios().iter()).position(|one| one.name == *name)
}

pub(crate) fn render(coverage: Coverage, shown: &Shown, area: Rect, buffer: &mut Buffer) {
    let theme = shown.theme;
    let all: Vec<&[CoverageRow]> = scenarios(shown).collect();
    let Some(first) = all.first() else {
        let line = Line::styled("  nothing is known yet …", theme.style(Role::Dim));
        put(buffer, area, 1, &line);
        return;
    };
    let (grid, at) = (coverage.grid(shown), coverage.at(shown));
    for heading_area in grid.headings() {
        put(buffer, heading_area, 0, &heading(theme, first));
    }
    for (number, cell) in grid.cells() {
        put(
            buffer,
            cell,
            0,
            &cell_line(theme, all[number], number == at),
        );
    }
    let below = grid.below();
    let rows = all.get(at).copied().unwrap_or_default();
    let name = rows.first().map_or("", |row| &row.case.scenario);
    let mut head = vec![Span::styled(format!("  {name}"), theme.style(Role::Title))];
    head.push(Span::styled(hidden(grid.hidden()), theme.style(Role::Dim)));
    put(buffer, below, 0, &Line::from(head));
    let mut words = words(theme, rows, below.width);
    let below = split_rows(below, 1).1;
    // Its picture, where there is room for all of it.
    if let Ok(scenario) = catalogue::find(name) {
        let picture = picture(theme, scenario, below.width);
        if words.len() + picture.len() <= usize::from(below.height) {
            words.extend(picture);
        }
    }
    put_rows(buffer, below, theme, &words, 0);
}

/// What the scenario does.
fn picture(theme: Theme, scenario: &Scenario, width: u16) -> Vec<Line<'static>> {
    let style = theme.style(Role::Dim);
    let mut lines = vec![Line::default()];
    for mut line in wrapped(&scenario.summary, width.saturating_sub(3), style) {
        line.spans.insert(0, Span::raw("  "));
        lines.push(line);
    }
    lines.push(Line::default());
    lines.extend(scenario_layout::rows(
        theme,
        scenario,
        scenario_layout::LABELS,
    ));
    lines
}

fn heading(theme: Theme, readers: &[CoverageRow]) -> Line<'static> {
    let mut text = format!("  {:<name$}", "scenario", name = usize::from(NAME) - 2);
    for row in readers {
        text.push_str(&format!(
            "{:<cell$}",
            row.case.reader,
            cell = usize::from(CELL)
        ));
    }
    Line::styled(text, theme.style(Role::Dim))
}

fn cell_line(theme: Theme, rows: &[CoverageRow], is_selected: bool) -> Line<'static> {
    let is_running = rows.iter().any(|row| row.state == CoverageState::Running);
    let name = rows.first().map_or("", |row| &row.case.scenario);
    let role = match (is_selected, rows.iter().any(|row| row.tally.scans > 0)) {
        (true, _) => Role::Selected,
        (_, true) => Role::Plain,
        (_, false) => Role::Dim,
    };
    let sign = if is_running { "▶" } else { " " };
    let mut spans = vec![
        Span::styled(sign, theme.style(Role::Key)),
        Span::styled(
            format!("{name:<width$}", width = usize::from(NAME) - 2),
            theme.style(role),
        ),
        Span::raw(" "),
    ];
    for row in rows {
        let (text, role) = mark(row);
        let text = format!("{text:<width$.width$}", width = usize::from(CELL));
        spans.push(Span::styled(text, theme.style(role)));
    }
    Line::from(spans)
}

/// How many scenarios there is no room for.
fn hidden((above, below): (usize, usize)) -> String {
    let mut text = String::new();
    if above > 0 {
        text.push_str(&format!("  ↑ {above} more"));
    }
    if below > 0 {
        text.push_str(&format!("  ↓ {below} more"));
    }
    text
}

/// The scenario under the cursor, each reader in a sentence.
fn words(theme: Theme, rows: &[CoverageRow], width: u16) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for row in rows {
        let room = width.saturating_sub(INDENT as u16 + 1);
        let mut name = format!("  {}", row.case.reader);
        for mut line in wrapped(&sentence(row), room, Style::new()) {
            let name = format!("{:<INDENT$}", std::mem::take(&mut name));
            line.spans
                .insert(0, Span::styled(name, theme.style(Role::Dim)));
            lines.push(line);
        }
    }
    lines
}
