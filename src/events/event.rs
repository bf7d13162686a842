//! A tear or a violation, with all that is needed to show it.

use serde::{Deserialize, Serialize};

use super::case::CaseKey;
use crate::maps::excerpt::Excerpt;
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;

/// A tear or a violation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The case in which it was seen.
    pub case: CaseKey,
    /// Where the site stood.
    pub placement: Placement,
    /// How reader and writer shared CPUs; none where the writer stood still, or is
    /// not ours.
    pub schedule: Option<Schedule>,
    /// Which of several readers saw it, from 0.
    pub reader_index: usize,
    /// The scan in which it was seen, from 1.
    pub scan: u64,
    /// Nanoseconds since the case started to run.
    pub at_ns: u64,
    /// What kind of thing it is.
    pub kind: EventKind,
    /// `hole`, `duplicate at a boundary`, …: the kind's name.
    pub name: String,
    /// `H1`, `H2` or `H1 or H2` where it bears the signature of a known hole.
    pub known: Option<String>,
    /// What was going on at the site; none where nobody knows.
    #[serde(flatten)]
    pub window: Option<SiteWindow>,
    /// The operations under way at the site then; of a target that is not ours
    /// the call that accounts for it, where that was seen.
    pub under_way: Vec<String>,
    /// A violation while the modifier stood still: no operation was under way,
    /// at any site.
    pub standing_still: bool,
    pub seen: Seen,
    /// One plain sentence: what happened, and which promise it breaks or why
    /// it is allowed.
    pub sentence: String,
}

/// What was going on at a site while a line was generated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteWindow {
    /// Operations at the site finished before the read that generated the line.
    pub finished: u64,
    /// Operations at the site begun after that read.
    pub begun: u64,
    /// The states of the site that were allowed then, by number.
    pub allowed_states: Vec<usize>,
    /// The site's first address in bytes, and the first behind it; none in older
    /// recordings.
    #[serde(default)]
    pub site: Option<(u64, u64)>,
}

impl Event {
    /// What it is called where it is shown by itself: the kind's name, and
    /// whether the modifier stood still.
    pub fn title(&self) -> String {
        let still = if self.standing_still {
            ", standing still"
        } else {
            ""
        };
        format!("{}{still}", self.name)
    }
}

/// Whether it is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// Torn, but allowed.
    Tear,
    /// Missing from one scan of a target whose states nobody knows, by the same
    /// line before and after: unmapped and mapped again, or skipped.
    Blink,
    /// Missing from scans of such a target, of which all calls are known and
    /// none unmapped the addresses.
    SuspectedHole,
    /// No correct kernel shows this.
    Violation,
}

/// What a reader read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    Text(TextEvent),
    Query(QueryEvent),
}

/// Lines of `maps` or `smaps`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextEvent {
    /// The chunk of the marked line, from 0.
    pub chunk: usize,
    /// Whether the marked line is the first of its chunk.
    pub first_in_chunk: bool,
    /// The addresses that are missing, in bytes, if it is about a hole.
    pub hole: Option<(u64, u64)>,
    /// The lines around it.
    pub excerpt: Excerpt,
}

/// A `PROCMAP_QUERY` answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueryEvent {
    /// The address asked for.
    pub address: u64,
    /// `covering` or `covering or next`.
    pub lookup: String,
    /// The answer: `vm_start` and `vm_end`, or none for `ENOENT`.
    pub answer: Option<(u64, u64)>,
    /// The addresses that are missing, in bytes, if it is about a hole.
    pub hole: Option<(u64, u64)>,
}
