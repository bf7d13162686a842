//! What was done by hand so far, a step each.

use serde::{Deserialize, Serialize};

use crate::linux::maps_file::MapsFile;
use crate::stepping::step::ManualStep;
use crate::stepping::step_record::StepRecord;
use crate::stepping::stepper::{Stepper, StepperError};

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenStep {
    pub step: ManualStep,
    /// What was called, by the pages of the site; of a read, what it returned.
    pub text: String,
    /// The state of the site after it.
    pub state: usize,
    /// Whether it read a duplicate.
    pub duplicate: bool,
    /// Whether it read what no correct kernel shows, or what its rule does not say.
    pub violation: bool,
}

/// All steps so far, and what each read returned.
#[derive(Debug, Default)]
pub(crate) struct TakenSteps {
    pub(crate) steps: Vec<TakenStep>,
    printed: Vec<Vec<String>>,
}

impl TakenSteps {
    /// Takes a step and remembers it.
    ///
    /// # Errors
    /// As [`Stepper::step`].
    pub(crate) fn take<F: MapsFile>(
        &mut self,
        manual: &mut Stepper<F>,
        step: ManualStep,
        operate: impl FnOnce() -> Result<u64, crate::modifier::error::ModifierError>,
    ) -> Result<(), StepperError> {
        let before = manual.before();
        let call = manual.next_call().to_owned();
        manual.step(step, operate)?;
        let record = manual.record(&before);
        self.steps.push(TakenStep {
            step,
            text: match step {
                ManualStep::Operate => call,
                ManualStep::Read | ManualStep::Rewind | ManualStep::Size => text_of(&record),
            },
            state: manual.state(),
            duplicate: record.duplicate,
            violation: record.violation || record.astray,
        });
        self.printed.push(record.lines);
        Ok(())
    }

    /// The first step, from 1, in which these, made again, gave something else.
    pub(crate) fn differs_from(&self, again: &TakenSteps) -> Option<usize> {
        let mut both = self.printed.iter().zip(&again.printed);
        both.position(|(first, second)| first != second)
            .map(|at| at + 1)
    }
}

/// In a few words.
fn text_of(record: &StepRecord) -> String {
    let range = |line: &String| line.split(' ').next().unwrap_or_default().to_owned();
    match (record.key, &record.lines[..]) {
        (Some('r'), []) => "reads the end".into(),
        (Some('r'), [line]) if !record.duplicate => format!("reads {}", range(line)),
        (Some('r'), [first, ..]) => {
            let last = record.lines.last().unwrap_or(first);
            let end = range(last);
            let end = end.split_once('-').map_or("", |(_, end)| end);
            match record.duplicate {
                true => format!("reads {} again", range(first)),
                false => format!("reads {} lines, to {end}", record.lines.len()),
            }
        }
        _ => record.call.clone(),
    }
}
