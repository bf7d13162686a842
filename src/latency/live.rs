//! The lab as it is watched: a thread that keeps a writer working, adds and
//! removes readers while it does, and says some four times a second what there
//! is to show.
//!
//! Here locks are counted all the time, also with nobody reading, so that what
//! counting costs is in all figures alike.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::bench::{Bench, BenchOptions, LabError};
use super::load::Load;
use super::outcome::{Holds, Ratio};
use super::reader::Readers;
use super::times::{Summary, Times, logarithmic_steps};
use super::walk::Walk;
use crate::linux::features::rule::Reader;
use crate::linux::locks::LockCounter;
use crate::linux::scanner::{ReadTotals, Scanner};
use crate::modifier::timed_writer::WriterOptions;
use crate::modifier::timed_writer::mailbox::Timed;

/// How often there may be something new.
const TICK: Duration = Duration::from_millis(250);
/// How much time a point of the chart stands for.
pub(crate) const POINT: Duration = Duration::from_millis(500);
/// Points of the chart kept.
const POINTS: usize = 256;
/// How often times are taken from the writer.
const TAKE: Duration = Duration::from_millis(20);
/// Commands that may wait to be obeyed.
const COMMANDS: usize = 32;
/// Threads of one reader, at most.
pub(crate) const MOST: u16 = 16;

/// The readers that can be added.
pub(crate) const READERS: [Reader; 5] = [
    Reader::Maps,
    Reader::Query,
    Reader::Smaps,
    Reader::SmapsRollup,
    Reader::NumaMaps,
];

/// How many threads of each of [`READERS`].
pub(crate) type Counts = [u16; READERS.len()];

/// What the lab is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabCommand {
    /// One thread more of a reader.
    Add(Reader),
    /// One less.
    Remove(Reader),
    /// Nobody.
    Clear,
    /// The demonstration: one reader after the other; or its end.
    Walk,
}

/// A point of the chart; times in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LabPoint {
    /// Calls in it; the rest is nothing where there are none.
    pub calls: u64,
    /// Half of them took no longer.
    pub p50_ns: u64,
    /// 99 of 100.
    pub p99_ns: u64,
    /// The longest.
    pub max_ns: u64,
    /// Readers were added or removed.
    pub change: bool,
}

/// A configuration that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct LabConfiguration {
    /// Who reads, such as `2 maps + smaps`.
    pub name: String,
    /// What the calls come to.
    pub summary: Summary,
    /// Compared with nobody reading.
    pub ratio: Option<Ratio>,
    /// Calls in each of [`logarithmic_steps`], and beyond.
    pub steps: Vec<u64>,
}

/// What readers lock now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LiveLocks {
    /// mmap_lock acquisitions a second of readers that lock one VMA at a
    /// time: fallbacks.
    pub fallbacks_per_second: f64,
    /// The same for each scan.
    pub fallbacks_per_scan: f64,
    /// mmap_lock acquisitions a second of readers that hold it.
    pub held_per_second: f64,
    /// Acquisitions a second of the writer, for writing.
    pub writer_per_second: f64,
}

/// Where the demonstration is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkState {
    /// The step, from 1, and how many there are.
    pub step: (usize, usize),
    /// What to see in it.
    pub sentence: &'static str,
    /// Whole seconds until the next.
    pub left: u64,
}

/// Everything there is to show at one moment.
#[derive(Clone, Debug, Default)]
pub struct LabSnapshot {
    /// The writer's PID.
    pub pid: u32,
    /// How many threads of each reader.
    pub counts: Counts,
    /// Which readers this kernel does not have.
    pub missing: [bool; READERS.len()],
    /// What each reader was seen to hold, where locks are counted.
    pub holds: [Option<Holds>; READERS.len()],
    /// The chart, oldest point first.
    pub points: Arc<Vec<LabPoint>>,
    /// All configurations so far, in the order they were first seen in.
    pub configurations: Arc<Vec<LabConfiguration>>,
    /// The one there is now, among them.
    pub current: usize,
    /// Calls a second, now.
    pub calls_per_second: f64,
    /// What was locked lately, where locks are counted.
    pub locks: Option<LiveLocks>,
    /// Why locks are not counted, if they are not.
    pub no_evidence: Option<String>,
    /// The demonstration, while it goes on.
    pub walk: Option<WalkState>,
    /// What could not be done as it was asked.
    pub notes: Vec<String>,
    /// Why it cannot go on, if so.
    pub failed: Option<String>,
}

/// A running lab. Dropping it ends it, the readers, and the writer with it.
#[derive(Debug)]
pub(crate) struct LiveLab {
    commands: SyncSender<LabCommand>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl LiveLab {
    /// Starts it with nobody reading. `tell` is called from its thread and
    /// must not block; it says whether it had room.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(crate) fn start(
        mut tell: impl FnMut(LabSnapshot) -> bool + Send + 'static,
    ) -> io::Result<Self> {
        let (commands, receiver) = sync_channel(COMMANDS);
        let stop = Arc::new(AtomicBool::new(false));
        let thread = std::thread::Builder::new().name("lab".into()).spawn({
            let stop = stop.clone();
            move || {
                let work = || Worker::new(stop.clone())?.work(&receiver, &mut tell);
                let failed = match catch_unwind(AssertUnwindSafe(work)) {
                    Ok(Ok(())) => return,
                    Ok(Err(error)) => error.to_string(),
                    Err(panic) => format!(
                        "the lab panicked: {}; please report this",
                        crate::text::panic_text::panic_text(&*panic)
                    ),
                };
                // Whoever looks must hear of it: wait for room.
                while !stop.load(Ordering::Relaxed)
                    && !tell(LabSnapshot {
                        failed: Some(failed.clone()),
                        ..LabSnapshot::default()
                    })
                {
                    std::thread::sleep(TICK);
                }
            }
        })?;
        Ok(LiveLab {
            commands,
            stop,
            thread: Some(thread),
        })
    }

    /// Asks for something; nothing happens if too much was asked for already.
    pub(crate) fn send(&self, command: LabCommand) {
        let _ = self.commands.try_send(command);
    }
}

impl Drop for LiveLab {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic in it has been told already.
            let _ = thread.join();
        }
    }
}

/// A thread that reads, and what it had done when it was last looked at.
struct Active {
    index: usize,
    readers: Readers,
    last: ReadTotals,
}

/// All times of a configuration.
struct Known {
    counts: Counts,
    times: Times,
}

struct Worker {
    bench: Bench,
    stop: Arc<AtomicBool>,
    missing: [bool; READERS.len()],
    holds: [Option<Holds>; READERS.len()],
    active: Vec<Active>,
    known: Vec<Known>,
    current: usize,
    /// Times of the point under way.
    window: Times,
    points: VecDeque<LabPoint>,
    changed: bool,
    point_began: Instant,
    writer_counter: Option<LockCounter>,
    writer_last: u64,
    locks: Option<LiveLocks>,
    calls_per_second: f64,
    walk: Option<Walk>,
}

impl Worker {
    fn new(stop: Arc<AtomicBool>) -> Result<Self, LabError> {
        let mut bench = Bench::new(BenchOptions {
            reader_count: 1,
            pin: true,
            niced: false,
            busy: None,
            writer: WriterOptions::default(),
        })?;
        let missing = READERS.map(|reader| Scanner::try_here(reader).is_err());
        let mut holds = [None; READERS.len()];
        for (index, reader) in READERS.into_iter().enumerate() {
            if !missing[index] {
                let quiet = bench.quiet(reader.into())?;
                holds[index] = quiet.map(|quiet| quiet.granularity().into());
            }
        }
        let writer_counter = match bench.evidence() {
            Ok(evidence) => Some(evidence.of_process(bench.writer_pid())?),
            Err(_) => None,
        };
        Ok(Worker {
            bench,
            stop,
            missing,
            holds,
            active: Vec::new(),
            known: vec![Known {
                counts: Counts::default(),
                times: Times::default(),
            }],
            current: 0,
            window: Times::default(),
            points: VecDeque::new(),
            changed: false,
            point_began: Instant::now(),
            writer_last: 0,
            locks: writer_counter.as_ref().map(|_| LiveLocks::default()),
            writer_counter,
            calls_per_second: 0.0,
            walk: None,
        })
    }

    fn work(
        &mut self,
        commands: &Receiver<LabCommand>,
        tell: &mut impl FnMut(LabSnapshot) -> bool,
    ) -> Result<(), LabError> {
        self.bench.writer().work()?;
        std::thread::sleep(TAKE);
        // The first calls find cold caches.
        self.bench.writer().take_times(|_, _| {});
        self.point_began = Instant::now();
        let mut told = Instant::now();
        while !self.stop.load(Ordering::Relaxed) {
            match commands.recv_timeout(TAKE) {
                Ok(command) => self.obey(command)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            self.take(true);
            self.bench.writer().check()?;
            if let Some(problem) = self.active.iter().find_map(|it| it.readers.problem()) {
                return Err(LabError::Reader(problem));
            }
            self.go_on_walking()?;
            if self.point_began.elapsed() >= POINT {
                self.end_point();
            }
            if told.elapsed() >= TICK && tell(self.snapshot()) {
                told = Instant::now();
            }
        }
        Ok(())
    }

    /// Takes what the writer has timed; `counted` into the configuration, too.
    fn take(&mut self, counted: bool) {
        let times = counted.then(|| &mut self.known[self.current].times);
        let (mut times, window) = (times, &mut self.window);
        self.bench.writer().take_times(|timed, nanoseconds| {
            if timed != Timed::Clock {
                window.add(nanoseconds);
                if let Some(times) = &mut times {
                    times.add(nanoseconds);
                }
            }
        });
    }

    fn end_point(&mut self) {
        let seconds = self.point_began.elapsed().as_secs_f64();
        self.point_began = Instant::now();
        let summary = self.window.summary();
        self.points.push_back(LabPoint {
            calls: summary.operations,
            p50_ns: summary.p50_ns,
            p99_ns: summary.p99_ns,
            max_ns: summary.max_ns,
            change: std::mem::take(&mut self.changed),
        });
        if self.points.len() > POINTS {
            self.points.pop_front();
        }
        self.calls_per_second = summary.operations as f64 / seconds;
        self.window.clear();
        self.count_locks(seconds);
    }

    fn count_locks(&mut self, seconds: f64) {
        let Some(counter) = &self.writer_counter else {
            return;
        };
        let written = counter.counts().write;
        let mut locks = LiveLocks {
            writer_per_second: (written - self.writer_last) as f64 / seconds,
            ..LiveLocks::default()
        };
        self.writer_last = written;
        let (mut fallbacks, mut scans) = (0, 0);
        for active in &mut self.active {
            let totals = active.readers.totals();
            let since = totals.since(active.last);
            active.last = totals;
            if self.holds[active.index] == Some(Holds::MmapLock) {
                locks.held_per_second += since.locks.read as f64 / seconds;
            } else {
                fallbacks += since.locks.read;
                scans += since.scans;
            }
        }
        locks.fallbacks_per_second = fallbacks as f64 / seconds;
        if scans > 0 {
            locks.fallbacks_per_scan = fallbacks as f64 / scans as f64;
        }
        self.locks = Some(locks);
    }

    fn obey(&mut self, command: LabCommand) -> Result<(), LabError> {
        let mut counts = self.counts();
        match command {
            LabCommand::Add(reader) => {
                if let Some(index) = index(reader.into()) {
                    counts[index] = (counts[index] + 1).min(MOST);
                }
            }
            LabCommand::Remove(reader) => {
                if let Some(index) = index(reader.into()) {
                    counts[index] = counts[index].saturating_sub(1);
                }
            }
            LabCommand::Clear => counts = Counts::default(),
            LabCommand::Walk => {
                counts = Counts::default();
                if self.walk.take().is_none() {
                    self.walk = Some(Walk::begin(Instant::now(), |reader| {
                        index(reader).is_none_or(|index| !self.missing[index])
                    }));
                }
                return self.change_to(counts);
            }
        }
        // Whoever adds or removes readers by hand goes on by hand.
        self.walk = None;
        self.change_to(counts)
    }

    fn go_on_walking(&mut self) -> Result<(), LabError> {
        let Some(walk) = &mut self.walk else {
            return Ok(());
        };
        let Some(reader) = walk.next(Instant::now()) else {
            return Ok(());
        };
        let mut counts = Counts::default();
        match reader {
            Some(reader) => {
                if let Some(index) = index(reader) {
                    counts[index] = 1;
                }
            }
            None => self.walk = None,
        }
        self.change_to(counts)
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for active in &self.active {
            counts[active.index] += 1;
        }
        counts
    }

    /// Starts and stops readers until there are so many.
    fn change_to(&mut self, mut counts: Counts) -> Result<(), LabError> {
        for (count, missing) in counts.iter_mut().zip(self.missing) {
            if missing {
                *count = 0;
            }
        }
        if counts == self.counts() {
            return Ok(());
        }
        self.take(true);
        for (index, reader) in READERS.into_iter().enumerate() {
            let now = usize::from(self.counts()[index]);
            for _ in usize::from(counts[index])..now {
                if let Some(at) = self.active.iter().rposition(|it| it.index == index) {
                    self.active.remove(at);
                }
            }
            for _ in now..usize::from(counts[index]) {
                let readers = self
                    .bench
                    .start_readers(reader.into(), 1, true, &self.stop)?;
                let last = readers.totals();
                self.active.push(Active {
                    index,
                    readers,
                    last,
                });
            }
        }
        // Calls from in between belong to neither.
        self.take(false);
        self.changed = true;
        let found = self.known.iter().position(|known| known.counts == counts);
        self.current = found.unwrap_or_else(|| {
            self.known.push(Known {
                counts,
                times: Times::default(),
            });
            self.known.len() - 1
        });
        Ok(())
    }

    fn snapshot(&self) -> LabSnapshot {
        let ends = logarithmic_steps();
        let base = self.known[0].times.summary();
        let configurations = self.known.iter().map(|known| {
            let summary = known.times.summary();
            LabConfiguration {
                name: name(known.counts),
                summary,
                ratio: Ratio::of(&summary, &base).filter(|_| summary.operations > 0),
                steps: known.times.steps(&ends),
            }
        });
        LabSnapshot {
            pid: self.bench.writer_pid(),
            counts: self.counts(),
            missing: self.missing,
            holds: self.holds,
            points: Arc::new(self.points.iter().copied().collect()),
            configurations: Arc::new(configurations.collect()),
            current: self.current,
            calls_per_second: self.calls_per_second,
            locks: self.locks,
            no_evidence: self.bench.evidence().err().map(|why| why.to_string()),
            walk: self.walk.as_ref().map(|walk| walk.state(Instant::now())),
            notes: self.bench.notes().to_vec(),
            failed: None,
        }
    }
}

fn index(load: Load) -> Option<usize> {
    READERS.iter().position(|reader| load.0 == Some(*reader))
}

/// `none`, `maps`, `2 maps + smaps`.
fn name(counts: Counts) -> String {
    let parts: Vec<String> = READERS
        .iter()
        .zip(counts)
        .filter(|(_, count)| *count > 0)
        .map(|(reader, count)| match count {
            1 => reader.to_string(),
            count => format!("{count} {reader}"),
        })
        .collect();
    match parts.is_empty() {
        true => Load::NONE.to_string(),
        false => parts.join(" + "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_have_names() {
        for (counts, text) in [
            ([0; 5], "none"),
            ([1, 0, 0, 0, 0], "maps"),
            ([2, 0, 1, 0, 0], "2 maps + smaps"),
        ] {
            assert_eq!(name(counts), text);
        }
    }
}
