//! What `watch` tells of, as one stream: what it prints is a function of it alone.

use chrono::{DateTime, Local};
use serde::{Deserialize, Serialize};

use super::follow::{Follower, WatchEvent, WatchTotals};
use super::scanned_calls::CallsSeen;
use crate::maps::line_counts::LineCounts;
use crate::text::number::nanoseconds;

/// One thing that `watch` tells of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum WatchObservation {
    /// First of all: who is watched.
    Started(DateTime<Local>, Box<WatchStart>),
    /// A scan begins: what it shows is told with this time.
    ScanBegins(DateTime<Local>),
    /// Whether the target's calls are seen.
    Calls(DateTime<Local>, CallsSeen),
    /// Something happened.
    Event(Box<WatchEvent>),
    /// Last of all: what was counted.
    Ended(DateTime<Local>, Box<WatchTotals>, CallsSeen),
}

/// Who is watched, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WatchStart {
    pub(crate) pid: u32,
    /// The TID that was asked for, where that is not the PID.
    pub(crate) thread: Option<u32>,
    /// Its name, sanitised.
    pub(crate) name: String,
    /// Its command line, sanitised.
    pub(crate) command: String,
    /// What it is of another vmascope.
    pub(crate) role: Option<String>,
    /// What else is to be known of it, in brackets; mostly nothing.
    pub(crate) remark: String,
    pub(crate) counts: LineCounts,
    /// Nanoseconds between two scans.
    pub(crate) interval_ns: u64,
}

impl WatchObservation {
    /// A follower begins to scan, every `interval`.
    pub(crate) fn started(follower: &Follower, interval: std::time::Duration) -> Self {
        let target = follower.target();
        let info = &target.info;
        let start = WatchStart {
            pid: info.pid,
            thread: target.thread,
            name: info.comm(),
            command: info.command_line(),
            role: info.role.clone(),
            remark: target.remark(),
            counts: info.counts,
            interval_ns: nanoseconds(interval),
        };
        WatchObservation::Started(Local::now(), Box::new(start))
    }

    /// A follower has come to its end.
    pub(crate) fn ended(follower: &Follower) -> Self {
        let totals = Box::new(*follower.totals());
        WatchObservation::Ended(Local::now(), totals, follower.calls_seen())
    }
}
