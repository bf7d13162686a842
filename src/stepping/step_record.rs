//! One step and what is said of it, as one value.

use serde::Serialize;

use super::reader_model::ResumePoint;
use super::step::ManualStep;
use super::stepper::Stepper;
use crate::linux::maps_file::MapsFile;
use crate::maps::scan_text::Lines;
use crate::text::sanitise::sanitise;

/// A step that was taken; the first has no key: it is the beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct StepRecord {
    /// Its number; 0 is the beginning.
    pub number: usize,
    pub key: Option<char>,
    /// What was called: `read(fd, buffer, 4096)`, or the modifier's operation.
    pub call: String,
    /// The lines a read returned, sanitised.
    pub lines: Vec<String>,
    /// The state of the site after it, as the catalogue writes it.
    pub state: String,
    /// Where the next chunk resumes; none where there is no VMA left, or where
    /// nobody knows.
    pub resumes_at: Option<u64>,
    /// Whether the read began with a duplicate.
    pub duplicate: bool,
    /// Whether the oracle found a violation in it.
    pub violation: bool,
    /// Whether the kernel did something else than its rule says.
    pub astray: bool,
    pub happened: String,
    /// What the kernel will do next and why.
    pub next: String,
}

impl<F: MapsFile> Stepper<F> {
    /// The record of the last step; `before` was taken before it.
    #[must_use]
    pub(crate) fn record(&self, before: &BeforeStep) -> StepRecord {
        let step = self.steps().last().copied();
        let text = self.text().text();
        let lines = match step {
            Some(ManualStep::Read) => Lines::of(text.get(before.bytes..).unwrap_or_default())
                .map(|line| sanitise(line.trim_ascii_end()).into_owned())
                .collect(),
            _ => Vec::new(),
        };
        let call = match step {
            Some(ManualStep::Read) => format!("read(fd, buffer, {})", self.read_size()),
            Some(ManualStep::Operate) => before.operation.clone(),
            Some(ManualStep::Rewind) => "lseek(fd, 0, SEEK_SET)".into(),
            Some(ManualStep::Size) => format!("chunks of {}", self.size().name()),
            None => String::new(),
        };
        let strips = &self.script().strips;
        StepRecord {
            number: self.steps().len(),
            key: step.map(ManualStep::key),
            call,
            lines,
            state: strips.get(self.state()).cloned().unwrap_or_default(),
            resumes_at: match self.stand().place {
                ResumePoint::Address(address) if !self.is_astray() => Some(address),
                _ => None,
            },
            duplicate: self.repeats() > before.repeats,
            violation: self.violations() > before.violations,
            astray: self.is_astray(),
            happened: self.narration().happened.clone(),
            next: self.narration().next.clone(),
        }
    }

    /// What [`record`](Self::record) needs to know of the time before a step.
    #[must_use]
    pub(crate) fn before(&self) -> BeforeStep {
        BeforeStep {
            bytes: self.text().text().len(),
            operation: self.next_operation().to_owned(),
            repeats: self.repeats(),
            violations: self.violations(),
        }
    }
}

/// How things were before a step.
#[derive(Clone, Debug)]
pub(crate) struct BeforeStep {
    bytes: usize,
    operation: String,
    repeats: u64,
    violations: u64,
}
