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

/// Where the site stands relative to the chunks of the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// The first VMA of the site is the last line of its chunk.
    Boundary,
    /// The whole site is inside one chunk.
    Inside,
}

impl Placement {
    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Placement::Boundary => "boundary",
            Placement::Inside => "inside",
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
        }
    }
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
    /// It did not come to it before the run was ended.
    NotRun,
    /// It could not be judged here.
    Skipped {
        /// Why, in one line.
        reason: String,
    },
}

/// The share of one placement in a case.
#[derive(Clone, Debug, Serialize)]
pub struct PlacementResult {
    /// Where the site stood.
    pub placement: Placement,
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
