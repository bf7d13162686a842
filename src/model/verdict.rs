//! What the checker found: findings with their shortest traces, no states.

use super::describe::describe_vma;
use super::explore::{Exploration, explore};
use super::judge::{FindingKind, HoleCause, ModelViolation};
use super::machine::{ModelStep, Printed, ProtocolModel};
use super::reader::Line;

/// One kind of finding, with a shortest trace that leads to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was seen.
    pub kind: FindingKind,
    pub printed: Printed,
    /// The line before it.
    pub previous: Option<Line>,
    /// The steps from the start to it, its own included.
    pub steps: Vec<ModelStep>,
}

/// A walk that need not end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endless {
    /// The steps from the start to the cycle.
    pub steps: Vec<ModelStep>,
    /// The steps of one round.
    pub round: Vec<ModelStep>,
    /// Whether the reader goes round all by itself; else each round takes a
    /// writer that gets in its way again.
    pub alone: bool,
}

/// The verdict on one protocol in one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolVerdict {
    /// States visited: all that there are.
    pub states: usize,
    /// Transitions between them.
    pub transitions: usize,
    /// Each kind of sight that there is, the worst last.
    pub findings: Vec<Finding>,
    /// The steps to a state in which nobody can do anything.
    pub deadlock: Option<Vec<ModelStep>>,
    /// A cycle in which a reader steps for ever.
    pub endless: Option<Endless>,
    /// The most often that one walk falls back to `mmap_lock`; none: there is
    /// no limit.
    pub most_fallbacks: Option<u32>,
}

impl Finding {
    /// A violation's cause, or its name.
    #[must_use]
    pub(crate) fn label(&self) -> &'static str {
        let cause = self.kind.violation().and_then(ModelViolation::cause);
        cause.map_or(self.kind.name(), HoleCause::label)
    }

    /// What it is, with the line and the one before it where they overlap:
    /// `seen twice: w 0-3, then w 0-6`.
    #[must_use]
    pub(crate) fn text(&self) -> String {
        let name = self.kind.name();
        match (self.kind, self.previous, self.printed.line) {
            (FindingKind::InOrder, ..) => name.into(),
            (_, Some(previous), Some(line)) => {
                let (previous, line) = (describe_vma(previous), describe_vma(line));
                format!("{name}: {previous}, then {line}")
            }
            (_, None, Some(line)) => format!("{name}: {}", describe_vma(line)),
            (_, _, None) => format!("{name}: the end"),
        }
    }
}

impl ProtocolVerdict {
    /// Explores the model and sums it up.
    #[must_use]
    pub fn of(model: &ProtocolModel<'_>) -> Self {
        let found = explore(model);
        let findings = found.findings.iter().map(|(kind, witness)| {
            let steps = found.steps_of(witness);
            Finding {
                kind: *kind,
                printed: witness.printed,
                previous: line_before(model, &steps, witness.printed.reader),
                steps,
            }
        });
        ProtocolVerdict {
            states: found.state_count(),
            transitions: found.transition_count(),
            findings: findings.collect(),
            deadlock: found.deadlocks.first().map(|&state| found.steps_to(state)),
            endless: endless(model, &found),
            most_fallbacks: found.progress.most_fallbacks,
        }
    }

    /// The findings that are violations.
    pub fn violations(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.kind.violation().is_some())
    }

    /// The worst finding that is no violation.
    #[must_use]
    pub fn worst_allowed(&self) -> Option<&Finding> {
        let mut findings = self.findings.iter();
        findings.rfind(|finding| finding.kind.violation().is_none())
    }

    /// Whether every promise that must hold holds: no violation, no deadlock,
    /// and no walk that goes round by itself.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.violations().next().is_none()
            && self.deadlock.is_none()
            && !self.endless.as_ref().is_some_and(|endless| endless.alone)
    }

    /// The causes or names of the violations, `deadlock`, `no end`; else `holds`.
    #[must_use]
    pub(crate) fn words(&self) -> String {
        let mut words: Vec<&str> = Vec::new();
        for finding in self.violations() {
            if !words.contains(&finding.label()) {
                words.push(finding.label());
            }
        }
        if self.deadlock.is_some() {
            words.push("deadlock");
        }
        if self.endless.as_ref().is_some_and(|endless| endless.alone) {
            words.push("no end");
        }
        if words.is_empty() {
            words.push("holds");
        }
        words.join(", ")
    }
}

/// The line that a reader printed before the last of these steps.
pub(super) fn line_before(
    model: &ProtocolModel<'_>,
    steps: &[ModelStep],
    reader: u8,
) -> Option<Line> {
    let mut state = model.start();
    let mut line = None;
    for &step in steps.split_last()?.1 {
        let (next, printed) = model.step(&state, step);
        state = next;
        let by_reader = printed.filter(|printed| printed.reader == reader);
        line = by_reader.and_then(|printed| printed.line).or(line);
    }
    line
}

fn endless(model: &ProtocolModel<'_>, found: &Exploration) -> Option<Endless> {
    let cycle = found.progress.endless.as_ref()?;
    let step = |(k, &from): (usize, &u32)| {
        let to = found.state(cycle[(k + 1) % cycle.len()]);
        let mut way = None;
        model.each_step(found.state(from), |step| {
            if way.is_none() && model.step(found.state(from), step).0 == *to {
                way = Some(step);
            }
        });
        way
    };
    Some(Endless {
        steps: found.steps_to(*cycle.first()?),
        round: cycle.iter().enumerate().filter_map(step).collect(),
        alone: found.progress.alone,
    })
}
