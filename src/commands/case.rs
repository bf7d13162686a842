//! Runs one case: one scenario under one kind of reader.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::rounds::Rounds;
use crate::kernel::dwell::Dwell;
use crate::kernel::features::{Reader, Rule};
use crate::observation::{
    CaseInfo, CaseKey, CaseResult, Observation, Outcome, Placement, PlacementResult,
};
use crate::sampler::{Moment, Published, Rate, Sampler, SamplerError, SamplerOptions, Watched};
use crate::scan::Tally;
use crate::stage::{Stage, StageError, Staged};
use crate::target::modifier::Proof;
use crate::target::scenario::Scenario;

/// How often finds are collected from the samplers' queues.
const COLLECT: Duration = Duration::from_millis(10);

/// One case to run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) scenario: &'static Scenario,
    pub(super) reader: Reader,
    pub(super) rule: Rule,
    /// Its number, from 1, and how many there are.
    pub(super) number: (usize, usize),
    pub(super) duration: Duration,
    pub(super) reader_count: u16,
    pub(super) prove: bool,
}

impl Case {
    pub(super) fn key(&self) -> CaseKey {
        CaseKey {
            scenario: self.scenario.name.clone(),
            reader: self.reader.to_string(),
        }
    }

    /// A result without any reading.
    pub(super) fn without_reading(&self, outcome: Outcome) -> CaseResult {
        CaseResult::without_reading(self.key(), self.number, outcome)
    }

    /// Runs it at each placement in turn, telling what happens as it does.
    pub(super) fn run(
        &self,
        stage: &mut Stage,
        interrupted: &AtomicBool,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<CaseResult> {
        let mut result = self.without_reading(Outcome::NotRun);
        let wanted: &[Placement] = match self.reader {
            Reader::Query => &[Placement::Boundary],
            Reader::Maps | Reader::Smaps => &[Placement::Boundary, Placement::Inside],
        };
        let mut skipped = None;
        for (i, placement) in wanted.iter().enumerate() {
            if interrupted.load(Ordering::Relaxed) {
                break;
            }
            let staged = match stage.set(self.scenario, self.reader, *placement) {
                Ok(staged) => staged,
                Err(error) if error.is_skip() => {
                    skipped.get_or_insert(error);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            tell(Observation::CaseStarted(Box::new(self.info(&staged))))?;
            // What an earlier placement had to leave out is read here.
            let left = self
                .duration
                .saturating_sub(Duration::from_nanos(result.elapsed_ns));
            let duration = left / (wanted.len() - i) as u32;
            self.read(stage, &staged, duration, interrupted, &mut result, tell)?;
        }
        result.outcome = outcome(&result.tally, skipped);
        Ok(result)
    }

    fn info(&self, staged: &Staged) -> CaseInfo {
        CaseInfo {
            case: self.key(),
            number: self.number,
            summary: self.scenario.summary.clone(),
            placement: staged.placement,
            site: (staged.site.start, staged.site.end),
            rule: self.rule.to_string(),
            states: staged.state_infos.clone(),
            boundary: staged.boundary.clone(),
        }
    }

    /// Reads for `duration` while the modifier runs, and adds to `result`.
    fn read(
        &self,
        stage: &mut Stage,
        staged: &Staged,
        duration: Duration,
        interrupted: &AtomicBool,
        result: &mut CaseResult,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<()> {
        let pid = stage.pid();
        let modifier = stage.modifier();
        let counters = modifier.counters();
        let before = counters.finished();
        if self.prove {
            modifier.prove(true)?;
        }
        modifier.run()?;
        let options = SamplerOptions {
            pid,
            reader: self.reader,
            rule: self.rule,
            extent: staged.extent,
            dwell: Dwell::USUAL,
            rate: Rate::Full,
            watched: Watched::Modifier {
                states: staged.states.clone(),
                counters: counters.clone(),
            },
        };
        let mut samplers = (0..self.reader_count)
            .map(|_| Sampler::start(&options))
            .collect::<Result<Vec<_>, _>>()?;
        let key = self.key();
        let start = Instant::now();
        let mut next_sign = Duration::from_secs(1);
        let mut failure = None;
        let mut rounds = Rounds::new(duration);
        while start.elapsed() < duration
            && failure.is_none()
            && !interrupted.load(Ordering::Relaxed)
        {
            std::thread::sleep(COLLECT.min(duration.saturating_sub(start.elapsed())));
            self.collect(&mut samplers, staged, tell)?;
            rounds.look(start.elapsed(), || total(&samplers));
            if start.elapsed() >= next_sign {
                next_sign += Duration::from_secs(1);
                let mut tally = result.tally.clone();
                for sampler in &samplers {
                    tally.merge(&sampler.published().tally);
                }
                tell(Observation::Progress {
                    case: key.clone(),
                    elapsed_ns: result.elapsed_ns + nanoseconds(start.elapsed()),
                    tally,
                    operations: result.operations + counters.finished() - before,
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
                }
                Err(error) => return Err(self.why_it_ended(stage, error)),
            }
        }
        self.collect(&mut samplers, staged, tell)?;
        if let Some(failure) = failure {
            return Err(failure.into());
        }
        let elapsed_ns = nanoseconds(start.elapsed());
        let modifier = stage.modifier();
        modifier.pause_at_original()?;
        let operations = counters.finished() - before;
        if self.prove {
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
            placement: staged.placement,
            rounds: rounds.finish(&sum.tally),
            tally: sum.tally,
            operations,
            elapsed_ns,
        });
        Ok(())
    }

    /// A reader that lost its target mostly did so because the modifier died:
    /// that is the reason to give.
    fn why_it_ended(&self, stage: &mut Stage, error: SamplerError) -> anyhow::Error {
        match stage.modifier().check_alive() {
            Err(death) => death.into(),
            Ok(()) => error.into(),
        }
    }

    fn collect(
        &self,
        samplers: &mut [Sampler],
        staged: &Staged,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<()> {
        let key = self.key();
        for (reader_index, sampler) in samplers.iter_mut().enumerate() {
            let moment = Moment {
                case: &key,
                placement: staged.placement,
                reader_index,
                states: &staged.states,
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

fn outcome(tally: &Tally, skipped: Option<StageError>) -> Outcome {
    let violations = tally.violation_count();
    match skipped {
        _ if violations > tally.known_count() => Outcome::Violations,
        _ if violations > 0 => Outcome::KnownViolations,
        _ if tally.scans > 0 => Outcome::Held,
        Some(error) => Outcome::Skipped {
            reason: error.to_string(),
        },
        None => Outcome::NotRun,
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
