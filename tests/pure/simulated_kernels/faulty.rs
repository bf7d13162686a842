//! Every fault is caught, and named for what it is.

use super::cells::{cell, cells};
use crate::simulated::fault::Fault;

/// What must be seen: fault, scenario, name, by text, by query.
const ESSENTIAL: [(Fault, &str, &str, bool, bool); 44] = [
    (Fault::NoGapCheck, "split", "hole", true, true),
    (Fault::NoGapCheck, "split-tail", "hole", true, true),
    (Fault::NoGapCheck, "shift-start", "hole", true, true),
    (Fault::NoGapCheck, "merge-left-partial", "hole", true, true),
    (Fault::NoGapCheck, "replace", "hole H1", true, true),
    (Fault::StaleIterator, "split", "hole H2", true, false),
    (Fault::StaleIterator, "remap", "hole H2", true, false),
    (Fault::StaleIterator, "split-tail", "hole H2", true, false),
    (Fault::StaleIterator, "split-head", "hole H2", true, false),
    (Fault::StaleIterator, "merge-both", "hole H2", true, false),
    (
        Fault::StaleIterator,
        "merge-left-full",
        "hole H2",
        true,
        false,
    ),
    (Fault::StaleIterator, "shift-start", "hole H2", true, false),
    (Fault::EmptyTreeBelieved, "replace", "hole H1", true, true),
    (
        Fault::EmptyTreeBelieved,
        "replace-two",
        "hole H1",
        true,
        true,
    ),
    (
        Fault::EmptyTreeBelieved,
        "replace-tail",
        "hole H1",
        true,
        true,
    ),
    (
        Fault::ResumesAtLastStart,
        "split",
        "stale line",
        true,
        false,
    ),
    (
        Fault::ResumesAtLastStart,
        "replace",
        "stale line",
        true,
        false,
    ),
    (Fault::SkipsStartsBefore, "split", "hole", true, true),
    (Fault::SkipsStartsBefore, "remap", "hole", true, true),
    (Fault::SkipsStartsBefore, "merge-both", "hole", true, true),
    (
        Fault::PrintsBehind,
        "merge-right-full",
        "stale line",
        true,
        true,
    ),
    (
        Fault::PrintsBehind,
        "merge-left-partial",
        "stale line",
        true,
        true,
    ),
    (Fault::PrintsBehind, "replace-two", "stale line", true, true),
    (Fault::QueryReturnsNext, "split", "hole", false, true),
    (Fault::QueryReturnsNext, "merge-both", "hole", false, true),
    (Fault::LostTail, "split", "lost tail", true, true),
    (Fault::LostTail, "split", "hole", false, true),
    (Fault::LostTail, "resize", "lost tail", true, true),
    (Fault::LostTail, "replace", "lost tail", true, true),
    (Fault::LostTail, "new-right", "lost tail", true, true),
    (
        Fault::EndBelieved,
        "replace-last",
        "lost tail H3",
        true,
        true,
    ),
    (Fault::EndBelieved, "replace-last", "hole H3", false, true),
    (
        Fault::ResumesPageTooFar,
        "replace-mmap",
        "hole",
        true,
        false,
    ),
    (Fault::QuerySkipsGapCheck, "split-tail", "hole", false, true),
    (
        Fault::QueryIteratorKept,
        "split-head",
        "skipped line",
        false,
        true,
    ),
    (Fault::ChunkIteratorKept, "remap", "hole", true, false),
    (
        Fault::FallBackIteratorKept,
        "split-tail",
        "hole",
        true,
        false,
    ),
    (
        Fault::DetachIteratorKept,
        "replace-mmap",
        "hole",
        true,
        true,
    ),
    (Fault::FallsBackToFound, "split-tail", "hole", true, true),
    (Fault::SequenceNotedLate, "split-tail", "hole", true, true),
    (Fault::WriteLockIgnored, "remap", "hole", true, true),
    (Fault::DetachedEnds, "split", "lost tail", true, true),
    (Fault::HidesNew, "replace", "hole", true, true),
    (Fault::ChunkDropsLock, "split", "mixed chunk", true, false),
];

/// What must not be blamed at all, though the kernel is broken: the fault
/// cannot show there.
const NOTHING: [(Fault, &str); 9] = [
    (Fault::EmptyTreeBelieved, "replace-middle"),
    (Fault::EmptyTreeBelieved, "replace-mmap"),
    (Fault::EmptyTreeBelieved, "split-tail"),
    (Fault::StaleIterator, "replace-mmap"),
    (Fault::EmptyTreeBelieved, "remap"),
    (Fault::EmptyTreeBelieved, "replace-last"),
    (Fault::EmptyTreeBelieved, "replace-mmap-many"),
    (Fault::EndBelieved, "replace"),
    (Fault::EndBelieved, "merge-last"),
];

#[test]
fn every_fault_is_caught_and_named() {
    let mut wrong = Vec::new();
    for (fault, scenario, name, text, query) in ESSENTIAL {
        let saw = cell(fault, scenario).found.saw(name);
        if saw != (text, query) {
            wrong.push(format!("{fault:?} {scenario}: {name} by {saw:?}"));
        }
    }
    for (fault, scenario) in NOTHING {
        if cell(fault, scenario).found.violations() > 0 {
            wrong.push(format!("{fault:?} {scenario}: should show nothing"));
        }
    }
    for cell in cells() {
        for name in cell.found.names() {
            if !may_be_called(cell.fault, &name) {
                wrong.push(format!("{:?} {}: {name}", cell.fault, cell.scenario.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Where several labels are possible, what was read does not tell which.
fn may_be_called(fault: Fault, name: &str) -> bool {
    let labelled = |hole: &str| name.split_once(' ').is_some_and(|it| it.1.contains(hole));
    match fault {
        Fault::EmptyTreeBelieved => labelled("H1"),
        Fault::StaleIterator => labelled("H2"),
        Fault::EndBelieved => labelled("H3"),
        Fault::Released => ["H1", "H2", "H3"].into_iter().any(labelled),
        _ => true,
    }
}
