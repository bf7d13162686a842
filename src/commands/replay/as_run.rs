//! Observations that are no whole run, as a run.

use crate::commands::exit::Exit;
use crate::events::Observation;
use crate::events::case::Outcome;
use crate::events::event::EventKind;

/// Observations as those of a check that has run: each case has an outcome and a number;
/// and the exit status.
pub(super) fn as_run(
    mut observations: Vec<Observation>,
    allow_known: bool,
) -> (Vec<Observation>, Exit) {
    let is_case = |it: &&Observation| matches!(it, Observation::CaseFinished(_));
    let cases = observations.iter().filter(is_case).count();
    let (mut number, mut exit) = (0, Exit::Held);
    for observation in &mut observations {
        match observation {
            Observation::RunStarted(run) => run.cases = cases,
            Observation::CaseFinished(result) => {
                number += 1;
                result.number = (number, cases);
                if result.outcome == Outcome::NotRun {
                    result.outcome = Outcome::of(&result.tally);
                }
            }
            _ => {}
        }
        if is_violation(observation, allow_known) {
            exit = Exit::Violation;
        }
    }
    observations.push(Observation::RunFinished {
        interrupted: false,
        problem: None,
        exit_code: exit as u8,
    });
    (observations, exit)
}

/// Whether it shows a violation that is not excused.
pub(super) fn is_violation(observation: &Observation, allow_known: bool) -> bool {
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
