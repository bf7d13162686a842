//! A case at one placement: read while the modifier stands still in each state,
//! and then for some time while it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::case_options::CaseOptions;
use super::readers::{FoundIn, Readers};
use super::rounds::Rounds;
use crate::events::Observation;
use crate::events::case::{CaseKey, CaseResult, PlacementResult};
use crate::linux::dwell::DwellTime;
use crate::linux::features::rule::Rule;
use crate::linux::file::ProcFile;
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::reader::Reader;
use crate::modifier::options::{Pace, TouchCounts};
use crate::oracle::tally::Tally;
use crate::sampling::Published;
use crate::sampling::options::{Dwell, Rate, SamplerOptions, Watched};
use crate::setup::case_setup::CaseSetup;
use crate::setup::modifier_setup::ModifierSetup;
use crate::setup::prepared_scenario::PreparedScenario;
use crate::text::number::nanoseconds;

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
    pub(crate) interrupted: &'a AtomicBool,
}

/// What has been read so far.
#[derive(Debug)]
struct Totals {
    /// While the modifier stood still.
    still: Published,
    /// While it ran.
    running: Published,
    rounds: Rounds,
    operations: u64,
    elapsed_ns: u64,
    proof: Option<TouchCounts>,
}

impl PlacementRun<'_> {
    /// Reads, and adds to `result`, also when it fails on the way; whether to
    /// its end.
    pub(crate) fn run(
        &self,
        setup: &mut ModifierSetup,
        result: &mut CaseResult,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<bool> {
        let mut totals = Totals {
            still: Published::default(),
            running: Published::default(),
            rounds: Rounds::new(self.duration),
            operations: 0,
            elapsed_ns: 0,
            proof: None,
        };
        let read = self.read(setup, &mut totals, tell);
        self.add(totals, result);
        read
    }

    fn read(
        &self,
        setup: &mut ModifierSetup,
        totals: &mut Totals,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<bool> {
        let options = self.options;
        let sampling = self.sampling(setup)?;
        self.stand_still(setup, &sampling, &mut totals.still, tell)?;
        let modifier = setup.modifier();
        let counters = modifier.counters();
        let before = counters.operations();
        modifier.set_pace(self.pace());
        if options.prove {
            modifier.set_touching(true)?;
        }
        modifier.run()?;
        let mut readers = Readers::start(&sampling, options.reader_count)?;
        let start = Instant::now();
        let watched = self.watch(setup, &mut readers, &mut totals.rounds, tell);
        // What was read counts, whatever went wrong.
        let stopped = readers.stop(&mut totals.running);
        let described = readers.tell_found(self.found_in(), tell);
        totals.elapsed_ns = nanoseconds(start.elapsed());
        let modifier = setup.modifier();
        totals.proof = options.prove.then(|| modifier.touch_counts());
        let paused = modifier.pause_at_original();
        totals.operations = counters.operations() - before;
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
        setup: &mut ModifierSetup,
        readers: &mut Readers,
        rounds: &mut Rounds,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<bool> {
        let start = Instant::now();
        let mut next_sign = Duration::from_secs(1);
        while start.elapsed() < self.duration && !readers.has_ended() {
            if self.interrupted.load(Ordering::Relaxed) {
                return Ok(false);
            }
            std::thread::sleep(COLLECT.min(self.duration.saturating_sub(start.elapsed())));
            readers.tell_found(self.found_in(), tell)?;
            rounds.look(start.elapsed(), || readers.total());
            if start.elapsed() >= next_sign {
                next_sign += Duration::from_secs(1);
                tell(Observation::Progress)?;
            }
            setup.modifier().check_alive()?;
        }
        Ok(true)
    }

    /// What it came to, into the result of the case.
    fn add(&self, totals: Totals, result: &mut CaseResult) {
        let Totals {
            still,
            running,
            rounds,
            operations,
            elapsed_ns,
            proof,
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
        result.placements.push(PlacementResult {
            placement: self.prepared.placement,
            variant: self.setting.variant,
            sites: self.prepared.sites.len(),
            read_size: self.prepared.extent.read_size,
            dwell: match self.options.dwell {
                Dwell::Fixed(pause) => Some(pause),
                Dwell::Find => running.found_dwell,
            }
            .map(|pause: DwellTime| pause.to_string()),
            rounds,
            tally,
            operations,
            elapsed_ns,
        });
    }

    fn pace(&self) -> Pace {
        match self.options.burst {
            None => self.prepared.usual_pace(),
            Some(0) => Pace::Steady,
            Some(operations) => self.prepared.bursts_of(operations),
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
            dwell: self.options.dwell,
            shared_file,
            rate: Rate::Full,
            watched: Watched::Modifier {
                states: self.prepared.states.clone(),
                counters: setup.modifier().counters(),
            },
        })
    }

    pub(crate) fn found_in(&self) -> FoundIn<'_> {
        FoundIn {
            case: self.case,
            placement: self.prepared.placement,
            states: &self.prepared.states,
        }
    }
}
