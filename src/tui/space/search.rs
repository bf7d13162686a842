//! To an address, to a change, to a tear.

use std::time::Duration;

use super::Space;
use super::cursor::Cursor;
use super::moves::List;
use crate::session::explorer::filter::parse_address;
use crate::session::explorer::recent::{MINUTE, recent_of};
use crate::session::lines::LineRef;
use crate::session::picture::Picture;
use crate::session::rows::Row;
use crate::tui::shown::Shown;

/// What is searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchFor {
    /// A VMA that changed lately.
    Change,
    /// A duplicate or a violation.
    Tear,
}

impl Space {
    /// Goes to the VMA that covers an address, or to the next; a line for the
    /// user where it is not just what was asked for.
    pub(crate) fn go_to(&mut self, text: &str, shown: &Shown) -> Option<String> {
        let Some(address) = parse_address(text) else {
            return Some(format!(
                "no address: {text}; hexadecimal digits are meant, with or without 0x"
            ));
        };
        let list = self.list(shown)?;
        let picture = &list.picture;
        let Some(line) = picture.line_at(address) else {
            return Some(format!("nothing is mapped at {address:x} or above"));
        };
        let Some(row) = picture.row_of_line(line) else {
            return Some("no line from there on fits the filter".into());
        };
        self.jump(&list, row);
        let found = &picture.lines[line as usize];
        let is_shown = picture
            .range_of(picture.rows[row])
            .is_some_and(|range| range.start <= found.start && found.start < range.end);
        if !is_shown {
            return Some("its line does not fit the filter: this is the next that does".into());
        }
        if found.start > address {
            return Some(format!(
                "nothing is mapped at {address:x}: this is the next VMA"
            ));
        }
        self.cursor = Some(Cursor { address, line });
        if let Some(open) = &mut self.open {
            open.address = address;
        }
        None
    }

    /// Goes to the next one, or the one before, round and round; a line for
    /// the user where there is none.
    pub fn find(&mut self, wanted: SearchFor, forward: bool, shown: &Shown) -> Option<String> {
        let list = self.list(shown)?;
        let picture = &list.picture;
        // Of a million rows nearly all are passed over.
        let (above, below) = (0..list.row, list.row + 1..picture.rows.len());
        let rows: Box<dyn Iterator<Item = usize>> = if forward {
            Box::new(below.chain(above))
        } else {
            Box::new(above.rev().chain(below.rev()))
        };
        let is_one = |row: Row| match wanted {
            SearchFor::Tear => matches!(row, Row::Note(_) | Row::Violation(_)),
            SearchFor::Change => list.has_changed(row, shown.time()),
        };
        let found = rows
            .filter(|&row| is_one(picture.rows[row]))
            .map(|row| row_of_its_line(picture, row))
            .find(|&row| row != list.row);
        let Some(row) = found else {
            let other = match picture.rows.iter().any(|row| is_one(*row)) {
                true => "no other",
                false => "no",
            };
            let what = match wanted {
                SearchFor::Change => format!("{other} VMA has changed in the last minute"),
                SearchFor::Tear => format!("{other} tear in this scan"),
            };
            return Some(what);
        };
        self.jump(&list, row);
        None
    }
}

impl List {
    /// Whether a VMA in a row has changed lately, or is gone.
    fn has_changed(&self, row: Row, now: Duration) -> bool {
        let (first, count) = match row {
            Row::Vanished(_) => return true,
            Row::Line(first) => (first, 1),
            Row::Group(first, count) => (first, count),
            _ => return false,
        };
        let lines = self
            .picture
            .lines
            .get(first as usize..(first + count) as usize);
        let recent = &self.snapshot.explored.recent;
        let changed = |line: &LineRef| {
            let found = recent_of(recent, &line.range());
            found.is_some_and(|recent| now < recent.at + MINUTE)
        };
        lines.is_some_and(|lines| lines.iter().any(changed))
    }
}

/// The row of the line that something is said of: above a note, below the
/// rest.
fn row_of_its_line(picture: &Picture, row: usize) -> usize {
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
