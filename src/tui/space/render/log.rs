//! The log of changes, newest first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget};

use crate::maps::diff::change::AddressSpaceChangeKind as Kind;
use crate::oracle::changed_by::ChangedBy;
use crate::report::changes::{made_change_line, missing_line};
use crate::sampling::sentences::no_call_line;
use crate::session::explorer::change_log::LoggedChange;
use crate::session::explorer::history::COMPARE;
use crate::session::snapshot::Snapshot;
use crate::text::number::{ago, count, grouped};
use crate::tui::scroll::Scrolled;
use crate::tui::shown::Shown;
use crate::tui::space::OpenLog;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::border::boxed;
use crate::tui::widgets::selection::{first_listed, mark_selected};
use crate::tui::widgets::split::split_rows;
use crate::tui::widgets::text::{cut, put, put_rows, wrapped};

/// Columns of its age before a change.
const AGE: usize = 13;

/// The last row that it can be scrolled to: of the change that is open, else of
/// the list.
pub(crate) fn scrolled(open: OpenLog, shown: &Shown, area: Rect) -> Scrolled {
    let Some(snapshot) = &shown.snapshot else {
        return Scrolled::default();
    };
    let inner = Block::bordered().inner(area);
    let log = &snapshot.explored.log;
    match (open.open, log.get(open.position(log))) {
        (Some(top), Some(logged)) => {
            let rows = details(shown, snapshot, logged, inner.width).len();
            Scrolled::in_text(top.into(), rows, inner.height)
        }
        _ => Scrolled {
            at: open.position(log),
            last: log.len().saturating_sub(1),
            rows: usize::from(inner.height).saturating_sub(head(snapshot).len()),
        },
    }
}

/// Draws it: the list, or the change that is open.
pub(crate) fn render(
    open: OpenLog,
    filter: &str,
    shown: &Shown,
    snapshot: &Snapshot,
    area: Rect,
    buffer: &mut Buffer,
) {
    let theme = shown.theme;
    let explored = &snapshot.explored;
    Clear.render(area, buffer);
    let at = open.position(&explored.log);
    if let (Some(top), Some(logged)) = (open.open, explored.log.get(at)) {
        let title = format!(" change {} ", grouped(logged.number));
        let title = Line::styled(title, theme.style(Role::Title));
        let inner = boxed(
            theme,
            title,
            &shown.keys.hint(" <close> closes "),
            area,
            buffer,
        );
        let lines = details(shown, snapshot, logged, inner.width);
        let last = lines.len().saturating_sub(usize::from(inner.height));
        put_rows(buffer, inner, theme, &lines, usize::from(top).min(last));
        return;
    }
    let (total, rates) = &explored.changes;
    let rate = match snapshot.rates {
        Some(_) => format!(", {} a second", grouped(rates.total().round() as u64)),
        None => String::new(),
    };
    let title = format!(" {}{rate} ", count(*total, "change"));
    let title = Line::styled(title, theme.style(Role::Title));
    let hint = " <space-open>: all of it  <space-filter> filters  <close> closes ";
    let inner = boxed(theme, title, &shown.keys.hint(hint), area, buffer);
    let dim = theme.style(Role::Dim);
    let width = usize::from(inner.width);
    let head = head(snapshot);
    for (y, text) in (0..).zip(&head) {
        put(buffer, inner, y, &Line::styled(cut(text, width), dim));
    }
    let (_, list) = split_rows(inner, head.len() as u16);
    if explored.log.is_empty() {
        let text = if filter.is_empty() {
            " nothing has changed yet"
        } else {
            " no change fits the filter"
        };
        put(buffer, list, 0, &Line::styled(text, dim));
    }
    let now = shown.time();
    let top = first_listed(at, list);
    for (y, (number, logged)) in (0..list.height).zip(explored.log.iter().enumerate().skip(top)) {
        let age = ago(now.saturating_sub(logged.at));
        put(buffer, list, y, &row(theme, logged, &age, width));
        if number == at {
            mark_selected(theme, list, y, buffer);
        }
    }
}

/// What stands above the rows.
fn head(snapshot: &Snapshot) -> Vec<String> {
    let mut head = vec![format!(
        " compared {} times a second: what comes and goes in between is not seen",
        1000 / COMPARE.as_millis()
    )];
    head.extend(no_calls(snapshot).map(|why| format!(" {why}")));
    head.push(format!(" {:>9}  {:<9} what", "when", "change"));
    head
}

/// Why changes have no call, of a target that is not ours.
fn no_calls(snapshot: &Snapshot) -> Option<String> {
    let why = no_call_line(&snapshot.calls);
    why.filter(|_| snapshot.is_foreign())
}

/// All that is known of a change, whole.
fn details(
    shown: &Shown,
    snapshot: &Snapshot,
    logged: &LoggedChange,
    width: u16,
) -> Vec<Line<'static>> {
    let theme = shown.theme;
    let room = width.saturating_sub(1);
    let age = ago(shown.time().saturating_sub(logged.at));
    let seen = format!("seen {age} ago, between two scans");
    let text = row_text(logged);
    let words: Vec<&str> = text.split_whitespace().collect();
    let why = match logged.by {
        ChangedBy::Unknown if !snapshot.is_foreign() => {
            "the modifier did it, by its scenario".into()
        }
        ChangedBy::Unknown => no_calls(snapshot)
            .unwrap_or_else(|| "not all calls are known that ran then, so none is named".into()),
        ChangedBy::NoCall | ChangedBy::Call { .. } => String::new(),
    };
    let plain = Style::new();
    let texts = [
        (seen, theme.style(Role::Dim)),
        (theme.charset.text(&words.join(" ")).into_owned(), plain),
        (why, theme.style(Role::Dim)),
    ];
    let texts = texts.into_iter().filter(|(text, _)| !text.is_empty());
    texts
        .flat_map(|(text, style)| wrapped(&text, room, style))
        .map(|mut line| {
            line.spans.insert(0, Span::raw(" "));
            line
        })
        .collect()
}

/// What a row says behind its age.
pub(crate) fn row_text(logged: &LoggedChange) -> String {
    match logged.is_suspected_hole {
        true => missing_line(&logged.change),
        false => made_change_line(&logged.change, &logged.by),
    }
}

fn row(theme: Theme, logged: &LoggedChange, age: &str, width: usize) -> Line<'static> {
    let role = match logged.change.kind {
        Kind::Map => Role::New,
        Kind::Unmap => Role::Dim,
        _ => Role::Changed,
    };
    let text = cut(
        &theme.charset.text(&row_text(logged)),
        width.saturating_sub(AGE),
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
