//! Each guard of the merged reader is taken away: a property must break, or
//! the guard is explained here as redundant.

use vmascope::internals::model::{
    ALL_CURES, FindingKind, Guard, Guards, ModelCase, Protocol, ProtocolModel, ProtocolVerdict,
};

use super::{all, named_case};

/// Whether the mutant does something that the reader with all guards does not.
fn is_caught(base: Protocol, guard: Guard) -> bool {
    let mutant = Protocol {
        guards: Guards::ALL.without(guard),
        ..base
    };
    let differs = |case: &ModelCase| {
        let of = |protocol| ProtocolVerdict::of(&ProtocolModel::new(case, protocol, 1));
        let (sound, mutant) = (of(base), of(mutant));
        let bad = |verdict: &ProtocolVerdict| -> Vec<FindingKind> {
            verdict.violations().map(|finding| finding.kind).collect()
        };
        let alone = |verdict: &ProtocolVerdict| verdict.endless.as_ref().is_some_and(|it| it.alone);
        bad(&mutant)
            .iter()
            .any(|sight| !bad(&sound).contains(sight))
            || mutant.deadlock.is_some()
            || alone(&mutant)
    };
    all().iter().any(differs)
}

/// Why taking it away from the merged reader breaks nothing.
fn redundant_in_merged(guard: Guard) -> Option<&'static str> {
    match guard {
        // Without it a reader takes the count while a writer waits for the
        // count to drop. Every line it prints is still true: the writer waits
        // longer. The guard keeps readers from starving a writer, which is
        // not a property of the reader's walk.
        Guard::WriterWaits => Some("it is for the writer's progress"),
        // Asking whether the sequence was odd leads to a second search in the
        // middle of a hold. There the tree answers the same as before, unless
        // the writer has changed it since; then what was found is
        // write-locked, or detached, or the sequence moves. What the odd
        // sequence could warn of, H1, the second search believes. With the
        // cure of H1 the guard is needed: see below.
        Guard::NotedEven => Some("the second search believes what it finds"),
        _ => None,
    }
}

/// The same with all cures.
fn redundant_with_cures(guard: Guard) -> Option<&'static str> {
    match guard {
        Guard::WriterWaits => redundant_in_merged(guard),
        // With the cure of H1 nothing is searched a second time.
        Guard::FoundAgain => Some("there is no second search"),
        // With the cure of H2 each search starts from the position anyway.
        Guard::IteratorReset => Some("each search starts from the position"),
        _ => None,
    }
}

#[test]
fn every_guard_of_merged_is_needed_or_explained() {
    let merged = Protocol::find("merged").unwrap();
    for guard in Guard::ALL {
        let redundant = redundant_in_merged(guard).is_some();
        assert_eq!(is_caught(merged, guard), !redundant, "{guard:?}");
    }
}

#[test]
fn every_guard_of_the_cured_reader_is_needed_or_explained() {
    for guard in Guard::ALL {
        let redundant = redundant_with_cures(guard).is_some();
        assert_eq!(is_caught(ALL_CURES, guard), !redundant, "{guard:?}");
    }
}

#[test]
fn the_check_before_the_count_keeps_the_retry_from_spinning() {
    // munmap() detaches a VMA while the tree still has it: a reader that does
    // not look at vm_lock_seq first finds it detached again and again, all by
    // itself, for as long as the writer takes.
    let merged = Protocol::find("merged").unwrap();
    let mutant = Protocol {
        guards: Guards::ALL.without(Guard::LockedBefore),
        ..merged
    };
    let case = named_case("replace");
    let verdict = ProtocolVerdict::of(&ProtocolModel::new(&case, mutant, 1));
    assert!(verdict.endless.unwrap().alone);
}
