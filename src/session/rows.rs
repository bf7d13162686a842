//! The kinds of rows that a picture has.

/// One row of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// The rule above a chunk, by its number from 0.
    Chunk(u32),
    /// A line, by its index.
    Line(u32),
    /// Lines of one file that follow each other, folded: the index of the
    /// first, and how many there are.
    Group(u32, u32),
    /// Unmapped addresses before the line of this index: normal.
    Gap(u32),
    /// A violation, by its index in the verdict, above the line it shows at.
    Violation(u32),
    /// What is to be said of the line above, which is a duplicate.
    Note(u32),
    /// A line that was there a moment ago, by its index in the changes.
    Vanished(u32),
    /// The rule below the last chunk.
    End,
}

impl Row {
    /// The line it shows; of a group the first.
    #[must_use]
    pub(crate) fn line(self) -> Option<u32> {
        match self {
            Row::Line(line) | Row::Group(line, _) => Some(line),
            _ => None,
        }
    }

    /// The line it belongs to: of what is said about a line, that line.
    pub(crate) fn place(self) -> Option<u32> {
        match self {
            Row::Line(line) | Row::Group(line, _) | Row::Gap(line) | Row::Note(line) => Some(line),
            _ => None,
        }
    }
}
