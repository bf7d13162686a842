//! What happens in a run of cases, as one stream of [`Observation`]s in order.
//!
//! Each report of a check, and the mail that the application writes of the modifier,
//! is a function of that stream alone. A single tear or violation is an
//! [`event::Event`], headless and live alike.

pub(crate) mod case;
pub(crate) mod document;
pub(crate) mod event;
pub(crate) mod run_info;
#[cfg(test)]
mod tests;
pub(crate) mod violations;

use serde::{Deserialize, Serialize};

use case::{CaseInfo, CaseResult};
use event::Event;
use run_info::RunInfo;

/// One thing that happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observation {
    /// First of all: what runs, where.
    RunStarted(Box<RunInfo>),
    /// A case begins; its states are captured.
    CaseStarted(Box<CaseInfo>),
    /// A case still runs: told once a second.
    Progress,
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
