//! The text of a lesson: below the view, or in its place where there is no room for both.
//!
//! * [`pages`]: what is written on each kind of page; [`contents`]: the list of all lessons;
//! * [`written`]: text that is being made; [`mod@keys`]: the row of keys.

pub(crate) mod contents;
pub(crate) mod keys;
pub(crate) mod pages;
pub(crate) mod written;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::page::Page;
use super::{Done, Help, Learn};
use crate::tui::areas;
use crate::tui::keys::hints::KeyHints;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::{put, put_rows};
use keys::keys;
use written::Text;

/// Most columns of text: longer lines are hard to read.
const WIDEST: u16 = 100;
/// Columns left free at both sides.
const MARGIN: u16 = 2;
/// The rule with the title, and the row of keys.
const AROUND: u16 = 2;

/// How the text is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawn<'a> {
    pub(crate) theme: Theme,
    pub(crate) keys: &'a KeyHints,
}

/// How many rows at the bottom of the screen the lesson takes; all of them where the rest
/// would be too few for the view.
pub(crate) fn rows(learn: &Learn, drawn: Drawn<'_>, (columns, rows): (u16, u16)) -> u16 {
    let wanted = match learn.is_doing() {
        // As many on every page, so that the view does not jump.
        true => rows_of_steps(learn, drawn, columns),
        false => text(learn, drawn, columns).len() as u16,
    };
    let wanted = wanted.saturating_add(AROUND);
    match rows.checked_sub(wanted) {
        Some(rest) if rest >= areas::LEAST.1 => wanted,
        _ if learn.is_doing() => rows.saturating_sub(areas::LEAST.1),
        _ => rows,
    }
}

/// Draws it into the rows that it has.
pub(crate) fn render(learn: &Learn, drawn: Drawn<'_>, area: Rect, buffer: &mut Buffer) {
    put(buffer, area, 0, &title(learn, drawn.theme, area.width));
    let inner = Rect {
        x: area.x + MARGIN,
        y: area.y + 1,
        width: area.width.saturating_sub(2 * MARGIN),
        height: area.height.saturating_sub(AROUND),
    };
    put_rows(
        buffer,
        inner,
        drawn.theme,
        &text(learn, drawn, area.width),
        0,
    );
    put(
        buffer,
        area,
        area.height.saturating_sub(1),
        &keys(learn, drawn),
    );
}

fn title(learn: &Learn, theme: Theme, width: u16) -> Line<'static> {
    let style = theme.style(Role::Rule);
    let (name, place) = match learn.contents {
        Some(_) => ("Lessons".to_owned(), String::new()),
        None => (
            format!("{} {}", learn.at + 1, learn.lesson().title),
            format!(
                " {} · page {} of {} ",
                learn.page().word(learn.done),
                learn.page + 1,
                learn.pages.len()
            ),
        ),
    };
    let mut line = Line::from(vec![
        Span::styled("── ", style),
        Span::styled(name, theme.style(Role::Title)),
        Span::styled(" ", style),
    ]);
    let place = Span::styled(place, theme.style(Role::Dim));
    let rest = usize::from(width).saturating_sub(line.width() + place.width() + 2);
    line.push_span(Span::styled("─".repeat(rest), style));
    line.push_span(place);
    line.push_span(Span::styled("──", style));
    line
}

/// The rows of the longest page on which something is done.
fn rows_of_steps(learn: &Learn, drawn: Drawn<'_>, columns: u16) -> u16 {
    let steps = learn.pages.iter().enumerate();
    let steps = steps.filter(|(_, page)| matches!(page, Page::Do(..)));
    let most = steps.flat_map(|(page, _)| {
        [(Done::No, Help::Hint), (Done::Now, Help::None)].map(|(done, help)| {
            let learn = Learn {
                page,
                done,
                help,
                contents: None,
                ..learn.clone()
            };
            text(&learn, drawn, columns).len()
        })
    });
    most.max().unwrap_or(0) as u16
}

/// The text of what is shown, in rows.
pub(super) fn text(learn: &Learn, drawn: Drawn<'_>, columns: u16) -> Vec<Line<'static>> {
    let width = columns.saturating_sub(2 * MARGIN).min(WIDEST);
    if let Some(chosen) = learn.contents {
        return contents::text(learn, chosen, drawn.theme, width);
    }
    let mut text = Text {
        drawn,
        width,
        file: &learn.own.file,
        lines: Vec::new(),
    };
    match learn.page() {
        Page::Ask(round) => pages::ask(learn, round, &mut text),
        Page::Do(..) => pages::what_to_do(learn, &mut text),
        Page::Explain(round) => pages::explain(learn, round, &mut text),
        Page::End => pages::end(learn, &mut text),
    }
    text.lines
}
