//! What the sampling thread does: sample, publish, and say why it ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::clock::Clock;
use super::finds::{Finds, Found};
use super::options::SamplerError;
use super::reader::Sampling;
use super::recorded::RecordedScans;
use super::tune::Tuner;
use super::{Published, ScanWanted, TakenScan, TakenText};
use crate::linux::chunk::ScanError;
use crate::linux::pid_handle::PidHandle;
use crate::linux::procmap_query::QueryError;
use crate::linux::thread_schedule::ThreadSchedule;
use crate::oracle::boundary_pairs::BoundaryPairs;
use crate::oracle::pairs::PairTable;
use crate::recording::raw::Raw;
use crate::text::number::nanoseconds;
use crate::threads::latest::{Latest, OnRequest};
use crate::threads::request::Asked;

/// How often totals are published.
const PUBLISH: Duration = Duration::from_millis(2);

/// What the thread and its [`Sampler`](super::sampler::Sampler) share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) paused: AtomicBool,
    /// [`Rate::to_raw`](super::options::Rate::to_raw).
    pub(crate) rate: AtomicU64,
    /// The thread's number (gettid(2)); 0 until it runs.
    pub(crate) thread_id: AtomicU32,
    pub(crate) published: Latest<Published>,
    /// Asked for by [`ScanWanted::to_raw`].
    pub(crate) scan: OnRequest<TakenScan>,
    pub(crate) text: OnRequest<TakenText>,
    pub(crate) pairs: OnRequest<Option<PairTable>>,
    pub(crate) boundaries: OnRequest<Option<BoundaryPairs>>,
}

/// What runs on the thread.
#[derive(Debug)]
pub(crate) struct SamplingLoop {
    pub(crate) sampling: Box<dyn Sampling>,
    /// Finds the pause, if it is to be found.
    pub(crate) tuner: Option<Tuner>,
    pub(crate) handle: PidHandle,
    pub(crate) clock: Clock,
    pub(crate) schedule: ThreadSchedule,
    pub(crate) shared: Arc<Shared>,
    pub(crate) found: rtrb::Producer<Found>,
    pub(crate) recorded: Option<RecordedScans>,
    pub(crate) published: Published,
    pub(crate) start: Instant,
}

impl SamplingLoop {
    pub(crate) fn run(mut self, stop: &AtomicBool) -> Result<Published, SamplerError> {
        // First: others must be able to help a thread that gives way to all others.
        let thread_id = rustix::thread::gettid().as_raw_nonzero().get();
        self.shared
            .thread_id
            .store(thread_id.cast_unsigned(), Ordering::Relaxed);
        self.schedule.begin().map_err(SamplerError::Schedule)?;
        let ended = self.sample_until(stop);
        // Of a pass that failed some answers have been counted.
        let is_whole = ended.is_ok() || matches!(self.sampling.raw(), Raw::Scan { .. });
        if let Some(recorded) = self.recorded.as_mut().filter(|_| is_whole) {
            recorded.end(&self.published);
        }
        // The last word: nothing is sampled any more that could be held up.
        self.shared.published.lock().clone_from(&self.published);
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
            SamplerError::Scan(ScanError::MidLine { .. }) => {
                matches!(self.sampling.is_alive(), Ok(false))
            }
            _ => false,
        };
        match gone {
            true => self.handle.mm_end().map_or_else(
                |error| ScanError::Read { error }.into(),
                SamplerError::Ended,
            ),
            false => error,
        }
    }

    /// When told to stop; but one scan at least, however late this thread came
    /// to run, unless it is paused.
    fn may_end(&self, stop: &AtomicBool) -> bool {
        let is_due = self.published.tally.scans > 0 || self.shared.paused.load(Ordering::Relaxed);
        stop.load(Ordering::Relaxed) && is_due
    }

    fn sample_until(&mut self, stop: &AtomicBool) -> Result<(), SamplerError> {
        let mut last_publish = self.start;
        while !self.may_end(stop) {
            let begin = Instant::now();
            if self.shared.paused.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(5));
                self.meanwhile();
                continue;
            }
            let torn = self.sample(begin)?;
            let now = Instant::now();
            self.tune(now - begin, torn);
            self.published.last_scan_ns = nanoseconds(now - begin);
            self.published.elapsed_ns = nanoseconds(now - self.start);
            // The first at once: whoever sees a scan sees that it was judged.
            if now - last_publish >= PUBLISH || self.published.tally.scans == 1 {
                last_publish = now;
                self.publish();
            }
            self.leave_text();
            self.leave_scan();
            self.wait(begin, stop);
        }
        Ok(())
    }

    /// What cannot wait until the next scan.
    fn meanwhile(&mut self) {
        self.sampling.meanwhile();
        if let Some(recorded) = &mut self.recorded {
            recorded.look();
        }
    }

    fn tune(&mut self, took: Duration, torn: bool) {
        if let Some(tuner) = &mut self.tuner
            && tuner.note(took, torn)
        {
            self.sampling.set_dwell(tuner.pause());
            self.published.found_dwell = tuner.settled();
        }
    }

    /// One scan or pass, which begins now; whether it was torn, or violates a promise.
    fn sample(&mut self, begin: Instant) -> Result<bool, SamplerError> {
        let (ring, dropped) = (&mut self.found, &mut self.published.dropped);
        let scan = self.published.tally.scans + 1;
        let begun_ns = nanoseconds(begin - self.start);
        let mut finds = Finds {
            tally: &mut self.published.tally,
            scan,
            now_ns: begun_ns,
            not_described: &mut self.published.not_described,
            found: &mut |found| {
                if ring.push(found).is_err() {
                    *dropped += 1;
                }
            },
        };
        let torn = self.sampling.sample(&self.clock, self.start, &mut finds)?;
        let judged_ns = finds.now_ns;
        self.published.missing = self.sampling.missing();
        self.published.calls = self.sampling.calls_seen();
        if let Some(recorded) = &mut self.recorded {
            let raw = self.sampling.raw();
            let ended_ns = match raw {
                Raw::Scan { .. } => judged_ns,
                Raw::Pass(_) => nanoseconds(self.start.elapsed()),
            };
            recorded.put((begun_ns, ended_ns), raw);
            recorded.counted(&self.published);
        }
        Ok(torn)
    }

    /// Stores the totals, unless somebody is just reading them: then the next
    /// time.
    fn publish(&self) {
        self.shared
            .published
            .try_write(|published| published.clone_from(&self.published));
        if let Some(pairs) = self.sampling.pairs()
            && let Some(asked) = self.shared.pairs.asked()
        {
            self.shared
                .pairs
                .leave(asked, |left| *left = Some(pairs.clone()));
        }
        if let Some(boundaries) = self.sampling.boundaries()
            && let Some(asked) = self.shared.boundaries.asked()
        {
            let shared = &self.shared.boundaries;
            shared.leave(asked, |left| *left = Some(boundaries.clone()));
        }
    }

    /// Leaves a copy of the latest text, to be compared with others. Before
    /// [`Self::leave_scan`], which may give the scan away.
    fn leave_text(&mut self) {
        let Some(asked) = self.shared.text.asked() else {
            return;
        };
        let sampling = &mut self.sampling;
        if sampling.latest().is_some() {
            self.shared.text.leave(asked, |left| {
                left.text.clear();
                let latest = sampling
                    .latest()
                    .map_or(&[][..], |(latest, _)| latest.text());
                left.text.extend_from_slice(latest);
                sampling.hand_over_calls(&mut left.calls);
            });
        }
    }

    fn leave_scan(&mut self) {
        let Some(asked) = self.shared.scan.asked() else {
            return;
        };
        let wanted = ScanWanted::from_raw(Asked::kind(asked));
        let latest = self.sampling.latest();
        if !latest.is_some_and(|(_, verdict)| wanted.is_some_and(|wanted| wanted.fits(verdict))) {
            return;
        }
        let (sampling, number) = (&mut self.sampling, self.published.tally.scans);
        self.shared.scan.leave(asked, |left| {
            if let Some((_, verdict)) = sampling.latest() {
                left.verdict.clone_from(verdict);
            }
            sampling.give_scan(&mut left.text);
            left.number = number;
        });
    }

    /// Waits until the next scan is due.
    fn wait(&mut self, begin: Instant, stop: &AtomicBool) {
        let rate = self.shared.rate.load(Ordering::Relaxed);
        if rate == 0 {
            return;
        }
        // A target with so many VMAs that a scan takes long is left alone for
        // at least as long again.
        let interval = Duration::from_nanos(1_000_000_000 / rate);
        let due = begin + interval.max(begin.elapsed() * 2);
        while let Some(left) = due.checked_duration_since(Instant::now()) {
            if left.is_zero() || stop.load(Ordering::Relaxed) {
                return;
            }
            std::thread::sleep(left.min(Duration::from_millis(20)));
            self.meanwhile();
        }
    }
}
