//! Threads that read the writer's address space.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustix::thread::{CpuSet, gettid};

use super::load::Load;
use crate::linux::locks::{LockCounter, LockEvidence};
use crate::linux::scanner::{ReadTotals, Scanner};
use crate::linux::thread_schedule::Policy;
use crate::threads::worker::WorkerThread;

/// The nice value of readers that give way: that of the test which the patch
/// series cites.
pub(crate) const NICE: i32 = 15;

/// How readers run.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReaderOptions {
    /// The CPUs they may use; as this thread, if none are given.
    pub cpus: Option<CpuSet>,
    /// Whether they give way to others: see [`NICE`].
    pub niced: bool,
    /// Whether they run only where nobody else wants the CPU (SCHED_IDLE), and
    /// read the first VMA and nothing else.
    pub inverted: bool,
    /// Have their locks counted.
    pub evidence: Option<LockEvidence>,
}

/// One thread that reads.
#[derive(Debug, Default)]
struct Shared {
    /// Its number (gettid(2)), once it runs.
    thread: AtomicU32,
    /// It has read everything once.
    ready: AtomicBool,
    scans: AtomicU64,
    pieces: AtomicU64,
    counter: OnceLock<LockCounter>,
    /// Why it does not read, or not as it was asked to.
    problem: Mutex<Option<String>>,
    refused: AtomicU32,
}

/// Threads that read. They stop when this is dropped.
#[derive(Debug)]
pub(crate) struct LatencyReaders {
    threads: Vec<(Arc<Shared>, WorkerThread<()>)>,
}

impl LatencyReaders {
    /// Starts `count` threads that read the process's address space over and
    /// over.
    ///
    /// # Errors
    /// When a file cannot be opened or a thread not started.
    pub(crate) fn start(
        load: Load,
        count: u16,
        pid: u32,
        options: &ReaderOptions,
    ) -> io::Result<Self> {
        let mut readers = LatencyReaders {
            threads: Vec::new(),
        };
        let Some(reader) = load.0 else {
            return Ok(readers);
        };
        for number in 0..count {
            let mut scanner = Scanner::open(reader, pid)?;
            if options.inverted {
                scanner = scanner.of_the_first_vma();
            }
            let shared = Arc::new(Shared::default());
            let thread = WorkerThread::start(&format!("lab-{reader}-{number}"), {
                let (shared, options) = (shared.clone(), options.clone());
                move |stop| work(scanner, &options, &shared, stop)
            })?;
            readers.threads.push((shared, thread));
        }
        Ok(readers)
    }

    /// Whether all have read everything once.
    pub(crate) fn are_ready(&self) -> bool {
        self.threads
            .iter()
            .all(|(shared, _)| shared.ready.load(Ordering::Acquire))
    }

    /// What they have done so far.
    pub(crate) fn totals(&self) -> ReadTotals {
        let mut totals = ReadTotals::default();
        for (shared, _) in &self.threads {
            totals.scans += shared.scans.load(Ordering::Relaxed);
            totals.pieces += shared.pieces.load(Ordering::Relaxed);
            if let Some(counter) = shared.counter.get() {
                totals.locks = totals.locks.plus(counter.counts());
            }
        }
        totals
    }

    /// Whether one may not be niced or pinned as it was asked to be; it reads
    /// all the same.
    pub(crate) fn refused(&self) -> Refused {
        let all = self.threads.iter();
        let bits = all.fold(0, |bits, (shared, _)| {
            bits | shared.refused.load(Ordering::Relaxed)
        });
        Refused {
            pin: bits & REFUSED_PIN != 0,
            nice: bits & REFUSED_NICE != 0,
            idle: bits & REFUSED_IDLE != 0,
        }
    }

    /// Why one does not read any more, if so.
    pub(crate) fn problem(&self) -> Option<String> {
        self.threads.iter().find_map(|(shared, _)| {
            let problem = shared.problem.lock();
            problem.unwrap_or_else(PoisonError::into_inner).clone()
        })
    }
}

impl LatencyReaders {
    /// The numbers of the threads that run.
    pub(crate) fn threads(&self) -> impl Iterator<Item = u32> {
        let all = self.threads.iter();
        let started = all.filter(|(_, thread)| !thread.has_ended());
        started.map(|(shared, _)| shared.thread.load(Ordering::Relaxed))
    }

    /// Stops them, and waits for no longer than this. Those that have not ended
    /// by then end when they can.
    pub(crate) fn end_within(mut self, limit: Duration) -> Vec<u32> {
        self.tell_to_stop();
        let begin = Instant::now();
        while self.threads().next().is_some() && begin.elapsed() < limit {
            std::thread::sleep(Duration::from_millis(1));
        }
        let left = self.threads().collect();
        for (_, thread) in self.threads.drain(..) {
            drop(thread.not_awaited());
        }
        left
    }

    fn tell_to_stop(&self) {
        for (_, thread) in &self.threads {
            thread.tell_to_stop();
        }
    }
}

impl Drop for LatencyReaders {
    fn drop(&mut self) {
        // All at once, before the first is waited for.
        self.tell_to_stop();
    }
}

/// What a thread was refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Refused {
    /// To run on those CPUs only.
    pub pin: bool,
    /// To give way.
    pub nice: bool,
    /// To run only where nobody else wants to.
    pub idle: bool,
}

const REFUSED_PIN: u32 = 1;
const REFUSED_NICE: u32 = 2;
const REFUSED_IDLE: u32 = 4;

fn work(mut scanner: Scanner, options: &ReaderOptions, shared: &Shared, stop: &AtomicBool) {
    let thread = gettid().as_raw_pid().cast_unsigned();
    shared.thread.store(thread, Ordering::Relaxed);
    let refuse = |what| {
        shared.refused.fetch_or(what, Ordering::Relaxed);
    };
    if let Some(cpus) = &options.cpus
        && rustix::thread::sched_setaffinity(None, cpus).is_err()
    {
        refuse(REFUSED_PIN);
    }
    // 0 is this thread (setpriority(2): Linux has a nice value per thread).
    if options.niced && rustix::process::setpriority_process(None, NICE).is_err() {
        refuse(REFUSED_NICE);
    }
    if options.inverted && Policy::Idle.give_to(0).is_err() {
        refuse(REFUSED_IDLE);
    }
    let mut count = |counted: bool| {
        let mut stopped = false;
        scanner.scan(|| {
            stopped = stop.load(Ordering::Relaxed);
            if counted {
                shared.pieces.fetch_add(1, Ordering::Relaxed);
            }
            !stopped && !options.inverted
        })?;
        if counted && !stopped {
            shared.scans.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    };
    let worked = count(false).and_then(|()| {
        if let Some(evidence) = options.evidence {
            let counter = evidence.of_this_thread().map_err(io::Error::other)?;
            // Set once, by this thread.
            let _ = shared.counter.set(counter);
        }
        shared.ready.store(true, Ordering::Release);
        while !stop.load(Ordering::Relaxed) {
            count(true)?;
        }
        Ok(())
    });
    if let Err(error) = worked {
        let error: io::Error = error;
        let text = format!("the reader of {} failed: {error}", scanner.reader());
        *shared
            .problem
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn readers_read_until_they_are_dropped() {
        let options = ReaderOptions {
            niced: true,
            ..ReaderOptions::default()
        };
        for reader in Load::ALL {
            if let Err(why) = reader.try_here() {
                assert_eq!(why.lines().count(), 1, "{why}");
                crate::support::skip(format!("{reader}: {why}"));
                continue;
            }
            let readers = LatencyReaders::start(reader, 2, std::process::id(), &options).unwrap();
            let begin = Instant::now();
            let enough = |totals: ReadTotals| totals.scans >= 2 || reader == Load::NONE;
            while !(readers.are_ready() && enough(readers.totals())) {
                assert_eq!(readers.problem(), None);
                assert!(begin.elapsed() < Duration::from_secs(120), "{reader}");
                // They are niced, and want the CPU too.
                std::thread::sleep(Duration::from_millis(1));
            }
            let totals = readers.totals();
            assert!(totals.pieces >= totals.scans);
            assert!(!readers.refused().nice);
        }
    }
}
