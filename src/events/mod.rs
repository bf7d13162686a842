//! The one stream of events that every display and report is made from.
//!
//! Whatever runs, live or headless, says what happens as [`Observation`]s, in
//! order; a report or a view is a function of that stream alone. So a stream
//! that was kept can be reported again, and says the same.

pub(crate) mod case;
pub(crate) mod document;
pub(crate) mod event;
pub(crate) mod run_info;
pub(crate) mod violations;

use serde::Serialize;

use crate::oracle::tally::Tally;
use case::{CaseInfo, CaseKey, CaseResult};
use event::Event;
use run_info::RunInfo;

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
        tally: Box<Tally>,
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
