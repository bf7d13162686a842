//! Which lines of a picture are shown, and how.

use std::collections::BTreeSet;

use super::filter::Filter;

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
