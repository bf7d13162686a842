//! One sample: the writer's calls while a reader loses its CPU.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::outcome::{Caught, Stuck, Who, WriterPlace};
use super::silence::{CATCH, Silence, reader_at};
use crate::latency::bench::{Bench, LabError};
use crate::latency::busy::{ALWAYS, Busy};
use crate::latency::load::Load;
use crate::latency::reader::LatencyReaders;
use crate::latency::sample::{TAKE, WARM_UP, run_delay};
use crate::latency::times::Times;
use crate::linux::status;
use crate::linux::stolen_time::{stolen_ns, stolen_of_ns};
use crate::linux::thread_place::ThreadPlace;
use crate::modifier::timed_writer::mailbox::Command;
use crate::text::number::nanoseconds;

/// After how long the writer is stuck.
const STUCK: Duration = Duration::from_secs(10);

/// The same where somebody wants to end.
const STUCK_AT_THE_END: Duration = Duration::from_secs(1);

/// How long writer and reader may take to come back when the busy thread has ended.
const COMES_BACK: Duration = Duration::from_secs(2);

/// What one sample came to.
#[derive(Debug, Default)]
pub(crate) struct InversionSample {
    pub times: Times,
    /// Chunks or queries of the reader.
    pub pieces: u64,
    /// How often the reader lost its CPU.
    pub lost_cpu: u64,
    /// How long the writer could have run but had no CPU, in nanoseconds; with what a
    /// hypervisor took of its CPU and of the reader's.
    pub cpu_wait_ns: u64,
    pub caught: Option<Caught>,
    pub stuck: Option<Stuck>,
    /// Writer and reader are as they were before: both came back.
    pub is_over: bool,
}

impl Bench {
    /// One sample of this length, or until `stop` is set.
    ///
    /// # Errors
    /// When the writer or the reader fails.
    pub(crate) fn inversion_sample(
        &mut self,
        reader: Load,
        place: WriterPlace,
        length: Duration,
        stop: &AtomicBool,
    ) -> Result<InversionSample, LabError> {
        let readers = self.start_readers(reader, 1, false, stop)?;
        let refused = readers.refused();
        if refused.idle || refused.pin {
            return Err(LabError::NoIdleReaders);
        }
        let busy = Busy::start(1, ALWAYS, self.reader_cpus().as_ref())
            .map_err(|source| LabError::Start { reader, source })?;
        let mut sample = InversionSample::default();
        self.writer.request(place.command());
        std::thread::sleep(WARM_UP);
        self.writer.take_times(|_, _| {});
        let pieces = readers.totals().pieces;
        let lost = lost_cpu(&readers);
        let waited = self.cpu_wait();
        let begin = Instant::now();
        let mut silence = Silence::since(self.writer.timed());
        let stopped = || stop.load(Ordering::Relaxed);
        let patience = || if stopped() { STUCK_AT_THE_END } else { STUCK };
        let mut asked = false;
        // A call that is still waiting belongs to the sample.
        while !(asked && self.writer.has_answered()) && silence.lasts < patience() {
            if !asked && (begin.elapsed() >= length || stopped()) {
                self.writer.request(Command::Pause);
                asked = true;
            }
            std::thread::sleep(TAKE);
            self.take(&mut sample);
            self.check(&readers)?;
            silence.look(self.writer.timed());
            if silence.lasts >= CATCH && sample.caught.is_none() {
                sample.caught = self.catch(readers.threads().next(), silence.lasts);
            }
        }
        sample.pieces = readers.totals().pieces - pieces;
        sample.lost_cpu = lost_cpu(&readers).saturating_sub(lost);
        sample.cpu_wait_ns = self.cpu_wait().saturating_sub(waited);
        if silence.lasts >= STUCK {
            // As long as it is known to be.
            sample.times.add(nanoseconds(silence.lasts));
            sample.stuck = Some(Stuck {
                who: Who::Writer,
                reader,
                place,
                waited_ns: nanoseconds(silence.lasts),
                came_back: false,
                writer_at: ThreadPlace::of(self.writer.pid(), self.writer.pid()),
                reader_at: readers.threads().next().and_then(reader_at),
            });
        }
        drop(busy);
        self.end(readers, &mut sample, asked, (reader, place));
        Ok(sample)
    }

    /// How long the writer had no CPU, and how long either CPU was not this machine's:
    /// then the reader, which may hold a lock, did not get on either.
    fn cpu_wait(&self) -> u64 {
        let pid = self.writer.pid();
        let reader = self.reader_cpus().map_or(0, |cpus| stolen_ns(&cpus));
        run_delay(pid) + stolen_of_ns(pid) + reader
    }

    /// Waits for both now that nobody keeps the reader from its CPU.
    fn end(
        &mut self,
        readers: LatencyReaders,
        sample: &mut InversionSample,
        asked: bool,
        (reader, place): (Load, WriterPlace),
    ) {
        if !asked {
            self.writer.request(Command::Pause);
        }
        let begin = Instant::now();
        while !self.writer.has_answered() && begin.elapsed() < COMES_BACK {
            std::thread::sleep(TAKE);
        }
        let is_back = self.writer.has_answered();
        if let Some(stuck) = &mut sample.stuck {
            stuck.came_back = is_back;
        }
        let left = readers.end_within(COMES_BACK);
        sample.is_over = is_back && left.is_empty();
        // One that could run has no CPU: the machine is busy.
        let hangs = left
            .iter()
            .find_map(|thread| reader_at(*thread).filter(ThreadPlace::is_asleep));
        if sample.stuck.is_none() && hangs.is_some() {
            sample.stuck = Some(Stuck {
                who: Who::Reader,
                reader,
                place,
                waited_ns: nanoseconds(COMES_BACK),
                came_back: false,
                writer_at: ThreadPlace::of(self.writer.pid(), self.writer.pid()),
                reader_at: hangs,
            });
        }
    }

    fn take(&self, sample: &mut InversionSample) {
        self.writer
            .take_times(|_, nanoseconds| sample.times.add(nanoseconds));
    }

    fn check(&mut self, readers: &LatencyReaders) -> Result<(), LabError> {
        self.writer.check_alive()?;
        match readers.problem() {
            None => Ok(()),
            Some(problem) => {
                // It ends before its address space is seen to be gone.
                self.writer.check_alive()?;
                Err(LabError::Reader(problem))
            }
        }
    }
}

/// How often the reader could have run on, and did not.
fn lost_cpu(readers: &LatencyReaders) -> u64 {
    let of = |thread| status::read(thread).ok()?.nonvoluntary_ctxt_switches;
    readers.threads().filter_map(of).sum()
}
