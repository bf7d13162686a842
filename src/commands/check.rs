//! `vmascope check`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;

use super::budget::Budget;
use super::case_arguments::case_options;
use super::check_outputs::Outputs;
use super::compare::compare;
use super::exit::{Exit, Failure};
use super::kits::{Kits, create_folder, make_kits};
use super::plan::{Plan, Rules, find_rules, run_info};
use super::populate::{populate_asked, populated, same_as_kept};
use super::record::FileRecording;
use super::signals::{patience, stop_flag};
use crate::checking::case::{Case, CaseRun};
use crate::checking::case_options::CaseOptions;
use crate::cli::check::CheckArguments;
use crate::compare::kept::KeptRun;
use crate::events::Observation;
use crate::events::case::{CaseKey, Outcome};
use crate::linux::features::KernelFacts;
use crate::linux::reader::Reader;
use crate::modifier::options::ModifierOptions;
use crate::recording::header::{CheckPrinted, Header, RecordedSubject};
use crate::report::save::Saved;
use crate::scenario::definition::Scenario;
use crate::setup::cpus::keep_apart;
use crate::setup::modifier_setup::ModifierSetup;
use crate::setup::schedule::may_use_fifo;
use crate::text::error_line::error_line;

pub(crate) fn run(arguments: &CheckArguments) -> Result<Exit, Failure> {
    let kept = arguments
        .compare
        .as_deref()
        .map(KeptRun::read)
        .transpose()
        .map_err(Failure::usage)?;
    let plan = Plan::new(arguments, kept.as_ref())?;
    let report = arguments.report.as_deref().map(Saved::create).transpose()?;
    // It goes at the end, where there is no kit.
    let _folder = arguments.kit.as_deref().map(create_folder).transpose()?;
    let recording = FileRecording::start(&arguments.record, || Header {
        printed: Some(CheckPrinted {
            allow_known: arguments.allow_known,
            verbose: arguments.verbose,
            widths: (plan.widths().scenario, plan.widths().reader),
        }),
        ..Header::of_now(RecordedSubject::Check)
    })?;
    let interrupted = stop_flag()?;
    let mut facts = KernelFacts::detect()?;
    let options = case_options(
        arguments,
        &plan,
        kept.as_ref(),
        &facts.preemption,
        recording.recorder(),
    );
    if let Some(kept) = &kept {
        same_as_kept(arguments, kept)?;
    }
    let populated = populate_asked(arguments, kept.as_ref())
        .map(|asked| {
            populated(
                asked,
                &plan.scenarios,
                options.most_sites(),
                options.slots(),
            )
        })
        .transpose()?;
    let mut setup = ModifierSetup::new(&ModifierOptions {
        touch_thread: arguments.prove,
        writers: arguments.writers.into(),
        slots: options.slots(),
        populate: populated.as_ref().map(|it| it.letter_bytes),
        patience: patience(&interrupted),
        ..ModifierOptions::default()
    })?;
    keep_apart(setup.pid());
    let rules = find_rules(arguments, &plan, &mut facts, &mut setup)?;
    let mut outputs = Outputs::new(arguments, plan.widths(), recording.recorder());
    outputs.observe(&Observation::RunStarted(Box::new(run_info(
        &plan,
        &options.placements,
        options.shares.describe(may_use_fifo(setup.modifier())),
        populated,
        &facts,
        &rules,
    ))))?;
    let mut check = Check {
        allow_known: arguments.allow_known,
        duration: arguments.duration,
        options: &options,
        plan: &plan,
        rules: &rules,
        has_query: facts.procmap_query,
        interrupted: &interrupted,
        kept: kept.as_ref(),
    };
    let (mut exit, failure) = check.run(&mut setup, &mut outputs)?;
    if let Some(report) = report {
        report.keep(&outputs.mail.text())?;
    }
    if let Some(folder) = &arguments.kit {
        // Where it stops the modifier, nothing else has the CPUs.
        drop(setup);
        let kits = Kits::new(folder, arguments.format, &interrupted);
        make_kits(&outputs.mail, &plan.scenarios, kits)?;
    }
    if let (Some(kept), Some(document)) = (kept, outputs.document) {
        let whole = failure.is_none() && !interrupted.load(Ordering::Relaxed);
        exit = compare(arguments, &kept, document.written(), exit, whole)?;
    }
    match failure {
        Some(failure) => Err(Failure::with(exit, failure)),
        None => Ok(exit),
    }
}

struct Check<'a> {
    allow_known: bool,
    duration: Option<Duration>,
    options: &'a CaseOptions,
    plan: &'a Plan,
    rules: &'a Rules,
    has_query: bool,
    interrupted: &'a AtomicBool,
    kept: Option<&'a KeptRun>,
}

impl Check<'_> {
    /// Runs all cases; the exit status, and why it could not go on, if it could
    /// not. What was seen until then is printed.
    fn run(
        &mut self,
        setup: &mut ModifierSetup,
        outputs: &mut Outputs,
    ) -> Result<(Exit, Option<anyhow::Error>)> {
        let mut failure = None;
        let count = self.plan.cases().count();
        let mut outcomes = Vec::with_capacity(count);
        let mut budget = Budget::start();
        for (i, (scenario, reader)) in self.plan.cases().enumerate() {
            let case = Case {
                scenario,
                reader,
                rule: self.rules[&reader.to_string()].rule,
                number: (i + 1, count),
                duration: self.duration(scenario, reader, || budget.share(count - i)),
                options: self.options,
            };
            // Nothing after a violation changes the status.
            let is_settled = outputs.only_status()
                && exit(&outcomes, self.allow_known, false) == Exit::Violation;
            let CaseRun { result, failed, .. } = match &failure {
                _ if is_settled => CaseRun::without_reading(&case, Outcome::NotRun),
                None => self.run_case(&case, setup, outputs),
                Some(failure) => CaseRun::without_reading(&case, ended_before(failure)),
            };
            failure = failure.or(failed);
            budget.spent(Duration::from_nanos(result.elapsed_ns));
            outcomes.push(result.outcome.clone());
            outputs.observe(&Observation::CaseFinished(Box::new(result)))?;
        }
        let interrupted = self.interrupted.load(Ordering::Relaxed);
        let exit = exit(&outcomes, self.allow_known, interrupted);
        outputs.observe(&Observation::RunFinished {
            interrupted,
            problem: failure.as_ref().map(error_line),
            exit_code: exit as u8,
        })?;
        Ok((exit, failure))
    }

    /// How long a case reads: as asked for, as in the run to compare with, or
    /// what there is time for.
    fn duration(
        &self,
        scenario: &Scenario,
        reader: Reader,
        share: impl FnOnce() -> Duration,
    ) -> Duration {
        let key = CaseKey {
            scenario: scenario.name.clone(),
            reader: reader.to_string(),
        };
        let kept = self.kept.and_then(|kept| kept.case(&key));
        let as_kept = kept
            .map(|kept| Duration::from_nanos(kept.elapsed_ns))
            .filter(|duration| !duration.is_zero())
            .map(|duration| duration.min(crate::cli::values::LONGEST));
        self.duration.or(as_kept).unwrap_or_else(share)
    }

    fn run_case(
        &self,
        case: &Case<'_>,
        setup: &mut ModifierSetup,
        outputs: &mut Outputs,
    ) -> CaseRun {
        if self.interrupted.load(Ordering::Relaxed) {
            return CaseRun::without_reading(case, Outcome::NotRun);
        }
        if case.reader.queries() && !self.has_query {
            let reason = "PROCMAP_QUERY is not on this kernel (since Linux 6.11)".into();
            return CaseRun::without_reading(case, Outcome::Skipped { reason });
        }
        case.run(setup, self.interrupted, &mut |observation| {
            outputs.observe(&observation)
        })
    }
}

/// How a case ended that was not begun, as the run could not go on.
fn ended_before(failure: &anyhow::Error) -> Outcome {
    Outcome::Failed {
        reason: format!("the run ended before it: {}", error_line(failure)),
    }
}

fn exit(outcomes: &[Outcome], allow_known: bool, interrupted: bool) -> Exit {
    let any = |wanted: fn(&Outcome) -> bool| outcomes.iter().any(wanted);
    let is_missing =
        |outcome: &Outcome| matches!(outcome, Outcome::NotRun | Outcome::Failed { .. });
    if any(|outcome| *outcome == Outcome::Violations)
        || !allow_known && any(|outcome| *outcome == Outcome::KnownViolations)
    {
        Exit::Violation
    } else if interrupted || any(is_missing) {
        // What was not run has not held.
        Exit::CouldNotRun
    } else if any(|outcome| matches!(outcome, Outcome::Held | Outcome::KnownViolations)) {
        Exit::Held
    } else {
        Exit::AllSkipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_status_by_outcomes() {
        let skipped = || Outcome::Skipped { reason: "x".into() };
        let failed = || Outcome::Failed { reason: "x".into() };
        let cases = [
            (vec![Outcome::Held, skipped()], false, Exit::Held),
            (
                vec![Outcome::Held, Outcome::KnownViolations],
                false,
                Exit::Violation,
            ),
            (vec![Outcome::KnownViolations], true, Exit::Held),
            (
                vec![Outcome::KnownViolations, Outcome::Violations],
                true,
                Exit::Violation,
            ),
            (vec![skipped(), skipped()], true, Exit::AllSkipped),
            (vec![Outcome::Held, failed()], true, Exit::CouldNotRun),
            (
                vec![Outcome::Held, Outcome::NotRun],
                true,
                Exit::CouldNotRun,
            ),
            (
                vec![Outcome::KnownViolations, failed()],
                false,
                Exit::Violation,
            ),
            (
                vec![Outcome::KnownViolations, failed()],
                true,
                Exit::CouldNotRun,
            ),
            (vec![], false, Exit::AllSkipped),
        ];
        for (outcomes, allow_known, expected) in cases {
            assert_eq!(
                exit(&outcomes, allow_known, false),
                expected,
                "{outcomes:?}"
            );
            let early = match expected {
                Exit::Violation => Exit::Violation,
                _ => Exit::CouldNotRun,
            };
            assert_eq!(exit(&outcomes, allow_known, true), early, "{outcomes:?}");
        }
    }
}
