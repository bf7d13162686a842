//! One case: one scenario under one kind of reader, at each placement in turn.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;

use super::plan::Plan;
use super::reading::Reading;
use crate::cli::CheckArguments;
use crate::compare::kept::KeptRun;
use crate::kernel::features::{Reader, Rule};
use crate::observation::{CaseInfo, CaseKey, CaseResult, Observation, Outcome, Placement};
use crate::sampler::Dwelling;
use crate::scan::Tally;
use crate::stage::{Setting, Stage, StageError, Staged};
use crate::target::layout::DEFAULT_SLOTS;
use crate::target::scenario::Scenario;

/// How the cases of a run are read.
#[derive(Clone, Debug)]
pub(super) struct CaseOptions {
    /// Where the sites stand, one after the other.
    pub(super) placements: Vec<Placement>,
    /// The caller's buffer in bytes; none: what the placement wants.
    pub(super) read_size: Option<usize>,
    /// How many sites; none: as many as the placement wants.
    pub(super) sites: Option<usize>,
    pub(super) dwell: Dwelling,
    /// The most operations between two rests of a writer, 0 for no rests;
    /// none: what suits the placement.
    pub(super) burst: Option<u32>,
    pub(super) reader_count: u16,
    /// Whether several readers that query share one file.
    pub(super) shared_fd: bool,
    pub(super) prove: bool,
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
    pub(super) fn of(arguments: &CheckArguments, plan: &Plan, kept: Option<&KeptRun>) -> Self {
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
    pub(super) fn usual() -> Self {
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
    pub(super) fn slots(&self) -> u32 {
        if self.placements.contains(&Placement::Every) {
            SLOTS_FOR_EVERY
        } else {
            DEFAULT_SLOTS
        }
    }
}

/// One case to run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) reader: Reader,
    pub(super) rule: Rule,
    /// Its number, from 1, and how many there are.
    pub(super) number: (usize, usize),
    /// How long it reads, at all placements together.
    pub(super) duration: Duration,
    pub(super) options: &'a CaseOptions,
}

impl Case<'_> {
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
        let settings = self.settings();
        let mut skipped = None;
        for (i, setting) in settings.iter().enumerate() {
            if interrupted.load(Ordering::Relaxed) {
                break;
            }
            let staged = match stage.set_up(self.scenario, setting) {
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
            let reading = Reading {
                case: self,
                staged: &staged,
                setting,
                duration: left / (settings.len() - i) as u32,
            };
            reading.run(stage, interrupted, &mut result, tell)?;
        }
        result.outcome = outcome(&result.tally, skipped);
        Ok(result)
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
