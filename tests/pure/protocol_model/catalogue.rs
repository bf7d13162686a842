//! Which holes each reader has in each case, held against what the catalogue
//! says of the scenario: neither may list one that the other does not.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use vmascope::internals::model::{
    FindingKind, Found, HoleCause, ModelCase, ModelStep, ModelViolation, PROTOCOLS, Protocol,
    ProtocolVerdict, Trace, VerdictTable,
};
use vmascope::internals::scenario::{parse_scenarios, scenarios};

use super::{all, hole, named_case, verdict};

/// The holes that each reader can have, whatever the scenario.
const HOLES: [(&str, &[&str]); 17] = [
    ("mmap-lock-next-start", &[]),
    ("mmap-lock-last-end", &[]),
    // A copy is believed only while the sequence stands still, and so is each
    // line; but the end is no copy.
    ("rcu-sequence", &["H2", "H3"]),
    ("per-vma-v4", &["H1", "H2", "H3"]),
    ("merged", &["H1", "H2", "H3"]),
    ("merged-h1-cure", &["H2", "H3"]),
    ("merged-h2-cure", &["H1", "H3"]),
    ("merged-h3-cure", &["H1", "H2"]),
    ("merged-all-cures", &[]),
    ("smaps", &["H1", "H3"]),
    ("smaps-h1-cure", &["H3"]),
    ("smaps-h3-cure", &["H1"]),
    ("smaps-all-cures", &[]),
    ("query", &["H1", "H3"]),
    ("query-h1-cure", &["H3"]),
    ("query-h3-cure", &["H1"]),
    ("query-all-cures", &[]),
];

/// Where a hole takes two races in one line: a search that begins in a gap is
/// overtaken and led past what has grown over the gap, and so is the second
/// search of the gap check, by another round of the writer. The cure of H1 rules
/// that out, so it bears that label. Nobody has seen it: the catalogue does not
/// list it.
const BY_TWO_RACES: [&str; 3] = ["new-both", "new-right", "replace-middle"];

/// Every reader that is not broken on purpose, in every case of the catalogue.
static STUDY: LazyLock<VerdictTable> = LazyLock::new(|| study(all()));

/// The same with every site at the end of the address space.
static AT_THE_END: LazyLock<VerdictTable> = LazyLock::new(|| {
    let cases = scenarios().iter().map(ModelCase::at_the_end);
    study(cases.collect::<Result<_, _>>().unwrap())
});

fn study(cases: Vec<ModelCase>) -> VerdictTable {
    let protocols = PROTOCOLS.into_iter().filter(|protocol| !protocol.broken);
    VerdictTable::new(cases, protocols.collect(), 1, 2)
}

/// What was seen that must not be: the labels of the causes.
fn seen(verdict: &ProtocolVerdict) -> BTreeSet<&'static str> {
    let violations = verdict.violations().map(|finding| finding.kind);
    violations
        .map(|sight| match sight {
            FindingKind::Violation(
                ModelViolation::Hole(cause) | ModelViolation::LostTail(cause),
            ) => cause.label(),
            other => other.name(),
        })
        .collect()
}

fn of<'a>(study: &'a VerdictTable, case: &str, reader: &str) -> &'a ProtocolVerdict {
    let row = study.cases.iter().position(|one| one.name == case).unwrap();
    let column = study.protocols.iter().position(|one| one.name == reader);
    &study.verdicts[row][column.unwrap()]
}

#[test]
fn each_reader_has_the_holes_of_the_catalogue_that_it_can_have_and_no_others() {
    assert_eq!(STUDY.protocols.len(), HOLES.len());
    assert_eq!(STUDY.cases.len(), scenarios().len());
    for scenario in scenarios() {
        let known = scenario.known_holes.expect("the catalogue says which");
        for (reader, can_have) in HOLES {
            let by_two_races = BY_TWO_RACES.contains(&&*scenario.name).then_some("H1");
            let expected: BTreeSet<&str> = known
                .iter()
                .map(|hole| hole.label())
                .chain(by_two_races)
                .filter(|hole| can_have.contains(hole))
                // Of lines, the sequence alone rules all holes out.
                .filter(|_| reader != "rcu-sequence" || scenario.last)
                .collect();
            let verdict = of(&STUDY, &scenario.name, reader);
            let at = format!("{reader} in {}", scenario.name);
            assert_eq!(seen(verdict), expected, "{at}");
            assert!(verdict.deadlock.is_none(), "{at}");
        }
    }
}

#[test]
fn with_all_three_cures_every_case_holds_at_the_end_too() {
    for study in [&*STUDY, &*AT_THE_END] {
        for case in &study.cases {
            for reader in ["merged-all-cures", "smaps-all-cures", "query-all-cures"] {
                let verdict = of(study, &case.name, reader);
                assert!(verdict.holds(), "{reader} in {}", case.name);
            }
        }
    }
}

#[test]
fn each_cure_removes_its_own_hole_and_no_other_at_the_end_too() {
    for study in [&*STUDY, &*AT_THE_END] {
        for case in &study.cases {
            for (reader, hole) in [
                ("merged-h1-cure", "H1"),
                ("merged-h2-cure", "H2"),
                ("merged-h3-cure", "H3"),
                ("smaps-h1-cure", "H1"),
                ("smaps-h3-cure", "H3"),
                ("query-h1-cure", "H1"),
                ("query-h3-cure", "H3"),
            ] {
                let uncured = reader.split('-').next().unwrap();
                let mut expected = seen(of(study, &case.name, uncured));
                expected.remove(hole);
                let found = seen(of(study, &case.name, reader));
                assert_eq!(found, expected, "{reader} in {}", case.name);
            }
        }
    }
}

#[test]
fn a_tail_is_lost_only_where_nothing_is_behind() {
    for study in [&*STUDY, &*AT_THE_END] {
        for (case, row) in study.cases.iter().zip(&study.verdicts) {
            for (protocol, verdict) in study.protocols.iter().zip(row) {
                let at = format!("{} in {}", protocol.name, case.name);
                for finding in verdict.violations() {
                    match finding.kind.violation() {
                        Some(ModelViolation::Hole(cause)) => {
                            assert_ne!(cause, HoleCause::H3, "{at}")
                        }
                        Some(ModelViolation::LostTail(cause)) => {
                            assert!(case.last, "{at}");
                            assert!(matches!(cause, HoleCause::H2 | HoleCause::H3), "{at}");
                        }
                        _ => {}
                    }
                }
            }
        }
    }
}

#[test]
fn at_the_end_a_search_that_is_led_past_what_grows_over_its_gap_loses_the_tail() {
    for reader in ["merged", "smaps", "query", "per-vma-v4", "rcu-sequence"] {
        let h3 = |case: &&ModelCase| seen(of(&AT_THE_END, &case.name, reader)).contains("H3");
        let cases = AT_THE_END.cases.iter().filter(h3).map(|case| &*case.name);
        let expected = ["new-both", "new-right", "replace-last"];
        assert_eq!(cases.collect::<Vec<_>>(), expected, "{reader}");
    }
    let steps = |case: &str, reader: &str| {
        let finding = hole(of(&AT_THE_END, case, reader), HoleCause::H3).unwrap();
        let overtaken = finding.printed.found == Found::Overtaken;
        assert_eq!(overtaken, case != "replace-last", "{case}");
        finding.steps.len()
    };
    for (reader, both, right, move_onto) in [
        ("merged", 25, 24, 21),
        ("query", 26, 25, 23),
        ("smaps", 24, 23, 21),
    ] {
        assert_eq!(steps("new-both", reader), both, "{reader}");
        assert_eq!(steps("new-right", reader), right, "{reader}");
        assert_eq!(steps("replace-last", reader), move_onto, "{reader}");
    }
}

#[test]
fn between_others_it_takes_two_races_in_one_line_to_be_led_past() {
    for (case, reader, steps) in [
        ("new-right", "merged", 49),
        ("new-right", "query", 50),
        ("new-right", "smaps", 48),
        ("new-both", "merged", 57),
        ("replace-middle", "merged", 88),
    ] {
        let finding = hole(of(&STUDY, case, reader), HoleCause::H1).unwrap();
        assert_eq!(finding.steps.len(), steps, "{reader} in {case}");
        let found = finding.printed.found;
        assert_eq!(found, Found::Overtaken, "{reader} in {case}");
        let protocol = Protocol::find(reader).unwrap();
        let case = named_case(case);
        let model = vmascope::internals::model::ProtocolModel::new(&case, protocol, 1);
        let trace = Trace::of(&model, &finding.steps);
        let told = trace.rows.iter().map(|row| &row.description);
        let past = told.filter(|told| told.text.contains("steps PAST"));
        let places: Vec<&str> = past.map(|told| told.place.function).collect();
        // Of maps, the first may have stepped on from the line before.
        let stepped_on = reader == "merged" && case.name != "new-right";
        let first = if stepped_on {
            "vma_next"
        } else {
            "mas_next_slot"
        };
        assert_eq!(places, [first, "mas_next_slot"], "{reader}: {}", case.name);
    }
}

#[test]
fn a_lost_tail_says_which_of_two_mechanisms_lost_it() {
    let tail = |case: &str, reader: &str| -> Vec<HoleCause> {
        let violations = of(&STUDY, case, reader).violations();
        let tails = violations.filter_map(|finding| match finding.kind {
            FindingKind::Violation(ModelViolation::LostTail(cause)) => Some(cause),
            _ => None,
        });
        tails.collect()
    };
    // A move onto the last VMA, for all who lock one VMA at a time.
    for reader in ["merged", "smaps", "query", "per-vma-v4"] {
        assert_eq!(tail("replace-last", reader), [HoleCause::H3], "{reader}");
    }
    // A merge at the end, for the one that steps on from where it was.
    for case in ["split-tail-last", "merge-last"] {
        assert_eq!(tail(case, "merged"), [HoleCause::H2], "{case}");
        assert_eq!(tail(case, "smaps"), [], "{case}");
        assert_eq!(tail(case, "query"), [], "{case}");
    }
}

#[test]
fn a_reader_has_h2_exactly_where_its_searches_step_on() {
    for (reader, can_have) in HOLES {
        let protocol = Protocol::find(reader).unwrap();
        let holds_lock = reader.starts_with("mmap-lock");
        let expected = protocol.steps_on() && !holds_lock;
        assert_eq!(can_have.contains(&"H2"), expected, "{reader}");
    }
}

#[test]
fn a_split_alone_shows_h2_where_it_shrinks_the_vma_that_was_found() {
    // No merge: mprotect splits the head off, and the structure that the
    // reader has found keeps the head. The iterator remembers where its slot
    // ended before.
    let case = named_case("split-head");
    let protocol = Protocol::find("merged").unwrap();
    let model = vmascope::internals::model::ProtocolModel::new(&case, protocol, 1);
    let operation = case.steps.iter().filter(|step| step.operation == 0).count();
    let reader = |count: usize| vec![ModelStep::Reader(0); count];
    // To the end of vma_start_read()'s first look; the whole of mprotect; on.
    let steps = [reader(11), vec![ModelStep::Writer; operation], reader(11)].concat();
    let trace = Trace::of(&model, &steps);
    assert_eq!(trace.rows.len(), steps.len());
    assert_eq!(trace.lines(0), [(0, 1, b'-'), (1, 2, b'r'), (4, 5, b'-')]);
    let last = trace.rows.last().and_then(|row| row.printed).unwrap();
    let expected = FindingKind::Violation(ModelViolation::Hole(HoleCause::H2));
    assert_eq!(last.kind, expected);
    assert!(verdict(&case, "merged-h2-cure").holds());
}

/// Scenarios that drawn sequences have found on a released kernel, and that the
/// catalogue has nothing like: a VMA is freed, and one in front of it made of the
/// same structure.
const OF_A_HUNT: &str = include_str!("../../support/of_a_hunt.toml");

#[test]
fn a_structure_that_is_used_again_in_front_of_where_it_was_found_is_h2() {
    let scenarios = parse_scenarios(OF_A_HUNT, "a hunt").expect("they are sound");
    let case = ModelCase::of(&scenarios[0]).expect("a case");
    let merged = verdict(&case, "merged");
    let found = hole(&merged, HoleCause::H2).expect("a hole");
    // Nothing grows in this scenario, and nothing is cut: without the reuse there
    // is no such hole.
    let is_reuse = |step: &ModelStep| matches!(step, ModelStep::WriterReuses(_));
    assert!(found.steps.iter().any(is_reuse), "{:?}", found.steps);
    for (reader, has_it) in [
        ("merged-h1-cure", true),
        ("merged-h2-cure", false),
        ("merged-h3-cure", true),
        ("smaps", false),
        ("query", false),
        ("merged-all-cures", false),
    ] {
        let verdict = verdict(&case, reader);
        assert_eq!(hole(&verdict, HoleCause::H2).is_some(), has_it, "{reader}");
    }
}

/// Whether a reader that has printed the first page alone, which then grows over a
/// part of the gap behind it, ends there while a move has emptied what is last.
fn ends_before_what_is_replaced(case: &ModelCase, reader: &str) -> bool {
    let protocol = Protocol::find(reader).expect("a reader's name");
    let model = vmascope::internals::model::ProtocolModel::new(case, protocol, 1);
    let unmapped = case.steps.iter().filter(|step| step.operation == 0).count();
    let reader = |count: usize| vec![ModelStep::Reader(0); count];
    let runs = (0..60).flat_map(|read| (0..case.steps.len()).map(move |made| (read, made)));
    runs.into_iter().any(|(read, made)| {
        let writer = |count: usize| vec![ModelStep::Writer; count];
        let steps = [writer(unmapped), reader(read), writer(made), reader(40)].concat();
        let trace = Trace::of(&model, &steps);
        let mut printed = trace.rows.iter().filter_map(|row| row.printed.as_ref());
        let lost = FindingKind::Violation(ModelViolation::LostTail(HoleCause::H3));
        let lines = trace.lines(0);
        printed.any(|it| it.kind == lost) && lines.last().is_some_and(|line| line.1 == 2)
    })
}

#[test]
fn a_search_that_has_come_to_a_gap_passes_what_grows_there_and_meets_a_move_of_the_last() {
    let scenarios = parse_scenarios(OF_A_HUNT, "a hunt").expect("they are sound");
    let case = ModelCase::of(&scenarios[2]).expect("a case");
    for (reader, has_it) in [
        ("smaps", true),
        ("smaps-h1-cure", true),
        ("smaps-h3-cure", false),
        ("merged-h2-cure", true),
        ("merged-all-cures", false),
    ] {
        let has = ends_before_what_is_replaced(&case, reader);
        assert_eq!(has, has_it, "{reader}");
    }
}
