//! The menu of scenarios: names, and the states of the selected one as
//! page layouts.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Block;

use super::ScenarioMenu;
use crate::report::scenarios::holes_text;
use crate::scenario::definition::Scenario;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::border::{popup, popup_area};
use crate::tui::widgets::page_layout;
use crate::tui::widgets::scenario_layout;
use crate::tui::widgets::selection::{first_listed, mark_selected};
use crate::tui::widgets::split::{split_columns, split_rows};
use crate::tui::widgets::text::{cut, put, wrapped};

/// Columns from which list and picture stand side by side.
const SIDE_BY_SIDE: u16 = 100;
/// Columns of the list then.
const LIST: u16 = 48;
/// Columns and rows of the box at most.
const MOST: (u16, u16) = (130, 34);
/// Columns of a name.
const NAME: usize = 20;

/// Draws it over everything else.
pub(crate) fn render(menu: &ScenarioMenu, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let size = size(area);
    let title = " Scenarios: type to filter, Enter chooses, Esc closes ";
    let inner = popup(theme, title, size, area, buffer);
    put(buffer, inner, 0, &prompt(theme, menu, inner.width));
    let (_, rest) = split_rows(inner, 1);
    let (list, detail) = divide(rest);
    render_list(theme, menu, list, buffer);
    let Some((_, scenario)) = menu.matches().nth(menu.selected()) else {
        return;
    };
    for (y, line) in (0..detail.height).zip(details(theme, scenario, detail.width)) {
        put(buffer, detail, y, &line);
    }
}

fn size(area: Rect) -> (u16, u16) {
    (
        area.width.saturating_sub(2).min(MOST.0),
        area.height.saturating_sub(2).min(MOST.1),
    )
}

/// Selects the scenario in a row of the screen; gives the one that is selected
/// already: it is chosen.
pub(crate) fn click(menu: &mut ScenarioMenu, area: Rect, at: Position) -> Option<usize> {
    let list = list_area(area);
    if !list.contains(at) {
        return None;
    }
    let selected = menu.selected();
    let number = first_listed(selected, list) + usize::from(at.y - list.y);
    let (scenario, _) = menu.matches().nth(number)?;
    menu.select(number);
    (number == selected).then_some(scenario)
}

/// Where the rows of the list are.
pub(crate) fn list_area(area: Rect) -> Rect {
    let inner = Block::bordered().inner(popup_area(size(area), area));
    divide(split_rows(inner, 1).1).0
}

/// The areas of the list and of the picture.
fn divide(area: Rect) -> (Rect, Rect) {
    if area.width + 4 >= SIDE_BY_SIDE {
        let (list, rest) = split_columns(area, LIST);
        return (list, split_columns(rest, 2).1);
    }
    // At least the picture of two states, and half of the room for the list.
    let rows = (area.height / 2).min(area.height.saturating_sub(5));
    split_rows(area, rows)
}

fn prompt(theme: Theme, menu: &ScenarioMenu, width: u16) -> Line<'static> {
    let room = usize::from(width).saturating_sub(14);
    let found = menu.matches().count();
    Line::from(vec![
        Span::styled(" filter: ", theme.style(Role::Key)),
        Span::raw(cut(menu.filter(), room)),
        Span::styled("▏", theme.style(Role::Key)),
        Span::styled(format!("  {found}"), theme.style(Role::Dim)),
    ])
}

fn render_list(theme: Theme, menu: &ScenarioMenu, area: Rect, buffer: &mut Buffer) {
    let at = menu.selected();
    let top = first_listed(at, area);
    let mut none = true;
    for (y, (i, (_, scenario))) in (0..area.height).zip(menu.matches().enumerate().skip(top)) {
        none = false;
        let states: Vec<String> = scenario.states().map(ToString::to_string).collect();
        let room = usize::from(area.width).saturating_sub(NAME + 3);
        let line = Line::from(vec![
            Span::styled(if i == at { " ▶" } else { "  " }, theme.style(Role::Key)),
            Span::styled(
                format!("{:<NAME$} ", scenario.name),
                theme.style(Role::Title),
            ),
            Span::styled(cut(&states.join(" → "), room), theme.style(Role::Dim)),
        ]);
        put(buffer, area, y, &line);
        if i == at {
            mark_selected(theme, area, y, buffer);
        }
    }
    if none {
        let text = " No scenario has that in its name or summary.";
        put(
            buffer,
            area,
            0,
            &Line::styled(text, theme.style(Role::Notice)),
        );
    }
}

/// What is known of a scenario: the picture first, since there may be little
/// room.
fn details(theme: Theme, scenario: &Scenario, width: u16) -> Vec<Line<'static>> {
    let mut lines = vec![Line::styled(
        format!(
            " {}",
            cut(&scenario.summary, usize::from(width).saturating_sub(2))
        ),
        theme.style(Role::Title),
    )];
    lines.extend(scenario_layout::rows(
        theme,
        scenario,
        scenario_layout::LABELS,
    ));
    let at_the_end = scenario
        .known_holes_last
        .map(|holes| holes_text(Some(holes)));
    let facts = [
        ("review", scenario.review.clone()),
        ("the rule", Some(scenario.most_repeats().to_string())),
        ("known holes", Some(holes_text(scenario.known_holes))),
        ("at the end", at_the_end),
    ];
    for (name, text) in facts {
        let Some(text) = text else {
            continue;
        };
        let room = width.saturating_sub(18);
        for (i, line) in wrapped(&text, room, Style::new()).into_iter().enumerate() {
            let mut labelled = page_layout::labelled(
                theme,
                if i == 0 { name } else { "" },
                Role::Dim,
                String::new(),
            );
            labelled
                .spans
                .extend(line.spans.into_iter().map(|span| span.style(line.style)));
            lines.push(labelled);
        }
    }
    lines
}
