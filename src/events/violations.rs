//! Which of many finds are kept to be shown.

use super::event::{Event, EventKind};

/// Finds of a name and a mechanism shown in full for each case, no two of the same
/// lines.
const SHOWN: usize = 4;

/// Keeps an event, if it is a violation that is to be shown besides those kept
/// already.
pub(crate) fn keep_violation(kept: &mut Vec<Event>, event: &Event) {
    if event.kind == EventKind::Violation {
        keep_some(kept, event);
    }
}

/// The same of anything that is found.
pub(crate) fn keep_some(kept: &mut Vec<Event>, event: &Event) {
    let same = |other: &&Event| {
        other.case == event.case && other.title() == event.title() && other.known == event.known
    };
    let alike = || kept.iter().filter(same);
    if alike().count() < SHOWN && alike().all(|other| other.seen != event.seen) {
        kept.push(event.clone());
    }
}
