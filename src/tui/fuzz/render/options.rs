//! The menu of what the next hunt is asked for.

use clap::ValueEnum;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Block;

use crate::fuzz::ingredients::word;
use crate::fuzz::request::HuntRequest;
use crate::tui::fuzz::FuzzView;
use crate::tui::fuzz::options::OptionRow;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::border::{popup, popup_area};
use crate::tui::widgets::selection::{first_listed, mark_selected};
use crate::tui::widgets::text::{cut, put};

/// Columns of the box at most, of what a row is of, and of what is chosen.
const WIDTH: u16 = 100;
const HEADING: usize = 10;
const NAME: usize = 17;

/// Draws it over everything else, if it is open; the last row stays for notices.
pub(crate) fn render(view: &FuzzView, theme: Theme, area: Rect, buffer: &mut Buffer) {
    let Some(menu) = view.menu else {
        return;
    };
    let title = " Hunt with (space chooses, a it alone, s starts, Esc) ";
    let inner = popup(theme, title, size(area), area, buffer);
    let top = first_listed(menu.at, inner);
    let rows = OptionRow::all();
    let mut heading = "";
    for (number, row) in rows.into_iter().enumerate() {
        let is_first = std::mem::replace(&mut heading, heading_of(row)) != heading_of(row);
        let Some(y) = number
            .checked_sub(top)
            .filter(|y| *y < usize::from(inner.height))
        else {
            continue;
        };
        // What the first row of the screen is of is said too.
        let name = if is_first || y == 0 { heading } else { "" };
        let line = line(theme, row, name, &view.request, usize::from(inner.width));
        put(buffer, inner, y as u16, &line);
        if number == menu.at {
            mark_selected(theme, inner, y as u16, buffer);
        }
    }
}

/// The number of the option in a place of the screen.
pub(crate) fn option_at(view: &FuzzView, area: Rect, at: Position) -> Option<usize> {
    let list = list_area(area);
    let first = first_listed(view.menu?.at, list);
    list.contains(at)
        .then(|| first + usize::from(at.y - list.y))
}

/// Where the rows are.
pub(crate) fn list_area(area: Rect) -> Rect {
    Block::bordered().inner(popup_area(size(area), area))
}

fn size(area: Rect) -> (u16, u16) {
    let rows = OptionRow::all().len() as u16 + 2;
    (
        area.width.saturating_sub(2).min(WIDTH),
        area.height.saturating_sub(2).min(rows),
    )
}

fn heading_of(row: OptionRow) -> &'static str {
    match row {
        OptionRow::Seed => "seed",
        OptionRow::Time => "time",
        OptionRow::Schedule => "schedule",
        OptionRow::Reader(_) => "readers",
        OptionRow::Kind(_) => "mappings",
        OptionRow::Family(_) => "calls",
    }
}

fn line(
    theme: Theme,
    row: OptionRow,
    heading: &str,
    request: &HuntRequest,
    width: usize,
) -> Line<'static> {
    let (name, meaning) = texts(row, request);
    let sign = match row.is_on(request) {
        Some(true) => "[x]",
        Some(false) => "[ ]",
        None => " ▸ ",
    };
    let used = HEADING + NAME + sign.len() + 4;
    Line::from(vec![
        Span::styled(format!(" {heading:<HEADING$}"), theme.style(Role::Title)),
        Span::styled(format!("{sign} "), theme.style(Role::Key)),
        Span::raw(format!("{name:<NAME$} ")),
        Span::styled(
            cut(&meaning, width.saturating_sub(used)),
            theme.style(Role::Dim),
        ),
    ])
}

/// What is chosen, or may be, and what that is.
fn texts(row: OptionRow, request: &HuntRequest) -> (String, String) {
    match row {
        OptionRow::Seed => match request.seed {
            None => (
                "any".into(),
                "digits type one; else another each time".into(),
            ),
            Some(seed) => (
                seed.to_string(),
                "the same is drawn again; Backspace".into(),
            ),
        },
        OptionRow::Time => match request.duration {
            None => ("until stopped".into(), "← → choose how long".into()),
            Some(duration) => (
                humantime::format_duration(duration).to_string(),
                "← → choose; then it ends".into(),
            ),
        },
        OptionRow::Schedule => match request.schedule {
            None => (
                "auto".into(),
                "← → choose; else all, more time for what finds more".into(),
            ),
            Some(schedule) => (schedule.to_string(), meaning(&schedule)),
        },
        OptionRow::Reader(reader) => {
            let text = match reader.queries() {
                true => "PROCMAP_QUERY",
                false => "read by read()",
            };
            (reader.to_string(), text.into())
        }
        OptionRow::Kind(kind) => (word(&kind), meaning(&kind)),
        OptionRow::Family(family) => (word(&family), meaning(&family)),
    }
}

/// What the help of the command line says of it.
fn meaning<V: ValueEnum>(value: &V) -> String {
    let named = value.to_possible_value();
    let help = named.as_ref().and_then(|named| named.get_help());
    help.map_or_else(String::new, ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_says_what_it_is_and_the_first_of_its_kind_of_what() {
        let request = HuntRequest::default();
        for row in OptionRow::all() {
            let (name, meaning) = texts(row, &request);
            assert!(!name.is_empty() && !meaning.is_empty(), "{row:?}");
            assert!(name.len() <= NAME, "{name}");
        }
    }
}
