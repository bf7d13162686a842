//! What an explorer asks a session for: which lines it wants to see, and of
//! which of them the kernel is asked.

use std::sync::Arc;

use super::arrangement::Arrangement;
use crate::session::picture::Picture;

/// What the explorer asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExplorerRequest {
    /// The rows.
    pub arrangement: Arc<Arrangement>,
    /// Where the lines on the screen start: `PROCMAP_QUERY` is asked for each.
    pub shown: Vec<u64>,
    /// The VMA that is open: an address in it.
    pub open: Option<u64>,
    /// Whether the log of changes is read.
    pub log: bool,
    /// A picture that stands still and is to be arranged anew.
    pub still: Option<StillPicture>,
}

/// A picture that stands still; equal only to itself.
#[derive(Clone, Debug)]
pub struct StillPicture(pub Arc<Picture>);

impl PartialEq for StillPicture {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for StillPicture {}
