//! From row to row.

use std::sync::Arc;

use super::cursor::Cursor;
use super::render::open_scrolled;
use super::window::ListWindow;
use super::{OpenLog, OpenVma, Space};
use crate::session::explorer::change_log::LoggedChange;
use crate::session::picture::Picture;
use crate::session::rows::Row;
use crate::session::snapshot::Snapshot;
use crate::tui::scroll::{TO_THE_END, TO_THE_TOP, moved, within_a_page};
use crate::tui::shown::Shown;

/// What one moves about in.
pub(crate) struct List {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) picture: Arc<Picture>,
    pub(crate) window: ListWindow,
    /// The row one is on, or that is followed.
    pub(crate) row: usize,
}

impl Space {
    pub(crate) fn list(&self, shown: &Shown) -> Option<List> {
        let snapshot = shown.snapshot.clone()?;
        let picture = snapshot.picture.clone()?;
        Some(List {
            row: self.row(&picture).unwrap_or(picture.focus),
            window: self.window(shown, &picture),
            picture,
            snapshot,
        })
    }

    /// Moves by rows, on the screen as far as there is room, then the list
    /// moves.
    pub(crate) fn select(&mut self, by: i64, shown: &Shown) {
        if self.log.is_some() && self.scroll_open(by, shown) {
            return;
        }
        let Some(list) = self.list(shown) else { return };
        let Some(row) = list.line_row(by) else { return };
        // The cursor keeps some rows from either end of the screen.
        let margin = 2.min(list.window.rows / 4);
        let offset = row
            .saturating_sub(list.window.top)
            .clamp(margin, list.window.rows - 1 - margin);
        self.go_to_row(&list.picture, row, offset);
    }

    /// Moves the list by rows; one stays where one is on the screen.
    pub(crate) fn scroll(&mut self, by: i64, shown: &Shown) {
        if self.scroll_open(by, shown) {
            return;
        }
        let Some(list) = self.list(shown) else { return };
        let by = within_a_page(by, list.window.rows);
        let Some(row) = list.line_row(by) else { return };
        let offset = match by {
            _ if by <= TO_THE_TOP => 1,
            _ if by >= TO_THE_END => list.window.rows.saturating_sub(2),
            _ => list.row.saturating_sub(list.window.top),
        };
        self.go_to_row(&list.picture, row, offset);
    }

    /// Goes to a row; if it is on the screen, nothing else moves.
    pub(crate) fn jump(&mut self, list: &List, row: usize) {
        let ListWindow { top, rows } = list.window;
        let on_screen = row > top && row + 1 < top + rows;
        let offset = if on_screen { row - top } else { rows / 3 };
        self.go_to_row(&list.picture, row, offset);
    }

    fn go_to_row(&mut self, picture: &Picture, row: usize, offset: usize) {
        let line = picture.rows.get(row).and_then(|row| row.line());
        let Some(line) = line else { return };
        let address = picture.lines[line as usize].start;
        self.cursor = Some(Cursor { address, line });
        self.offset = u16::try_from(offset).unwrap_or(u16::MAX);
        if self.open.is_some() {
            // The open VMA is the one under the cursor.
            self.open = Some(OpenVma { address, top: 0 });
        }
    }

    /// Opens the change of the log that is selected, or closes it.
    pub(super) fn open_or_close_change(&mut self, shown: &Shown) {
        let (Some(log), Some(snapshot)) = (&mut self.log, &shown.snapshot) else {
            return;
        };
        let selected = snapshot
            .explored
            .log
            .get(log.position(&snapshot.explored.log));
        log.open = match (log.open, selected) {
            (None, Some(logged)) => {
                // It stays this one, whatever comes.
                log.selected = Some(logged.number);
                Some(0)
            }
            _ => None,
        };
    }

    /// Scrolls what is open, if something is; whether it did.
    fn scroll_open(&mut self, by: i64, shown: &Shown) -> bool {
        let Some(scrolled) = open_scrolled(self, shown) else {
            return false;
        };
        let to = scrolled.moved(by);
        let top = match (&mut self.open, &mut self.log) {
            (Some(open), _) => &mut open.top,
            (
                None,
                Some(OpenLog {
                    open: Some(top), ..
                }),
            ) => top,
            (None, Some(log)) => {
                let Some(snapshot) = &shown.snapshot else {
                    return true;
                };
                let all = &snapshot.explored.log;
                // The first follows the newest.
                let number = all.get(to).map(|logged| logged.number);
                log.selected = number.filter(|_| to > 0);
                return true;
            }
            (None, None) => return false,
        };
        *top = u16::try_from(to).unwrap_or(u16::MAX);
        true
    }
}

impl OpenLog {
    /// Where the change that is selected is, of those that are listed: newest
    /// first. One that is listed no more is the next older one.
    pub(crate) fn position(&self, all: &[LoggedChange]) -> usize {
        let Some(selected) = self.selected else {
            return 0;
        };
        let at = all.partition_point(|logged| logged.number > selected);
        at.min(all.len().saturating_sub(1))
    }
}

impl List {
    /// The row of a line that is `by` rows away, or the nearest to that.
    fn line_row(&self, by: i64) -> Option<usize> {
        let rows = &self.picture.rows;
        let last = rows.len().checked_sub(1)?;
        let to = moved(self.row, by, last);
        let is_line = |row: &Row| row.line().is_some();
        let down = || rows[to..].iter().position(is_line).map(|at| to + at);
        let up = || rows[..=to].iter().rposition(is_line);
        if by < 0 {
            up().or_else(down)
        } else {
            down().or_else(up)
        }
    }
}
