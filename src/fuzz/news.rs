//! What a hunt tells while it goes on.

use super::find::{Find, FindKey};
use super::totals::Totals;
use super::trial::Meeting;
use crate::scenario::definition::Scenario;

/// Something that happened in a hunt.
pub(crate) enum News<'a> {
    /// What has come of it so far; `running`: the sequence that is run.
    Progress {
        totals: &'a Totals,
        running: &'a Scenario,
    },
    /// A sequence is read, or read once more.
    Reading {
        scenario: &'a Scenario,
        meeting: &'a Meeting,
        purpose: &'a Purpose,
    },
    /// Something was seen for the first time: the find as it was seen, and what has
    /// come of the hunt with it.
    Seen { find: &'a Find, totals: &'a Totals },
    /// The same, made smaller and repeated.
    Found(&'a Find),
}

/// What a sequence is read for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Search,
    /// Whether something smaller still shows the find.
    Shrink(FindKey),
    /// The find once more, while a thread touches the pages.
    Repeat(FindKey),
}
