//! The states of a site, as they are shown.

use serde::{Deserialize, Serialize};

use crate::maps::excerpt::Excerpt;

/// One state of the site, and the operation that leads out of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StateInfo {
    /// As a strip: one letter a page, a space between VMAs.
    pub strip: String,
    /// The lines of `maps`.
    pub lines: Excerpt,
    /// The operation that follows, as the catalogue has it.
    pub operation: String,
    /// The same as C code.
    pub code: String,
}

/// Three lines on each side of the boundary at which a site stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BoundaryView {
    /// When: before, after operation so-and-so, after the restore.
    pub when: String,
    /// The lines; the chunk number changes at the boundary.
    pub lines: Excerpt,
}
