//! A case: one scenario, watched by one kind of reader.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::linux::features::rule::Rule;
use crate::modifier::options::TouchCounts;
use crate::oracle::tally::Tally;
use crate::setup::placement::Placement;
use crate::setup::prepared_scenario::PreparedScenario;
use crate::setup::schedule::Schedule;
use crate::setup::state_info::{BoundaryView, StateInfo};

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CaseKey {
    pub scenario: String,
    pub reader: String,
}

impl fmt::Display for CaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.scenario, self.reader)
    }
}

/// What a case is about, known before it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseInfo {
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

impl CaseInfo {
    /// Of a scenario that is laid out and judged by this rule.
    pub(crate) fn of(
        case: CaseKey,
        number: (usize, usize),
        rule: Rule,
        prepared: &PreparedScenario,
    ) -> Self {
        CaseInfo {
            case,
            number,
            summary: prepared.scenario.summary.clone(),
            placement: prepared.placement,
            site: (prepared.site.start, prepared.site.end),
            rule: rule.to_string(),
            states: prepared.state_infos.clone(),
            boundary: prepared.boundary.clone(),
        }
    }
}

/// What a case came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseResult {
    pub case: CaseKey,
    /// Its number, from 1, and how many there are.
    pub number: (usize, usize),
    pub outcome: Outcome,
    pub tally: Tally,
    /// Operations the modifier finished meanwhile.
    pub operations: u64,
    /// Nanoseconds of reading.
    pub elapsed_ns: u64,
    /// The results at each placement.
    pub placements: Vec<PlacementResult>,
    /// Events that were counted but, for want of room, not described.
    pub not_described: u64,
    /// What the thread that touches the always-mapped pages saw.
    pub proof: Option<TouchCounts>,
    /// What was to be read and was not, or not in full.
    pub left_out: Vec<LeftOut>,
}

impl CaseResult {
    /// A result in which nothing was read yet.
    pub(crate) fn without_reading(case: CaseKey, number: (usize, usize), outcome: Outcome) -> Self {
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

    /// Fallbacks to mmap_lock, where they were counted.
    pub(crate) fn fallbacks(&self) -> Option<Fallbacks> {
        Fallbacks::sum(self.placements.iter().map(|it| it.fallbacks))
    }

    /// Adds what was read at a placement under a schedule, perhaps once more.
    pub(crate) fn add_placement(&mut self, more: PlacementResult) {
        let key = |of: &PlacementResult| (of.placement, of.variant, of.schedule);
        let known = self.placements.iter_mut();
        match known.into_iter().find(|one| key(one) == key(&more)) {
            None => self.placements.push(more),
            Some(one) => {
                one.dwell = one.dwell.take().or(more.dwell);
                one.tally.merge(&more.tally);
                one.fallbacks = Fallbacks::sum([one.fallbacks, more.fallbacks]);
                one.operations += more.operations;
                one.elapsed_ns += more.elapsed_ns;
                one.rounds.extend(more.rounds);
            }
        }
    }
}

/// A placement, in one of its variants, that was not read as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// A placement and its variant: `boundary`, `low 2`.
pub(crate) fn place_name(placement: Placement, variant: usize) -> String {
    match variant {
        0 => placement.name().to_owned(),
        variant => format!("{} {variant}", placement.name()),
    }
}

/// How often readers that lock one VMA at a time fell back to mmap_lock. Root alone
/// may count it, and it is not counted all the time: it costs a writer some tens of
/// nanoseconds each time that it takes mmap_lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fallbacks {
    pub count: u64,
    /// The scans, or passes of queries, in which it was counted.
    pub scans: u64,
}

impl Fallbacks {
    /// All that were counted; none where nothing was.
    pub(crate) fn sum(of: impl IntoIterator<Item = Option<Fallbacks>>) -> Option<Fallbacks> {
        of.into_iter().flatten().reduce(Fallbacks::plus)
    }

    /// Both together.
    #[must_use]
    pub(crate) fn plus(self, other: Fallbacks) -> Fallbacks {
        Fallbacks {
            count: self.count + other.count,
            scans: self.scans + other.scans,
        }
    }

    /// Each scan, on average.
    #[must_use]
    pub(crate) fn per_scan(self) -> f64 {
        self.count as f64 / self.scans.max(1) as f64
    }
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

impl Outcome {
    /// Of a case that was read to its end, or by none.
    pub(crate) fn of(tally: &Tally) -> Self {
        let violations = tally.violation_count();
        match violations {
            0 if tally.scans == 0 => Outcome::NotRun,
            0 => Outcome::Held,
            all if all > tally.known_count() => Outcome::Violations,
            _ => Outcome::KnownViolations,
        }
    }
}

/// The share of one placement in a case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlacementResult {
    /// Where the sites stood.
    pub placement: Placement,
    /// Which of the placement's variants, from 0.
    pub variant: usize,
    /// How reader and writer shared CPUs.
    pub schedule: Schedule,
    /// How many sites there were.
    pub sites: usize,
    /// The caller's buffer in bytes; none: a page, or a query.
    pub read_size: Option<usize>,
    /// The pause before each read, as `up to 4 µs`; none where it was to be
    /// found and time was too short for that.
    pub dwell: Option<String>,
    /// The totals there.
    pub tally: Tally,
    /// Fallbacks to mmap_lock, where they were counted.
    pub fallbacks: Option<Fallbacks>,
    /// Operations the modifier finished there.
    pub operations: u64,
    /// Nanoseconds of reading there.
    pub elapsed_ns: u64,
    /// The totals by rounds of about equal length, in order; their sum is the
    /// tally.
    pub rounds: Vec<Tally>,
}
