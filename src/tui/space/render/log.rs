//! The log of changes, newest first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget};

use crate::maps::diff::change::AddressSpaceChangeKind as Kind;
use crate::report::changes::made_change_line;
use crate::session::explorer::change_log::LoggedChange;
use crate::session::explorer::history::COMPARE;
use crate::session::snapshot::Snapshot;
use crate::text::number::{ago, grouped};
use crate::tui::shown::Shown;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::border::boxed;
use crate::tui::widgets::text::{cut, put};

/// Rows above the list.
const HEAD: u16 = 2;

/// The last row that it can be scrolled to.
pub(crate) fn last_row(shown: &Shown, area: Rect) -> usize {
    let rows = Block::bordered().inner(area).height.saturating_sub(HEAD);
    let snapshot = shown.snapshot.as_ref();
    let count = snapshot.map_or(0, |snapshot| snapshot.explored.log.len());
    count.saturating_sub(usize::from(rows))
}

/// Draws it from row `top` on.
pub(crate) fn render(
    top: u16,
    filter: &str,
    shown: &Shown,
    snapshot: &Snapshot,
    area: Rect,
    buffer: &mut Buffer,
) {
    let theme = shown.theme;
    let explored = &snapshot.explored;
    Clear.render(area, buffer);
    let (total, rates) = &explored.changes;
    let title = format!(
        " {} changes, {} a second ",
        grouped(*total),
        grouped(rates.total().round() as u64)
    );
    let title = Line::styled(title, theme.style(Role::Title));
    let inner = boxed(theme, title, " / filters  Esc closes ", area, buffer);
    let dim = theme.style(Role::Dim);
    let width = usize::from(inner.width);
    let note = format!(
        " compared {} times a second: what comes and goes in between is not seen",
        1000 / COMPARE.as_millis()
    );
    put(buffer, inner, 0, &Line::styled(cut(&note, width), dim));
    let heading = format!(" {:>9}  {:<9} what", "when", "change");
    put(buffer, inner, 1, &Line::styled(heading, dim));
    if explored.log.is_empty() {
        let text = if filter.is_empty() {
            " nothing has changed yet"
        } else {
            " no change fits the filter"
        };
        put(buffer, inner, HEAD, &Line::styled(text, dim));
    }
    let now = shown.time();
    let top = usize::from(top).min(last_row(shown, area));
    for (y, logged) in (HEAD..inner.height).zip(explored.log.iter().skip(top)) {
        let age = ago(now.saturating_sub(logged.at));
        put(buffer, inner, y, &row(theme, logged, &age, width));
    }
}

/// What a row says behind its age.
pub(crate) fn row_text(logged: &LoggedChange) -> String {
    made_change_line(&logged.change, &logged.by)
}

fn row(theme: Theme, logged: &LoggedChange, age: &str, width: usize) -> Line<'static> {
    let role = match logged.change.kind {
        Kind::Map => Role::New,
        Kind::Unmap => Role::Dim,
        _ => Role::Changed,
    };
    let text = cut(
        &theme.charset.text(&row_text(logged)),
        width.saturating_sub(13),
    );
    // The kind comes first; it has a colour of its own.
    let (kind, rest) = text.split_once(' ').unwrap_or((&text, ""));
    Line::from(vec![
        Span::styled(
            format!(" {:>9}  ", format!("{age} ago")),
            theme.style(Role::Dim),
        ),
        Span::styled(kind.to_owned(), theme.style(role)),
        Span::raw(format!(" {rest}")),
    ])
}
