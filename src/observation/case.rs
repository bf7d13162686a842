//! A case: one scenario, watched by one kind of reader.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Excerpt;
use crate::scan::Tally;
use crate::target::modifier::Proof;

/// Which case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CaseKey {
    /// The scenario's name.
    pub scenario: String,
    /// The reader's name.
    pub reader: String,
}

impl fmt::Display for CaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.scenario, self.reader)
    }
}

/// Where the sites stand relative to the chunks of the reader.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// The first VMA of a site is the last line of its chunk, and the whole
    /// file is read: as the kernel's selftest does
    Boundary,
    /// The same for every line of the site in turn
    Sweep,
    /// Whole sites throughout one chunk: tears and holes between the lines of
    /// one read
    Inside,
    /// A site at the lowest addresses, read no further than the line behind
    /// it: one read generates all of that, then one ends behind each line in turn
    Low,
    /// A site at every chunk boundary
    Every,
    /// A site that is the last thing mapped, but for the gate VMA: scans read to
    /// the end, short ones and whole ones. Scenarios about the end of the address
    /// space are always placed so
    Last,
}

impl Placement {
    /// All of them.
    pub const ALL: [Placement; 6] = [
        Placement::Boundary,
        Placement::Sweep,
        Placement::Inside,
        Placement::Low,
        Placement::Every,
        Placement::Last,
    ];

    /// The name used on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Placement::Boundary => "boundary",
            Placement::Sweep => "sweep",
            Placement::Inside => "inside",
            Placement::Low => "low",
            Placement::Every => "every",
            Placement::Last => "last",
        }
    }

    /// The same in a sentence: the site stands …
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Placement::Boundary => "at a chunk boundary",
            Placement::Sweep => "across a chunk boundary",
            Placement::Inside => "inside a chunk",
            Placement::Low => "at the lowest addresses",
            Placement::Every => "at every chunk boundary",
            Placement::Last => "at the end of the address space",
        }
    }

    /// What it covers, in a sentence.
    #[must_use]
    pub fn covers(self) -> &'static str {
        match self {
            Placement::Boundary => {
                "the boundary behind the first VMA of the site, in whole scans of a page a read"
            }
            Placement::Sweep => {
                "the boundary behind each VMA of the original site in turn, in whole scans"
            }
            Placement::Inside => {
                "every pair of lines inside a chunk, at several sites of it, in whole scans"
            }
            Placement::Low => {
                "every pair of lines of the site, inside a chunk and at a boundary, in scans that \
                 stop behind it"
            }
            Placement::Every => "every chunk boundary in the arena at once, in whole scans",
            Placement::Last => {
                "the end of what is mapped, inside a chunk and at a boundary, in short scans and whole \
                 ones that read to the end"
            }
        }
    }
}

/// What a case is about, told before it runs.
#[derive(Clone, Debug, Serialize)]
pub struct CaseInfo {
    /// Which case.
    pub case: CaseKey,
    /// Its number, from 1, and how many there are.
    pub number: (usize, usize),
    /// The scenario in one line.
    pub summary: String,
    /// Where the site stands.
    pub placement: Placement,
    /// Bytes: the site's first address, and the first behind it.
    pub site: (u64, u64),
    /// The rule by which it is judged.
    pub rule: String,
    /// The states, the original one first.
    pub states: Vec<StateInfo>,
    /// The lines on both sides of the boundary in each state, and after the
    /// last restore.
    pub boundary: Vec<BoundaryView>,
}

/// One state of the site, and the operation that leads out of it.
#[derive(Clone, Debug, Serialize)]
pub struct StateInfo {
    /// As a strip: one letter a page, a space between VMAs.
    pub strip: String,
    /// The lines of `maps`.
    pub lines: Excerpt,
    /// The operation that follows, as the catalogue has it.
    pub operation: String,
    /// The same as code.
    pub code: String,
}

/// Three lines on each side of the boundary at which a site stands.
#[derive(Clone, Debug, Serialize)]
pub struct BoundaryView {
    /// When: before, after operation so-and-so, after the restore.
    pub when: String,
    /// The lines; the chunk number changes at the boundary.
    pub lines: Excerpt,
}

/// What a case came to.
#[derive(Clone, Debug, Serialize)]
pub struct CaseResult {
    /// Which case.
    pub case: CaseKey,
    /// Its number, from 1, and how many there are.
    pub number: (usize, usize),
    /// How it ended.
    pub outcome: Outcome,
    /// The totals.
    pub tally: Tally,
    /// Operations the modifier finished meanwhile.
    pub operations: u64,
    /// Nanoseconds of reading.
    pub elapsed_ns: u64,
    /// The same, for each place where the site stood.
    pub placements: Vec<PlacementResult>,
    /// Events that were counted but, for want of room, not described.
    pub not_described: u64,
    /// What the thread that touches the always-mapped pages saw.
    pub proof: Option<Proof>,
    /// What was to be read and was not, or not in full.
    pub left_out: Vec<LeftOut>,
}

impl CaseResult {
    /// A result in which nothing was read yet.
    #[must_use]
    pub fn without_reading(case: CaseKey, number: (usize, usize), outcome: Outcome) -> Self {
        CaseResult {
            case,
            number,
            outcome,
            tally: Tally::default(),
            operations: 0,
            elapsed_ns: 0,
            placements: Vec::new(),
            not_described: 0,
            proof: None,
            left_out: Vec::new(),
        }
    }
}

/// A placement, in one of its variants, that was not read as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Where the sites were to stand.
    pub placement: Placement,
    /// Which of the placement's variants, from 0.
    pub variant: usize,
    /// Whether some of it was read.
    pub partly: bool,
    /// Why, in one line.
    pub reason: String,
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// No violation.
    Held,
    /// Violations, all of them bearing the signature of a known hole.
    KnownViolations,
    /// Violations, not all of them known.
    Violations,
    /// The user ended the run before it, or in the middle of it, and no
    /// violation was seen until then.
    NotRun,
    /// It could not be run, or not to its end, and no violation was seen.
    Failed {
        /// Why, in one line.
        reason: String,
    },
    /// It could not be judged here.
    Skipped {
        /// Why, in one line.
        reason: String,
    },
}

/// The share of one placement in a case.
#[derive(Clone, Debug, Serialize)]
pub struct PlacementResult {
    /// Where the sites stood.
    pub placement: Placement,
    /// Which of the placement's variants, from 0.
    pub variant: usize,
    /// How many sites there were.
    pub sites: usize,
    /// The caller's buffer in bytes; none: a page, or a query.
    pub read_size: Option<usize>,
    /// The pause before each read, as `up to 4 µs`; none where it was to be
    /// found and time was too short for that.
    pub dwell: Option<String>,
    /// The totals there.
    pub tally: Tally,
    /// Operations the modifier finished there.
    pub operations: u64,
    /// Nanoseconds of reading there.
    pub elapsed_ns: u64,
    /// The totals by rounds of about equal length, in order; their sum is the
    /// tally.
    pub rounds: Vec<Tally>,
}
