//! One case: one scenario under one kind of reader, at each placement in turn.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;

use super::exit::in_one_line;
use super::plan::Plan;
use super::reading::Reading;
use crate::cli::check::CheckArguments;
use crate::compare::kept::KeptRun;
use crate::events::Observation;
use crate::events::case::{CaseInfo, CaseKey, CaseResult, LeftOut, Outcome};
use crate::linux::features::rule::{Reader, Rule};
use crate::modifier::error::ModifierError;
use crate::sampling::thread::{Dwelling, SamplerError};
use crate::scenario::arena::DEFAULT_SLOTS;
use crate::scenario::definition::Scenario;
use crate::setup::case_setup::Setting;
use crate::setup::error::StageError;
use crate::setup::modifier_setup::Stage;
use crate::setup::placement::Placement;
use crate::setup::prepared_scenario::Staged;

/// Why a placement was not read, or not to its end, where the user ended the
/// run.
const INTERRUPTED: &str = "interrupted";

/// How the cases of a run are read.
#[derive(Clone, Debug)]
pub(crate) struct CaseOptions {
    /// Where the sites stand, one after the other.
    pub(crate) placements: Vec<Placement>,
    /// The caller's buffer in bytes; none: what the placement wants.
    pub(crate) read_size: Option<usize>,
    /// How many sites; none: as many as the placement wants.
    pub(crate) sites: Option<usize>,
    pub(crate) dwell: Dwelling,
    /// The most operations between two rests of a writer, 0 for no rests;
    /// none: what suits the placement.
    pub(crate) burst: Option<u32>,
    pub(crate) reader_count: u16,
    /// Whether several readers that query share one file.
    pub(crate) shared_fd: bool,
    pub(crate) prove: bool,
}

/// The placements of a run that does not ask for others: what finds most
/// (`cargo bench --bench finding`), and what the kernel's selftest does.
const USUAL: [Placement; 2] = [Placement::Low, Placement::Boundary];

/// Slots of the arena where a site stands at every boundary: so many that
/// there are several.
const SLOTS_FOR_EVERY: u32 = 620;

impl CaseOptions {
    /// What the command line asks for; the placements it leaves open are as in
    /// the run to compare with, if there is one.
    pub(crate) fn of(arguments: &CheckArguments, plan: &Plan, kept: Option<&KeptRun>) -> Self {
        let mut wanted = arguments.placements.clone();
        if wanted.is_empty() {
            wanted = kept.map_or_else(|| USUAL.to_vec(), KeptRun::placements);
        }
        let mut placements = Vec::new();
        for placement in wanted {
            if !placements.contains(&placement) {
                placements.push(placement);
            }
        }
        CaseOptions {
            placements,
            read_size: arguments.chunk.map(|bytes| bytes as usize),
            // Each writer needs a site of its own.
            sites: match arguments.sites {
                None if arguments.writers > 1 => Some(arguments.writers.into()),
                sites => sites.map(usize::from),
            },
            dwell: arguments.dwell,
            burst: arguments.burst,
            reader_count: plan.reader_count,
            shared_fd: arguments.shared_fd,
            prove: arguments.prove,
        }
    }

    /// What a run does that asks for nothing in particular.
    pub(crate) fn usual() -> Self {
        CaseOptions {
            placements: USUAL.to_vec(),
            read_size: None,
            sites: None,
            dwell: Dwelling::Find,
            burst: None,
            reader_count: 1,
            shared_fd: false,
            prove: false,
        }
    }

    /// Slots that the arena needs for these placements.
    pub(crate) fn slots(&self) -> u32 {
        if self.placements.contains(&Placement::Every) {
            SLOTS_FOR_EVERY
        } else {
            DEFAULT_SLOTS
        }
    }
}

/// One case to run.
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
        stage: &mut Stage,
        interrupted: &AtomicBool,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Ran {
        let mut ran = Ran::without_reading(self, Outcome::NotRun);
        let settings = self.settings();
        for (i, setting) in settings.iter().enumerate() {
            let before = ran.result.tally.scans;
            let (reason, failed) = if let Some(failed) = &ran.failed {
                (in_one_line(failed), None)
            } else if interrupted.load(Ordering::Relaxed) {
                (INTERRUPTED.into(), None)
            } else {
                // What an earlier placement had to leave out is read here.
                let elapsed = Duration::from_nanos(ran.result.elapsed_ns);
                let left = self.duration.saturating_sub(elapsed);
                let share = left / (settings.len() - i) as u32;
                match self.read_at(setting, share, stage, interrupted, &mut ran.result, tell) {
                    Ok(None) => continue,
                    Ok(Some(reason)) => (reason, None),
                    Err(error) => {
                        let error = why_it_ended(stage, error);
                        (in_one_line(&error), Some(error))
                    }
                }
            };
            ran.failed = ran.failed.or(failed);
            ran.result.left_out.push(LeftOut {
                placement: setting.placement,
                variant: setting.variant,
                partly: ran.result.tally.scans > before,
                reason,
            });
        }
        ran.result.outcome = outcome(&ran, interrupted.load(Ordering::Relaxed));
        ran
    }

    /// Reads at one placement, and adds to `result`, also when it fails; why
    /// not, or not in full, where that is no failure.
    fn read_at(
        &self,
        setting: &Setting,
        duration: Duration,
        stage: &mut Stage,
        interrupted: &AtomicBool,
        result: &mut CaseResult,
        tell: &mut dyn FnMut(Observation) -> Result<()>,
    ) -> Result<Option<String>> {
        let staged = match stage.set_up(self.scenario, setting) {
            Ok(staged) => staged,
            Err(error) if error.is_skip() => return Ok(Some(error.to_string())),
            Err(error) => return Err(error.into()),
        };
        tell(Observation::CaseStarted(Box::new(self.info(&staged))))?;
        let reading = Reading {
            case: self,
            key: &self.key(),
            staged: &staged,
            setting,
            duration,
            interrupted,
        };
        let whole = reading.run(stage, result, tell)?;
        let (sites, wanted) = (staged.sites.len(), self.options.sites);
        Ok(match wanted {
            _ if !whole => Some(INTERRUPTED.into()),
            Some(wanted) if sites < wanted => {
                Some(format!("{sites} of {wanted} sites found room there"))
            }
            _ => None,
        })
    }

    fn settings(&self) -> Vec<Setting> {
        let mut settings: Vec<Setting> = Vec::new();
        for placement in &self.options.placements {
            let setting = Setting {
                read_size: self.options.read_size,
                sites: self.options.sites,
                ..Setting::new(self.reader, *placement)
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
}

/// How a case came out, and why the run cannot go on, if it cannot.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) result: CaseResult,
    pub(crate) failed: Option<anyhow::Error>,
}

impl Ran {
    /// Nothing was read.
    pub(crate) fn without_reading(case: &Case<'_>, outcome: Outcome) -> Self {
        Ran {
            result: CaseResult::without_reading(case.key(), case.number, outcome),
            failed: None,
        }
    }
}

fn outcome(ran: &Ran, interrupted: bool) -> Outcome {
    let Ran { result, failed } = ran;
    let violations = result.tally.violation_count();
    if violations > result.tally.known_count() {
        return Outcome::Violations;
    }
    if violations > 0 {
        return Outcome::KnownViolations;
    }
    if let Some(failed) = failed {
        let reason = in_one_line(failed);
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
fn why_it_ended(stage: &mut Stage, error: anyhow::Error) -> anyhow::Error {
    if error.is::<ModifierError>() || !lost_its_target(&error) {
        return error;
    }
    match stage.modifier().check_dying() {
        Err(death) => death.into(),
        Ok(()) => error,
    }
}

/// Whether it may be the end of the modifier that shows as this error.
fn lost_its_target(error: &anyhow::Error) -> bool {
    error.is::<SamplerError>() || error.is::<StageError>()
}
