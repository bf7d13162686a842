//! What is shown of each VMA.

/// One column besides the addresses and the permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Size,
    Offset,
    Device,
    Inode,
    Query,
    Change,
    Name,
}

// `Name` is the last.
const _: () = assert!(Column::Name as usize + 1 == Column::ALL.len());

impl Column {
    /// All of them, from left to right.
    pub(crate) const ALL: [Column; 7] = [
        Column::Size,
        Column::Offset,
        Column::Device,
        Column::Inode,
        Column::Query,
        Column::Change,
        Column::Name,
    ];

    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Column::Size => "size",
            Column::Offset => "offset",
            Column::Device => "dev",
            Column::Inode => "inode",
            Column::Query => "query",
            Column::Change => "last change",
            Column::Name => "name",
        }
    }

    #[must_use]
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Column::Size => "vm_end less vm_start",
            Column::Offset => "where in its file it starts",
            Column::Device => "the device of its file",
            Column::Inode => "the inode of its file",
            Column::Query => "what PROCMAP_QUERY answers now",
            Column::Change => "what happened to it, and when",
            Column::Name => "its file, or another name",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns([bool; Column::ALL.len()]);

impl Columns {
    /// These, and no others.
    #[must_use]
    pub(crate) fn of(shown: &[Column]) -> Self {
        Columns(Column::ALL.map(|column| shown.contains(&column)))
    }

    #[must_use]
    pub(crate) fn has(self, column: Column) -> bool {
        self.0[column as usize]
    }

    pub(crate) fn toggle(&mut self, column: Column) {
        self.0[column as usize] = !self.0[column as usize];
    }
}

/// What is shown until somebody chooses in the list itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UsualColumns {
    /// With a modifier of ours.
    pub(crate) modifier: Columns,
    /// Of a target that is not ours.
    pub(crate) target: Columns,
}

impl Default for UsualColumns {
    /// With a modifier of ours changes are so many that a column of them says
    /// nothing.
    fn default() -> Self {
        use Column::{Change, Name, Query, Size};
        UsualColumns {
            modifier: Columns::of(&[Size, Query, Name]),
            target: Columns::of(&[Size, Query, Change, Name]),
        }
    }
}
