//! The finds, a row each.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::heading;
use crate::fuzz::find::FindKey;
use crate::fuzz::live::{HuntSnapshot, ListedFind};
use crate::text::number::short;
use crate::tui::fuzz::FuzzView;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::selection::{first_listed, mark_selected};
use crate::tui::widgets::split::split_rows;
use crate::tui::widgets::text::{cut, put};

/// Columns of what it is, where there is room for them.
const KEY: usize = 24;
/// Columns of all else but the calls.
const REST: usize = 34;

pub(super) fn render(theme: Theme, view: &FuzzView, area: Rect, buffer: &mut Buffer) {
    let finds = view.finds();
    let text = match finds.len() {
        0 => "found: nothing yet".to_owned(),
        count if view.is_busy() => format!("found: {count}; Enter opens"),
        count => format!("found: {count}; Enter opens, w writes a kit"),
    };
    put(buffer, area, 0, &heading(theme, &text, area.width));
    let (_, rows) = split_rows(area, 1);
    let at = view.position();
    let top = first_listed(at, rows);
    for (y, (i, listed)) in (0..rows.height).zip(finds.iter().enumerate().skip(top)) {
        let times = view.snapshot.as_deref().map_or(0, |it| times(it, listed));
        put(
            buffer,
            rows,
            y,
            &row(theme, listed, times, area.width.into()),
        );
        if i == at {
            mark_selected(theme, rows, y, buffer);
        }
    }
}

/// In how many trials of its hunt it was seen.
pub(super) fn times(snapshot: &HuntSnapshot, listed: &ListedFind) -> u64 {
    if snapshot.number != listed.number {
        return 0;
    }
    let violations = snapshot.totals.violations.iter();
    let same = violations.filter(|((key, _), _)| *key == listed.find.key);
    same.map(|(_, count)| count).sum()
}

/// Its sign and role.
pub(super) fn mark(key: &FindKey) -> (&'static str, Role) {
    match key.label {
        Some(_) => ("✗", Role::Violation),
        None => ("✗", Role::ViolationBanner),
    }
}

/// How far it has come.
pub(super) fn progress(listed: &ListedFind) -> (&'static str, Role) {
    let find = &listed.find;
    match (listed.is_worked_on, find.is_proven, &find.fault) {
        (_, _, Some(_)) => ("no hole", Role::Dim),
        (_, true, _) => ("proven", Role::Good),
        (true, false, _) => ("smaller", Role::Plain),
        (false, false, _) => ("seen", Role::Dim),
    }
}

fn row(theme: Theme, listed: &ListedFind, times: u64, width: usize) -> Line<'static> {
    let find = &listed.find;
    let (glyph, role) = mark(&find.key);
    let (progress, progress_role) = progress(listed);
    let after = format!("{:.1} s", find.after.as_secs_f64());
    let times = match times {
        0 => String::new(),
        times => format!("×{}", short(times)),
    };
    let key = KEY.min(width.saturating_sub(REST + 3));
    let mut spans = vec![
        Span::styled(format!(" {glyph} "), theme.style(role)),
        Span::styled(
            format!("{:<key$}", cut(&find.key.text(), key)),
            theme.style(role),
        ),
        Span::raw(format!(" {:<6}", find.meeting.reader.to_string())),
        Span::styled(format!("{after:>9} "), theme.style(Role::Dim)),
        Span::styled(format!("{times:>7} "), theme.style(Role::Dim)),
        Span::styled(format!("{progress:<8}"), theme.style(progress_role)),
    ];
    let used: usize = spans.iter().map(Span::width).sum();
    let calls = cut(&calls(listed), width.saturating_sub(used + 1));
    if calls.chars().count() > 8 {
        spans.push(Span::styled(calls, theme.style(Role::Dim)));
    }
    Line::from(spans)
}

/// The calls of the shortest that shows it.
fn calls(listed: &ListedFind) -> String {
    let calls = listed.find.shortest.operations.iter();
    let calls: Vec<String> = calls.map(|one| one.call.to_string()).collect();
    calls.join("; ")
}
