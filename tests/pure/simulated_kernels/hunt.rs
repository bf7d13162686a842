//! How soon each placement finds what is broken, against the plain loop that
//! reads two pages and looks at the boundary between them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::simulated::fault::Fault;
use crate::simulated::hunt::{Approach, Hunt};
use crate::simulated::order::Ordering;
use vmascope::internals::scenario::find;

const SEEDS: u64 = 15;

/// Steps after which a hunt is given up.
const MOST: u64 = 3_000_000;

/// Scenarios that show the faults, with the faults they show to a text reader.
const HUNTS: [(&str, &[Fault]); 5] = [
    (
        "split",
        &[
            Fault::NoGapCheck,
            Fault::StaleIterator,
            Fault::ResumesAtLastStart,
            Fault::SkipsStartsBefore,
            Fault::LostTail,
        ],
    ),
    ("split-tail", &[Fault::NoGapCheck, Fault::StaleIterator]),
    (
        "merge-left-partial",
        &[Fault::NoGapCheck, Fault::StaleIterator, Fault::PrintsBehind],
    ),
    ("replace", &[Fault::EmptyTreeBelieved, Fault::LostTail]),
    ("remap", &[Fault::SkipsStartsBefore, Fault::PrintsBehind]),
];

fn median(
    scenario: &str,
    fault: Fault,
    (approach, ordering): (Approach, Ordering),
    (seeds, most): (u64, u64),
) -> Option<u64> {
    let hunt = Hunt {
        scenario: find(scenario).expect("a catalogue scenario"),
        fault,
        approach,
        ordering,
    };
    hunt.median(seeds, most)
        .expect("the catalogue's scenarios change nothing but their site")
}

#[test]
fn the_usual_placement_finds_ten_times_sooner_than_the_boundary_loop() {
    let mut table = String::new();
    let mut slow = BTreeSet::new();
    for (scenario, faults) in HUNTS {
        for fault in faults {
            let steps = Approach::ALL.map(|approach| {
                let way = (approach, Ordering::Uniform);
                median(scenario, *fault, way, (SEEDS, MOST))
            });
            let _ = write!(table, "{:<20}{scenario:<20}", format!("{fault:?}"));
            for (approach, steps) in Approach::ALL.iter().zip(steps) {
                let steps = steps.map_or("-".to_owned(), |steps| steps.to_string());
                let _ = write!(table, "{} {steps:<10} ", approach.name());
            }
            table.push('\n');
            let [of_loop, .., low] = steps;
            let soon = match (of_loop, low) {
                (Some(of_loop), Some(low)) => low * 10 <= of_loop,
                (None, Some(_)) => true,
                (_, None) => false,
            };
            if !soon {
                slow.insert(format!("{fault:?} in {scenario}: {low:?}, {of_loop:?}"));
            }
        }
    }
    println!("median steps to the first violation\n{table}");
    assert!(slow.is_empty(), "{slow:#?}");
}

/// Steps of an order by priorities: about as many as a scan of the site takes.
const STEPS: u64 = 64;

const SEEDS_BY_PRIORITIES: u64 = 15;

/// Steps after which such a hunt is given up.
const MOST_BY_PRIORITIES: u64 = 300_000;

#[test]
fn the_usual_placement_finds_by_priorities_too() {
    let mut table = String::new();
    let mut never = BTreeSet::new();
    for (scenario, faults) in HUNTS {
        for fault in faults {
            let by_depth = |depth| Ordering::Priorities {
                depth,
                steps: STEPS,
            };
            let ways = [Ordering::Uniform, by_depth(2), by_depth(3), by_depth(4)];
            let steps = ways.map(|ordering| {
                let way = (Approach::Low, ordering);
                median(
                    scenario,
                    *fault,
                    way,
                    (SEEDS_BY_PRIORITIES, MOST_BY_PRIORITIES),
                )
            });
            let _ = write!(table, "{:<20}{scenario:<20}", format!("{fault:?}"));
            for (name, steps) in ["uniform", "PCT d=2", "d=3", "d=4"].into_iter().zip(steps) {
                let steps = steps.map_or("-".to_owned(), |steps| steps.to_string());
                let _ = write!(table, "{name} {steps:<8} ");
            }
            table.push('\n');
            if steps.iter().skip(1).all(Option::is_none) {
                never.insert(format!("{fault:?} in {scenario}"));
            }
        }
    }
    println!("median steps to the first violation, placement low\n{table}");
    assert!(never.is_empty(), "{never:#?}");
}
