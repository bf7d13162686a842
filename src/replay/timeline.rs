//! From when to when a recording goes, and what happened on the way.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// What happened at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// The target's address space changed.
    Change,
    /// Another scenario began.
    Scene,
    /// The user pressed a key that changes what is done.
    Key,
    /// A blink.
    Blink,
    /// Scans or moments before this were not kept, or cannot be read.
    Missing,
    /// A tear.
    Tear,
    /// A suspected hole.
    SuspectedHole,
    /// A violation.
    Violation,
}

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Since the session started.
    pub at: Duration,
    pub kind: MarkKind,
}

/// What a recording holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The wall-clock time at which the session started, if it is known.
    pub began: Option<DateTime<Utc>>,
    /// The first moment that is kept, since the session started.
    pub first: Duration,
    /// The last one.
    pub last: Duration,
    /// In the order of time.
    pub marks: Vec<Mark>,
    /// Scans that found no room and were not kept.
    pub lost_scans: u64,
    /// The same of what was shown.
    pub lost_moments: u64,
    /// Frames of the file that could not be read.
    pub damaged: u64,
    /// Whether it is a part of another recording, whose totals it shows.
    pub is_part: bool,
}

impl Timeline {
    /// The wall-clock time of a moment.
    #[must_use]
    pub(crate) fn wall_clock(&self, at: Duration) -> Option<DateTime<Utc>> {
        self.began?
            .checked_add_signed(chrono::Duration::from_std(at).ok()?)
    }
}
