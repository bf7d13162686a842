//! A writer and its readers, placed on CPUs: takes samples.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use procfs::FromRead;
use procfs::process::Schedstat;
use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use thiserror::Error;

use super::busy::Busy;
use super::clock::ClockCheck;
use super::load::Load;
use super::reader::{Manner, Readers};
use super::times::Times;
use crate::linux::locks::{LockCounts, LockEvidence, NoEvidence};
use crate::linux::scanner::{ReadTotals, quiet_locks};
use crate::modifier::timed_writer::error::WriterError;
use crate::modifier::timed_writer::mailbox::Timed;
use crate::modifier::timed_writer::{Writer, WriterOptions};
use crate::setup::cpus::divide;

/// How often times are taken from the writer.
const TAKE: Duration = Duration::from_millis(5);

/// How long the first times of a sample are passed over, at most: caches and
/// readers get going.
const WARM_UP: Duration = Duration::from_millis(20);

/// How long readers may take to read everything once.
const PATIENCE: Duration = Duration::from_secs(30);

/// How to measure.
#[derive(Clone, Debug)]
pub(crate) struct BenchOptions {
    /// Threads of each reader.
    pub reader_count: u16,
    /// Whether the writer has a CPU of its own.
    pub pin: bool,
    /// Whether readers give way to others.
    pub niced: bool,
    /// How long a busy thread beside each reader spins between sleeps of a
    /// millisecond, if there are any.
    pub busy: Option<Duration>,
    /// The writer.
    pub writer: WriterOptions,
}

/// Why it cannot be measured.
#[derive(Debug, Error)]
pub(crate) enum LabError {
    /// The writer failed.
    #[error(transparent)]
    Writer(#[from] WriterError),
    /// Readers cannot be started.
    #[error("cannot start the readers of {reader}: {source}")]
    Start {
        /// Which.
        reader: Load,
        /// Why.
        source: io::Error,
    },
    /// A reader failed on the way.
    #[error("{0}; is the writer gone?")]
    Reader(String),
    /// A reader never read everything once.
    #[error(
        "the readers of {reader} did not get through the writer's address space once in {} s; \
         use fewer --readers or a smaller --region",
        PATIENCE.as_secs()
    )]
    Slow {
        /// Which.
        reader: Load,
    },
    /// Locks cannot be counted any more.
    #[error(transparent)]
    Evidence(#[from] NoEvidence),
}

/// What one sample came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    /// Times of mmap.
    pub mmap: Times,
    /// Times of munmap.
    pub munmap: Times,
    /// What readers did meanwhile.
    pub read: ReadTotals,
    /// What the writer locked, where it was counted.
    pub written: LockCounts,
    /// How long it took, in nanoseconds.
    pub elapsed_ns: u64,
    /// How long of that the writer could have run but had no CPU, in
    /// nanoseconds.
    pub cpu_wait_ns: u64,
}

/// A writer, and where readers are put.
#[derive(Debug)]
pub(crate) struct Bench {
    writer: Writer,
    options: BenchOptions,
    evidence: Result<LockEvidence, NoEvidence>,
    reader_cpus: Option<CpuSet>,
    notes: Vec<String>,
}

impl Bench {
    /// Starts the writer, gives it a CPU of its own if so asked and possible,
    /// and moves *this thread* to the others. Keep the thread alive: the
    /// writer dies with it.
    ///
    /// # Errors
    /// When the writer cannot be started.
    pub(crate) fn new(options: BenchOptions) -> Result<Self, LabError> {
        let writer = Writer::spawn(&options.writer)?;
        let mut bench = Bench {
            writer,
            options,
            evidence: LockEvidence::find(),
            reader_cpus: None,
            notes: Vec::new(),
        };
        bench.place();
        Ok(bench)
    }

    fn place(&mut self) {
        let allowed = match sched_getaffinity(None) {
            Ok(allowed) => allowed,
            Err(errno) => {
                let text = format!("nothing is pinned: sched_getaffinity failed ({errno})");
                self.notes.push(text);
                return;
            }
        };
        let Some((one, others)) = divide(&allowed) else {
            self.notes.push(
                "only 1 CPU: writer and readers take turns on it, so times include waiting for \
                 the CPU; nothing is pinned"
                    .into(),
            );
            return;
        };
        if !self.options.pin {
            let text = "nothing is pinned: a writer may wait for a CPU beside a lock";
            self.notes.push(text.into());
            return;
        }
        // With busy threads all readers share one CPU with them: a reader that
        // could go elsewhere would not be held up.
        let others = match self.options.busy {
            Some(_) => divide(&others).map_or(others, |(one, _)| one),
            None => others,
        };
        let pid = i32::try_from(self.writer.pid())
            .ok()
            .and_then(Pid::from_raw);
        let pinned = sched_setaffinity(pid, &one).and_then(|()| sched_setaffinity(None, &others));
        if let Err(errno) = pinned {
            let text = format!("nothing is pinned: sched_setaffinity failed ({errno})");
            self.notes.push(text);
            return;
        }
        self.reader_cpus = Some(others);
        let (threads, cpus) = (u32::from(self.options.reader_count), others.count());
        if threads > cpus && self.options.busy.is_none() {
            self.notes.push(format!(
                "{threads} readers share {cpus} CPU{}: not all of them read at once",
                if cpus == 1 { "" } else { "s" }
            ));
        }
    }

    /// What could not be done as it was asked, one line each.
    #[must_use]
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whether the writer has a CPU of its own.
    #[must_use]
    pub(crate) fn is_pinned(&self) -> bool {
        self.reader_cpus.is_some()
    }

    /// Whether locks can be counted.
    ///
    /// # Errors
    /// What is missing.
    pub(crate) fn evidence(&self) -> Result<LockEvidence, NoEvidence> {
        self.evidence.clone()
    }

    /// The writer's PID.
    #[must_use]
    pub(crate) fn writer_pid(&self) -> u32 {
        self.writer.pid()
    }

    /// Times that were lost because they were not taken in time.
    #[must_use]
    pub(crate) fn dropped(&self) -> u64 {
        self.writer.dropped()
    }

    /// Tries the clock and the writer's loop, while nobody reads.
    ///
    /// # Errors
    /// When the writer fails.
    pub(crate) fn check_clock(&mut self) -> Result<ClockCheck, LabError> {
        Ok(ClockCheck::try_on(&mut self.writer)?)
    }

    /// What a reader locks while the writer stands still; `None` where locks
    /// cannot be counted or nobody reads.
    ///
    /// # Errors
    /// When the reader fails.
    pub(crate) fn quiet(&mut self, reader: Load) -> Result<Option<ReadTotals>, LabError> {
        let Ok(evidence) = self.evidence else {
            return Ok(None);
        };
        let counted = reader
            .0
            .map(|one| quiet_locks(one, self.writer.pid(), evidence));
        let counted = counted.transpose();
        counted.map_err(|source| LabError::Start { reader, source })
    }

    /// Starts readers, which must have read everything once before this
    /// returns; the writer is left as it is.
    ///
    /// # Errors
    /// When they cannot be started or do not get through.
    pub(crate) fn start_readers(
        &mut self,
        reader: Load,
        count: u16,
        count_locks: bool,
        stop: &AtomicBool,
    ) -> Result<Readers, LabError> {
        let manner = Manner {
            cpus: self.reader_cpus,
            niced: self.options.niced,
            evidence: self.evidence.clone().ok().filter(|_| count_locks),
        };
        let readers = Readers::start(reader, count, self.writer.pid(), &manner)
            .map_err(|source| LabError::Start { reader, source })?;
        let begin = Instant::now();
        while !readers.are_ready() && !stop.load(Ordering::Relaxed) {
            if let Some(problem) = readers.problem() {
                return Err(LabError::Reader(problem));
            }
            if begin.elapsed() > PATIENCE {
                return Err(LabError::Slow { reader });
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        let refused = readers.refused();
        let problems = [
            (
                refused.pin,
                "readers may not be pinned: they run on any CPU",
            ),
            (refused.nice, "readers may not be niced: they run as usual"),
        ];
        for (is, text) in problems {
            if is && !self.notes.iter().any(|note| note == text) {
                self.notes.push(text.into());
            }
        }
        Ok(readers)
    }

    /// The writer, to be driven by hand.
    pub(crate) fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    /// One sample: so long, or until it is stopped. With `count_locks` locks
    /// are counted, where they can be, which slows everything down a little.
    ///
    /// # Errors
    /// When the writer or a reader fails.
    pub(crate) fn sample(
        &mut self,
        reader: Load,
        length: Duration,
        count_locks: bool,
        stop: &AtomicBool,
    ) -> Result<Sample, LabError> {
        let count = self.options.reader_count;
        let readers = self.start_readers(reader, count, count_locks, stop)?;
        let busy = match self.options.busy {
            Some(busy) if reader != Load::NONE => {
                let cpus = self.reader_cpus.as_ref();
                let started = Busy::start(count, busy, cpus);
                Some(started.map_err(|source| LabError::Start { reader, source })?)
            }
            _ => None,
        };
        let counter = match self.evidence {
            Ok(evidence) if count_locks => Some(evidence.of_process(self.writer.pid())?),
            _ => None,
        };
        self.writer.work()?;
        std::thread::sleep(WARM_UP.min(length / 5));
        self.writer.take_times(|_, _| {});
        let read = readers.totals();
        let written = counter.as_ref().map(|counter| counter.counts());
        let waited = cpu_wait(self.writer.pid());
        let begin = Instant::now();
        let mut sample = Sample::default();
        while begin.elapsed() < length && !stop.load(Ordering::Relaxed) {
            std::thread::sleep(TAKE.min(length.saturating_sub(begin.elapsed())));
            take(&self.writer, &mut sample);
            self.writer.check()?;
            if let Some(problem) = readers.problem() {
                return Err(LabError::Reader(problem));
            }
        }
        sample.read = readers.totals().since(read);
        sample.cpu_wait_ns = cpu_wait(self.writer.pid()).saturating_sub(waited);
        sample.elapsed_ns = u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        // A call that is still waiting belongs to the sample: without it long
        // ones would be left out more often than short ones.
        self.writer.pause()?;
        take(&self.writer, &mut sample);
        if let (Some(counter), Some(before)) = (counter, written) {
            sample.written = counter.counts().since(before);
        }
        drop((readers, busy));
        Ok(sample)
    }
}

/// How long a process's first thread has waited for a CPU while it could have
/// run, in nanoseconds (`/proc/PID/schedstat`); 0 where the kernel does not
/// say (CONFIG_SCHED_INFO).
fn cpu_wait(pid: u32) -> u64 {
    let schedstat = Schedstat::from_file(format!("/proc/{pid}/schedstat"));
    schedstat.map_or(0, |schedstat| schedstat.run_delay)
}

fn take(writer: &Writer, sample: &mut Sample) {
    writer.take_times(|timed, nanoseconds| match timed {
        Timed::Mmap => sample.mmap.add(nanoseconds),
        Timed::Munmap => sample.munmap.add(nanoseconds),
        Timed::Clock => {}
    });
}
