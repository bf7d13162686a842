//! The lab's thread: has the writer work, and adds and removes readers.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::configurations::Configurations;
use super::inversion::Inversion;
use super::lab_walk::LabWalk;
use super::{
    Counts, LabCommand, LabPoint, LabSnapshot, LiveLocks, MAX_THREADS, POINT, POINTS, READERS, TICK,
};
use crate::latency::bench::{Bench, BenchOptions, LabError};
use crate::latency::inversion::outcome::WriterPlace;
use crate::latency::load::Load;
use crate::latency::outcome::Holds;
use crate::latency::reader::LatencyReaders;
use crate::latency::times::Times;
use crate::linux::features::KernelFacts;
use crate::linux::locks::LockCounter;
use crate::linux::scanner::{ReadTotals, Scanner};
use crate::modifier::child_process::patience::Patience;
use crate::modifier::timed_writer::TimedWriterOptions;
use crate::modifier::timed_writer::mailbox::Timed;

/// How often times are taken from the writer.
const TAKE: Duration = Duration::from_millis(20);

/// A thread that reads, and what it had done when it was last looked at.
struct Active {
    index: usize,
    readers: LatencyReaders,
    last: ReadTotals,
}

/// What the lab's thread works on.
pub(super) struct Worker {
    /// Ends first: else neither writer nor readers could.
    inversion: Option<Inversion>,
    bench: Bench,
    stop: Arc<AtomicBool>,
    missing: [bool; READERS.len()],
    holds: [Option<Holds>; READERS.len()],
    rules: [Option<Holds>; READERS.len()],
    active: Vec<Active>,
    /// Those without an inversion, with one elsewhere, and on the VMA being read.
    configurations: [Configurations; 3],
    /// Why there is no inversion.
    no_inversion: Option<String>,
    /// Times of the point under way.
    window: Times,
    points: VecDeque<LabPoint>,
    /// Readers were added or removed during the point under way.
    changed: bool,
    point_began: Instant,
    writer_counter: Option<LockCounter>,
    writer_last: u64,
    locks: Option<LiveLocks>,
    calls_per_second: f64,
    walk: Option<LabWalk>,
}

impl Worker {
    pub(super) fn new(stop: Arc<AtomicBool>, patience: Patience) -> Result<Self, LabError> {
        let mut bench = Bench::new(BenchOptions {
            reader_count: 1,
            pin: true,
            niced: false,
            inverted: false,
            busy: None,
            writer: TimedWriterOptions {
                patience,
                ..TimedWriterOptions::default()
            },
        })?;
        let missing = READERS.map(|reader| Scanner::try_here(reader).is_err());
        let mut holds = [None; READERS.len()];
        for (index, reader) in READERS.into_iter().enumerate() {
            if !missing[index] {
                let quiet = bench.quiet(reader.into())?;
                holds[index] = quiet.map(|quiet| quiet.granularity().into());
            }
        }
        let facts = KernelFacts::detect().ok();
        let rule = |reader| Some(facts.as_ref()?.version_rule(reader).rule.granularity.into());
        let writer_counter = match bench.evidence() {
            Ok(evidence) => Some(evidence.of_process(bench.writer_pid())?),
            Err(_) => None,
        };
        Ok(Worker {
            bench,
            stop,
            missing,
            holds,
            rules: READERS.map(rule),
            active: Vec::new(),
            configurations: Default::default(),
            inversion: None,
            no_inversion: None,
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

    pub(super) fn work(
        &mut self,
        commands: &Receiver<LabCommand>,
        tell: &mut impl FnMut(LabSnapshot) -> bool,
    ) -> Result<(), LabError> {
        self.bench.writer().work()?;
        std::thread::sleep(TAKE);
        // The first calls find cold caches.
        self.bench.writer().take_times(|_, _| {});
        self.point_began = Instant::now();
        let mut shown = Instant::now();
        while !self.stop.load(Ordering::Relaxed) {
            match commands.recv_timeout(TAKE) {
                Ok(command) => self.carry_out(command)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            self.take(true);
            self.bench.writer().check()?;
            if let Some(inversion) = &mut self.inversion {
                let readers = self.active.iter();
                let mut threads = readers.flat_map(|it| it.readers.threads());
                inversion.look(&mut self.bench, threads.next());
            }
            if let Some(problem) = self.active.iter().find_map(|it| it.readers.problem()) {
                self.bench.writer().check()?;
                return Err(LabError::Reader(problem));
            }
            self.go_on_walking()?;
            if self.point_began.elapsed() >= POINT {
                self.end_point();
            }
            if shown.elapsed() >= TICK && tell(self.snapshot()) {
                shown = Instant::now();
            }
        }
        Ok(())
    }

    /// Takes what the writer has timed; `counted` into the configuration, too.
    fn take(&mut self, counted: bool) {
        let at = self.place();
        let mut times = counted.then(|| self.configurations[at].current_times());
        let window = &mut self.window;
        self.bench.writer().take_times(|timed, nanoseconds| {
            if timed != Timed::Clock {
                window.add(nanoseconds);
                if let Some(times) = &mut times {
                    times.add(nanoseconds);
                }
            }
        });
    }

    /// Which of the configurations are measured now.
    fn place(&self) -> usize {
        let inversion = self.inversion.as_ref();
        inversion.map_or(0, |it| 1 + it.shown.place as usize)
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

    fn carry_out(&mut self, command: LabCommand) -> Result<(), LabError> {
        let mut counts = self.counts();
        match command {
            LabCommand::Add(reader) => {
                if let Some(index) = index(reader.into()) {
                    counts[index] = (counts[index] + 1).min(MAX_THREADS);
                }
            }
            LabCommand::Remove(reader) => {
                if let Some(index) = index(reader.into()) {
                    counts[index] = counts[index].saturating_sub(1);
                }
            }
            LabCommand::Clear => counts = Counts::default(),
            LabCommand::Inversion => {
                self.walk = None;
                let next = match &self.inversion {
                    None => Some(WriterPlace::Elsewhere),
                    Some(it) => WriterPlace::ALL.get(it.shown.place as usize + 1).copied(),
                };
                return self.invert(next);
            }
            LabCommand::Walk => {
                self.invert(None)?;
                counts = Counts::default();
                if self.walk.take().is_none() {
                    self.walk = Some(LabWalk::begin(Instant::now(), |reader| {
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

    /// From now on an inversion is shown there, or none; nobody reads at first.
    fn invert(&mut self, place: Option<WriterPlace>) -> Result<(), LabError> {
        if place == self.inversion.as_ref().map(|it| it.shown.place) {
            return Ok(());
        }
        if let Err(why) = self.bench.shared_cpus() {
            self.no_inversion = Some(LabError::NoInversion(why).to_string());
            return Ok(());
        }
        self.change_to(Counts::default())?;
        self.inversion = None;
        self.inversion = Inversion::begin(&mut self.bench, place)?;
        // Calls from in between belong to neither.
        self.take(false);
        self.changed = true;
        let at = self.place();
        self.configurations[at].select(Counts::default());
        Ok(())
    }

    fn go_on_walking(&mut self) -> Result<(), LabError> {
        let Some(walk) = &mut self.walk else {
            return Ok(());
        };
        let Some(reader) = walk.next_reader(Instant::now()) else {
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

    /// Starts and stops readers until there are as many as `counts` says.
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
        if let Some(inversion) = &mut self.inversion {
            // Else they could neither begin nor end.
            inversion.rest();
        }
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
        if let Some(inversion) = &mut self.inversion {
            inversion.keep_busy(&self.bench)?;
        }
        // Calls from in between belong to neither.
        self.take(false);
        self.changed = true;
        let at = self.place();
        self.configurations[at].select(counts);
        Ok(())
    }

    fn snapshot(&self) -> LabSnapshot {
        let configurations = &self.configurations[self.place()];
        let notes = self.no_inversion.iter().chain(self.bench.notes());
        LabSnapshot {
            at: Duration::ZERO,
            pid: self.bench.writer_pid(),
            counts: self.counts(),
            missing: self.missing,
            holds: self.holds,
            rules: self.rules,
            points: Arc::new(self.points.iter().copied().collect()),
            configurations: Arc::new(configurations.summaries()),
            current: configurations.current(),
            calls_per_second: self.calls_per_second,
            locks: self.locks,
            no_evidence: self.bench.evidence().err().map(|why| why.to_string()),
            walk: self.walk.as_ref().map(|walk| walk.state(Instant::now())),
            inversion: self.inversion.as_ref().map(|it| it.shown.clone()),
            notes: notes.cloned().collect(),
            failed: None,
        }
    }
}

fn index(load: Load) -> Option<usize> {
    READERS.iter().position(|reader| load.0 == Some(*reader))
}
