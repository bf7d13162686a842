//! What scans of a target whose states nobody knows lacked, and later ones had
//! again: one, and how many there were.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Addresses of a line that the scan before the last lacked, and perhaps others
/// before it, and that are mapped again in the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameBack {
    /// The addresses, in bytes.
    pub range: Range<u64>,
    /// Whether the same line maps them again, byte for byte.
    pub by_same_line: bool,
    /// How many scans lacked them, one after the other.
    pub scans: u64,
    /// `vm_start` and `vm_end` of the line before it in that scan, if any.
    pub previous: Option<(u64, u64)>,
    /// The same of the line behind it.
    pub line: Option<(u64, u64)>,
    /// Where that line starts in that scan's text, in bytes; the text's length
    /// where there is none.
    pub at: usize,
}

impl CameBack {
    /// Whether one scan lacked what the same line maps before and after it.
    #[must_use]
    pub fn is_blink(&self) -> bool {
        self.by_same_line && self.scans == 1
    }
}

/// How often lines' addresses were missing from a scan and there again in the
/// next; all of it normal, but what is suspected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingCounts {
    /// The same line was there again.
    pub blinks: u64,
    /// Another line was there.
    pub remapped: u64,
    /// Suspected holes, by the target's calls. They count as neither.
    pub suspected: u64,
    /// Missing ranges that were too many to be followed: one, the other, or
    /// unmapped for good.
    pub not_followed: u64,
}

impl MissingCounts {
    /// What came back is a suspected hole, and no blink or remapped line.
    pub(crate) fn suspect(&mut self, came_back: &CameBack) {
        self.suspected += 1;
        if let Some(count) = self.of(came_back) {
            *count -= 1;
        }
    }

    /// Where it is counted; nowhere if two scans or more lacked it, which looks
    /// like an unmapping.
    pub(super) fn of(&mut self, came_back: &CameBack) -> Option<&mut u64> {
        match (came_back.scans, came_back.by_same_line) {
            (1, true) => Some(&mut self.blinks),
            (1, false) => Some(&mut self.remapped),
            _ => None,
        }
    }

    /// What was added since it was `earlier`.
    #[must_use]
    pub(crate) fn since(self, earlier: MissingCounts) -> MissingCounts {
        MissingCounts {
            blinks: self.blinks.saturating_sub(earlier.blinks),
            remapped: self.remapped.saturating_sub(earlier.remapped),
            suspected: self.suspected.saturating_sub(earlier.suspected),
            not_followed: self.not_followed.saturating_sub(earlier.not_followed),
        }
    }

    /// Adds those of another scan.
    pub fn merge(&mut self, other: MissingCounts) {
        let add = |mine: &mut u64, theirs: u64| *mine = mine.saturating_add(theirs);
        add(&mut self.blinks, other.blinks);
        add(&mut self.remapped, other.remapped);
        add(&mut self.suspected, other.suspected);
        add(&mut self.not_followed, other.not_followed);
    }
}
