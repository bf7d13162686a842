//! Which lines of a picture are shown, and how.

use std::collections::BTreeSet;

use super::filter::LineFilter;

/// Which rows a picture has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// Only lines that fit.
    pub filter: LineFilter,
    /// VMAs of one file that follow each other are one row.
    pub fold: bool,
    /// But not those groups whose first VMA starts at one of these addresses.
    pub unfolded: BTreeSet<u64>,
}
