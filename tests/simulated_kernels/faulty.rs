//! Every fault is caught, and named for what it is.

use std::fmt::Write as _;

use super::{Found, look, names};
use vmascope::kernel::features::Rule;
use vmascope::simulated::{Fault, Locking};
use vmascope::target::scenario::scenarios;

struct Cell {
    fault: Fault,
    scenario: &'static str,
    found: Found,
}

/// Every scenario on every broken kernel, judged by the rule the kernel would
/// keep if it were sound.
fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for fault in Fault::ALL {
        for scenario in scenarios() {
            cells.push(Cell {
                fault,
                scenario: &scenario.name,
                found: look(scenario, Locking::LineLastEnd, Some(fault), Rule::LINE_END),
            });
        }
    }
    cells
}

fn print(cells: &[Cell]) {
    let mut table = String::new();
    for cell in cells {
        let row = |tally| {
            let names = names(tally);
            let named: Vec<_> = names
                .iter()
                .map(|(n, count)| format!("{n} ×{count}"))
                .collect();
            named.join(", ")
        };
        let _ = writeln!(
            table,
            "{:<19} {:<20} text: {:<44} query: {}",
            format!("{:?}", cell.fault),
            cell.scenario,
            row(&cell.found.text),
            row(&cell.found.query)
        );
    }
    println!("{table}");
}

/// What must be seen: fault, scenario, name, by text, by query.
const ESSENTIAL: [(Fault, &str, &str, bool, bool); 30] = [
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
    (Fault::PrintsBehind, "remap", "stale line", true, true),
    (Fault::QueryReturnsNext, "split", "hole", false, true),
    (Fault::QueryReturnsNext, "merge-both", "hole", false, true),
    (Fault::LostTail, "split", "lost tail", true, true),
    (Fault::LostTail, "split", "hole", false, true),
    (Fault::LostTail, "resize", "lost tail", true, true),
    (Fault::LostTail, "replace", "lost tail", true, true),
    (Fault::LostTail, "new-right", "lost tail", true, true),
];

/// What must not be blamed at all, though the kernel is broken: the fault
/// cannot show there.
const NOTHING: [(Fault, &str); 4] = [
    (Fault::EmptyTreeBelieved, "replace-middle"),
    (Fault::EmptyTreeBelieved, "replace-mmap"),
    (Fault::EmptyTreeBelieved, "split-tail"),
    (Fault::StaleIterator, "replace-mmap"),
];

#[test]
fn every_fault_is_caught_and_named() {
    let cells = cells();
    print(&cells);
    let found = |fault, scenario: &str| {
        cells
            .iter()
            .find(|cell| cell.fault == fault && cell.scenario == scenario)
            .map(|cell| &cell.found)
            .unwrap_or_else(|| panic!("no scenario {scenario}"))
    };
    let mut wrong = Vec::new();
    for (fault, scenario, name, text, query) in ESSENTIAL {
        let saw = found(fault, scenario).saw(name);
        if saw != (text, query) {
            wrong.push(format!("{fault:?} {scenario}: {name} by {saw:?}"));
        }
    }
    for (fault, scenario) in NOTHING {
        if found(fault, scenario).violations() > 0 {
            wrong.push(format!("{fault:?} {scenario}: should show nothing"));
        }
    }
    for cell in &cells {
        let names = [names(&cell.found.text), names(&cell.found.query)].concat();
        for (name, _) in names {
            if !may_be_called(cell.fault, &name) {
                wrong.push(format!("{:?} {}: {name}", cell.fault, cell.scenario));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A label tells the two known holes apart from each other and from all else.
/// Where the tail of a VMA is moved onto, the signatures of both hold.
fn may_be_called(fault: Fault, name: &str) -> bool {
    match fault {
        Fault::EmptyTreeBelieved => ["hole H1", "hole H1 or H2"].contains(&name),
        Fault::StaleIterator => ["hole H2", "hole H1 or H2"].contains(&name),
        Fault::ResumesAtLastStart | Fault::PrintsBehind => name == "stale line",
        Fault::QueryReturnsNext | Fault::LostTail => !name.contains("H2"),
        Fault::NoGapCheck | Fault::SkipsStartsBefore => {
            name.starts_with("hole") || name == "skipped line"
        }
    }
}
