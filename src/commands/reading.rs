//! One reading: a scenario at one placement, read for some time while the
//! modifier runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::case::Case;
use super::rounds::Rounds;
use crate::kernel::dwell::Pause;
use crate::kernel::file::{ProcFile, Which};
use crate::observation::{CaseResult, Observation, PlacementResult};
use crate::sampler::{
    Dwelling, Moment, Published, Rate, Sampler, SamplerError, SamplerOptions, Watched,
};
use crate::scan::Tally;
use crate::stage::{Setting, Stage, Staged};
use crate::target::modifier::{Pace, Proof};

/// How often finds are collected from the samplers' queues.
const COLLECT: Duration = Duration::from_millis(10);

/// A case at one placement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) staged: &'a Staged,
    pub(super) setting: &'a Setting,
    pub(super) duration: Duration,
}

impl Reading<'_> {
    /// Reads while the modifier runs, and adds to `result`.
    pub(super) fn run(
        &self,
        stage: &mut Stage,
        interrupted: &AtomicBool,
        result: &mut CaseResult,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<()> {
        let options = self.case.options;
        let sampling = self.sampling(stage)?;
        let modifier = stage.modifier();
        let counters = modifier.counters();
        let before = counters.operations();
        modifier.set_pace(self.pace());
        if options.prove {
            modifier.prove(true)?;
        }
        modifier.run()?;
        let mut samplers = (0..options.reader_count)
            .map(|_| Sampler::start(&sampling))
            .collect::<Result<Vec<_>, _>>()?;
        let start = Instant::now();
        let mut next_sign = Duration::from_secs(1);
        let mut failure = None;
        let mut rounds = Rounds::new(self.duration);
        while start.elapsed() < self.duration
            && failure.is_none()
            && !interrupted.load(Ordering::Relaxed)
        {
            std::thread::sleep(COLLECT.min(self.duration.saturating_sub(start.elapsed())));
            self.collect(&mut samplers, tell)?;
            rounds.look(start.elapsed(), || total(&samplers));
            if start.elapsed() >= next_sign {
                next_sign += Duration::from_secs(1);
                let mut tally = result.tally.clone();
                tally.merge(&total(&samplers));
                tell(Observation::Progress {
                    case: self.case.key(),
                    elapsed_ns: result.elapsed_ns + nanoseconds(start.elapsed()),
                    tally: Box::new(tally),
                    operations: result.operations + counters.operations() - before,
                })?;
            }
            if samplers.iter().any(Sampler::has_ended) {
                break;
            }
            failure = stage.modifier().check_alive().err();
        }
        let mut sum = Published::default();
        for sampler in &mut samplers {
            match sampler.stop() {
                Ok(published) => {
                    sum.tally.merge(&published.tally);
                    sum.not_described += published.not_described + published.dropped;
                    sum.found_pause = sum.found_pause.or(published.found_pause);
                }
                Err(error) => return Err(why_it_ended(stage, error)),
            }
        }
        self.collect(&mut samplers, tell)?;
        if let Some(failure) = failure {
            return Err(failure.into());
        }
        let elapsed_ns = nanoseconds(start.elapsed());
        let modifier = stage.modifier();
        modifier.pause_at_original()?;
        let operations = counters.operations() - before;
        if options.prove {
            modifier.prove(false)?;
            let proof = modifier.proof();
            let rounds = result.proof.map_or(0, |proof| proof.rounds);
            result.proof = Some(Proof {
                rounds: rounds + proof.rounds,
                ..proof
            });
        }
        result.tally.merge(&sum.tally);
        result.operations += operations;
        result.elapsed_ns += elapsed_ns;
        result.not_described += sum.not_described;
        result.placements.push(PlacementResult {
            placement: self.staged.placement,
            variant: self.setting.variant,
            sites: self.staged.sites.len(),
            read_size: self.staged.extent.read_size,
            dwell: match options.dwell {
                Dwelling::Fixed(pause) => Some(pause),
                Dwelling::Find => sum.found_pause,
            }
            .map(|pause: Pause| pause.to_string()),
            rounds: rounds.finish(&sum.tally),
            tally: sum.tally,
            operations,
            elapsed_ns,
        });
        Ok(())
    }

    fn pace(&self) -> Pace {
        match self.case.options.burst {
            None => self.staged.usual_pace(),
            Some(0) => Pace::Steady,
            Some(operations) => self.staged.bursts_of(operations),
        }
    }

    fn sampling(&self, stage: &mut Stage) -> Result<SamplerOptions> {
        let (case, pid) = (self.case, stage.pid());
        let shared_file = if case.options.shared_fd && case.reader.queries() {
            Some(Arc::new(ProcFile::open(pid, Which::Maps)?))
        } else {
            None
        };
        Ok(SamplerOptions {
            pid,
            reader: case.reader,
            rule: case.rule,
            extent: self.staged.extent,
            dwell: case.options.dwell,
            shared_file,
            rate: Rate::Full,
            watched: Watched::Modifier {
                states: self.staged.states.clone(),
                counters: stage.modifier().counters(),
            },
        })
    }

    fn collect(
        &self,
        samplers: &mut [Sampler],
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<()> {
        let key = self.case.key();
        for (reader_index, sampler) in samplers.iter_mut().enumerate() {
            let moment = Moment {
                case: &key,
                placement: self.staged.placement,
                reader_index,
                states: &self.staged.states,
            };
            while let Some(found) = sampler.next_found() {
                tell(Observation::Event(Box::new(moment.describe(found))))?;
            }
        }
        Ok(())
    }
}

/// What all samplers have published together.
fn total(samplers: &[Sampler]) -> Tally {
    let mut tally = Tally::default();
    for sampler in samplers {
        tally.merge(&sampler.published().tally);
    }
    tally
}

/// A reader that lost its target mostly did so because the modifier died:
/// that is the reason to give.
fn why_it_ended(stage: &mut Stage, error: SamplerError) -> anyhow::Error {
    match stage.modifier().check_dying() {
        Err(death) => death.into(),
        Ok(()) => error.into(),
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
