//! The one stream of events that every display and report is made from.
//!
//! Whatever runs, live or headless, says what happens as [`Observation`]s, in
//! order; a report or a view is a function of that stream alone. So a stream
//! that was kept can be reported again, and says the same.

pub(crate) mod case;
pub(crate) mod document;
pub(crate) mod event;
pub(crate) mod run_info;

use case::{CaseInfo, CaseKey, CaseResult};

use crate::setup::placement::Placement;

use event::Event;

use serde::Serialize;

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "observation", rename_all = "kebab-case")]
pub enum Observation {
    /// First of all: what runs, where.
    RunStarted(RunInfo),
    /// A case begins; its states are captured.
    CaseStarted(Box<CaseInfo>),
    /// A case still runs: its totals so far. At most a few each second.
    Progress {
        case: CaseKey,
        /// Nanoseconds since it started to run.
        elapsed_ns: u64,
        /// The totals so far.
        tally: Box<crate::oracle::tally::Tally>,
        /// Operations the modifier finished.
        operations: u64,
    },
    /// A tear or a violation, described. Rare kinds are always described,
    /// frequent ones are sampled; the tally counts all of them.
    Event(Box<Event>),
    /// A case is over.
    CaseFinished(Box<CaseResult>),
    /// Last of all.
    RunFinished {
        /// Whether it was ended early, as by Ctrl-C.
        interrupted: bool,
        /// Why it ended before its end, where it could not go on.
        problem: Option<String>,
        /// What the exit status will be.
        exit_code: u8,
    },
}

#[derive(Clone, Debug, Serialize)]
pub struct RunInfo {
    pub version: String,
    /// The command line, sanitised.
    pub command_line: String,
    /// `uname -srvm`.
    pub kernel: String,
    /// CONFIG_PER_VMA_LOCK, and where that is known from.
    pub per_vma_lock: String,
    pub page_size: u64,
    /// Wall-clock start, RFC 3339.
    pub started: String,
    /// How many cases will run.
    pub cases: usize,
    /// How many of each reader run at once.
    pub readers_at_once: u16,
    /// Where the sites stand, one after the other; empty where that changes.
    pub placements: Vec<Placement>,
    /// The scenarios that are placed at the end of the address space whatever
    /// else is asked for.
    pub placed_last: Vec<String>,
    /// What each reader holds still and where it resumes, and why we think so.
    pub rules: Vec<RuleInfo>,
}

/// The rule that one reader is judged by.
#[derive(Clone, Debug, Serialize)]
pub struct RuleInfo {
    pub reader: String,
    /// `line-end`, `chunk-end` or `chunk-start`.
    pub rule: String,
    pub why: String,
}
