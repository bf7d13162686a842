//! One case: one scenario under one kind of reader, at each placement in turn.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;

use super::case_options::CaseOptions;
use super::placement_run::PlacementRun;
use super::schedule_shares::ScheduleShares;
use crate::events::Observation;
use crate::events::case::{CaseInfo, CaseKey, CaseResult, LeftOut, Outcome};
use crate::linux::features::rule::Rule;
use crate::linux::reader::Reader;
use crate::modifier::error::ModifierError;
use crate::sampling::options::SamplerError;
use crate::scenario::definition::Scenario;
use crate::setup::case_setup::CaseSetup;
use crate::setup::error::SetupError;
use crate::setup::modifier_setup::ModifierSetup;
use crate::text::error_line::error_line;

/// Why a placement was not read, or not to its end, where the user ended the
/// run.
const INTERRUPTED: &str = "interrupted";

#[derive(Clone, Copy, Debug)]
pub(crate) struct Case<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) reader: Reader,
    pub(crate) rule: Rule,
    /// Its number, from 1, and how many there are.
    pub(crate) number: (usize, usize),
    /// How long it reads, at all placements together.
    pub(crate) duration: Duration,
    pub(crate) options: &'a CaseOptions,
}

impl Case<'_> {
    pub(crate) fn key(&self) -> CaseKey {
        CaseKey {
            scenario: self.scenario.name.clone(),
            reader: self.reader.to_string(),
        }
    }

    /// Runs it at each placement in turn, telling what happens as it does.
    pub(crate) fn run(
        &self,
        setup: &mut ModifierSetup,
        interrupted: &AtomicBool,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> CaseRun {
        let mut run = CaseRun::without_reading(self, Outcome::NotRun);
        let settings = self.settings();
        for (i, setting) in settings.iter().enumerate() {
            let before = run.result.tally.scans;
            let (reason, failed) = if let Some(failed) = &run.failed {
                (error_line(failed), None)
            } else if interrupted.load(Ordering::Relaxed) {
                (INTERRUPTED.into(), None)
            } else {
                // What an earlier placement had to leave out is read here.
                let elapsed = Duration::from_nanos(run.result.elapsed_ns);
                let left = self.duration.saturating_sub(elapsed);
                let share = left / (settings.len() - i) as u32;
                match self.read_at(setting, share, setup, interrupted, &mut run, tell) {
                    Ok(None) => continue,
                    Ok(Some(reason)) => (reason, None),
                    Err(error) => {
                        let error = why_it_ended(setup, error);
                        (error_line(&error), Some(error))
                    }
                }
            };
            run.failed = run.failed.or(failed);
            run.result.left_out.push(LeftOut {
                placement: setting.placement,
                variant: setting.variant,
                partly: run.result.tally.scans > before,
                reason,
            });
        }
        run.result.outcome = outcome(&run, interrupted.load(Ordering::Relaxed));
        run
    }

    /// Reads at one placement, and adds to `run`, also when it fails; why
    /// not, or not in full, where that is no failure.
    fn read_at(
        &self,
        setting: &CaseSetup,
        duration: Duration,
        setup: &mut ModifierSetup,
        interrupted: &AtomicBool,
        run: &mut CaseRun,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<Option<String>> {
        let prepared = match setup.set_up(self.scenario, setting) {
            Ok(prepared) => prepared,
            Err(error) if error.is_skip() => return Ok(Some(error.to_string())),
            Err(error) => return Err(error.into()),
        };
        let info = CaseInfo::of(self.key(), self.number, self.rule, &prepared);
        tell(Observation::CaseStarted(Box::new(info)))?;
        let reading = PlacementRun {
            case: &self.key(),
            reader: self.reader,
            rule: self.rule,
            options: self.options,
            prepared: &prepared,
            setting,
            duration,
            counter: None,
            interrupted,
        };
        let whole = reading.run(&mut run.shares, setup, &mut run.result, tell)?;
        let (sites, wanted) = (prepared.sites.len(), self.options.sites);
        Ok(match wanted {
            _ if !whole => Some(INTERRUPTED.into()),
            Some(wanted) if sites < wanted => {
                Some(format!("{sites} of {wanted} sites found room there"))
            }
            _ => None,
        })
    }

    fn settings(&self) -> Vec<CaseSetup> {
        let mut settings: Vec<CaseSetup> = Vec::new();
        for placement in &self.options.placements {
            let setting = CaseSetup {
                read_size: self.options.read_size,
                sites: self.options.sites,
                ..CaseSetup::new(self.reader, *placement)
            };
            for setting in setting.variants(self.scenario) {
                // Some scenarios are placed alike whatever is asked for.
                if !settings.contains(&setting) {
                    settings.push(setting);
                }
            }
        }
        settings
    }
}

/// A case that was run, or tried.
#[derive(Debug)]
pub(crate) struct CaseRun {
    pub(crate) result: CaseResult,
    /// Why no other case can be run.
    pub(crate) failed: Option<anyhow::Error>,
    /// How the schedules share its time.
    shares: ScheduleShares,
}

impl CaseRun {
    /// Nothing was read.
    pub(crate) fn without_reading(case: &Case<'_>, outcome: Outcome) -> Self {
        CaseRun {
            result: CaseResult::without_reading(case.key(), case.number, outcome),
            failed: None,
            shares: case.options.shares.clone(),
        }
    }
}

fn outcome(run: &CaseRun, interrupted: bool) -> Outcome {
    let CaseRun { result, failed, .. } = run;
    let seen = Outcome::of(&result.tally);
    if matches!(seen, Outcome::Violations | Outcome::KnownViolations) {
        return seen;
    }
    if let Some(failed) = failed {
        let reason = error_line(failed);
        return Outcome::Failed { reason };
    }
    if interrupted && !result.left_out.is_empty() {
        return Outcome::NotRun;
    }
    if result.tally.scans > 0 {
        return Outcome::Held;
    }
    match result.left_out.first() {
        Some(left) => Outcome::Skipped {
            reason: left.reason.clone(),
        },
        None => Outcome::Failed {
            reason: "no scan was finished; use a longer --duration".into(),
        },
    }
}

/// A reader that lost its target mostly did so because the modifier died:
/// that is the reason to give.
fn why_it_ended(setup: &mut ModifierSetup, error: anyhow::Error) -> anyhow::Error {
    if error.is::<ModifierError>() || !lost_its_target(&error) {
        return error;
    }
    match setup.modifier().check_dying() {
        Err(death) => death.into(),
        Ok(()) => error,
    }
}

/// Whether it may be the end of the modifier that shows as this error.
fn lost_its_target(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<SetupError>() {
        // That says itself why, and of one that does not answer nobody awaits the end.
        Some(SetupError::Modifier(_)) => false,
        Some(_) => true,
        None => error.is::<SamplerError>(),
    }
}
