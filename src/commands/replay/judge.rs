//! A recording judged afresh, by what this version knows.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::Recorded;
use super::as_run::as_run;
use super::check::Output;
use crate::cli::replay::ReplayFormat;
use crate::commands::exit::{Exit, Failure, unless_unread};
use crate::events::Observation;
use crate::events::case::{CaseResult, Outcome};
use crate::events::run_info::RuleInfo;
use crate::linux::features::rule::Rule;
use crate::recording::frame::FrameKind;
use crate::recording::header::{CheckPrinted, RecordedSubject};
use crate::recording::open::Recording;
use crate::replay::judged::{Judged, judge_all};
use crate::report::judged::JudgedReport;
use crate::report::output::{print as print_text, tell};
use crate::report::progress::count_scans;
use crate::sampling::watch_observation::WatchObservation;
use crate::session::foreign_report::Report;
use crate::text::sanitise::sanitise_styled;

pub(super) fn run(
    recording: Recording,
    path: &Path,
    format: ReplayFormat,
    rule: Option<Rule>,
) -> Result<Exit, Failure> {
    let recording = Arc::new(recording);
    let recorded = Recorded {
        recording: &recording,
        path,
    };
    let has_states = matches!(
        recording.header().subject,
        RecordedSubject::Modifier | RecordedSubject::Check
    );
    if let (ReplayFormat::Ktap | ReplayFormat::Mail, false) = (format, has_states) {
        let why = "the states of what it read are not known, so nothing violates a promise";
        return Err(recorded.refuse(format, why));
    }
    let progress = AtomicU64::new(0);
    let all = recording.heads().map(|(_, head)| head);
    let all = all.filter(|head| head.kind == FrameKind::Scans);
    let all = all.map(|head| u64::from(head.count)).sum();
    let judged = count_scans(all, &progress, || judge_all(&recording, rule, &progress));
    let counted = Counted::of(&recording);
    let report = JudgedReport {
        not_recorded: match recorded.is_part() {
            false => counted.not_in(&judged),
            true => Vec::new(),
        },
        judged: &judged,
        header: recording.header(),
        suspected: counted.suspected,
    };
    let total = judged.total().tally;
    let exit = match total.scans {
        _ if total.violation_count() > 0 => Exit::Violation,
        0 => Exit::CouldNotRun,
        _ => Exit::Held,
    };
    let text = match format {
        ReplayFormat::Human => sanitise_styled(report.text().as_bytes()),
        ReplayFormat::Json => report.json(exit as u8).map_err(anyhow::Error::from)?,
        ReplayFormat::Ktap | ReplayFormat::Mail => {
            print_run(recorded, counted.observations, &judged, format)?;
            // What the format has no room for.
            let others = report.notes().into_iter().chain([report.difference()]);
            others.for_each(|note| tell(&format!("vmascope: {note}")));
            return Ok(exit);
        }
    };
    unless_unread(print_text(&text).map_err(Into::into), ())?;
    if total.scans == 0 {
        let why = format!("{} has no scan that can be judged", recorded.name());
        return Err(Failure::with(exit, anyhow::anyhow!("{why}")));
    }
    Ok(exit)
}

/// What was counted when it was recorded.
#[derive(Debug, Default)]
struct Counted {
    /// Of what was judged then.
    observations: Vec<Observation>,
    /// Suspected holes of a process that is not ours.
    suspected: u64,
}

impl Counted {
    fn of(recording: &Recording) -> Self {
        let run = recording.json::<Observation>(FrameKind::Observation);
        let mut counted = Counted {
            observations: run.filter_map(|(_, observation)| observation).collect(),
            suspected: 0,
        };
        let reports = recording.json::<Report>(FrameKind::Report);
        match reports.rev().find_map(|(_, report)| report) {
            Some(Report::Judged(observations)) => counted.observations = observations,
            Some(Report::Foreign(report)) => counted.suspected = report.seen.missing.suspected,
            None => {}
        }
        let mut watched = recording.json::<WatchObservation>(FrameKind::Watch);
        if let Some((_, Some(WatchObservation::Ended(_, totals, _)))) = watched.next_back() {
            counted.suspected = totals.missing.suspected;
        }
        counted
    }

    /// Cases that were counted, and of which there is no scan.
    fn not_in(&self, judged: &Judged) -> Vec<(String, u64)> {
        let missing = self.observations.iter().filter_map(|it| match it {
            Observation::CaseFinished(result) => Some(result),
            _ => None,
        });
        let is_there = |result: &CaseResult| judged.cases.iter().any(|it| it.case == result.case);
        missing
            .filter(|result| result.tally.scans > 0 && !is_there(result))
            .map(|result| (result.case.to_string(), result.tally.scans))
            .collect()
    }
}

/// Prints what it came to as a check of its own.
fn print_run(
    recorded: Recorded<'_>,
    then: Vec<Observation>,
    judged: &Judged,
    format: ReplayFormat,
) -> Result<(), Failure> {
    let Some(mut run) = then.iter().find_map(|it| match it {
        Observation::RunStarted(run) => Some(run.clone()),
        _ => None,
    }) else {
        return Err(recorded.refuse(format, "it does not say on what it ran"));
    };
    let mut rules = BTreeMap::new();
    for case in judged.cases.iter().filter(|it| it.rule != it.recorded_rule) {
        rules.insert(case.case.reader.clone(), (case.rule, case.recorded_rule));
    }
    for RuleInfo { reader, rule, why } in &mut run.rules {
        if let Some((now, then)) = rules.get(reader) {
            *rule = now.to_string();
            *why = format!("as --rule says; recorded by {then}");
        }
    }
    let infos = then.into_iter();
    let infos = infos.filter(|it| matches!(it, Observation::CaseStarted(_)));
    let events = judged.violations().cloned().map(Box::new);
    let mut observations = vec![Observation::RunStarted(run)];
    observations.extend(infos);
    // A report that goes case by case wants them before the result of theirs.
    let mut events: Vec<_> = events.collect();
    for case in &judged.cases {
        let of_case = events.extract_if(.., |event| event.case == case.case);
        observations.extend(of_case.map(Observation::Event));
        let tally = case.sum.totals.tally.clone();
        let outcome = match case.not_judged.first() {
            Some(why) if tally.scans == 0 => Outcome::Failed {
                reason: why.clone(),
            },
            _ => Outcome::of(&tally),
        };
        observations.push(Observation::CaseFinished(Box::new(CaseResult {
            tally,
            operations: case.sum.operations,
            elapsed_ns: case.sum.elapsed_ns,
            not_described: case.sum.not_described,
            ..CaseResult::without_reading(case.case.clone(), (1, 1), outcome)
        })));
    }
    let (observations, _) = as_run(observations, false);
    let mut output = Output::new(format, CheckPrinted::plain());
    for observation in &observations {
        output.observe(observation)?;
    }
    Ok(())
}
