//! A writer and its readers, placed on CPUs.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use thiserror::Error;

use super::clock::ClockCheck;
use super::reader::{LatencyReaders, ReaderOptions};
use crate::latency::load::Load;
use crate::linux::advice::Advised;
use crate::linux::locks::{LockEvidence, NoEvidence};
use crate::linux::scanner::{ReadTotals, quiet_locks};
use crate::modifier::timed_writer::error::TimedWriterError;
use crate::modifier::timed_writer::{TimedWriter, TimedWriterOptions};
use crate::setup::cpus::divide;

/// How long readers may take to read everything once.
const READY_TIMEOUT: Duration = Duration::from_secs(30);

/// How to measure.
#[derive(Clone, Debug)]
pub(crate) struct BenchOptions {
    /// Threads of each reader.
    pub reader_count: u16,
    /// Whether the writer has a CPU of its own.
    pub pin: bool,
    /// Whether readers give way to others.
    pub niced: bool,
    /// Whether readers have the least right to their CPU, and read the first VMA
    /// only: what it takes for an inversion.
    pub inverted: bool,
    /// How long a busy thread beside each reader spins between sleeps of a
    /// millisecond, if there are any.
    pub busy: Option<Duration>,
    /// The writer.
    pub writer: TimedWriterOptions,
}

/// Why it cannot be measured.
#[derive(Debug, Error)]
pub(crate) enum LabError {
    #[error(transparent)]
    Writer(#[from] TimedWriterError),
    /// Readers cannot be started.
    #[error("cannot start the readers of {reader}: {}", Advised(source))]
    Start { reader: Load, source: io::Error },
    /// A reader failed on the way.
    #[error("{0}")]
    Reader(String),
    /// A reader never read everything once.
    #[error(
        "the readers of {reader} did not get through the writer's address space once in {} s; \
         use fewer --readers or a smaller --region",
        READY_TIMEOUT.as_secs()
    )]
    Slow { reader: Load },
    /// Readers and writer cannot have CPUs of their own.
    #[error("an inversion cannot be made here: {}", no_inversion(.0))]
    NoInversion(Unpinned),
    /// Readers may not give way.
    #[error(
        "an inversion cannot be made here: readers may not have SCHED_IDLE, or be kept to one CPU \
         (sched_setscheduler, sched_setaffinity); a sandbox (seccomp) or a security policy \
         forbids it: run outside of it"
    )]
    NoIdleReaders,
    /// Locks cannot be counted any more.
    #[error(transparent)]
    Evidence(#[from] NoEvidence),
}

/// Why writer and readers are not kept apart.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum Unpinned {
    #[error(
        "only 1 CPU: writer and readers take turns on it, so times include waiting for the CPU; \
         nothing is pinned"
    )]
    OneCpu,
    #[error("nothing is pinned: a writer may wait for a CPU beside a lock")]
    NotAsked,
    #[error("nothing is pinned: {0} failed ({1})")]
    Refused(&'static str, Errno),
}

fn no_inversion(why: &Unpinned) -> String {
    match why {
        Unpinned::OneCpu => "this process may run on 1 CPU only, and it takes two: one for the \
             writer, one for which a reader and a busy thread compete; give it more (taskset -c, \
             cpuset.cpus)"
            .into(),
        Unpinned::NotAsked => "nothing is pinned".into(),
        Unpinned::Refused(call, errno) => {
            let error = std::io::Error::from(*errno);
            let advised = Advised(&error);
            format!("threads may not be kept to CPUs ({call}: {advised})")
        }
    }
}

#[derive(Debug)]
pub(crate) struct Bench {
    pub(super) writer: TimedWriter,
    pub(super) options: BenchOptions,
    pub(super) evidence: Result<LockEvidence, NoEvidence>,
    /// The CPUs of the writer and of the readers, where they are apart.
    pub(super) cpus: Result<(CpuSet, CpuSet), Unpinned>,
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
        let writer = TimedWriter::spawn(&options.writer)?;
        let mut bench = Bench {
            writer,
            options,
            evidence: LockEvidence::find(),
            cpus: Err(Unpinned::NotAsked),
            notes: Vec::new(),
        };
        bench.cpus = bench.place();
        match &bench.cpus {
            Err(why) => bench.notes.push(why.to_string()),
            Ok((_, cpus)) => {
                let (threads, cpus) = (u32::from(bench.options.reader_count), cpus.count());
                if threads > cpus && bench.options.busy.is_none() {
                    bench.notes.push(format!(
                        "{threads} readers share {cpus} CPU{}: not all of them read at once",
                        if cpus == 1 { "" } else { "s" }
                    ));
                }
            }
        }
        Ok(bench)
    }

    fn place(&self) -> Result<(CpuSet, CpuSet), Unpinned> {
        let allowed = sched_getaffinity(None)
            .map_err(|errno| Unpinned::Refused("sched_getaffinity", errno))?;
        let (one, others) = divide(&allowed).ok_or(Unpinned::OneCpu)?;
        if !self.options.pin {
            return Err(Unpinned::NotAsked);
        }
        let pid = i32::try_from(self.writer.pid())
            .ok()
            .and_then(Pid::from_raw);
        sched_setaffinity(pid, &one)
            .and_then(|()| sched_setaffinity(None, &others))
            .map_err(|errno| Unpinned::Refused("sched_setaffinity", errno))?;
        Ok((one, others))
    }

    /// What could not be done as it was asked, one line each.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whether the writer has a CPU of its own.
    pub(crate) fn is_pinned(&self) -> bool {
        self.cpus.is_ok()
    }

    /// The CPU of the writer, and the one that readers share with busy threads.
    pub(super) fn shared_cpus(&self) -> Result<[usize; 2], Unpinned> {
        let (writer, readers) = self.cpus.clone()?;
        let last = |cpus: CpuSet| (0..CpuSet::MAX_CPU).rev().find(|&cpu| cpus.is_set(cpu));
        Ok([writer, readers].map(|cpus| last(cpus).unwrap_or(0)))
    }

    /// The CPUs of the readers, where the writer has another.
    pub(super) fn reader_cpus(&self) -> Option<CpuSet> {
        let (_, readers) = *self.cpus.as_ref().ok()?;
        // With busy threads all readers share one CPU with them: a reader that
        // could go elsewhere would not be held up.
        let is_shared = self.options.busy.is_some() || self.options.inverted;
        let one = divide(&readers).filter(|_| is_shared);
        Some(one.map_or(readers, |(one, _)| one))
    }

    /// Whether locks can be counted.
    ///
    /// # Errors
    /// What is missing.
    pub(crate) fn evidence(&self) -> Result<LockEvidence, NoEvidence> {
        self.evidence.clone()
    }

    pub(crate) fn writer_pid(&self) -> u32 {
        self.writer.pid()
    }

    /// Times that were lost because they were not taken in time.
    pub(crate) fn dropped(&self) -> u64 {
        self.writer.dropped()
    }

    /// Tries the clock and the writer's loop, while nobody reads.
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
        counted.map_err(|source| self.why_not(LabError::Start { reader, source }))
    }

    /// Why readers do not read: mostly because the writer has died.
    fn why_not(&mut self, problem: LabError) -> LabError {
        match self.writer.check_dying() {
            Err(death) => death.into(),
            Ok(()) => problem,
        }
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
    ) -> Result<LatencyReaders, LabError> {
        let options = ReaderOptions {
            cpus: self.reader_cpus(),
            niced: self.options.niced,
            inverted: self.options.inverted,
            evidence: self.evidence.clone().ok().filter(|_| count_locks),
        };
        let readers = LatencyReaders::start(reader, count, self.writer.pid(), &options)
            .map_err(|source| self.why_not(LabError::Start { reader, source }))?;
        let begin = Instant::now();
        while !readers.are_ready() && !stop.load(Ordering::Relaxed) {
            self.writer.check()?;
            if let Some(problem) = readers.problem() {
                return Err(self.why_not(LabError::Reader(problem)));
            }
            if begin.elapsed() > READY_TIMEOUT {
                return Err(LabError::Slow { reader });
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        let refused = readers.refused();
        let problems = [
            (
                refused.idle,
                "readers may not have SCHED_IDLE: they run as usual",
            ),
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
    pub(crate) fn writer(&mut self) -> &mut TimedWriter {
        &mut self.writer
    }
}
