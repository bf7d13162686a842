//! A case at one placement: read while the modifier stands still in each state,
//! and then for some time while it runs, under each schedule in turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::away::Away;
use super::case_options::CaseOptions;
use super::giving_way::GivingWay;
use super::readers::{FoundIn, Readers};
use super::rounds::{ROUNDS, Rounds};
use super::schedule_shares::ScheduleShares;
use crate::events::Observation;
use crate::events::case::{CaseKey, CaseResult, Fallbacks, PlacementResult};
use crate::linux::dwell::DwellTime;
use crate::linux::features::rule::{Granularity, Rule};
use crate::linux::file::ProcFile;
use crate::linux::locks::{LockCounter, LockCounts, LockEvidence};
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::reader::Reader;
use crate::linux::thread_schedule::Policy;
use crate::modifier::options::{Pace, TouchCounts};
use crate::oracle::tally::Tally;
use crate::sampling::Published;
use crate::sampling::options::{
    Dwell, Rate, ReaderSchedule, SamplerError, SamplerOptions, Watched,
};
use crate::setup::case_setup::CaseSetup;
use crate::setup::modifier_setup::ModifierSetup;
use crate::setup::prepared_scenario::PreparedScenario;
use crate::setup::schedule::Schedule;
use crate::text::number::nanoseconds;

/// How long a pass over all schedules takes; the time of the next is shared by
/// what was found until then.
const PASS: Duration = Duration::from_secs(2);

/// Passes at most: each adds to what is reported. They take longer then.
const MOST_PASSES: f64 = 10.0;

/// How often there is a sign of life.
const SIGN: Duration = Duration::from_secs(1);

/// How often finds are collected from the samplers' queues.
const COLLECT: Duration = Duration::from_millis(10);

#[derive(Clone, Copy, Debug)]
pub(crate) struct PlacementRun<'a> {
    pub(crate) case: &'a CaseKey,
    pub(crate) reader: Reader,
    pub(crate) rule: Rule,
    pub(crate) options: &'a CaseOptions,
    pub(crate) prepared: &'a PreparedScenario,
    pub(crate) setting: &'a CaseSetup,
    pub(crate) duration: Duration,
    /// Counts what mmap_locks the threads take that are started here; none: that is
    /// counted in the first of several passes, where the schedules learn from it.
    pub(crate) counter: Option<&'a LockCounter>,
    pub(crate) interrupted: &'a AtomicBool,
}

/// What has been read so far under one schedule.
#[derive(Debug)]
struct Totals {
    /// When to give the next sign of life.
    next_sign: Instant,
    running: Published,
    rounds: Rounds,
    operations: u64,
    elapsed_ns: u64,
    fallbacks: Option<Fallbacks>,
    proof: Option<TouchCounts>,
}

impl Totals {
    fn new(rounds: Rounds, next_sign: Instant) -> Self {
        Totals {
            next_sign,
            running: Published::default(),
            rounds,
            operations: 0,
            elapsed_ns: 0,
            fallbacks: None,
            proof: None,
        }
    }
}

impl PlacementRun<'_> {
    /// Reads, and adds to `result`, also when it fails on the way; whether to
    /// its end. `shares` learns what each schedule finds.
    pub(crate) fn run(
        &self,
        shares: &mut ScheduleShares,
        setup: &mut ModifierSetup,
        result: &mut CaseResult,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<bool> {
        let sampling = self.sampling(setup)?;
        let mut still = Published::default();
        let stood = self.stand_still(setup, &sampling, &mut still, tell);
        let mut dwell = self.options.dwell;
        let mut next_sign = Instant::now() + SIGN;
        let passes = self.duration.div_duration_f64(PASS).ceil();
        let passes = passes.clamp(1.0, MOST_PASSES) as u32;
        // To start counting takes longer than a short pass.
        let counts = passes > 1 && self.options.shares.learn();
        let locks = counts.then(LockEvidence::find).and_then(Result::ok);
        let mut opened = locks.and_then(|locks| locks.of_new_threads().ok());
        for _ in 0..passes {
            for (schedule, duration) in shares.share(self.duration / passes) {
                let count = (ROUNDS / shares.count()).max(3);
                let mut totals = Totals::new(Rounds::new(duration, count), next_sign);
                if let Err(error) = stood {
                    self.add(schedule, None, totals, still, result);
                    return Err(error);
                }
                let sampling = SamplerOptions {
                    schedule: self.reader_schedule(schedule, dwell, setup.pid()),
                    ..sampling.clone()
                };
                let counter = self.counter.or(opened.as_ref());
                let before = counter.map(LockCounter::counts);
                let read = self.read(schedule, duration, &sampling, setup, &mut totals, tell);
                let taken = (counter.zip(before)).map(|(it, before)| it.counts().since(before));
                totals.fallbacks = self.fallbacks(taken, &totals.running.tally);
                next_sign = totals.next_sign;
                if schedule == Schedule::Dwell
                    && let Some(pause) = totals.running.found_dwell
                {
                    dwell = Dwell::Fixed(pause);
                }
                let found = &totals.running.tally;
                shares.note(schedule, found, totals.fallbacks, totals.elapsed_ns);
                let pause = match dwell_of(schedule, dwell) {
                    Dwell::Fixed(pause) => Some(pause),
                    // Time was too short to find it.
                    Dwell::Find => None,
                };
                self.add(schedule, pause, totals, std::mem::take(&mut still), result);
                if !read? {
                    return Ok(false);
                }
            }
            opened = None;
        }
        Ok(true)
    }

    /// Reads under one schedule; whether to the end.
    fn read(
        &self,
        schedule: Schedule,
        duration: Duration,
        sampling: &SamplerOptions,
        setup: &mut ModifierSetup,
        totals: &mut Totals,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<bool> {
        let options = self.options;
        let modifier = setup.modifier();
        let counters = modifier.counters();
        let before = counters.operations();
        schedule.set_writer(modifier, self.prepared, self.pace());
        if options.prove {
            modifier.set_touching(true)?;
        }
        modifier.run()?;
        let found_in = self.found_in(Some(schedule));
        let mut readers = self.start_readers(sampling, found_in)?;
        let start = Instant::now();
        let mut away = Away::new(counters.operations());
        let watched = self.watch(
            (found_in, duration),
            setup,
            (&mut readers, &mut away),
            totals,
            tell,
        );
        if schedule == Schedule::PreemptIdle {
            // Else its end could take long.
            readers.give_policy(Policy::Usual);
        }
        // What was read counts, whatever went wrong.
        let stopped = readers.stop(&mut totals.running);
        let described = readers.tell_found(found_in, tell);
        totals.elapsed_ns = nanoseconds(start.elapsed().saturating_sub(away.time));
        let modifier = setup.modifier();
        totals.proof = options.prove.then(|| modifier.touch_counts());
        let paused = modifier.pause_at_original();
        totals.operations = counters.operations() - before - away.operations;
        let whole = watched?;
        stopped?;
        described?;
        paused?;
        if options.prove {
            modifier.set_touching(false)?;
        }
        Ok(whole)
    }

    /// Looks after the readers while they read; whether they had all their
    /// time.
    fn watch(
        &self,
        (found_in, duration): (FoundIn<'_>, Duration),
        setup: &mut ModifierSetup,
        (readers, away): (&mut Readers, &mut Away),
        totals: &mut Totals,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<bool> {
        let start = Instant::now();
        let mut giving_way = (found_in.schedule == Some(Schedule::PreemptIdle))
            .then(|| GivingWay::new(self.prepared.scan_time));
        while start.elapsed() < duration && !readers.has_ended() {
            if self.interrupted.load(Ordering::Relaxed) {
                return Ok(false);
            }
            std::thread::sleep(COLLECT.min(duration.saturating_sub(start.elapsed())));
            readers.tell_found(found_in, tell)?;
            let rounds = &mut totals.rounds;
            rounds.look(start.elapsed(), || readers.total());
            if Instant::now() >= totals.next_sign {
                totals.next_sign += SIGN;
                tell(Observation::Progress)?;
            }
            if let Some(giving_way) = &mut giving_way {
                giving_way.look(readers);
            }
            away.look(setup.modifier().counters().operations());
            setup.modifier().check_alive()?;
        }
        Ok(true)
    }

    /// What it came to, into the result of the case. `still`: what was read while
    /// the modifier stood still.
    fn add(
        &self,
        schedule: Schedule,
        pause: Option<DwellTime>,
        totals: Totals,
        still: Published,
        result: &mut CaseResult,
    ) {
        let Totals {
            running,
            rounds,
            operations,
            elapsed_ns,
            fallbacks,
            proof,
            next_sign: _,
        } = totals;
        let mut tally = running.tally.clone();
        tally.merge(&still.tally);
        if tally == Tally::default() {
            return;
        }
        let mut rounds = rounds.finish(&running.tally);
        match rounds.first_mut() {
            Some(first) => first.merge(&still.tally),
            None => rounds.push(still.tally.clone()),
        }
        if let Some(proof) = proof {
            let rounds = result.proof.map_or(0, |proof| proof.rounds);
            result.proof = Some(TouchCounts {
                rounds: rounds + proof.rounds,
                ..proof
            });
        }
        result.tally.merge(&tally);
        result.operations += operations;
        result.elapsed_ns += elapsed_ns;
        result.not_described += still.not_described + running.not_described;
        result.add_placement(PlacementResult {
            placement: self.prepared.placement,
            variant: self.setting.variant,
            schedule,
            sites: self.prepared.sites.len(),
            read_size: self.prepared.extent.read_size,
            dwell: pause.map(|pause| pause.to_string()),
            rounds,
            tally,
            fallbacks,
            operations,
            elapsed_ns,
        });
    }

    /// What the locks that were taken mean: a reader that holds mmap_lock for a chunk
    /// or a query does not fall back to it.
    fn fallbacks(&self, taken: Option<LockCounts>, tally: &Tally) -> Option<Fallbacks> {
        let taken = taken.filter(|_| self.rule.granularity == Granularity::Line)?;
        Some(Fallbacks {
            count: taken.read,
            scans: tally.scans,
        })
    }

    fn pace(&self) -> Pace {
        match self.options.burst {
            None => self.prepared.usual_pace(),
            Some(0) => Pace::Steady,
            Some(operations) => self.prepared.bursts_of(operations),
        }
    }

    /// The reader's part of a schedule.
    fn reader_schedule(&self, schedule: Schedule, dwell: Dwell, writer: u32) -> ReaderSchedule {
        let storm = schedule == Schedule::Storm;
        ReaderSchedule {
            dwell: dwell_of(schedule, dwell),
            thread: schedule.reader_thread(writer),
            storm: storm.then_some(self.prepared.scan_time),
        }
    }

    fn sampling(&self, setup: &mut ModifierSetup) -> Result<SamplerOptions> {
        let pid = setup.pid();
        let shared_file = if self.options.shared_fd && self.reader.queries() {
            Some(Arc::new(ProcFile::open(pid, ProcFileName::Maps)?))
        } else {
            None
        };
        Ok(SamplerOptions {
            pid,
            reader: self.reader,
            rule: self.rule,
            extent: self.prepared.extent,
            schedule: DwellTime::NONE.into(),
            shared_file,
            rate: Rate::Full,
            watched: Watched::Modifier {
                states: self.prepared.states.clone(),
                counters: setup.modifier().counters(),
            },
        })
    }

    /// Starts the readers of the case.
    pub(crate) fn start_readers(
        &self,
        sampling: &SamplerOptions,
        found_in: FoundIn<'_>,
    ) -> Result<Readers, SamplerError> {
        let CaseOptions {
            reader_count,
            recorder,
            ..
        } = self.options;
        Readers::start(sampling, *reader_count, found_in, recorder.as_ref())
    }

    pub(crate) fn found_in(&self, schedule: Option<Schedule>) -> FoundIn<'_> {
        FoundIn {
            case: self.case,
            placement: self.prepared.placement,
            schedule,
            states: &self.prepared.states,
        }
    }
}

/// The pause before each read under a schedule, of which only one pauses.
fn dwell_of(schedule: Schedule, dwell: Dwell) -> Dwell {
    match schedule {
        Schedule::Dwell => dwell,
        _ => Dwell::Fixed(DwellTime::NONE),
    }
}
