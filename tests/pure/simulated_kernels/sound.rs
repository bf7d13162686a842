//! Correct kernels of each kind are never blamed, however they interleave.

use std::time::Instant;

use super::{Found, LINE, case};
use crate::simulated::Locking;
use crate::simulated::address_space::PAGE;
use vmascope::internals::scenario::{Scenario, scenarios};

/// Judged lines for each kernel, all cases together.
const LINES: u64 = 10_000_000;

/// Borders on every line of the site, and none: the address space has 18
/// neighbours, a few fences and at most five lines of a site.
const LINES_IN_BUFFER: [usize; 9] = [1, 2, 3, 4, 5, 7, 11, 13, 40];

const SEEDS: u64 = 2;

/// What the caller asks for: everything, a line exactly, two lines and a bit.
/// With less than the buffer, borders also fall into the middle of a read.
const READ_SIZES: [usize; 4] = [PAGE as usize, LINE, PAGE as usize, 100];

fn look_at(scenario: &Scenario, locking: Locking) -> Found {
    let cases = scenarios().len() as u64 * LINES_IN_BUFFER.len() as u64 * SEEDS;
    let lines = LINES / cases + 1;
    let mut found = Found::default();
    for seed in 0..SEEDS {
        for (at, lines_in_buffer) in LINES_IN_BUFFER.into_iter().enumerate() {
            let read_size = READ_SIZES[(at + 2 * seed as usize) % READ_SIZES.len()];
            let mut case = case(
                scenario,
                locking,
                None,
                lines_in_buffer,
                100 * seed + at as u64,
            )
            .with_read_size(read_size);
            let (text, _) = case.scan_text_with(lines, false, |scan, verdict| {
                assert!(
                    verdict.violations.is_empty(),
                    "{} on {locking:?}, {lines_in_buffer} lines a chunk, reads of {read_size}, \
                     seed {seed}: {:?} in\n{}",
                    scenario.name,
                    verdict.violations,
                    String::from_utf8_lossy(scan.text()),
                );
            });
            let (query, _) = case.query(lines / 5, false);
            found.maps.merge(&text);
            found.query.merge(&query);
        }
    }
    found
}

/// Checks all scenarios; what `expect` says of a scenario's tears must hold.
fn never_blamed(locking: Locking, expect: impl Fn(&Scenario, &Found)) {
    let start = Instant::now();
    let mut all = Found::default();
    for scenario in scenarios() {
        let found = look_at(scenario, locking);
        assert_eq!(found.violations(), 0, "{} on {locking:?}", scenario.name);
        expect(scenario, &found);
        all.add(&found);
    }
    println!(
        "{locking:?}: {} lines in {} scans ({} torn, {} duplicates inside, {} at borders, \
         {} backward), {} answers, {:.1} s",
        all.maps.lines,
        all.maps.scans,
        all.maps.torn,
        all.maps.duplicates_inside,
        all.maps.duplicates_at_boundary,
        all.maps.backward,
        all.query.lines,
        start.elapsed().as_secs_f64()
    );
    assert!(all.maps.lines >= LINES);
    assert!(all.maps.torn > 0, "nothing tore, so nothing was tested");
}

#[test]
fn a_kernel_that_holds_a_chunk_still_tears_at_borders_only() {
    for locking in [Locking::ChunkLastEnd, Locking::ChunkNextStart] {
        never_blamed(locking, |scenario, found| {
            assert_eq!(found.maps.duplicates_inside, 0, "{}", scenario.name);
        });
    }
}
