//! What a report is made from.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::events::Observation;
use crate::events::event::Event;
use crate::events::run_info::RunInfo;
use crate::events::violations::keep_some;
use crate::oracle::missing::MissingCounts;
use crate::oracle::tally::Tally;
use crate::sampling::Published;
use crate::sampling::scanned_calls::CallsSeen;

/// Finds of a target that is not ours that a report shows.
const SHOWN: usize = 32;

/// What a report of a session is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Report {
    /// Of the modifier: all of it was judged.
    Judged(Vec<Observation>),
    /// Of a process that is not ours: counted, and not judged.
    Foreign(Box<ForeignReport>),
}

/// What was seen of a process that is not ours.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForeignReport {
    pub run: RunInfo,
    /// Its name, its PID, and what it was doing last.
    pub target: String,
    /// Its command line, sanitised.
    pub command: String,
    /// Why it is gone, if it is.
    pub ended: Option<String>,
    pub watched: Duration,
    /// Whether its calls are seen.
    pub calls: CallsSeen,
    pub seen: ForeignSeen,
}

/// What was counted and found, of one program after another.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ForeignSeen {
    pub tally: Tally,
    pub missing: MissingCounts,
    /// Programs before the one that runs: each exec began another address space.
    pub execs: u64,
    /// Some of what was found.
    pub events: Vec<Event>,
}

impl ForeignSeen {
    pub(crate) fn keep(&mut self, event: &Event) {
        if self.events.len() < SHOWN {
            keep_some(&mut self.events, event);
        }
    }

    /// Adds what was counted of another address space.
    pub(crate) fn add(&mut self, published: &Published) {
        self.tally.merge(&published.tally);
        self.missing.merge(published.missing);
    }
}
