//! Moving among rows of which some are on the screen.

/// As far as there are rows, and farther: what Home and End ask for.
pub(crate) const TO_THE_TOP: i64 = i32::MIN as i64;
pub(crate) const TO_THE_END: i64 = i32::MAX as i64;

/// Where somebody is in a list, or in a text that is longer than its area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scrolled {
    /// The row one is at: the selected one, or the one at the top.
    pub at: usize,
    /// The last that it may be.
    pub last: usize,
    /// How many rows the screen has for them.
    pub rows: usize,
}

impl Scrolled {
    /// A text of so many lines, at this one if there is so much below it.
    pub(crate) fn in_text(top: usize, lines: usize, rows: impl Into<usize>) -> Self {
        let rows = rows.into();
        let last = lines.saturating_sub(rows);
        let at = top.min(last);
        Scrolled { at, last, rows }
    }

    /// The row that is `by` rows away, or the nearest there is to it.
    pub(crate) fn moved(self, by: i64) -> usize {
        moved(self.at, within_a_page(by, self.rows), self.last)
    }
}

/// `by`, but no farther than a page of so many rows, or some would never be seen;
/// or to the very end.
pub(crate) fn within_a_page(by: i64, rows: usize) -> i64 {
    let page = (rows as i64 - 1).max(1);
    match by {
        ..=TO_THE_TOP | TO_THE_END.. => by,
        _ => by.clamp(-page, page),
    }
}

/// `by` rows from `from`, at most to `last`.
pub(crate) fn moved(from: usize, by: i64, last: usize) -> usize {
    let to = (from as i64).saturating_add(by);
    to.clamp(0, last as i64) as usize
}
