//! Progress, what the broken readers do, and the shortest traces. Which reader
//! has which hole is in `catalogue`.

use vmascope::internals::model::{
    ALL_CURES, FindingKind, HoleCause, ModelStep, ModelViolation, PROTOCOLS, Protocol,
    ProtocolModel, ProtocolVerdict, Trace,
};

use super::{all, hole, named_case, verdict};

#[test]
fn the_cures_lose_no_progress() {
    for case in all() {
        let merged = verdict(&case, "merged");
        let cured = verdict(&case, "merged-all-cures");
        let name = &case.name;
        // As in the review: endless only if each VMA that is found is knocked
        // out again, which takes a writer for each round.
        for verdict in [&merged, &cured] {
            assert!(
                !verdict.endless.as_ref().is_some_and(|it| it.alone),
                "{name}"
            );
        }
        assert!(
            merged.endless.is_some() || cured.endless.is_none(),
            "{name}"
        );
        // One more at a gap that is one, while something changes, and one more
        // at the end.
        assert!(
            cured.most_fallbacks.unwrap() <= merged.most_fallbacks.unwrap() + 2,
            "{name}"
        );
        let most_lines = case.states.iter().map(Vec::len).max().unwrap() as u32 + 4;
        assert!(merged.most_fallbacks.unwrap() <= most_lines, "{name}");
    }
}

#[test]
fn version_4_fell_back_where_merged_retries_so_its_walk_always_ends() {
    for case in all() {
        assert_eq!(verdict(&case, "per-vma-v4").endless, None, "{}", case.name);
    }
    assert!(verdict(&named_case("replace"), "merged").endless.is_some());
}

#[test]
fn the_rcu_reader_can_be_kept_from_its_end_for_ever() {
    for case in all() {
        let verdict = verdict(&case, "rcu-sequence");
        let endless = verdict.endless.as_ref().unwrap();
        assert!(
            !endless.alone && verdict.most_fallbacks.is_none(),
            "{}",
            case.name
        );
        let model = ProtocolModel::new(&case, Protocol::find("rcu-sequence").unwrap(), 1);
        // The round is one: it leads back to the state it begins in.
        let mut trace = Trace::of(&model, &endless.steps);
        let before = *trace.state();
        for &step in &endless.round {
            assert!(trace.make(&model, step), "{}", case.name);
        }
        assert_eq!(*trace.state(), before, "{}", case.name);
        assert!(
            endless
                .round
                .iter()
                .any(|step| matches!(step, ModelStep::Reader(0)))
        );
    }
}

fn somewhere(reader: &str, wanted: impl Fn(&ProtocolVerdict) -> bool) -> bool {
    all().iter().any(|case| wanted(&verdict(case, reader)))
}

fn has(verdict: &ProtocolVerdict, violation: ModelViolation) -> bool {
    let mut found = verdict.violations();
    found.any(|finding| finding.kind == FindingKind::Violation(violation))
}

#[test]
fn each_broken_reader_is_found_by_what_it_breaks() {
    let moved = |verdict: &ProtocolVerdict| hole(verdict, HoleCause::MovedStart).is_some();
    assert!(somewhere("no-gap-check", moved));
    assert!(somewhere("sequence-noted-late", moved));
    assert!(somewhere("position-vm-start", |it| {
        it.endless.as_ref().is_some_and(|endless| endless.alone)
    }));
    assert!(somewhere("no-detach-check", |it| has(
        it,
        ModelViolation::DetachedStructure
    )));
    assert!(somewhere("no-behind-check", |it| has(
        it,
        ModelViolation::StaleLine
    )));
    assert!(somewhere("no-mm-check", |it| has(
        it,
        ModelViolation::ForeignLine
    )));
    for protocol in PROTOCOLS.iter().filter(|protocol| protocol.broken) {
        assert!(
            somewhere(protocol.name, |it| !it.holds()),
            "{}",
            protocol.name
        );
    }
}

#[test]
fn searching_at_every_gap_cures_h2_as_well_where_something_is_behind() {
    // Not what one expects of a check without the sequence: the sequence
    // saves searches, it is not what makes them safe. At the end of the address
    // space there is no gap to search at.
    for case in all() {
        let (merged, always) = (
            verdict(&case, "merged"),
            verdict(&case, "gap-check-no-sequence"),
        );
        for cause in [HoleCause::H1, HoleCause::H2, HoleCause::H3] {
            let expected = hole(&merged, cause).is_some() && (cause != HoleCause::H2 || case.last);
            assert_eq!(hole(&always, cause).is_some(), expected, "{}", case.name);
        }
    }
}

#[test]
fn the_changelogs_hole_is_the_changelogs_picture() {
    let case = named_case("split-tail");
    let protocol = Protocol::find("no-gap-check").unwrap();
    let model = ProtocolModel::new(&case, protocol, 1);
    let verdict = ProtocolVerdict::of(&model);
    let finding = hole(&verdict, HoleCause::MovedStart).unwrap();
    let picture = Trace::of(&model, &finding.steps)
        .diagram(&model, 0)
        .unwrap();
    assert_eq!(picture.found_vma, Some((1, 4, b'w')));
    assert_eq!(
        picture.made,
        [(0, 1, b'-'), (1, 3, b'w'), (3, 4, b'r'), (4, 5, b'-')]
    );
    assert_eq!(picture.reported, [(0, 1, b'-'), (3, 4, b'r')]);
    assert_eq!(picture.hole, Some((1, 3)));
}

/// Where a start has moved, the step that matters is the writer's that moved it, also where
/// the structure was free in between.
#[test]
fn a_moved_start_matters_where_it_moves() {
    let mut seen = 0;
    for case in all() {
        for protocol in ["no-gap-check", "sequence-noted-late"] {
            let model = ProtocolModel::new(&case, Protocol::find(protocol).unwrap(), 1);
            let verdict = ProtocolVerdict::of(&model);
            let Some(finding) = hole(&verdict, HoleCause::MovedStart) else {
                continue;
            };
            let trace = Trace::of(&model, &finding.steps);
            let matters = trace
                .step_that_matters(&model, trace.rows.len() - 1)
                .unwrap();
            let start = |at: usize| {
                let state = match at {
                    0 => &trace.start,
                    at => &trace.rows[at - 1].state,
                };
                model
                    .vma_at(state, state.readers[0].pointer)
                    .map(|vma| vma.0)
            };
            let (before, after) = (start(matters.row), start(matters.row + 1));
            assert!(after > before, "{} {protocol}", case.name);
            seen += 1;
        }
    }
    assert!(seen > 5, "{seen}");
}

#[test]
fn the_shortest_traces_of_the_three_holes_are_short() {
    let steps = |case: &str, cause| {
        let verdict = verdict(&named_case(case), "merged");
        hole(&verdict, cause).unwrap().steps.len()
    };
    assert_eq!(steps("replace", HoleCause::H1), 28);
    assert_eq!(steps("merge-left-partial", HoleCause::H2), 29);
    assert_eq!(steps("replace-last", HoleCause::H3), 21);
}

#[test]
fn two_readers_at_once_see_what_one_sees_and_never_block_each_other_for_ever() {
    for name in ["merge-left-partial", "replace-mmap"] {
        let case = named_case(name);
        let one = ProtocolVerdict::of(&ProtocolModel::new(&case, ALL_CURES, 1));
        let two = ProtocolVerdict::of(&ProtocolModel::new(&case, ALL_CURES, 2));
        assert!(two.states > one.states);
        assert_eq!(two.deadlock, None);
        let sights = |verdict: &ProtocolVerdict| -> Vec<FindingKind> {
            verdict
                .findings
                .iter()
                .map(|finding| finding.kind)
                .collect()
        };
        assert_eq!(sights(&one), sights(&two), "{name}");
    }
}
