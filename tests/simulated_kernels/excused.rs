//! `--allow-known` excuses the known holes and nothing else: a run on a kernel
//! that is broken in any other way fails.

use std::collections::BTreeSet;

use super::cells::{Cell, cells, kernels};
use super::{Effort, case_of};
use vmascope::kernel::features::{Reader, Rule};
use vmascope::kernel::known_holes::{KnownHole, KnownHoles};
use vmascope::scan::TextJudge;
use vmascope::simulated::{Fault, Workload};
use vmascope::target::scenario::scenarios;

/// The kernels that have the known holes, and nothing else.
const KNOWN: [(Fault, &[KnownHole]); 4] = [
    (Fault::EmptyTreeBelieved, &[KnownHole::H1]),
    (Fault::StaleIterator, &[KnownHole::H2]),
    (Fault::EndBelieved, &[KnownHole::H3]),
    (Fault::Released, &KnownHole::ALL),
];

/// What a kernel that is broken in another way shows in a scenario, where all
/// of that can come of a known hole, whose mechanism is a part of the fault.
const ALIKE: [(Fault, KnownHole, &[&str]); 0] = [];

fn is_known(fault: Fault) -> bool {
    KNOWN.iter().any(|(known, _)| *known == fault)
}

fn name(cell: &Cell) -> String {
    let last = if cell.last { " at the end" } else { "" };
    format!(
        "{:?} {}{last} ({:?}): {}",
        cell.fault,
        cell.scenario.name,
        cell.locking,
        cell.found.names().join(", ")
    )
}

#[test]
fn nothing_but_the_known_holes_is_excused() {
    let mut wrong = Vec::new();
    for cell in cells().iter().filter(|cell| !is_known(cell.fault)) {
        let excused = cell.found.violations() > 0 && !cell.found.fails();
        let scenario = &*cell.scenario.name;
        let alike: KnownHoles = ALIKE
            .iter()
            .filter(|(fault, _, names)| *fault == cell.fault && names.contains(&scenario))
            .map(|(_, hole, _)| *hole)
            .collect();
        if excused && alike.is_empty() {
            wrong.push(name(cell));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn temporary_model() {
    use vmascope::protocol::*;
    for name in ["split-head", "split", "split-tail", "merge-right-partial"] {
        let case = Case::find(name).unwrap();
        let model = Model::new(&case, Protocol::find("merged").unwrap(), 1);
        let steps = nearest(&model, |_, printed| printed.sight.violation().is_some());
        let Some(steps) = steps else { continue };
        let trace = Trace::of(&model, &steps);
        println!("== {name}: {:?}", trace.picture(&model, 0));
        for row in &trace.rows {
            println!("{:?} {:?}", row.step, row.told);
        }
    }
}
