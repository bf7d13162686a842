//! One step and what is said of it, as one value.

use serde::Serialize;

use super::model::Place;
use super::step::Step;
use super::stepper::Manual;
use crate::linux::maps_file::MapsFile;
use crate::maps::scan_text::Lines;
use crate::text::sanitise::sanitise;

/// A step that was taken; the first has no key: it is the beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Told {
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

impl<F: MapsFile> Manual<F> {
    /// The record of the last step; `before` was taken before it.
    #[must_use]
    pub(crate) fn told(&self, before: &BeforeStep) -> Told {
        let step = self.steps().last().copied();
        let text = self.text().text();
        let lines = match step {
            Some(Step::Read) => Lines::of(text.get(before.bytes..).unwrap_or_default())
                .map(|line| sanitise(line.trim_ascii_end()).into_owned())
                .collect(),
            _ => Vec::new(),
        };
        let call = match step {
            Some(Step::Read) => format!("read(fd, buffer, {})", self.read_size()),
            Some(Step::Operate) => before.operation.clone(),
            Some(Step::Rewind) => "lseek(fd, 0, SEEK_SET)".into(),
            Some(Step::Size) => format!("chunks of {}", self.size().name()),
            None => String::new(),
        };
        let strips = &self.script().strips;
        Told {
            number: self.steps().len(),
            key: step.map(Step::key),
            call,
            lines,
            state: strips.get(self.state()).cloned().unwrap_or_default(),
            resumes_at: match self.stand().place {
                Place::Address(address) if !self.is_astray() => Some(address),
                _ => None,
            },
            duplicate: self.repeats() > before.repeats,
            violation: self.violations() > before.violations,
            astray: self.is_astray(),
            happened: self.account().happened.clone(),
            next: self.account().next.clone(),
        }
    }

    /// What [`told`](Self::told) needs to know of the time before a step.
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
