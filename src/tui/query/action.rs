//! What a key changes of the question.

use crate::linux::procmap_query::Filter;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueryAction {
    /// The VMA that covers the address, or that or the next.
    Next,
    /// Only file-backed VMAs, or any; and so on.
    FileBacked,
    Readable,
    Writable,
    Executable,
    Shared,
    Type,
    /// The address behind the VMA that was answered.
    Behind,
    /// The last page before it.
    Before,
}

/// The filter's properties, with the key of each.
pub(crate) fn flags(filter: &Filter) -> [(char, &'static str, bool); 5] {
    [
        ('R', "read", filter.readable),
        ('W', "write", filter.writable),
        ('X', "exec", filter.executable),
        ('H', "shared", filter.shared),
        ('F', "file", filter.file_backed),
    ]
}
