//! What was found.

use std::time::Duration;

use serde::Serialize;

use super::trial::Meeting;
use crate::events::case::{CaseInfo, CaseResult};
use crate::events::event::Event;
use crate::scenario::definition::Scenario;

/// What makes two finds the same: what was seen, and the label it bears.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct FindKey {
    /// The kind's name, and whether the modifier stood still.
    pub(crate) title: String,
    /// `H1`, `H2`, `H1 or H2`, …; none: no known mechanism.
    pub(crate) label: Option<String>,
}

impl FindKey {
    pub(crate) fn of(event: &Event) -> Self {
        FindKey {
            title: event.title(),
            label: event.known.clone(),
        }
    }

    /// The label, or that there is none, and the title.
    pub(crate) fn text(&self) -> String {
        let label = self.label.as_deref().unwrap_or("NO KNOWN MECHANISM");
        format!("{label}, {}", self.title)
    }
}

/// A violation, repeated.
#[derive(Clone, Debug)]
pub(crate) struct Find {
    pub(crate) key: FindKey,
    /// How long after the start it was seen first.
    pub(crate) after: Duration,
    /// The sequence that showed it, and how many calls before those that lead back.
    pub(crate) scenario: Scenario,
    /// The shortest that still shows it.
    pub(crate) shortest: Scenario,
    /// How the reader met the writer in the shortest.
    pub(crate) meeting: Meeting,
    /// What the shortest is about where it is met so.
    pub(crate) info: CaseInfo,
    /// One of those seen under the shortest.
    pub(crate) event: Event,
    /// What reading the shortest came to: in the proof if there is one, else when it
    /// was made smaller.
    pub(crate) result: CaseResult,
    /// Whether it showed again while a thread touched the pages that every state maps.
    pub(crate) is_proven: bool,
    /// Why a proof says more than that: a touched page was not mapped.
    pub(crate) fault: Option<String>,
}
