//! The rows of the list that are on the screen.

use std::ops::Range;

use super::Space;
use super::render::areas::list_rows;
use crate::session::picture::Picture;
use crate::tui::shown::Shown;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListWindow {
    /// The row at the top.
    pub top: usize,
    /// How many fit.
    pub rows: usize,
}

impl Space {
    pub(crate) fn window(&self, shown: &Shown, picture: &Picture) -> ListWindow {
        let rows = usize::from(list_rows(shown.body())).max(1);
        let last = picture.rows.len().saturating_sub(rows);
        let top = match self.row(picture) {
            // The row to look at stands in the upper half, what led to it above.
            None => picture.focus.saturating_sub((rows / 3).max(2)),
            Some(row) => row.saturating_sub(usize::from(self.offset).min(rows - 1)),
        };
        ListWindow {
            top: top.min(last),
            rows,
        }
    }
}

impl ListWindow {
    /// Those of so many rows that are on the screen.
    pub(crate) fn visible(self, count: usize) -> Range<usize> {
        let end = count.min(self.top + self.rows);
        self.top.min(end)..end
    }
}
