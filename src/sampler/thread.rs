//! The thread, its control, and the hand-over.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::clock::Clock;
use super::events::{Found, FoundKind};
use super::query::QuerySampling;
use super::text::TextSampling;
use super::{Published, TakenScan, Wanted};
use crate::kernel::chunk::ScanError;
use crate::kernel::features::{Reader, Rule};
use crate::kernel::file::OpenError;
use crate::kernel::procmap_query::QueryError;
use crate::scan::States;
use crate::stage;
use crate::target::Counters;

/// Finds that the queue holds before it drops.
const QUEUE: usize = 256;

/// How often totals are published.
const PUBLISH: Duration = Duration::from_millis(2);

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

    fn to_raw(self) -> u64 {
        match self {
            Rate::Full => 0,
            Rate::PerSecond(scans) => u64::from(scans.max(1)),
        }
    }
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
    Stage(#[from] stage::StageError),
    /// The thread could not be started.
    #[error("cannot start the sampling thread: {0}; raise the limit on threads")]
    Thread(std::io::Error),
    /// The thread panicked: a bug.
    #[error("the sampling thread panicked: {0}; please report this")]
    Panicked(String),
}

#[derive(Debug, Default)]
struct Shared {
    stop: AtomicBool,
    paused: AtomicBool,
    rate: AtomicU64,
    /// [`Wanted::to_raw`], or 0 when no scan is wanted.
    wanted: AtomicU8,
    published: Mutex<Published>,
    taken: Mutex<TakenScan>,
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
        let Watched::Modifier { states, counters } = &options.watched;
        let file = stage::open(options.pid, options.reader)?;
        let sampling = match options.reader {
            Reader::Maps | Reader::Smaps => Sampling::Text(Box::new(TextSampling::new(
                file,
                options.reader == Reader::Smaps,
                states.clone(),
                options.rule,
            ))),
            Reader::Query => Sampling::Query(Box::new(QuerySampling::new(
                file.into_file(),
                states.clone(),
                options.rule.granularity,
                crate::kernel::process::page_size(),
            ))),
        };
        let clock = Clock::Modifier(counters.clone());
        let shared = Arc::new(Shared::default());
        shared.rate.store(options.rate.to_raw(), Ordering::Relaxed);
        let (producer, found) = rtrb::RingBuffer::new(QUEUE);
        let worker = Worker {
            sampling,
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

pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".into())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic elsewhere leaves whole totals behind: they are stored at once.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
enum Sampling {
    Text(Box<TextSampling>),
    Query(Box<QuerySampling>),
}

#[derive(Debug)]
struct Worker {
    sampling: Sampling,
    clock: Clock,
    shared: Arc<Shared>,
    found: rtrb::Producer<Found>,
    published: Published,
    start: Instant,
}

impl Worker {
    fn run(mut self) -> Result<Published, SamplerError> {
        let mut last_publish = self.start;
        while !self.shared.stop.load(Ordering::Relaxed) {
            let begin = Instant::now();
            if self.shared.paused.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            }
            self.sample()?;
            let now = Instant::now();
            self.published.last_scan_ns = nanoseconds(now - begin);
            self.published.elapsed_ns = nanoseconds(now - self.start);
            if now - last_publish >= PUBLISH {
                last_publish = now;
                self.publish();
            }
            self.leave_scan();
            self.wait(begin);
        }
        self.publish();
        Ok(self.published)
    }

    fn sample(&mut self) -> Result<(), SamplerError> {
        let (start, scan) = (self.start, self.published.tally.scans + 1);
        let now_ns = move || nanoseconds(start.elapsed());
        let (ring, dropped) = (&mut self.found, &mut self.published.dropped);
        let found = |kind: FoundKind| {
            let found = Found {
                scan,
                at_ns: now_ns(),
                kind,
            };
            if ring.push(found).is_err() {
                *dropped += 1;
            }
        };
        let (tally, skipped) = (&mut self.published.tally, &mut self.published.not_described);
        match &mut self.sampling {
            Sampling::Text(text) => text.scan(&self.clock, tally, now_ns, skipped, found)?,
            Sampling::Query(query) => query.pass(&self.clock, tally, now_ns, skipped, found)?,
        }
        Ok(())
    }

    /// Stores the totals, unless somebody is just reading them: then the next
    /// time.
    fn publish(&self) {
        if let Ok(mut published) = self.shared.published.try_lock() {
            published.clone_from(&self.published);
        }
    }

    fn leave_scan(&mut self) {
        let Some(wanted) = Wanted::from_raw(self.shared.wanted.load(Ordering::Acquire)) else {
            return;
        };
        let Sampling::Text(text) = &mut self.sampling else {
            return;
        };
        if !wanted.fits(text.verdict()) {
            return;
        }
        if let Ok(mut taken) = self.shared.taken.try_lock() {
            taken.verdict.clone_from(text.verdict());
            text.swap_scan(&mut taken.text);
            taken.number = self.published.tally.scans;
            self.shared.wanted.store(0, Ordering::Relaxed);
        }
    }

    /// Waits until the next scan is due.
    fn wait(&self, begin: Instant) {
        let rate = self.shared.rate.load(Ordering::Relaxed);
        if rate == 0 {
            return;
        }
        let due = begin + Duration::from_nanos(1_000_000_000 / rate);
        while let Some(left) = due.checked_duration_since(Instant::now()) {
            if left.is_zero() || self.shared.stop.load(Ordering::Relaxed) {
                return;
            }
            std::thread::sleep(left.min(Duration::from_millis(20)));
        }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
