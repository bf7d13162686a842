//! From row to row, to an address, to a change, to a tear.

use std::sync::Arc;
use std::time::Duration;

use super::{OpenVma, Spot};
use crate::session::explorer::filter::parse_address;
use crate::session::explorer::recent::MINUTE;
use crate::session::picture::{LineRef, Picture};
use crate::session::rows::Row;
use crate::session::snapshot::Snapshot;
use crate::tui::app::App;

/// What one looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A VMA that changed lately.
    Change,
    /// A duplicate or a violation.
    Tear,
}

/// As far as there are rows, and farther: what Home and End ask for.
const TO_THE_TOP: i64 = i32::MIN as i64;
const TO_THE_END: i64 = i32::MAX as i64;

/// Where things are now.
struct Place {
    snapshot: Arc<Snapshot>,
    picture: Arc<Picture>,
    /// Rows of the list on the screen.
    rows: usize,
    /// The row at its top.
    top: usize,
    /// The row one is on, or that is followed.
    row: usize,
}

fn place(app: &App) -> Option<Place> {
    let snapshot = app.shown.clone()?;
    let picture = snapshot.picture.clone()?;
    let row = app.explorer.row(&picture).unwrap_or(picture.focus);
    let (top, rows) = position(app, &picture);
    Some(Place {
        row,
        top,
        rows,
        picture,
        snapshot,
    })
}

/// The top row of the list, and how many fit on the screen.
pub(crate) fn position(app: &App, picture: &Picture) -> (usize, usize) {
    let rows = usize::from(super::render::list_rows(app)).max(1);
    let last = picture.rows.len().saturating_sub(rows);
    let top = match app.explorer.row(picture) {
        // The row to look at stands in the upper half, what led to it above.
        None => picture.focus.saturating_sub((rows / 3).max(2)),
        Some(row) => row.saturating_sub(usize::from(app.explorer.offset).min(rows - 1)),
    };
    (top.min(last), rows)
}

/// Moves by rows, on the screen as far as there is room, then the list moves.
pub(crate) fn select(app: &mut App, by: i64) {
    if app.explorer.log.is_some() && scroll_open(app, by) {
        return;
    }
    let Some(place) = place(app) else { return };
    let Some(row) = line_row(&place, by) else {
        return;
    };
    // Some rows stay in sight on both sides.
    let margin = 2.min(place.rows / 4);
    let offset = row
        .saturating_sub(place.top)
        .clamp(margin, place.rows - 1 - margin);
    go(app, &place.picture, row, offset);
}

/// Moves the list by rows; one stays where one is on the screen.
pub(crate) fn scroll(app: &mut App, by: i64) {
    if scroll_open(app, by) {
        return;
    }
    let Some(place) = place(app) else { return };
    let Some(row) = line_row(&place, by) else {
        return;
    };
    let offset = match by {
        _ if by <= TO_THE_TOP => 1,
        _ if by >= TO_THE_END => place.rows.saturating_sub(2),
        _ => place.row.saturating_sub(place.top),
    };
    go(app, &place.picture, row, offset);
}

/// The row of a line that is `by` rows away, or the nearest to that.
fn line_row(place: &Place, by: i64) -> Option<usize> {
    let rows = &place.picture.rows;
    let last = rows.len().checked_sub(1)?;
    let to = (place.row as i64).saturating_add(by).clamp(0, last as i64) as usize;
    let is_line = |row: &Row| row.line().is_some();
    let down = || rows[to..].iter().position(is_line).map(|at| to + at);
    let up = || rows[..=to].iter().rposition(is_line);
    if by < 0 {
        up().or_else(down)
    } else {
        down().or_else(up)
    }
}

fn go(app: &mut App, picture: &Picture, row: usize, offset: usize) {
    let line = picture.rows.get(row).and_then(|row| row.line());
    let Some(line) = line else { return };
    let address = picture.lines[line as usize].start;
    app.explorer.spot = Some(Spot { address, line });
    app.explorer.offset = u16::try_from(offset).unwrap_or(u16::MAX);
    if app.explorer.open.is_some() {
        // What is open goes with it.
        app.explorer.open = Some(OpenVma { address, top: 0 });
    }
}

/// Scrolls what is open, if something is; whether it did.
fn scroll_open(app: &mut App, by: i64) -> bool {
    let Some(last) = super::render::open_last(app) else {
        return false;
    };
    let top = match (&mut app.explorer.open, &mut app.explorer.log) {
        (Some(open), _) => &mut open.top,
        (None, Some(top)) => top,
        (None, None) => return false,
    };
    let from = i64::from(*top).min(last as i64);
    let to = from.saturating_add(by).clamp(0, last as i64);
    *top = u16::try_from(to).unwrap_or(u16::MAX);
    true
}

/// Goes to a row; if it is on the screen, nothing else moves.
fn jump(app: &mut App, place: &Place, row: usize) {
    let on_screen = row > place.top && row + 1 < place.top + place.rows;
    let offset = if on_screen {
        row - place.top
    } else {
        place.rows / 3
    };
    go(app, &place.picture, row, offset);
}

/// Goes to the VMA that covers an address, or to the next; what there is to
/// tell of that.
pub(crate) fn go_to(app: &mut App, text: &str) -> Option<String> {
    let Some(address) = parse_address(text) else {
        return Some(format!(
            "no address: {text}; hexadecimal digits are meant, with or without 0x"
        ));
    };
    let place = place(app)?;
    let Some(line) = place.picture.line_at(address) else {
        return Some(format!("nothing is mapped at {address:x} or above"));
    };
    let row = place.picture.row_of_line(line);
    let Some(row) = row else {
        return Some("no line from there on fits the filter".into());
    };
    jump(app, &place, row);
    let found = &place.picture.lines[line as usize];
    let shown = place.picture.rows[row];
    let is_shown = place
        .picture
        .range_of(shown)
        .is_some_and(|range| range.start <= found.start && found.start < range.end);
    if !is_shown {
        return Some("its line does not fit the filter: this is the next that does".into());
    }
    if found.start > address {
        return Some(format!(
            "nothing is mapped at {address:x}: this is the next VMA"
        ));
    }
    app.explorer.spot = Some(Spot { address, line });
    if let Some(open) = &mut app.explorer.open {
        open.address = address;
    }
    None
}

/// Goes to the next one that is wanted, or the one before, round and round.
pub(crate) fn find(app: &mut App, wanted: Wanted, forward: bool) -> Option<String> {
    let place = place(app)?;
    let picture = &place.picture;
    let count = picture.rows.len();
    let now = app.frozen.unwrap_or(app.now);
    let found = (1..=count)
        .map(|step| {
            let step = if forward { step } else { count - step };
            (place.row + step) % count
        })
        .filter(|&row| match wanted {
            Wanted::Tear => matches!(picture.rows[row], Row::Note(_) | Row::Violation(_)),
            Wanted::Change => has_changed(&place, picture.rows[row], now),
        })
        .map(|row| line_of(picture, row))
        .find(|&row| row != place.row);
    let Some(row) = found else {
        let what = match wanted {
            Wanted::Change => "no other VMA has changed in the last minute",
            Wanted::Tear => "no other tear in this scan",
        };
        return Some(what.into());
    };
    jump(app, &place, row);
    None
}

/// Whether a VMA in a row has changed lately, or is gone.
fn has_changed(place: &Place, row: Row, now: Duration) -> bool {
    let (first, count) = match row {
        Row::Vanished(_) => return true,
        Row::Line(first) => (first, 1),
        Row::Group(first, count) => (first, count),
        _ => return false,
    };
    let lines = place
        .picture
        .lines
        .get(first as usize..(first + count) as usize);
    let recent = &place.snapshot.explored.recent;
    let changed = |line: &LineRef| {
        let found = recent.binary_search_by_key(&line.start, |recent| recent.start);
        found.is_ok_and(|at| now < recent[at].at + MINUTE)
    };
    lines.is_some_and(|lines| lines.iter().any(changed))
}

/// The row of the line that something is said of: above a note, below the
/// rest.
fn line_of(picture: &Picture, row: usize) -> usize {
    let is_line = |row: &Row| row.line().is_some();
    let above = || picture.rows[..=row].iter().rposition(is_line);
    let below = || {
        let found = picture.rows[row..].iter().position(is_line);
        found.map(|at| row + at)
    };
    let found = match picture.rows[row] {
        Row::Violation(_) | Row::Vanished(_) => below().or_else(above),
        _ => above().or_else(below),
    };
    found.unwrap_or(row)
}
