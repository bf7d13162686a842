//! A tear or a violation of the kernel, explained by the model: the shortest
//! interleaving of reader and writer that prints the lines that were seen, in the
//! chunks and during the operations that they were seen in. Pure.
//!
//! [`sighting`] takes the event for what the model knows: pages of the site and their
//! fences. [`Sighting::shortest`](crate::model::interleaving::Sighting::shortest)
//! searches, and [`Trace::step_that_matters`] says where it went wrong. What is found
//! is what may have happened, not what did: the kernel leaves no trace of its steps.

pub(crate) mod sighting;
#[cfg(test)]
mod tests;

use std::ops::Range;

use thiserror::Error;

use crate::events::event::{Event, EventKind};
use crate::model::case::{CaseError, ModelCase, SITE};
use crate::model::interleaving::{Interleaving, cause_of};
use crate::model::judge::{FindingKind, HoleCause, ModelViolation};
use crate::model::machine::{ModelStep, ProtocolModel};
use crate::model::protocols::Protocol;
use crate::model::reader::Point;
use crate::model::step_that_matters::StepThatMatters;
use crate::model::trace::Trace;
use crate::scenario::definition::Scenario;
use crate::setup::placement::Placement;
use crate::text::number::grouped;
use sighting::sighting_of;

/// What may have happened.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The interleaving, to the last line that was seen.
    pub trace: Trace,
    /// The rows before it are the reader's alone, up to the site.
    pub site_from: usize,
    pub matters: StepThatMatters,
    /// Whether the model sees the label in it that the event bears; true where it
    /// bears none.
    pub same_label: bool,
}

/// Why there is no explanation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unexplained {
    #[error("this target is not ours: what its threads do the model does not know")]
    NotOurs,
    #[error("the modifier stood still: there is nothing that interleaves")]
    StoodStill,
    #[error("where the site was is not in this recording: an older vmascope made it")]
    NoSite,
    #[error("its lines are not those of one site, in whole pages, between its fences")]
    Elsewhere,
    #[error("the model has no reader {0}")]
    NoProtocol(String),
    #[error(transparent)]
    Case(#[from] CaseError),
    /// All states were visited.
    #[error(
        "no interleaving of the model prints these lines ({protocol}; {} states, which are all)",
        grouped(*states as u64)
    )]
    None {
        protocol: &'static str,
        states: usize,
    },
}

/// The case that the model has of a scenario at such a placement.
///
/// # Errors
/// What the model does not know of it.
pub fn case_at(scenario: &Scenario, placement: Placement) -> Result<ModelCase, CaseError> {
    match scenario.last || placement == Placement::Last {
        true => ModelCase::at_the_end(scenario),
        false => ModelCase::of(scenario),
    }
}

/// The model's protocol of a reader that is judged by this rule.
///
/// # Errors
/// [`Unexplained::NoProtocol`].
pub fn protocol_of(reader: &str, rule: &str) -> Result<Protocol, Unexplained> {
    let name = match (reader, rule) {
        ("query" | "query-walk", "line-end") => "query",
        ("smaps", "line-end") => "smaps",
        ("maps", "line-end") => "merged",
        ("maps" | "smaps", "chunk-start") => "mmap-lock-next-start",
        ("maps" | "smaps", "chunk-end") => "mmap-lock-last-end",
        _ => return Err(Unexplained::NoProtocol(format!("{reader} ({rule})"))),
    };
    Protocol::find(name).map_err(|_| Unexplained::NoProtocol(name.into()))
}

/// The shortest interleaving that prints what the event shows. `site` are the
/// addresses of the site where the event does not say them itself.
///
/// # Errors
/// [`Unexplained`].
pub fn explain(
    event: &Event,
    case: &ModelCase,
    protocol: Protocol,
    site: Option<Range<u64>>,
) -> Result<Explanation, Unexplained> {
    if matches!(event.kind, EventKind::Blink | EventKind::SuspectedHole) {
        return Err(Unexplained::NotOurs);
    }
    if event.standing_still {
        return Err(Unexplained::StoodStill);
    }
    let site_of_event = event.window.as_ref().and_then(|window| window.site);
    let site = site_of_event.map(|(start, end)| start..end).or(site);
    let mut seen = sighting_of(event, case, &site.ok_or(Unexplained::NoSite)?)?;
    let model = ProtocolModel::new(case, protocol, 1);
    let wanted = seen.causes.clone();
    let found = seen.shortest(&model).or_else(|states| {
        // The label is the oracle's; the model may see another way to the lines.
        if wanted.is_empty() {
            return Err(states);
        }
        seen.causes.clear();
        seen.shortest(&model)
    });
    let found = found.map_err(|states| Unexplained::None {
        protocol: protocol.name,
        states,
    })?;
    explanation(event, &model, &found, &wanted).ok_or(Unexplained::Elsewhere)
}

fn explanation(
    event: &Event,
    model: &ProtocolModel<'_>,
    found: &Interleaving,
    wanted: &[HoleCause],
) -> Option<Explanation> {
    let mut trace = Trace::from(model, found.start, &found.steps);
    if let Some(printed) = trace.rows.get_mut(found.marked)?.printed.as_mut() {
        // The kernel's reader was judged by the states of its chunk, the model's by all
        // since its walk began.
        let cause = cause_of(printed);
        match &*event.name {
            "hole" => printed.kind = FindingKind::Violation(ModelViolation::Hole(cause)),
            "lost tail" => printed.kind = FindingKind::Violation(ModelViolation::LostTail(cause)),
            _ => {}
        }
    }
    let matters = trace.step_that_matters(model, found.marked)?;
    let causes = trace.rows[..=found.marked].iter().filter_map(|row| {
        let violation = row.printed?.kind.violation()?;
        violation.cause()
    });
    let same_label = wanted.is_empty() || causes.into_iter().any(|it| wanted.contains(&it));
    Some(Explanation {
        site_from: site_from(&trace),
        trace,
        matters,
        same_label,
    })
}

/// The reader's way to the site, where nothing else happens: the rows up to the one
/// in which it leaves the fence.
#[must_use]
pub(crate) fn site_from(trace: &Trace) -> usize {
    let is_alone = |step: ModelStep| matches!(step, ModelStep::Reader(_));
    let rows = trace.rows.iter();
    let alone = rows.take_while(|row| is_alone(row.step)).count();
    let at_fence = trace.rows[..alone].iter().position(|row| {
        let reader = &row.state.readers[0];
        reader.position == SITE && reader.point == Point::Next
    });
    at_fence.map_or(0, |at| at + 1)
}
