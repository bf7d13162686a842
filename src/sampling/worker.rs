//! What the thread does: sample, publish, and say why it ended.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::clock::Clock;
use super::events::{Found, FoundKind};
use super::query::{Asker, QuerySampling};
use super::text::TextSampling;
use super::thread::{SamplerError, SamplerOptions};
use super::tune::Tuner;
use super::unknown::UnknownSampling;
use super::walk::WalkSampling;
use super::{Published, TakenScan, Wanted};
use crate::linux::chunk::{ChunkReader, ScanError};
use crate::linux::dwell::Pause;
use crate::linux::features::rule::Reader;
use crate::linux::file::ProcFile;
use crate::linux::pid_handle::Life;
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::procmap_query::QueryError;
use crate::oracle::pairs::PairTable;
use crate::oracle::query_judge::QueryJudge;
use crate::oracle::states::States;

/// How often totals are published.
const PUBLISH: Duration = Duration::from_millis(2);

/// What the thread and its [`Sampler`](super::thread::Sampler) share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) stop: AtomicBool,
    pub(crate) paused: AtomicBool,
    pub(crate) rate: AtomicU64,
    /// The thread's number (gettid(2)); 0 until it runs.
    pub(crate) thread_id: AtomicU32,
    /// [`Wanted::to_raw`], or 0 when no scan is wanted.
    pub(crate) wanted: AtomicU8,
    pub(crate) published: Mutex<Published>,
    pub(crate) taken: Mutex<TakenScan>,
    pub(crate) wants_pairs: AtomicBool,
    pub(crate) pairs: Mutex<Option<PairTable>>,
    pub(crate) wants_text: AtomicBool,
    /// Whether it is newer than when it was last taken, and a text.
    pub(crate) text: Mutex<(bool, Vec<u8>)>,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic elsewhere leaves whole totals behind: they are stored at once.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The reader and its judge.
#[derive(Debug)]
pub(crate) enum Sampling {
    Text(Box<TextSampling>),
    Query(Box<QuerySampling>),
    Walk(Box<WalkSampling>),
    Unknown(Box<UnknownSampling>),
}

impl Sampling {
    pub(crate) fn of_modifier(
        options: &SamplerOptions,
        file: ChunkReader<ProcFile>,
        pause: Pause,
        states: &Arc<States>,
    ) -> Result<Self, SamplerError> {
        let (states, rule) = (states.clone(), options.rule);
        let asker = |file: ChunkReader<ProcFile>| -> Result<_, SamplerError> {
            let own = file.into_file();
            let asked = match &options.shared_file {
                Some(shared) => shared.clone(),
                None => Arc::new(ProcFile::open(options.pid, ProcFileName::Maps)?),
            };
            let judge = QueryJudge::new(rule.granularity);
            Ok((Asker::new(asked, own, pause), judge))
        };
        Ok(match options.reader {
            Reader::Maps | Reader::Smaps => {
                let (reader, extent) = (options.reader, options.extent);
                Self::Text(Box::new(TextSampling::new(
                    file, reader, states, rule, extent,
                )))
            }
            Reader::Query => {
                let (asker, judge) = asker(file)?;
                let page_size = crate::linux::process::page_size();
                Self::Query(Box::new(QuerySampling::new(
                    asker, states, judge, page_size,
                )))
            }
            Reader::QueryWalk => {
                let (asker, judge) = asker(file)?;
                let until = options.extent.until;
                Self::Walk(Box::new(WalkSampling::new(asker, states, judge, until)))
            }
            Reader::SmapsRollup | Reader::NumaMaps => {
                return Err(SamplerError::NotJudged(options.reader));
            }
        })
    }

    fn set_pause(&mut self, pause: Pause) {
        match self {
            Self::Text(text) => text.set_pause(pause),
            Self::Query(query) => query.asker().set_pause(pause),
            Self::Walk(walk) => walk.asker().set_pause(pause),
            Self::Unknown(_) => {}
        }
    }

    fn is_alive(&mut self) -> bool {
        match self {
            Self::Text(text) => text.is_alive(),
            Self::Query(query) => query.asker().is_alive(),
            Self::Walk(walk) => walk.asker().is_alive(),
            Self::Unknown(unknown) => unknown.is_alive(),
        }
    }
}

/// What runs on the thread.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) sampling: Sampling,
    /// Finds the pause, if it is to be found.
    pub(crate) tuner: Option<Tuner>,
    pub(crate) life: Life,
    pub(crate) clock: Clock,
    pub(crate) shared: Arc<Shared>,
    pub(crate) found: rtrb::Producer<Found>,
    pub(crate) published: Published,
    pub(crate) start: Instant,
}

impl Worker {
    pub(crate) fn run(mut self) -> Result<Published, SamplerError> {
        let thread_id = rustix::thread::gettid().as_raw_nonzero().get();
        self.shared
            .thread_id
            .store(thread_id.cast_unsigned(), Ordering::Relaxed);
        let ended = self.sample_until_stopped();
        // The last word: nothing is sampled any more that could be held up.
        lock(&self.shared.published).clone_from(&self.published);
        match ended {
            Ok(()) => Ok(self.published),
            Err(error) => Err(self.explain(error)),
        }
    }

    /// Where the address space has gone, that is the reason, whatever error it
    /// showed as.
    fn explain(&mut self, error: SamplerError) -> SamplerError {
        let gone = match error {
            SamplerError::Scan(ScanError::TargetGone)
            | SamplerError::Query(QueryError::TargetGone) => true,
            SamplerError::Scan(ScanError::MidLine { .. }) => !self.sampling.is_alive(),
            _ => false,
        };
        if gone {
            SamplerError::Ended(self.life.mm_end())
        } else {
            error
        }
    }

    /// When told to stop; but one scan at least, however late this thread came
    /// to run, unless it is paused.
    fn may_end(&self) -> bool {
        let is_due = self.published.tally.scans > 0 || self.shared.paused.load(Ordering::Relaxed);
        self.shared.stop.load(Ordering::Relaxed) && is_due
    }

    fn sample_until_stopped(&mut self) -> Result<(), SamplerError> {
        let mut last_publish = self.start;
        while !self.may_end() {
            let begin = Instant::now();
            if self.shared.paused.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            }
            let torn = self.sample()?;
            let now = Instant::now();
            self.tune(now - begin, torn);
            self.published.last_scan_ns = nanoseconds(now - begin);
            self.published.elapsed_ns = nanoseconds(now - self.start);
            if now - last_publish >= PUBLISH {
                last_publish = now;
                self.publish();
            }
            self.leave_text();
            self.leave_scan();
            self.wait(begin);
        }
        Ok(())
    }

    fn tune(&mut self, took: Duration, torn: bool) {
        if let Some(tuner) = &mut self.tuner
            && tuner.note(took, torn)
        {
            self.sampling.set_pause(tuner.pause());
            self.published.found_pause = tuner.settled();
        }
    }

    /// One scan or pass; whether it was torn, or violates a promise.
    fn sample(&mut self) -> Result<bool, SamplerError> {
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
            Sampling::Text(text) => {
                text.scan(&self.clock, tally, now_ns, skipped, found)?;
                Ok(!text.verdict().coherent())
            }
            Sampling::Query(query) => Ok(query.pass(&self.clock, tally, now_ns, skipped, found)?),
            Sampling::Walk(walk) => Ok(walk.pass(&self.clock, tally, now_ns, skipped, found)?),
            Sampling::Unknown(unknown) => {
                unknown.scan(&self.clock, tally, now_ns, skipped, found)?;
                self.published.missing = unknown.counts();
                Ok(!unknown.verdict().coherent())
            }
        }
    }

    /// Stores the totals, unless somebody is just reading them: then the next
    /// time.
    fn publish(&self) {
        if let Ok(mut published) = self.shared.published.try_lock() {
            published.clone_from(&self.published);
        }
        if let Sampling::Text(text) = &self.sampling
            && self.shared.wants_pairs.load(Ordering::Acquire)
            && let Ok(mut pairs) = self.shared.pairs.try_lock()
        {
            *pairs = Some(text.pairs().clone());
            self.shared.wants_pairs.store(false, Ordering::Relaxed);
        }
    }

    /// Leaves a copy of the latest text for whoever compares texts. Before
    /// [`Self::leave_scan`], which may give the scan away.
    fn leave_text(&self) {
        if !self.shared.wants_text.load(Ordering::Acquire) {
            return;
        }
        let latest = match &self.sampling {
            Sampling::Text(text) => text.latest(),
            Sampling::Unknown(unknown) => unknown.latest(),
            Sampling::Query(_) | Sampling::Walk(_) => return,
        };
        if let Ok(mut left) = self.shared.text.try_lock() {
            left.0 = true;
            left.1.clear();
            left.1.extend_from_slice(latest.text());
            self.shared.wants_text.store(false, Ordering::Relaxed);
        }
    }

    fn leave_scan(&mut self) {
        let Some(wanted) = Wanted::from_raw(self.shared.wanted.load(Ordering::Acquire)) else {
            return;
        };
        let verdict = match &self.sampling {
            Sampling::Text(text) => text.verdict(),
            Sampling::Unknown(unknown) => unknown.verdict(),
            Sampling::Query(_) | Sampling::Walk(_) => return,
        };
        if !wanted.fits(verdict) {
            return;
        }
        if let Ok(mut taken) = self.shared.taken.try_lock() {
            taken.verdict.clone_from(verdict);
            match &mut self.sampling {
                Sampling::Text(text) => text.swap_scan(&mut taken.text),
                Sampling::Unknown(unknown) => unknown.copy_scan(&mut taken.text),
                Sampling::Query(_) | Sampling::Walk(_) => {}
            }
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
        // A target with so many VMAs that a scan takes long is left alone for
        // at least as long again.
        let interval = Duration::from_nanos(1_000_000_000 / rate);
        let due = begin + interval.max(begin.elapsed() * 2);
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
