//! A recorded check, printed as it was.

use std::io;

use super::Recorded;
use super::as_run::{as_run, is_violation};
use crate::cli::replay::ReplayFormat;
use crate::commands::exit::{Exit, Failure, is_unread};
use crate::events::Observation;
use crate::events::case::{CaseInfo, CaseResult, LeftOut, Outcome};
use crate::recording::frame::FrameKind;
use crate::recording::header::CheckPrinted;
use crate::recording::open::Recording;
use crate::recording::stream::StreamInfo;
use crate::recording::stream_totals::StreamTotals;
use crate::report::Reporter;
use crate::report::human::{Human, HumanOptions};
use crate::report::json::Json;
use crate::report::ktap::Ktap;
use crate::report::mail::Mail;
use crate::report::output::human_stdout;
use crate::report::safe_output::SafeOutput;
use crate::report::table::Widths;

/// What is said of a run that was killed.
const CUT_OFF: &str = "the run was cut off: the recording ends before it does";

pub(super) fn print(recorded: Recorded<'_>, format: ReplayFormat) -> Result<Exit, Failure> {
    let recording = recorded.recording;
    let printed = recording
        .header()
        .printed
        .unwrap_or_else(CheckPrinted::plain);
    if recorded.is_part() {
        return print_part(recorded, format, printed);
    }
    let mut output = Output::new(format, printed);
    let (mut unread, mut ended, mut violates) = (0, None, false);
    let mut running: Option<Box<CaseInfo>> = None;
    for (_, observation) in recording.json::<Observation>(FrameKind::Observation) {
        let Some(observation) = observation else {
            unread += 1;
            continue;
        };
        violates |= is_violation(&observation, printed.allow_known);
        if let Observation::RunFinished {
            problem, exit_code, ..
        } = &observation
        {
            ended = Some((problem.clone(), Exit::of_run(*exit_code)));
        }
        output.observe(&observation)?;
        match observation {
            Observation::CaseStarted(info) => running = Some(info),
            Observation::CaseFinished(_) => running = None,
            _ => {}
        }
    }
    recorded.tell_unread(unread);
    let (problem, exit) = match ended {
        Some((problem, exit)) => (problem, exit.unwrap_or(Exit::CouldNotRun)),
        None => {
            if let Some(info) = running {
                let cut_off = Observation::CaseFinished(Box::new(cut_off(recording, &info)));
                violates |= is_violation(&cut_off, printed.allow_known);
                output.observe(&cut_off)?;
            }
            let exit = match violates {
                true => Exit::Violation,
                false => Exit::CouldNotRun,
            };
            let problem = Some(CUT_OFF.to_owned());
            output.observe(&Observation::RunFinished {
                interrupted: false,
                problem: problem.clone(),
                exit_code: exit as u8,
            })?;
            (problem, exit)
        }
    };
    match problem {
        Some(problem) => Err(Failure::with(exit, anyhow::anyhow!("{problem}"))),
        None => Ok(exit),
    }
}

/// What is in a part of a check: its cases as if they were all.
fn print_part(
    recorded: Recorded<'_>,
    format: ReplayFormat,
    printed: CheckPrinted,
) -> Result<Exit, Failure> {
    recorded.tell_part("the counts of a case are those of all of it");
    recorded.print_find(format)?;
    let mut unread = 0;
    let mut observations = Vec::new();
    for (_, observation) in recorded.recording.json(FrameKind::Observation) {
        match observation {
            Some(observation) => observations.push(observation),
            None => unread += 1,
        }
    }
    recorded.tell_unread(unread);
    let running = running(&observations).map(|info| cut_off(recorded.recording, info));
    let running = running.map(|result| Observation::CaseFinished(Box::new(result)));
    observations.extend(running);
    let (run, exit) = as_run(observations, printed.allow_known);
    let mut output = Output::new(format, printed);
    run.iter()
        .try_for_each(|observation| output.observe(observation))?;
    Ok(exit)
}

/// The case that had begun and was not over.
fn running(observations: &[Observation]) -> Option<&CaseInfo> {
    let last = observations.iter().rev().find_map(|it| match it {
        Observation::CaseStarted(info) => Some(Some(&**info)),
        Observation::CaseFinished(_) => Some(None),
        _ => None,
    });
    last.flatten()
}

/// What was counted of a case until its run was cut off.
fn cut_off(recording: &Recording, info: &CaseInfo) -> CaseResult {
    let mut result = CaseResult::without_reading(info.case.clone(), info.number, Outcome::NotRun);
    let streams = recording.json::<StreamInfo>(FrameKind::Stream);
    let of_case = streams.filter(|(_, it)| it.as_ref().is_some_and(|it| it.case == info.case));
    for (head, _) in of_case {
        let mut all = recording.json::<StreamTotals>(FrameKind::Totals);
        let last = all.rfind(|(of, totals)| of.stream == head.stream && totals.is_some());
        let Some((of, Some(totals))) = last else {
            continue;
        };
        result.tally.merge(&totals.tally);
        let read_ns = of.first_ns.saturating_sub(head.first_ns);
        result.elapsed_ns = result.elapsed_ns.saturating_add(read_ns);
    }
    if result.tally.violation_count() > 0 {
        result.outcome = Outcome::of(&result.tally);
    }
    result.left_out.push(LeftOut {
        placement: info.placement,
        variant: 0,
        partly: true,
        reason: "the run was cut off, its operations not counted".into(),
    });
    result
}

/// Observations on standard output, in one of the formats.
pub(super) struct Output {
    printer: Box<dyn Reporter>,
    /// Nobody reads on.
    is_unread: bool,
}

impl Output {
    pub(super) fn new(format: ReplayFormat, printed: CheckPrinted) -> Self {
        let CheckPrinted {
            allow_known,
            verbose,
            widths: (scenario, reader),
        } = printed;
        Output {
            printer: match format {
                ReplayFormat::Human => Box::new(Human::new(
                    SafeOutput::new(human_stdout()),
                    HumanOptions {
                        verbose,
                        allow_known,
                        widths: Widths { scenario, reader },
                    },
                )),
                ReplayFormat::Ktap => {
                    Box::new(Ktap::new(SafeOutput::new(io::stdout()), allow_known))
                }
                ReplayFormat::Json => Box::new(Json::new(io::BufWriter::new(io::stdout()))),
                ReplayFormat::Mail => Box::new(Mail::new(SafeOutput::new(io::stdout()))),
            },
            is_unread: false,
        }
    }

    /// # Errors
    /// When it cannot be written; that nobody reads on is none.
    pub(super) fn observe(&mut self, observation: &Observation) -> anyhow::Result<()> {
        if !self.is_unread {
            self.is_unread = is_unread(self.printer.observe(observation))?;
        }
        Ok(())
    }
}
