//! What whoever looks wants to see: which lines, and what is asked of the
//! kernel beside them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::filter::Filter;
use crate::session::picture::Picture;

/// Which rows a picture has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// Only lines that fit.
    pub filter: Filter,
    /// VMAs of one file that follow each other are one row.
    pub fold: bool,
    /// But not those groups whose first VMA starts at one of these addresses.
    pub unfolded: BTreeSet<u64>,
}

/// What is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
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
