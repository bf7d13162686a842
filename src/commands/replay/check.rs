//! A recorded check, printed as it was.

use std::io;

use super::Recorded;
use crate::cli::replay::ReplayFormat;
use crate::commands::exit::{Exit, Failure, is_unread};
use crate::events::Observation;
use crate::events::case::Outcome;
use crate::events::event::EventKind;
use crate::recording::frame::FrameKind;
use crate::recording::header::CheckPrinted;
use crate::report::Reporter;
use crate::report::human::{Human, HumanOptions};
use crate::report::json::Json;
use crate::report::ktap::Ktap;
use crate::report::mail::Mail;
use crate::report::output::human_stdout;
use crate::report::table::Widths;

/// What is said of a run that was killed.
const CUT_OFF: &str = "the run was cut off: the recording ends before it does";

pub(super) fn print(recorded: Recorded<'_>, format: ReplayFormat) -> Result<Exit, Failure> {
    let recording = recorded.recording;
    let printed = recording
        .header()
        .printed
        .unwrap_or_else(CheckPrinted::plain);
    let mut output = Output::new(format, printed);
    let (mut unread, mut ended, mut violates) = (0, None, false);
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
    }
    recorded.tell_unread(unread);
    let (problem, exit) = match ended {
        Some((problem, exit)) => (problem, exit.unwrap_or(Exit::CouldNotRun)),
        None => {
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

/// Whether it shows a violation that is not excused.
fn is_violation(observation: &Observation, allow_known: bool) -> bool {
    match observation {
        Observation::Event(event) => {
            event.kind == EventKind::Violation && !(allow_known && event.known.is_some())
        }
        Observation::CaseFinished(result) => match result.outcome {
            Outcome::Violations => true,
            Outcome::KnownViolations => !allow_known,
            _ => false,
        },
        _ => false,
    }
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
                    human_stdout(),
                    HumanOptions {
                        verbose,
                        allow_known,
                        widths: Widths { scenario, reader },
                    },
                )),
                ReplayFormat::Ktap => Box::new(Ktap::new(io::stdout(), allow_known)),
                ReplayFormat::Json => Box::new(Json::new(io::BufWriter::new(io::stdout()))),
                ReplayFormat::Mail => Box::new(Mail::new(io::stdout())),
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
