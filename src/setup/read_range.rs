//! How much of a file a scan reads.

use serde::{Deserialize, Serialize};

/// How much of a text file a scan reads, and in what pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRange {
    /// The caller's buffer, in bytes; none: a page.
    pub read_size: Option<usize>,
    /// The scan ends when a line starts at or above this address (bytes): a
    /// site near the lowest addresses is then passed many times as often.
    /// None: it goes to the end of the file.
    pub until: Option<u64>,
    /// Queries ask for every so many bytes of a site; none: for every page.
    pub ask_every: Option<u64>,
    /// One read generates all that is wanted.
    pub one_read: bool,
}
