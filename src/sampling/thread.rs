//! The thread, its control, and the hand-over.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Instant;

use thiserror::Error;

use super::clock::Clock;
use super::events::Found;
use super::tune::Tuner;
use super::unknown::UnknownSampling;
use super::worker::{Sampling, Shared, Worker, lock};
use super::{Published, TakenScan, Wanted};
use crate::linux::chunk::{NoClock, ScanError};
use crate::linux::dwell::Pause;
use crate::linux::features::rule::{Reader, Rule};
use crate::linux::file::ProcFile;
use crate::linux::open_error::OpenError;
use crate::linux::pid_handle::{Life, MmEnd};
use crate::linux::procmap_query::QueryError;
use crate::modifier::counters::Counters;
use crate::oracle::pairs::PairTable;
use crate::oracle::states::States;
use crate::setup::read_range::Extent;
use crate::text::panic_text::panic_text;

/// Finds that the queue holds before it drops.
const QUEUE: usize = 256;

/// How fast to scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// As fast as the kernel answers: for the modifier, which does not mind.
    Full,
    /// So many scans a second: to be kind to other targets.
    PerSecond(u32),
}

impl Rate {
    /// The rate for targets that are not ours.
    pub const KIND: Rate = Rate::PerSecond(60);

    /// Whether it is as fast as `other`, or faster.
    #[must_use]
    pub fn at_least(self, other: Rate) -> bool {
        match (self, other) {
            (Rate::Full, _) => true,
            (Rate::PerSecond(_), Rate::Full) => false,
            (Rate::PerSecond(mine), Rate::PerSecond(other)) => mine >= other,
        }
    }

    fn to_raw(self) -> u64 {
        match self {
            Rate::Full => 0,
            Rate::PerSecond(scans) => u64::from(scans.max(1)),
        }
    }
}

/// How to pause before each read: see [`Dwell`](crate::linux::dwell::Dwell).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dwelling {
    /// In this way.
    Fixed(Pause),
    /// In the way that tears most scans, to be found out first.
    Find,
}

/// What is known of the watched address space.
#[derive(Clone, Debug)]
pub enum Watched {
    /// A modifier: its states, and its counters.
    Modifier {
        /// Every state.
        states: Arc<States>,
        /// Its counters.
        counters: Counters,
    },
    /// A target that is not ours: its states are unknown, so that duplicates
    /// are certain, and of holes nothing can be said.
    Unknown,
}

/// How to sample.
#[derive(Clone, Debug)]
pub struct SamplerOptions {
    /// The process.
    pub pid: u32,
    /// What to read.
    pub reader: Reader,
    /// The rule to judge by.
    pub rule: Rule,
    /// How much of the address space is read each time, if it is a modifier's.
    pub extent: Extent,
    /// The pause before each read, or each query.
    pub dwell: Dwelling,
    /// A file for queries that several threads share; none: each opens its own.
    pub shared_file: Option<Arc<ProcFile>>,
    /// How fast.
    pub rate: Rate,
    /// What is known of the target.
    pub watched: Watched,
}

/// Why a sampler ended by itself.
#[derive(Debug, Error)]
pub enum SamplerError {
    /// The file could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A scan failed.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// A query failed.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The stage failed to open the file.
    #[error(transparent)]
    Stage(#[from] crate::setup::error::StageError),
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
    /// The thread could not be started.
    #[error("cannot start the sampling thread: {0}; raise the limit on threads")]
    Thread(std::io::Error),
    /// The thread panicked: a bug.
    #[error("the sampling thread panicked: {0}; please report this")]
    Panicked(String),
}

/// A running sampling thread. Dropping it stops it.
#[derive(Debug)]
pub struct Sampler {
    shared: Arc<Shared>,
    found: rtrb::Consumer<Found>,
    thread: Option<JoinHandle<Result<Published, SamplerError>>>,
}

impl Sampler {
    /// Opens the file and starts to sample.
    ///
    /// # Errors
    /// When the file cannot be opened or the thread not started.
    pub fn start(options: &SamplerOptions) -> Result<Self, SamplerError> {
        // Held before the file is opened: the file is then of this process.
        let life = Life::of(options.pid)?;
        let mut file = crate::setup::open(options.pid, options.reader)?;
        let tuner = match options.dwell {
            Dwelling::Fixed(_) => None,
            Dwelling::Find => Some(Tuner::new()),
        };
        let pause = match options.dwell {
            Dwelling::Fixed(pause) => pause,
            Dwelling::Find => tuner.as_ref().map_or(Pause::USUAL, Tuner::pause),
        };
        file.set_pause(pause);
        let (sampling, clock) = match &options.watched {
            Watched::Modifier { states, counters } => {
                let clock = Clock::Modifier(counters.clone());
                (Sampling::of_modifier(options, file, pause, states)?, clock)
            }
            Watched::Unknown if options.reader.queries() => {
                return Err(SamplerError::QueryOfUnknown);
            }
            Watched::Unknown => {
                let unknown = UnknownSampling::new(file, options.reader == Reader::Smaps);
                let clock = Clock::Unknown(NoClock);
                (Sampling::Unknown(Box::new(unknown)), clock)
            }
        };
        let shared = Arc::new(Shared::default());
        shared.rate.store(options.rate.to_raw(), Ordering::Relaxed);
        let (producer, found) = rtrb::RingBuffer::new(QUEUE);
        let worker = Worker {
            sampling,
            tuner,
            life,
            clock,
            shared: shared.clone(),
            found: producer,
            published: Published::default(),
            start: Instant::now(),
        };
        let thread = std::thread::Builder::new()
            .name(format!("sample-{}", options.reader))
            .spawn(move || worker.run())
            .map_err(SamplerError::Thread)?;
        Ok(Sampler {
            shared,
            found,
            thread: Some(thread),
        })
    }

    /// The next thing found, if there is one.
    pub fn next_found(&mut self) -> Option<Found> {
        self.found.pop().ok()
    }

    /// The totals as last published, at most a few milliseconds old.
    #[must_use]
    pub fn published(&self) -> Published {
        lock(&self.shared.published).clone()
    }

    /// Asks for the next scan that fits to be left for [`Self::take_scan`],
    /// in place of what was asked for before.
    pub fn request_scan(&self, wanted: Wanted) {
        self.shared.wanted.store(wanted.to_raw(), Ordering::Release);
    }

    /// Swaps `scan` with the latest scan that was left; whether there was one
    /// that `scan` was not already.
    pub fn take_scan(&self, scan: &mut TakenScan) -> bool {
        let mut taken = lock(&self.shared.taken);
        if taken.number <= scan.number {
            return false;
        }
        std::mem::swap(&mut *taken, scan);
        true
    }

    /// Asks for the text of the next scan to be left for
    /// [`Self::take_text`].
    pub fn request_text(&self) {
        self.shared.wants_text.store(true, Ordering::Release);
    }

    /// Swaps `text` with the text that was left, if there is one; whether
    /// there was.
    pub fn take_text(&self, text: &mut Vec<u8>) -> bool {
        let mut left = lock(&self.shared.text);
        if !std::mem::take(&mut left.0) {
            return false;
        }
        std::mem::swap(&mut left.1, text);
        true
    }

    /// The pairs of neighbouring lines as counted when this was asked the last
    /// time; none at first, and none where the states are unknown. Asks for
    /// the next ones.
    #[must_use]
    pub fn pairs(&self) -> Option<PairTable> {
        let pairs = lock(&self.shared.pairs).take();
        self.shared.wants_pairs.store(true, Ordering::Release);
        pairs
    }

    /// The number of the thread that reads (gettid(2)), once it runs.
    #[must_use]
    pub fn thread_id(&self) -> Option<u32> {
        Some(self.shared.thread_id.load(Ordering::Relaxed)).filter(|id| *id > 0)
    }

    /// Changes the rate.
    pub fn set_rate(&self, rate: Rate) {
        self.shared.rate.store(rate.to_raw(), Ordering::Relaxed);
    }

    /// Pauses or goes on.
    pub fn pause(&self, paused: bool) {
        self.shared.paused.store(paused, Ordering::Relaxed);
    }

    /// Whether the thread has ended by itself.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Stops the thread, after the scan it is at; its final totals.
    ///
    /// # Errors
    /// Why it had ended before.
    pub fn stop(&mut self) -> Result<Published, SamplerError> {
        self.shared.stop.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else {
            return Ok(self.published());
        };
        thread
            .join()
            .unwrap_or_else(|panic| Err(SamplerError::Panicked(panic_text(&*panic))))
    }
}

impl Drop for Sampler {
    fn drop(&mut self) {
        // Why it ended is of no interest to whoever drops it unasked.
        let _ = self.stop();
    }
}
