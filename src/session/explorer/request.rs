//! What an explorer asks a session for: which lines it wants to see, and of
//! which of them the kernel is asked.

use std::ops::Range;
use std::sync::Arc;

use super::arrangement::Arrangement;
use super::change_log::LoggedChange;
use crate::session::picture::Picture;

/// What the explorer asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExplorerRequest {
    /// The rows.
    pub arrangement: Arc<Arrangement>,
    /// The addresses of the lines on the screen: `PROCMAP_QUERY` is asked for
    /// each line there.
    pub shown: Range<u64>,
    /// The VMA that is open: an address in it.
    pub open: Option<u64>,
    /// How the rows of the log of changes read, if it is read.
    pub log: Option<RowText>,
    /// A picture that stands still and is to be arranged anew.
    pub still: Option<StillPicture>,
}

/// How a row of the log reads, but for its age: what it says is found by a
/// filter. There is only one way; so any two are equal.
#[derive(Clone, Copy, Debug)]
pub struct RowText(pub fn(&LoggedChange) -> String);

impl PartialEq for RowText {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for RowText {}

/// A picture that stands still; equal only to itself.
#[derive(Clone, Debug)]
pub struct StillPicture(pub Arc<Picture>);

impl PartialEq for StillPicture {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for StillPicture {}
