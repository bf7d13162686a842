//! The two holes, their cures, and what the broken readers do.

use vmascope::protocol::{
    BOTH_CURES, Case, Cause, Model, PROTOCOLS, Protocol, Sight, Step, Trace, Verdict, Violation,
};

use vmascope::target::scenario::parse_scenarios;

use crate::{all, verdict};

/// Where `mremap_to()` unmaps a destination that ends where a VMA ends.
const H1: [&str; 3] = ["replace", "replace-two", "replace-tail"];
/// Where nothing merges pages that are always mapped into the VMA before.
const NO_H2: [&str; 5] = ["resize", "new-left", "new-right", "replace", "replace-mmap"];

fn expect_holes(reader: &str, h1: bool, h2: bool) {
    for case in all() {
        let verdict = verdict(&case, reader);
        let name = &*case.name;
        let expected = [
            (Cause::H1, h1 && H1.contains(&name)),
            (Cause::H2, h2 && !NO_H2.contains(&name)),
        ];
        for (cause, expected) in expected {
            let found = verdict.hole(cause).is_some();
            assert_eq!(found, expected, "{reader} in {name}: {}", cause.label());
        }
        assert!(
            verdict.hole(Cause::MovedStart).is_none(),
            "{reader} in {name}"
        );
        let others = verdict.violations().count();
        let holes = expected.iter().filter(|(_, expected)| *expected).count();
        assert_eq!(others, holes, "{reader} in {name}: {}", verdict.words());
        assert!(verdict.deadlock.is_none(), "{reader} in {name}");
    }
}

#[test]
fn merged_has_both_holes_and_version_4_had_them_too() {
    expect_holes("merged", true, true);
    expect_holes("per-vma-v4", true, true);
}

#[test]
fn each_cure_removes_its_own_hole_and_not_the_other() {
    expect_holes("merged-h1-cure", false, true);
    expect_holes("merged-h2-cure", true, false);
    expect_holes("merged-both-cures", false, false);
    expect_holes("merged-cures-and-end", false, false);
}

#[test]
fn a_query_has_h1_only_and_the_cure_removes_it() {
    expect_holes("query", true, false);
    expect_holes("query-h1-cure", false, false);
}

#[test]
fn readers_under_mmap_lock_or_a_sequence_have_no_hole() {
    for reader in ["mmap-lock-next-start", "mmap-lock-last-end", "rcu-sequence"] {
        expect_holes(reader, false, false);
    }
}

#[test]
fn the_cures_lose_no_progress() {
    for case in all() {
        let merged = verdict(&case, "merged");
        let cured = verdict(&case, "merged-both-cures");
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
        assert!(
            cured.most_fallbacks.unwrap() <= merged.most_fallbacks.unwrap() + 1,
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
    assert!(
        verdict(&Case::find("replace").unwrap(), "merged")
            .endless
            .is_some()
    );
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
        let model = Model::new(&case, Protocol::find("rcu-sequence").unwrap(), 1);
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
                .any(|step| matches!(step, Step::Reader(0)))
        );
    }
}

fn somewhere(reader: &str, wanted: impl Fn(&Verdict) -> bool) -> bool {
    all().iter().any(|case| wanted(&verdict(case, reader)))
}

fn has(verdict: &Verdict, violation: Violation) -> bool {
    let mut found = verdict.violations();
    found.any(|finding| finding.sight == Sight::Violation(violation))
}

#[test]
fn each_broken_reader_is_found_by_what_it_breaks() {
    let moved = |verdict: &Verdict| verdict.hole(Cause::MovedStart).is_some();
    assert!(somewhere("no-gap-check", moved));
    assert!(somewhere("sequence-noted-late", moved));
    assert!(somewhere("position-vm-start", |it| {
        it.endless.as_ref().is_some_and(|endless| endless.alone)
    }));
    assert!(somewhere("no-detach-check", |it| has(
        it,
        Violation::DetachedStructure
    )));
    assert!(somewhere("no-behind-check", |it| has(
        it,
        Violation::StaleLine
    )));
    assert!(somewhere("no-mm-check", |it| has(
        it,
        Violation::ForeignLine
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
fn searching_at_every_gap_cures_h2_as_well_and_leaves_h1() {
    // Not what one expects of a check without the sequence: the sequence
    // saves searches, it is not what makes them safe.
    expect_holes("gap-check-no-sequence", true, false);
}

#[test]
fn the_changelogs_hole_is_the_changelogs_picture() {
    let case = Case::find("split-tail").unwrap();
    let protocol = Protocol::find("no-gap-check").unwrap();
    let model = Model::new(&case, protocol, 1);
    let verdict = Verdict::of(&model);
    let finding = verdict.hole(Cause::MovedStart).unwrap();
    let picture = Trace::of(&model, &finding.steps)
        .picture(&model, 0)
        .unwrap();
    assert_eq!(picture.found_vma, Some((1, 4, b'w')));
    assert_eq!(
        picture.made,
        [(0, 1, b'-'), (1, 3, b'w'), (3, 4, b'r'), (4, 5, b'-')]
    );
    assert_eq!(picture.reported, [(0, 1, b'-'), (3, 4, b'r')]);
    assert_eq!(picture.hole, Some((1, 3)));
}

#[test]
fn the_shortest_traces_of_both_holes_are_short() {
    let steps = |case: &str, cause| {
        let verdict = verdict(&Case::find(case).unwrap(), "merged");
        verdict.hole(cause).unwrap().steps.len()
    };
    assert_eq!(steps("replace", Cause::H1), 27);
    assert_eq!(steps("merge-left-partial", Cause::H2), 29);
}

#[test]
fn two_readers_at_once_see_what_one_sees_and_never_block_each_other_for_ever() {
    for name in ["merge-left-partial", "replace-mmap"] {
        let case = Case::find(name).unwrap();
        let one = Verdict::of(&Model::new(&case, BOTH_CURES, 1));
        let two = Verdict::of(&Model::new(&case, BOTH_CURES, 2));
        assert!(two.states > one.states);
        assert_eq!(two.deadlock, None);
        let sights = |verdict: &Verdict| -> Vec<Sight> {
            verdict
                .findings
                .iter()
                .map(|finding| finding.sight)
                .collect()
        };
        assert_eq!(sights(&one), sights(&two), "{name}");
    }
}

#[test]
fn at_the_end_of_the_address_space_the_end_is_believed_even_with_both_cures() {
    // Nothing found is no gap: lock_next_vma() returns at once, without a look
    // at the sequence. A move onto the last VMA makes the walk end early.
    const LAST: &str = r#"
        [[scenario]]
        name = "replace-last"
        summary = "move a page onto the last VMA of all"
        original = "r w"
        source = "x"
        operations = [
            { call = "mremap source 0..1 onto 1", state = "r x" },
            { call = "mmap 1..2 w", state = "r w" },
        ]
    "#;
    let scenario = &parse_scenarios(LAST, "this test").unwrap()[0];
    let case = Case::at_the_end(scenario).unwrap();
    for reader in ["merged", "merged-both-cures", "query"] {
        let verdict = verdict(&case, reader);
        assert!(has(&verdict, Violation::LostTail(Cause::H1)), "{reader}");
    }
    for reader in ["mmap-lock-last-end", "mmap-lock-next-start"] {
        assert!(verdict(&case, reader).holds(), "{reader}");
    }
    let cured = verdict(&case, "merged-cures-and-end");
    assert!(cured.holds(), "{}", cured.words());
    let fenced = Case::of(scenario).unwrap();
    assert!(verdict(&fenced, "merged-both-cures").holds());
}
