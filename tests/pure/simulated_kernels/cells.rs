//! Every broken kernel under every scenario of the catalogue, read in all ways:
//! what the other tests look at.

use std::fmt::Write as _;
use std::sync::LazyLock;
use std::thread;

use super::{BORDERS, Found, LINES, Layout, look_once, names};
use crate::simulated::Locking;
use crate::simulated::fault::Fault;
use crate::simulated::writer::Workload;
use vmascope::internals::linux::KnownHole;
use vmascope::internals::scenario::{Scenario, scenarios};

/// One scenario on one broken kernel, judged by the rule that it would keep if
/// it were sound.
pub(super) struct Cell {
    pub(super) fault: Fault,
    pub(super) scenario: &'static Scenario,
    /// Whether the site is the end of the address space.
    pub(super) last: bool,
    pub(super) locking: Locking,
    pub(super) found: Found,
}

/// The kernels that have the known holes, and nothing else.
pub(super) const KNOWN: [(Fault, &[KnownHole]); 4] = [
    (Fault::EmptyTreeBelieved, &[KnownHole::H1]),
    (Fault::StaleIterator, &[KnownHole::H2]),
    (Fault::EndBelieved, &[KnownHole::H3]),
    (Fault::Released, &KnownHole::ALL),
];

/// Whether the kernel has known holes, and nothing else.
pub(super) fn is_known(fault: Fault) -> bool {
    KNOWN.iter().any(|(known, _)| *known == fault)
}

/// The kernels that a fault is in.
pub(super) fn kernels(fault: Fault) -> &'static [Locking] {
    match fault {
        Fault::ChunkDropsLock => &[Locking::ChunkLastEnd, Locking::ChunkNextStart],
        _ => &[Locking::LineLastEnd],
    }
}

/// All of them; worked out once.
pub(super) fn cells() -> &'static [Cell] {
    static CELLS: LazyLock<Vec<Cell>> = LazyLock::new(|| {
        let jobs = jobs();
        let half = jobs.len() / 2;
        thread::scope(|scope| {
            let rest = scope.spawn(|| jobs[half..].iter().map(Job::run).collect::<Vec<_>>());
            let mut cells: Vec<Cell> = jobs[..half].iter().map(Job::run).collect();
            cells.extend(rest.join().expect("it does not panic"));
            print(&cells);
            cells
        })
    });
    &CELLS
}

/// The cell of a scenario where it usually stands, on the first of the kernels
/// that the fault is in.
pub(super) fn cell(fault: Fault, scenario: &str) -> &'static Cell {
    cells()
        .iter()
        .find(|cell| {
            cell.fault == fault && cell.scenario.name == scenario && cell.last == cell.scenario.last
        })
        .unwrap_or_else(|| panic!("no scenario {scenario}"))
}

/// Looks at a cell: at each border once.
pub(super) const LOOKS: u64 = BORDERS.len() as u64;

/// The most looks at a cell of which all that was seen bears a label.
pub(super) const MOST_LOOKS: u64 = 4 * LOOKS;

struct Job(Fault, Locking, &'static Scenario, bool);

fn jobs() -> Vec<Job> {
    let mut jobs = Vec::new();
    for fault in Fault::ALL {
        for locking in kernels(fault) {
            for scenario in scenarios() {
                jobs.push(Job(fault, *locking, scenario, scenario.last));
                if !scenario.last {
                    jobs.push(Job(fault, *locking, scenario, true));
                }
            }
        }
    }
    jobs
}

impl Job {
    fn run(&self) -> Cell {
        let Job(fault, locking, scenario, last) = *self;
        let layout: Layout = if last {
            Workload::last
        } else {
            Workload::of_scenario
        };
        let (workload, kernel) = (layout(scenario), (locking, Some(fault)));
        let mut found = Found::default();
        for look in 0..MOST_LOOKS {
            // A known hole must not be seen without a label; another fault must
            // once. That may take long where most of what it shows bears one.
            let enough = if is_known(fault) {
                look >= LOOKS
            } else if found.violations() == 0 {
                look >= 3
            } else {
                look >= 1 && found.fails() && (!found.is_partly_excused() || look >= LOOKS)
            };
            if enough {
                break;
            }
            found.add(&look_once(&workload, kernel, locking.rule(), look, LINES));
        }
        Cell {
            fault,
            scenario,
            last,
            locking,
            found,
        }
    }
}

fn print(cells: &[Cell]) {
    let mut table = String::new();
    for cell in cells {
        let _ = write!(
            table,
            "{:<20} {:<20}{}",
            format!("{:?}", cell.fault),
            cell.scenario.name,
            if cell.last { "$" } else { " " },
        );
        for (reader, tally) in cell.found.cases() {
            let named: Vec<_> = names(tally)
                .into_iter()
                .map(|(name, count)| format!("{name} ×{count}"))
                .collect();
            let _ = write!(table, " {reader}: {:<32}", named.join(", "));
        }
        table.truncate(table.trim_end().len());
        table.push('\n');
    }
    println!("{table}");
}
