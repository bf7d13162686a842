//! The VMA one is on.

use crate::session::picture::Picture;

/// A place in the address space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The address, in bytes.
    pub address: u64,
    /// The line that was meant when it was chosen: where an address is in two
    /// lines, it is this one.
    pub line: u32,
}

impl Cursor {
    /// The row of it; where its VMA has none, the one of a line before it.
    pub(crate) fn row(self, picture: &Picture) -> Option<usize> {
        let covers = |line: u32| {
            let line = picture.lines.get(line as usize);
            line.is_some_and(|line| (line.start..line.end).contains(&self.address))
        };
        let line = if covers(self.line) {
            Some(self.line)
        } else {
            picture.line_at(self.address)
        };
        let row = line.and_then(|line| picture.row_of_line(line));
        row.or_else(|| picture.rows.iter().rposition(|row| row.line().is_some()))
    }
}
