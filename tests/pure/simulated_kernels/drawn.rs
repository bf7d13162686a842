//! Sequences that nobody thought of, drawn as the fuzzer draws them: correct
//! kernels are never blamed, every broken one is found, and no label excuses more
//! than in the catalogue.

use std::time::Instant;

use super::cells::{is_known, kernels};
use super::excused::{ALIKE, TAKEN_FOR, labels};
use super::{BORDERS, Found, LINE, case_of, look_once};
use crate::simulated::Locking;
use crate::simulated::address_space::PAGE;
use crate::simulated::fault::Fault;
use crate::simulated::writer::Workload;
use vmascope::internals::fuzz::{Family, Generator, MapKind, Restore};
use vmascope::internals::linux::{KnownHoles, Reader};
use vmascope::internals::scenario::Scenario;

/// VMAs on either side of a site: few, so that scans are short and many.
const NEIGHBOURS: usize = 3;

/// The cycles that this seed draws, in the terms of the simulated kernels: those
/// that they know, and that lead back there.
fn drawn(seed: u64) -> impl Iterator<Item = (Scenario, Workload)> {
    let families = vec![
        Family::Mmap,
        Family::Munmap,
        Family::Mprotect,
        Family::Mremap,
    ];
    let mut generator = Generator::new(seed, families, vec![MapKind::Anonymous]);
    std::iter::repeat_with(move || generator.fresh()).flat_map(|sequence| {
        let scenario = |restore| sequence.scenario("drawn".into(), restore);
        let scenarios: Vec<Scenario> = Restore::ALL.into_iter().filter_map(scenario).collect();
        scenarios.into_iter().filter_map(|scenario| {
            let workload = Workload::if_known(&scenario, NEIGHBOURS, NEIGHBOURS)?;
            workload.is_cycle().then_some((scenario, workload))
        })
    })
}

/// What the modifier would be told.
fn describe(scenario: &Scenario) -> String {
    let calls = scenario.operations.iter().map(|one| one.call.to_string());
    let calls: Vec<String> = calls.collect();
    let last = if scenario.last { " at the end" } else { "" };
    format!("{}{last}: {}", scenario.original, calls.join(", "))
}

/// Judged scans of each sequence.
const SCANS_EACH: u64 = 40;

/// Judges so many scans of each kind of correct kernel, of sequences that differ.
fn never_blamed(scans: u64) {
    for (kind, locking) in [
        Locking::ChunkNextStart,
        Locking::ChunkLastEnd,
        Locking::LineLastEnd,
    ]
    .into_iter()
    .enumerate()
    {
        let start = Instant::now();
        let (mut found, mut sequences) = (Found::default(), 0);
        for (at, (scenario, workload)) in drawn(1 + kind as u64).enumerate() {
            sequences += 1;
            let border = BORDERS[at % BORDERS.len()];
            let reader = [Reader::Maps, Reader::Smaps][at / BORDERS.len() % 2];
            let read_size = [PAGE as usize, LINE, PAGE as usize, 100][at % 4];
            let mut case = case_of(&workload, (locking, None), border, at as u64)
                .read_by(reader)
                .with_read_size(read_size);
            let lines = SCANS_EACH * (2 * NEIGHBOURS as u64 + 5);
            let (text, _) = case.scan_text_with(lines, false, |scan, verdict| {
                assert!(
                    verdict.violations.is_empty(),
                    "{} on {locking:?}, sequence {at}, {reader}, {border} lines a chunk, reads \
                     of {read_size}: {:?} in\n{}",
                    describe(&scenario),
                    verdict.violations,
                    String::from_utf8_lossy(scan.text()),
                );
            });
            let (query, _) = case.query(lines / 5, false);
            assert_eq!(query.violation_count(), 0, "{}", describe(&scenario));
            found.maps.merge(&text);
            found.query.merge(&query);
            if found.maps.scans >= scans {
                break;
            }
        }
        println!(
            "{locking:?}: {sequences} sequences, {} scans ({} torn), {} answers, {:.1} s",
            found.maps.scans,
            found.maps.torn,
            found.query.lines,
            start.elapsed().as_secs_f64()
        );
        assert!(found.maps.torn > scans / 100, "it hardly tore");
    }
}

#[test]
fn correct_kernels_are_never_blamed_in_a_million_scans() {
    never_blamed(334_000);
}

/// Lines of a look at a sequence.
const LINES: u64 = 1_500;

/// Most looks at a sequence of which all that was seen bears a label.
const MOST_LOOKS: u64 = 4 * BORDERS.len() as u64;

/// Looks at a sequence at least twice, and until it is known whether a label
/// excuses it.
fn look_at(workload: &Workload, (locking, fault): (Locking, Fault)) -> Found {
    let mut found = Found::default();
    for look in 0..MOST_LOOKS {
        let kernel = (locking, Some(fault));
        found.add(&look_once(workload, kernel, locking.rule(), look, LINES));
        let enough = found.fails() || found.violations() == 0 || is_known(fault);
        if look >= 1 && enough {
            break;
        }
    }
    found
}

/// All broken kernels.
fn broken() -> impl Iterator<Item = (Locking, Fault)> {
    let faults = Fault::ALL.into_iter();
    faults.flat_map(|fault| kernels(fault).iter().map(move |locking| (*locking, fault)))
}

/// Sequences after which every broken kernel has been found.
const BOUND: usize = 100;

#[test]
fn every_broken_kernel_is_found() {
    for kernel in broken() {
        let is_found = |(_, workload): (Scenario, Workload)| {
            let found = look_at(&workload, kernel);
            found.fails() || is_known(kernel.1) && found.violations() > 0
        };
        let before = drawn(11).take(BOUND).position(is_found);
        println!("{kernel:?}: after {before:?} others");
        assert!(before.is_some(), "{kernel:?}");
    }
}

/// Sequences that are looked at on every broken kernel.
const SEQUENCES: usize = 80;

/// Sequences in which all that a broken kernel shows looks like known holes, though in
/// no scenario of the catalogue: it must be what released kernels show there.
const ALIKE_WHEN_DRAWN: [(Fault, &str); 1] = [
    // What the search that failed had found was behind the destination of a move, and
    // is moved there, or its pages are the last: it steps past them to what a search
    // amid the move finds, or to nothing.
    (
        Fault::FallBackIteratorKept,
        "r ww ww rr at the end: mremap 5..7 onto 3 leaving nothing, mremap 0..1 onto 3, \
         mmap 3..5 w, mmap 5..7 r",
    ),
];

/// Whether a sequence is one of those, and released kernels show the same.
fn is_alike(fault: Fault, sequence: &str, workload: &Workload, found: &Found) -> bool {
    if !ALIKE_WHEN_DRAWN.contains(&(fault, sequence)) {
        return false;
    }
    let (locking, mut released) = (Locking::LineLastEnd, Found::default());
    for look in 0..MOST_LOOKS {
        let kernel = (locking, Some(Fault::Released));
        released.add(&look_once(
            workload,
            kernel,
            locking.rule(),
            look,
            10 * LINES,
        ));
    }
    let released = released.names();
    println!("released kernels: {}", released.join(", "));
    found.names().iter().all(|name| released.contains(name))
}

/// A known hole bears its label, and another fault bears it only where the
/// catalogue has a scenario in which it does, or released kernels show the same.
#[test]
fn no_label_excuses_more_than_in_the_catalogue() {
    let mut wrong = Vec::new();
    for (locking, fault) in broken() {
        let listed = ALIKE.iter().chain(&TAKEN_FOR);
        let listed = listed.filter(|(other, ..)| *other == fault);
        let is_listed = |known: KnownHoles| listed.clone().any(|(_, hole, _)| known.has(*hole));
        for (scenario, workload) in drawn(21).take(SEQUENCES) {
            let found = look_at(&workload, (locking, fault));
            let is_right = if is_known(fault) {
                !found.fails()
            } else {
                let mut labels = found.cases().into_iter().flat_map(|it| labels(it.1));
                let sequence = describe(&scenario);
                found.fails()
                    || labels.all(is_listed)
                    || is_alike(fault, &sequence, &workload, &found)
            };
            if !is_right {
                let names = found.names().join(", ");
                wrong.push(format!("{fault:?}: {names}: {}", describe(&scenario)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
