//! `--allow-known` excuses the known holes and nothing else: a run on a kernel
//! that is broken in any other way fails.

use super::cells::{Cell, KNOWN, cells, is_known, kernels};
use super::{case_of, look};
use crate::simulated::fault::Fault;
use crate::simulated::writer::Workload;
use vmascope::internals::linux::{KnownHole, KnownHoles};
use vmascope::internals::linux::{Reader, Rule};
use vmascope::internals::oracle::{Tally, TextJudge};
use vmascope::internals::scenario::scenarios;

/// Scenarios in which all that a kernel shows that is broken in another way
/// looks like one known hole. The rest of the catalogue tells it apart.
pub(super) const ALIKE: [(Fault, KnownHole, &[&str]); 6] = [
    // They believe any gap, that of an empty tree too; where just whole VMAs
    // of one page change, no other race makes a gap.
    (
        Fault::NoGapCheck,
        KnownHole::H1,
        &["replace", "replace-gap"],
    ),
    (
        Fault::QuerySkipsGapCheck,
        KnownHole::H1,
        &["replace", "replace-gap"],
    ),
    // It goes on from what it found behind an empty tree.
    (
        Fault::FallsBackToFound,
        KnownHole::H1,
        &["replace", "replace-gap"],
    ),
    // The move, or what grows over the gap that was searched from, may end
    // between the search and the note.
    (
        Fault::SequenceNotedLate,
        KnownHole::H1,
        &["replace", "replace-gap"],
    ),
    (
        Fault::SequenceNotedLate,
        KnownHole::H3,
        &["replace-last", "new-right"],
    ),
    // It has H1, and makes it worse only where VMAs are cut.
    (
        Fault::WriteLockIgnored,
        KnownHole::H1,
        &[
            "replace",
            "replace-two",
            "replace-tail",
            "replace-gap",
            "replace-many",
        ],
    ),
];

/// The same, though the mechanism of the known hole is no part of the fault.
pub(super) const TAKEN_FOR: [(Fault, KnownHole, &[&str]); 2] = [
    // The iterator stands at the first page of what a move has put there and
    // steps past it: what is left out is what an empty tree leaves out.
    (
        Fault::SmapsIteratorKept,
        KnownHole::H1,
        &["replace-two", "replace-many"],
    ),
    // It steps past the merged VMA, the last of all: a search from the gap that
    // was there is led past it too, while that VMA grows over the gap.
    (Fault::SmapsIteratorKept, KnownHole::H3, &["new-both"]),
];

fn describe(cell: &Cell) -> String {
    let last = if cell.last { " at the end" } else { "" };
    format!(
        "{:?} {}{last} ({:?}): {}",
        cell.fault,
        cell.scenario.name,
        cell.locking,
        cell.found.names().join(", ")
    )
}

/// The labels of what was seen.
pub(super) fn labels(tally: &Tally) -> impl Iterator<Item = KnownHoles> {
    tally.named().map(|(_, known, _)| known)
}

#[test]
fn nothing_but_the_known_holes_is_excused() {
    let mut wrong = Vec::new();
    let mut met = Vec::new();
    for cell in cells().iter().filter(|cell| !is_known(cell.fault)) {
        let excused = cell.found.violations() > 0 && !cell.found.fails();
        if !excused {
            continue;
        }
        let here = |(fault, _, names): &&(Fault, KnownHole, &[&str])| {
            *fault == cell.fault && names.contains(&&*cell.scenario.name)
        };
        let Some((fault, hole, _)) = ALIKE.iter().chain(&TAKEN_FOR).find(here) else {
            wrong.push(describe(cell));
            continue;
        };
        met.push((*fault, *hole));
        for (_, tally) in cell.found.cases() {
            if !labels(tally).all(|known| known.has(*hole)) {
                wrong.push(format!("not {hole}: {}", describe(cell)));
            }
        }
    }
    for (fault, hole, _) in ALIKE.iter().chain(&TAKEN_FOR) {
        if !met.contains(&(*fault, *hole)) {
            wrong.push(format!("{fault:?} is nowhere excused as {hole}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_run_of_the_whole_catalogue_excuses_the_known_holes_alone() {
    for fault in Fault::ALL {
        for locking in kernels(fault) {
            let run = || {
                let cells = cells()
                    .iter()
                    .filter(|cell| cell.last == cell.scenario.last);
                cells.filter(|cell| cell.fault == fault && cell.locking == *locking)
            };
            let seen = run().any(|cell| cell.found.violations() > 0);
            assert!(seen, "{fault:?} is seen by no scenario");
            let fails = run().any(|cell| cell.found.fails());
            assert_eq!(fails, !is_known(fault), "{fault:?} on {locking:?}");
        }
    }
}

/// Its own label each, perhaps among others where what was read does not tell
/// which of them it was.
#[test]
fn whatever_a_known_hole_leaves_out_is_labelled() {
    let mut wrong = Vec::new();
    for (fault, holes) in KNOWN {
        for cell in cells().iter().filter(|cell| cell.fault == fault) {
            for (reader, tally) in cell.found.cases() {
                let right = |known: KnownHoles| holes.iter().any(|hole| known.has(*hole));
                let of_maps_alone =
                    |known: KnownHoles| reader == "maps" || !known.has(KnownHole::H2);
                if !labels(tally).all(|known| right(known) && of_maps_alone(known)) {
                    wrong.push(format!("{reader}: {}", describe(cell)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn tails_that_the_stale_iterator_loses_are_labelled() {
    let tails = cells()
        .iter()
        .filter(|cell| cell.fault == Fault::StaleIterator && cell.found.saw("lost tail H2").0);
    let scenarios: Vec<&str> = tails.map(|cell| &*cell.scenario.name).collect();
    for name in [
        "split-tail",
        "split-tail-last",
        "merge-last",
        "split",
        "merge-both",
    ] {
        assert!(scenarios.contains(&name), "{name}: {scenarios:?}");
    }
}

/// A tree that is empty beside a VMA which the move has split, and a kernel
/// that does not wait for it: that is not H1.
#[test]
fn an_empty_tree_inside_a_vma_is_not_excused() {
    for cell in cells()
        .iter()
        .filter(|cell| cell.fault == Fault::WriteLockIgnored)
    {
        if ["remap", "replace-middle"].contains(&&*cell.scenario.name) {
            let (maps, query) = cell.found.saw("hole");
            assert!(maps && query, "{}", describe(cell));
            assert!(!cell.found.names().contains(&"hole H1".to_owned()));
        }
    }
}

/// Taken for readers that lock one VMA at a time, those that lock everything
/// are not excused either.
#[test]
fn a_kernel_that_lets_go_of_its_lock_is_not_excused_by_the_wrong_rule() {
    for locking in kernels(Fault::ChunkDropsLock) {
        for scenario in scenarios() {
            let fault = Some(Fault::ChunkDropsLock);
            let found = look(scenario, *locking, fault, Rule::LINE_END);
            let names = found.names();
            assert!(
                found.violations() == 0 || found.fails(),
                "{}: {names:?}",
                scenario.name
            );
        }
    }
}

const OTHER_RULES: [Rule; 3] = [Rule::CHUNK_END, Rule::CHUNK_START, Rule::LINE_START];

/// All known holes are of readers that lock one VMA at a time and resume at
/// the end of the last: judged by any other rule, no fault is excused.
#[test]
fn no_other_rule_knows_a_label() {
    let kernels = Fault::ALL
        .into_iter()
        .flat_map(|fault| kernels(fault).iter().map(move |locking| (*locking, fault)));
    for (locking, fault) in kernels {
        for scenario in scenarios() {
            let workload = Workload::of_scenario(scenario);
            for reader in [Reader::Maps, Reader::Smaps] {
                let kernel = (locking, Some(fault));
                let mut case = case_of(&workload, kernel, 4, 9).read_by(reader);
                let states = case.states().clone();
                let mut judges = OTHER_RULES.map(|rule| TextJudge::new(reader, rule));
                case.scan_text_with(1_500, false, |text, _| {
                    for judge in &mut judges {
                        for seen in &judge.judge(&states, text).violations {
                            assert!(seen.known.is_empty(), "{fault:?} {}", scenario.name);
                        }
                    }
                });
                let mut case = case.judged_by(Rule::CHUNK_END);
                let (answers, _) = case.query(500, false);
                assert_eq!(answers.known_count(), 0, "{fault:?} {}", scenario.name);
            }
        }
    }
}
