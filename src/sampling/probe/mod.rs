//! One address, asked for over and over by a thread that does nothing else.
//!
//! A [`Probe`] asks `PROCMAP_QUERY` the same question again and again, and
//! sends, some thirty times a second, a [`Reading`]: the answer, how long the
//! kernel took for it, how often the answer changed. It never waits for
//! whoever listens: a reading that finds no room is replaced by the next.

pub(crate) mod latency;
pub(crate) mod reading;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use reading::{ProbeError, Reading};

use crate::linux::file::ProcFile;
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::procmap_query::{NameBuffers, Query, QueryError, VmaQuery};
use reading::Tally;

/// How often there is a reading.
const TELL: Duration = Duration::from_millis(33);

/// Questions that may wait to be asked.
const QUESTIONS: usize = 8;

/// A thread that asks. Dropping it ends it, without waiting for an answer
/// under way.
#[derive(Debug)]
pub(crate) struct Probe {
    questions: SyncSender<Query>,
    readings: Receiver<Reading>,
    stop: Arc<AtomicBool>,
}

impl Probe {
    /// Starts to ask the address space of `pid`, with a pause after each
    /// answer.
    ///
    /// # Errors
    /// When the thread cannot be started. That the process cannot be asked is
    /// part of a reading.
    pub(crate) fn start(pid: u32, query: Query, pause: Duration) -> io::Result<Self> {
        let (questions, to_ask) = sync_channel(QUESTIONS);
        let (tell, readings) = sync_channel(1);
        let stop = Arc::new(AtomicBool::new(false));
        let worker = Worker {
            pid,
            pause,
            to_ask,
            tell,
            stop: stop.clone(),
        };
        std::thread::Builder::new()
            .name("probe".into())
            .spawn(move || worker.work(query))?;
        Ok(Probe {
            questions,
            readings,
            stop,
        })
    }

    /// Asks something else from now on; false if too much was asked for
    /// already, or if the thread has ended.
    pub(crate) fn ask(&self, query: Query) -> bool {
        self.questions.try_send(query).is_ok()
    }

    /// The latest reading, if there is a new one.
    pub(crate) fn latest(&self) -> Option<Reading> {
        self.readings.try_iter().last()
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

struct Worker {
    pid: u32,
    pause: Duration,
    to_ask: Receiver<Query>,
    tell: SyncSender<Reading>,
    stop: Arc<AtomicBool>,
}

impl Worker {
    fn work(self, query: Query) {
        let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.ask(query)));
        let (query, error) = match asked {
            Ok(Ok(())) => return,
            Ok(Err(failed)) => failed,
            Err(panic) => {
                let text = crate::text::panic_text::panic_text(&*panic);
                (query, ProbeError::Panicked(text.to_owned()))
            }
        };
        // Whoever listens must hear of it; a new question has no use any more.
        let reading = Reading::failed(query, error);
        while !self.stop.load(Ordering::Relaxed) {
            if self.tell.try_send(reading.clone()).is_ok() {
                return;
            }
            std::thread::sleep(TELL);
        }
    }

    /// Asks until it is told to stop.
    fn ask(&self, mut query: Query) -> Result<(), (Query, ProbeError)> {
        let file = ProcFile::open(self.pid, ProcFileName::Maps)
            .map_err(|error| (query, ProbeError::Open(error.to_string())))?;
        let mut names = NameBuffers::default();
        let mut tally = Tally::new(query, Instant::now());
        let mut due = Instant::now();
        while !self.stop.load(Ordering::Relaxed) {
            match self.newest() {
                Ok(None) => {}
                Ok(Some(other)) => {
                    query = other;
                    tally = Tally::new(query, Instant::now());
                    due = Instant::now();
                }
                Err(()) => return Ok(()),
            }
            let before = Instant::now();
            let result = (&file).query(&query);
            let now = Instant::now();
            let is_final = matches!(
                result,
                Err(QueryError::NotOnThisKernel | QueryError::TargetGone)
            );
            tally.add(&result, now - before, now);
            if is_final {
                // With the figures so far.
                let reading = tally.reading(&names, now);
                while !self.stop.load(Ordering::Relaxed)
                    && self.tell.try_send(reading.clone()).is_err()
                {
                    std::thread::sleep(TELL);
                }
                return Ok(());
            }
            if now >= due {
                due = now + TELL;
                // The name takes longer, and is wanted only now and then.
                if (&file).query_named(&query, &mut names).is_err() {
                    names = NameBuffers::default();
                }
                let _ = self.tell.try_send(tally.reading(&names, now));
            }
            std::thread::sleep(self.pause);
        }
        Ok(())
    }

    /// The question that came last; an error: nobody asks any more.
    fn newest(&self) -> Result<Option<Query>, ()> {
        let mut newest = None;
        loop {
            match self.to_ask.try_recv() {
                Ok(query) => newest = Some(query),
                Err(TryRecvError::Empty) => return Ok(newest),
                Err(TryRecvError::Disconnected) => return Err(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::features::KernelFacts;
    use crate::linux::procmap_query::Lookup;
    use crate::sampling::probe::reading::Answer;

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
        let Answer::Vma(vma) = reading.answer else {
            panic!("{reading:?}")
        };
        assert!(vma.start <= here && here < vma.end && vma.permissions.execute);
        assert_eq!((reading.changes, reading.seen.len()), (0, 1));
        assert_eq!(reading.latency.count(), reading.asked);
        assert!(reading.name.contains("vmascope"), "{}", reading.name);
        // Nothing is ever mapped at address 0.
        assert!(probe.ask(query(0)));
        let reading = wait(&probe, |reading| reading.query.address == 0);
        assert_eq!(reading.answer, Answer::Nothing);
        assert_eq!((reading.changes, reading.name.as_str()), (0, ""));
        let next = Query {
            lookup: Lookup::CoveringOrNext,
            ..query(0)
        };
        assert!(probe.ask(next));
        let reading = wait(&probe, |reading| reading.query == next);
        assert!(matches!(reading.answer, Answer::Vma(_)));
    }

    #[test]
    fn what_cannot_be_asked_is_told() {
        let probe = Probe::start(0x7fff_ffff, Query::default(), Duration::ZERO).unwrap();
        let reading = wait(&probe, |_| true);
        let Answer::Failed(ProbeError::Open(why)) = reading.answer else {
            panic!("{reading:?}")
        };
        assert!(why.contains("2147483647"), "{why}");
    }
}
