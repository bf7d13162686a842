//! Which of many violations are kept to be shown.

use super::event::{Event, EventKind};

/// Violations shown in full for each case, no two of the same lines.
const SHOWN: usize = 4;

/// Keeps an event, if it is a violation that is to be shown besides those kept
/// already.
pub(crate) fn keep_violation(kept: &mut Vec<Event>, event: &Event) {
    if event.kind != EventKind::Violation {
        return;
    }
    let same = |other: &&Event| other.case == event.case && other.title() == event.title();
    let alike = || kept.iter().filter(same);
    if alike().count() < SHOWN && alike().all(|other| other.seen != event.seen) {
        kept.push(event.clone());
    }
}
