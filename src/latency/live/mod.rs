//! The lab as it is watched: a thread that keeps a writer working, adds and
//! removes readers while it does, and says some four times a second what there
//! is to show.
//!
//! [`recorded`]: the same in a recording.
//!
//! Here locks are counted all the time, also with nobody reading, so that what
//! counting costs is in all figures alike.

pub(crate) mod configurations;
pub(crate) mod inversion;
pub(crate) mod lab_walk;
pub(crate) mod recorded;
pub(crate) mod worker;

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::bench::LabError;
use super::inversion::outcome::{Caught, WriterPlace};
use super::outcome::{Holds, Ratio};
use super::times::Summary;
use crate::linux::reader::Reader;
use crate::modifier::child_process::patience::Patience;
use crate::threads::worker::{Failure, WorkerThread};
use worker::Worker;

/// How often there may be something new.
const TICK: Duration = Duration::from_millis(250);
/// The time that a point of the chart covers.
pub(crate) const POINT: Duration = Duration::from_millis(500);
/// Points of the chart kept.
const POINTS: usize = 256;
/// Commands that may wait to be obeyed.
const COMMANDS: usize = 32;
/// Threads of one reader, at most.
pub(crate) const MAX_THREADS: u16 = 16;

/// The readers that can be added.
pub(crate) const READERS: [Reader; 5] = [
    Reader::Maps,
    Reader::Query,
    Reader::Smaps,
    Reader::SmapsRollup,
    Reader::NumaMaps,
];

/// How many threads of each of [`READERS`].
pub(crate) type Counts = [u16; READERS.len()];

/// What the lab is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabCommand {
    /// One thread more of a reader.
    Add(Reader),
    /// One less.
    Remove(Reader),
    /// Nobody.
    Clear,
    /// The demonstration: one reader after the other; or its end.
    Walk,
    /// The inversion, with nobody reading: elsewhere, then on the VMA being read,
    /// then its end.
    Inversion,
}

/// A point of the chart; times in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LabPoint {
    /// Calls in it; all times are 0 where there are none.
    pub calls: u64,
    pub p50_ns: u64,
    pub p99_ns: u64,
    pub max_ns: u64,
    /// Readers were added or removed.
    pub change: bool,
}

/// A configuration that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct LabConfiguration {
    /// Who reads, such as `2 maps + smaps`.
    pub name: String,
    /// What the calls come to.
    pub summary: Summary,
    /// Compared with nobody reading.
    pub ratio: Option<Ratio>,
}

/// What readers and writer locked lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LiveLocks {
    /// mmap_lock acquisitions a second of readers that lock one VMA at a
    /// time: fallbacks.
    pub fallbacks_per_second: f64,
    /// Fallbacks a scan.
    pub fallbacks_per_scan: f64,
    /// mmap_lock acquisitions a second of readers that hold it.
    pub held_per_second: f64,
    /// Acquisitions a second of the writer, for writing.
    pub writer_per_second: f64,
}

/// Where the demonstration is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabWalkState {
    /// The step, from 1, and how many there are.
    pub step: (usize, usize),
    /// What to see in it.
    pub sentence: Cow<'static, str>,
    /// Whole seconds until the next.
    pub left: u64,
}

/// The inversion, while it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveInversion {
    pub(crate) place: WriterPlace,
    pub writer_cpu: usize,
    /// That of all readers and of the busy thread.
    pub reader_cpu: usize,
    /// The call that was seen to wait last.
    pub(crate) caught: Option<Caught>,
}

/// Everything there is to show at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabSnapshot {
    /// When it was told, since the session started.
    pub at: Duration,
    pub pid: u32,
    /// How many threads of each reader.
    pub counts: Counts,
    /// Which readers this kernel does not have.
    pub missing: [bool; READERS.len()],
    /// What each reader was seen to hold, where locks are counted.
    pub holds: [Option<Holds>; READERS.len()],
    /// What each reader holds by the rule of this kernel's version, where that is known.
    pub rules: [Option<Holds>; READERS.len()],
    /// The chart, oldest point first.
    pub points: Arc<Vec<LabPoint>>,
    /// All configurations so far, of the inversion while it is shown, in the order they were first seen in.
    pub configurations: Arc<Vec<LabConfiguration>>,
    /// The index of the current one among them.
    pub current: usize,
    /// Calls a second, now.
    pub calls_per_second: f64,
    /// What was locked lately, where locks are counted.
    pub locks: Option<LiveLocks>,
    /// Why locks are not counted, if they are not.
    pub no_evidence: Option<String>,
    /// The demonstration, while it goes on.
    pub walk: Option<LabWalkState>,
    /// The inversion, while it is shown.
    pub inversion: Option<LiveInversion>,
    /// What could not be done as it was asked.
    pub notes: Vec<String>,
    /// Why it cannot go on, if so.
    pub failed: Option<String>,
}

/// A running lab. Dropping it ends it, the readers, and the writer with it.
#[derive(Debug)]
pub(crate) struct LiveLab {
    commands: SyncSender<LabCommand>,
    /// Dropping it ends it.
    _thread: WorkerThread<()>,
}

impl LiveLab {
    /// Starts it with nobody reading. `tell` is called from its thread and
    /// must not block; it says whether it had room. `tell_silence` hears each
    /// second that the writer does not answer.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(crate) fn start(
        tell: impl FnMut(LabSnapshot) -> bool + Send + 'static,
        tell_silence: impl Fn(String) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let (commands, receiver) = sync_channel(COMMANDS);
        let thread = WorkerThread::start_telling(
            "lab",
            tell,
            move |tell, stop| {
                let patience = Patience::new(stop.clone(), tell_silence).without_limit();
                Worker::new(stop.clone(), patience)?.work(&receiver, tell)
            },
            |tell, failure: &Failure<LabError>| {
                let failed = match failure {
                    Failure::Error(error) => error.to_string(),
                    Failure::Panic(text) => {
                        format!("the lab panicked: {text}; please report this")
                    }
                };
                tell(LabSnapshot {
                    failed: Some(failed),
                    ..LabSnapshot::default()
                })
            },
        )?;
        Ok(LiveLab {
            commands,
            _thread: thread,
        })
    }

    /// Sends a command; it is dropped if too many wait already.
    pub(crate) fn send(&self, command: LabCommand) {
        let _ = self.commands.try_send(command);
    }
}
