//! A sampling thread, its control, and what it hands over.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::TakenText;
use super::clock::Clock;
use super::finds::Found;
use super::options::{Dwell, Rate, ReaderSchedule, SamplerError, SamplerOptions, Watched};
use super::query::{Asker, QuerySampling};
use super::reader::Sampling;
use super::recorded::RecordedScans;
use super::sampling_loop::{SamplingLoop, Shared};
use super::text::TextSampling;
use super::tune::Tuner;
use super::unknown::UnknownSampling;
use super::walk::{JudgedWalk, WalkSampling};
use super::{Published, ScanWanted, TakenScan};
use crate::linux::chunk::{ChunkReader, NoClock};
use crate::linux::dwell::DwellTime;
use crate::linux::file::ProcFile;
use crate::linux::interrupt_storm::InterruptStorm;
use crate::linux::pid_handle::PidHandle;
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::process::page_size;
use crate::linux::reader::Reader;
use crate::oracle::boundary_pairs::BoundaryPairs;
use crate::oracle::pairs::PairTable;
use crate::oracle::query_judge::QueryJudge;
use crate::oracle::states::States;
use crate::threads::worker::WorkerThread;

/// Finds that the queue holds before it drops.
const QUEUE: usize = 256;

/// The only kind of request for a text or for pairs.
const ANY: u8 = 1;

/// A running sampling thread. Dropping it stops it.
#[derive(Debug)]
pub struct Sampler {
    shared: Arc<Shared>,
    found: rtrb::Consumer<Found>,
    thread: WorkerThread<Result<Published, SamplerError>>,
}

impl Sampler {
    /// Opens the file and starts to sample.
    ///
    /// # Errors
    /// When the file cannot be opened or the thread not started.
    #[cfg(feature = "internals")]
    pub fn start(options: &SamplerOptions) -> Result<Self, SamplerError> {
        Self::start_recorded(options, None)
    }

    /// The same; every scan is also given to a recorded, if there is one.
    ///
    /// # Errors
    /// When the file cannot be opened or the thread not started.
    pub fn start_recorded(
        options: &SamplerOptions,
        mut recorded: Option<RecordedScans>,
    ) -> Result<Self, SamplerError> {
        // Held before the file is opened: the file is then of this process.
        let handle = PidHandle::of(options.pid)?;
        let mut file = crate::setup::text_file::open(options.pid, options.reader)?;
        let ReaderSchedule {
            dwell,
            thread,
            storm,
        } = options.schedule;
        let tuner = match dwell {
            Dwell::Fixed(_) => None,
            Dwell::Find => Some(Tuner::new()),
        };
        let pause = match dwell {
            Dwell::Fixed(pause) => pause,
            Dwell::Find => tuner.as_ref().map_or(DwellTime::USUAL, Tuner::pause),
        };
        file.set_dwell(pause);
        let (mut sampling, clock) = match &options.watched {
            Watched::Modifier { states, counters } => {
                let clock = Clock::Modifier(counters.clone());
                (of_modifier(options, file, pause, states)?, clock)
            }
            Watched::Unknown { .. } if options.reader.queries() => {
                return Err(SamplerError::QueryOfUnknown);
            }
            Watched::Unknown { see_calls } => {
                let see_calls_of = see_calls.then_some(options.pid);
                let smaps = options.reader == Reader::Smaps;
                let unknown = UnknownSampling::new(file, smaps, see_calls_of);
                let sampling: Box<dyn Sampling> = Box::new(unknown);
                (sampling, Clock::Unknown(NoClock))
            }
        };
        if let Some(within) = storm {
            sampling.begin_storm(InterruptStorm::new(within).map_err(SamplerError::Storm)?);
        }
        let start = Instant::now();
        if let Some(recorded) = &mut recorded {
            sampling.keep_answers(recorded.writers());
            recorded.begin(start);
        }
        let shared = Arc::new(Shared::default());
        shared.rate.store(options.rate.to_raw(), Ordering::Relaxed);
        let (producer, found) = rtrb::RingBuffer::new(QUEUE);
        let sampling_loop = SamplingLoop {
            sampling,
            tuner,
            handle,
            clock,
            schedule: thread,
            shared: shared.clone(),
            found: producer,
            recorded,
            published: Published::default(),
            start,
        };
        let name = format!("sample-{}", options.reader);
        let thread = WorkerThread::start(&name, move |stop| sampling_loop.run(stop))
            .map_err(SamplerError::Thread)?;
        Ok(Sampler {
            shared,
            found,
            thread,
        })
    }

    /// The next thing found, if there is one.
    pub fn next_found(&mut self) -> Option<Found> {
        self.found.pop().ok()
    }

    /// The totals as last published, at most a few milliseconds old.
    #[must_use]
    pub fn published(&self) -> Published {
        self.shared.published.lock().clone()
    }

    /// Asks for the next scan that fits to be left for [`Self::take_scan`],
    /// in place of what was asked for before.
    pub fn request_scan(&self, wanted: ScanWanted) {
        self.shared.scan.ask(wanted.to_raw());
    }

    /// Swaps `scan` with the scan that was left since this was called last, if
    /// one was; whether it was.
    pub fn take_scan(&self, scan: &mut TakenScan) -> bool {
        self.shared.scan.take(scan)
    }

    /// Asks for the text of the next scan to be left for
    /// [`Self::take_text`].
    pub(crate) fn request_text(&self) {
        self.shared.text.ask(ANY);
    }

    /// Swaps `text` with the text that was left, if there is one; whether
    /// there was.
    pub(crate) fn take_text(&self, text: &mut TakenText) -> bool {
        self.shared.text.take(text)
    }

    /// The pairs of neighbouring lines as counted when this was asked the last
    /// time; none at first, and none where the states are unknown. Asks for
    /// the next ones.
    #[must_use]
    pub fn pairs(&self) -> Option<PairTable> {
        let mut pairs = None;
        self.shared.pairs.take(&mut pairs);
        self.shared.pairs.ask(ANY);
        pairs
    }

    /// The same of pairs at chunk boundaries; none where the states are known.
    #[must_use]
    pub(crate) fn boundaries(&self) -> Option<BoundaryPairs> {
        let mut boundaries = None;
        self.shared.boundaries.take(&mut boundaries);
        self.shared.boundaries.ask(ANY);
        boundaries
    }

    /// The number of the thread that reads (gettid(2)), once it runs.
    #[must_use]
    pub(crate) fn thread_id(&self) -> Option<u32> {
        Some(self.shared.thread_id.load(Ordering::Relaxed)).filter(|id| *id > 0)
    }

    pub(crate) fn set_rate(&self, rate: Rate) {
        self.shared.rate.store(rate.to_raw(), Ordering::Relaxed);
    }

    pub(crate) fn pause(&self, paused: bool) {
        self.shared.paused.store(paused, Ordering::Relaxed);
    }

    /// Whether the thread has ended by itself.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.thread.has_ended()
    }

    /// Tells the thread to stop after the scan it is at.
    pub(crate) fn tell_to_stop(&self) {
        self.thread.tell_to_stop();
    }

    /// Stops the thread, after the scan it is at; its final totals.
    ///
    /// # Errors
    /// Why it had ended before.
    pub fn stop(&mut self) -> Result<Published, SamplerError> {
        match self.thread.stop() {
            None => Ok(self.published()),
            Some(Ok(ended)) => ended,
            Some(Err(panic)) => Err(SamplerError::Panicked(panic)),
        }
    }
}

/// What reads a modifier, and judges that by its states.
fn of_modifier(
    options: &SamplerOptions,
    file: ChunkReader<ProcFile>,
    pause: DwellTime,
    states: &Arc<States>,
) -> Result<Box<dyn Sampling>, SamplerError> {
    let (states, rule, extent) = (states.clone(), options.rule, options.extent);
    let reader = options.reader;
    match reader {
        Reader::Maps | Reader::Smaps => {
            return Ok(Box::new(TextSampling::new(
                file, reader, states, rule, extent,
            )));
        }
        Reader::SmapsRollup | Reader::NumaMaps => return Err(SamplerError::NotJudged(reader)),
        Reader::Query | Reader::QueryWalk => {}
    }
    let own = file.into_file();
    let asked = match &options.shared_file {
        Some(shared) => shared.clone(),
        None => Arc::new(ProcFile::open(options.pid, ProcFileName::Maps)?),
    };
    let asker = Asker::new(asked, own, pause);
    let judge = QueryJudge::new(rule.granularity);
    Ok(match reader {
        Reader::QueryWalk => {
            let walk = JudgedWalk::new(states, judge, extent.until);
            Box::new(WalkSampling::new(asker, walk))
        }
        _ => {
            let every = extent.ask_every.unwrap_or_else(page_size);
            Box::new(QuerySampling::new(asker, states, judge, every))
        }
    })
}
