//! Reader and writer in an order by priorities (PCT): correct kernels are not
//! blamed, every broken one is found.

use super::cells::{is_known, kernels};
use super::{BORDERS, Found, case_of};
use crate::simulated::Locking;
use crate::simulated::fault::Fault;
use crate::simulated::order::Ordering;
use crate::simulated::run::SimulatedCase;
use crate::simulated::writer::Workload;
use vmascope::internals::linux::Reader;
use vmascope::internals::scenario::scenarios;

/// VMAs on either side of a site: few, so that scans are short and many.
const NEIGHBOURS: usize = 3;

/// Steps of an order: a few scans of a kernel that holds `mmap_lock` for a chunk,
/// a part of one of the others.
const STEPS: u64 = 24;

/// Reads the site of a scenario by every reader, borders at another place and the
/// races of another depth at every look; so many lines are judged.
fn look(workload: &Workload, kernel: (Locking, Option<Fault>), look: u64, lines: u64) -> Found {
    let ordering = Ordering::Priorities {
        depth: 2 + look as u32 % 3,
        steps: STEPS,
    };
    let border = BORDERS[look as usize % BORDERS.len()];
    let case =
        || -> SimulatedCase { case_of(workload, kernel, border, look + 1).ordered(ordering) };
    Found {
        maps: case().scan_text(lines, false).0,
        smaps: case().read_by(Reader::Smaps).scan_text(lines, false).0,
        query: case().query(lines, false).0,
    }
}

fn workloads() -> impl Iterator<Item = (&'static str, Workload)> {
    scenarios().iter().map(|scenario| {
        let workload = Workload::among(scenario, NEIGHBOURS, NEIGHBOURS);
        (&*scenario.name, workload)
    })
}

#[test]
fn correct_kernels_are_never_blamed() {
    for locking in [
        Locking::ChunkNextStart,
        Locking::ChunkLastEnd,
        Locking::LineLastEnd,
    ] {
        let mut all = Found::default();
        for (name, workload) in workloads() {
            for at in 0..2 * BORDERS.len() as u64 {
                let found = look(&workload, (locking, None), at, 200);
                assert_eq!(found.violations(), 0, "{name} on {locking:?}, look {at}");
                all.add(&found);
            }
        }
        let (scans, torn) = (all.maps.scans, all.maps.torn);
        println!("{locking:?}: {scans} scans ({torn} torn)");
        assert!(torn > scans / 200, "it hardly tore");
    }
}

/// Looks at a scenario after which the next one is looked at.
const LOOKS: u64 = 3;

/// Scenarios that are looked at in turns, each time with other seeds.
const ROUNDS: u64 = 4;

#[test]
fn every_broken_kernel_is_found() {
    let mut never = Vec::new();
    for fault in Fault::ALL {
        for locking in kernels(fault) {
            let mut runs = 0;
            let found = (0..ROUNDS).find_map(|round| {
                workloads().find_map(|(name, workload)| {
                    (0..LOOKS).find_map(|at| {
                        let kernel = (*locking, Some(fault));
                        let found = look(&workload, kernel, round * LOOKS + at, 200);
                        runs += found.maps.scans + found.smaps.scans + found.query.lines;
                        let counts = found.fails() || is_known(fault) && found.violations() > 0;
                        counts.then_some(name)
                    })
                })
            });
            match found {
                Some(name) => println!("{fault:?} on {locking:?}: {name}, {runs} runs"),
                None => never.push(format!("{fault:?} on {locking:?}")),
            }
        }
    }
    assert!(never.is_empty(), "{never:#?}");
}
