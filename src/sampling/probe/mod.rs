//! One address, asked for over and over by a thread that does nothing else.
//!
//! A [`Probe`] asks `PROCMAP_QUERY` the same question again and again, and
//! leaves, some thirty times a second, a [`Reading`]: the answer, how long the
//! kernel took for it, how often the answer changed. It never waits for
//! whoever listens: a reading that was not taken is replaced by the next.

pub(crate) mod latency;
pub(crate) mod reading;
pub(crate) mod slices;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reading::{AnswerCounts, ProbeError, Reading};

use crate::linux::file::ProcFile;
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::procmap_query::{NameBuffers, Query, QueryError, VmaQuery};
use crate::threads::latest::Latest;
use crate::threads::worker::{Failure, WorkerThread};

/// How often there is a reading.
const TELL: Duration = Duration::from_millis(33);

/// A thread that asks. Dropping it ends it, without waiting for an answer
/// under way.
#[derive(Debug)]
pub(crate) struct Probe {
    shared: Arc<Shared>,
    thread: WorkerThread<()>,
}

/// What the thread and its [`Probe`] leave for each other.
#[derive(Debug, Default)]
struct Shared {
    /// What is to be asked from now on.
    question: Latest<Option<Query>>,
    /// What is asked now.
    asked: Latest<Query>,
    reading: Latest<Option<Reading>>,
}

impl Probe {
    /// Starts to ask the address space of `pid`, with a pause after each
    /// answer.
    ///
    /// # Errors
    /// When the thread cannot be started. That the process cannot be asked is
    /// part of a reading.
    pub(crate) fn start(pid: u32, query: Query, pause: Duration) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        *shared.asked.lock() = query;
        let asking = Asking { pid, pause };
        let thread = WorkerThread::start_telling(
            "probe",
            shared.clone(),
            move |shared, stop| asking.ask(query, shared, stop),
            move |shared, failure| {
                *shared.reading.lock() = Some(match failure {
                    Failure::Error((query, error)) => Reading::failed(*query, error.clone()),
                    Failure::Panic(text) => {
                        let query = *shared.asked.lock();
                        Reading::failed(query, ProbeError::Panicked(text.clone()))
                    }
                });
                true
            },
        )?;
        Ok(Probe {
            shared,
            thread: thread.not_awaited(),
        })
    }

    /// Asks something else from now on; false if the thread has ended.
    pub(crate) fn ask(&self, query: Query) -> bool {
        *self.shared.question.lock() = Some(query);
        !self.thread.has_ended()
    }

    /// The latest reading, if there is a new one.
    pub(crate) fn latest(&self) -> Option<Reading> {
        self.shared.reading.lock().take()
    }
}

/// Whom the thread asks about, and how long it pauses after each answer.
struct Asking {
    pid: u32,
    pause: Duration,
}

impl Asking {
    /// Asks until it is told to stop.
    fn ask(
        &self,
        mut query: Query,
        shared: &Shared,
        stop: &AtomicBool,
    ) -> Result<(), (Query, ProbeError)> {
        let file = ProcFile::open(self.pid, ProcFileName::Maps)
            .map_err(|error| (query, ProbeError::Open(error.to_string())))?;
        let mut names = NameBuffers::default();
        let mut counts = AnswerCounts::new(query, Instant::now());
        let mut due = Instant::now();
        while !stop.load(Ordering::Relaxed) {
            if let Some(other) = shared.question.lock().take() {
                *shared.asked.lock() = other;
                query = other;
                counts = AnswerCounts::new(query, Instant::now());
                due = Instant::now();
            }
            let before = Instant::now();
            let result = (&file).query(&query);
            let now = Instant::now();
            counts.add(&result, now - before, now);
            if let Err(QueryError::NotOnThisKernel | QueryError::TargetGone) = result {
                // It stays so. The figures so far are the last reading.
                *shared.reading.lock() = Some(counts.reading(&names, now));
                return Ok(());
            }
            if now >= due {
                due = now + TELL;
                // The name takes longer, and is wanted only now and then.
                if (&file).query_named(&query, &mut names).is_err() {
                    names = NameBuffers::default();
                }
                let reading = counts.reading(&names, now);
                *shared.reading.lock() = Some(reading);
            }
            std::thread::sleep(self.pause);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::features::KernelFacts;
    use crate::linux::procmap_query::Lookup;
    use crate::sampling::probe::reading::ProbeAnswer;

    fn wait(probe: &Probe, wanted: impl Fn(&Reading) -> bool) -> Reading {
        let deadline = Instant::now() + Duration::from_secs(120);
        while Instant::now() < deadline {
            if let Some(reading) = probe.latest().filter(&wanted) {
                return reading;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("no such reading came")
    }

    fn has_query() -> bool {
        KernelFacts::detect().is_ok_and(|facts| facts.procmap_query)
    }

    #[test]
    fn it_asks_on_and_another_question_starts_afresh() {
        if !has_query() {
            return crate::support::skip("no PROCMAP_QUERY before Linux 6.11");
        }
        let here = has_query as *const () as u64;
        let query = |address| Query {
            address,
            ..Query::default()
        };
        let pause = Duration::from_micros(50);
        let probe = Probe::start(std::process::id(), query(here), pause).unwrap();
        let reading = wait(&probe, |reading| reading.asked > 100);
        let ProbeAnswer::Vma(vma) = reading.answer else {
            panic!("{reading:?}")
        };
        assert!(vma.start <= here && here < vma.end && vma.permissions.execute);
        assert_eq!((reading.changes, reading.seen.len()), (0, 1));
        assert_eq!(reading.latency.count(), reading.asked);
        assert!(reading.name.contains("vmascope"), "{}", reading.name);
        // Nothing is ever mapped at address 0.
        assert!(probe.ask(query(0)));
        let reading = wait(&probe, |reading| reading.query.address == 0);
        assert_eq!(reading.answer, ProbeAnswer::Nothing);
        assert_eq!((reading.changes, reading.name.as_str()), (0, ""));
        let next = Query {
            lookup: Lookup::CoveringOrNext,
            ..query(0)
        };
        assert!(probe.ask(next));
        let reading = wait(&probe, |reading| reading.query == next);
        assert!(matches!(reading.answer, ProbeAnswer::Vma(_)));
    }

    #[test]
    fn what_cannot_be_asked_is_told() {
        let probe = Probe::start(0x7fff_ffff, Query::default(), Duration::ZERO).unwrap();
        let reading = wait(&probe, |_| true);
        let ProbeAnswer::Failed(ProbeError::Open(why)) = reading.answer else {
            panic!("{reading:?}")
        };
        assert!(why.contains("2147483647"), "{why}");
    }
}
