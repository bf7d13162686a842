//! How to sample, and why a sampler may end by itself.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::describe::FindContext;
use crate::linux::advice::Advised;
use crate::linux::chunk::ScanError;
use crate::linux::dwell::DwellTime;
use crate::linux::features::rule::Rule;
use crate::linux::file::ProcFile;
use crate::linux::open_error::OpenError;
use crate::linux::pid_handle::MmEnd;
use crate::linux::procmap_query::QueryError;
use crate::linux::reader::Reader;
use crate::linux::thread_schedule::ThreadSchedule;
use crate::modifier::counters::Counters;
use crate::oracle::states::States;
use crate::recording::stream::StreamInfo;
use crate::setup::read_range::ReadRange;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rate {
    /// As fast as the kernel answers: for the modifier, which does not mind.
    #[default]
    Full,
    /// So many scans a second: to be kind to other targets.
    PerSecond(u32),
}

impl Rate {
    /// Whether it is as fast as `other`, or faster.
    #[must_use]
    pub(crate) fn at_least(self, other: Rate) -> bool {
        match (self, other) {
            (Rate::Full, _) => true,
            (Rate::PerSecond(_), Rate::Full) => false,
            (Rate::PerSecond(mine), Rate::PerSecond(other)) => mine >= other,
        }
    }

    /// Scans a second, or 0 for as many as there can be.
    pub(crate) fn to_raw(self) -> u64 {
        match self {
            Rate::Full => 0,
            Rate::PerSecond(scans) => u64::from(scans.max(1)),
        }
    }
}

/// How to pause before each read: see [`DwellTimer`](crate::linux::dwell::DwellTimer).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dwell {
    /// In this way.
    Fixed(DwellTime),
    /// In the way that tears most scans, to be found out first.
    Find,
}

/// When and where a reader reads.
#[derive(Clone, Copy, Debug)]
pub struct ReaderSchedule {
    /// The pause before each read, or each query.
    pub(crate) dwell: Dwell,
    /// How its thread runs.
    pub(crate) thread: ThreadSchedule,
    /// Interrupts come during its reads, which take so long; none: no more than
    /// always.
    pub(crate) storm: Option<Duration>,
}

impl From<Dwell> for ReaderSchedule {
    /// With these pauses, on any CPU, undisturbed.
    fn from(dwell: Dwell) -> Self {
        ReaderSchedule {
            dwell,
            thread: ThreadSchedule::default(),
            storm: None,
        }
    }
}

impl From<DwellTime> for ReaderSchedule {
    fn from(pause: DwellTime) -> Self {
        Dwell::Fixed(pause).into()
    }
}

/// What is known of the watched address space.
#[derive(Clone, Debug)]
pub enum Watched {
    /// A modifier: its states, and its counters.
    Modifier {
        states: Arc<States>,
        counters: Counters,
    },
    /// A target that is not ours: its states are unknown, so that duplicates
    /// are certain, and of holes nothing can be said but by its calls.
    Unknown {
        /// Whether to see its calls, if they may be seen.
        see_calls: bool,
    },
}

#[derive(Clone, Debug)]
pub struct SamplerOptions {
    pub pid: u32,
    pub reader: Reader,
    /// The rule to judge by.
    pub rule: Rule,
    /// How much of the address space is read each time, if it is a modifier's.
    pub extent: ReadRange,
    /// When and where it reads.
    pub schedule: ReaderSchedule,
    /// A file for queries that several threads share; none: each opens its own.
    pub shared_file: Option<Arc<ProcFile>>,
    pub rate: Rate,
    /// What is known of the target.
    pub watched: Watched,
}

impl SamplerOptions {
    /// What the scans are judged by, to be recorded: with the number of the stream,
    /// and when the sampler started, in nanoseconds since the recording did.
    #[must_use]
    pub fn stream_info(
        &self,
        (stream, started_ns): (u32, u64),
        found_in: &FindContext<'_>,
    ) -> StreamInfo {
        let unknown = States::unknown();
        let states = match &self.watched {
            Watched::Modifier { states, .. } => states,
            Watched::Unknown { .. } => &unknown,
        };
        let info = StreamInfo::new(found_in.case.clone(), self.reader, self.rule, states);
        StreamInfo {
            stream,
            placement: found_in.placement,
            schedule: found_in.schedule,
            reader_index: found_in.reader_index,
            extent: ReadRange {
                ask_every: self.extent.ask_every.or(info.extent.ask_every),
                ..self.extent
            },
            started_ns,
            ..info
        }
    }
}

/// Why a sampler ended by itself.
#[derive(Debug, Error)]
pub enum SamplerError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The set-up failed to open the file.
    #[error(transparent)]
    SetUp(#[from] crate::setup::error::SetupError),
    /// The watched address space is no more.
    #[error(transparent)]
    Ended(#[from] MmEnd),
    /// Answers to queries about unknown states cannot be judged.
    #[error(
        "PROCMAP_QUERY answers cannot be judged for a target whose states nobody knows; read maps instead"
    )]
    QueryOfUnknown,
    /// What this reader reads cannot be judged.
    #[error("what {0} shows cannot be judged; read maps instead")]
    NotJudged(Reader),
    /// The thread may not run as the schedule says.
    #[error("the reader cannot run on that CPU or with that policy: {}", Advised(.0))]
    Schedule(std::io::Error),
    /// There is no room for the timer and its waiters.
    #[error("cannot make interrupts for the schedule storm: {}", Advised(.0))]
    Storm(std::io::Error),
    /// The thread could not be started.
    #[error("cannot start the sampling thread: {}", Advised(.0))]
    Thread(std::io::Error),
    /// The thread panicked: a bug.
    #[error("the sampling thread panicked: {0}; please report this")]
    Panicked(String),
}
