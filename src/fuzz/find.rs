//! What was found.

use std::time::Duration;

use serde::Serialize;

use super::trial::Meeting;
use crate::events::case::CaseResult;
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
    /// One of those seen under the shortest.
    pub(crate) event: Event,
    /// What reading the shortest came to while a thread touched the pages that every
    /// state maps; none where it did not show again then.
    pub(crate) proof: Option<CaseResult>,
    /// Why a proof says more than that: a touched page was not mapped.
    pub(crate) fault: Option<String>,
}
