//! The judge against simulated kernels.
use vmascope::simulated::{Effect, Fault, Locking, SimulatedCase, Workload};

fn workload(original: &str, effects: &[(u32, u32, u8, bool)]) -> Workload {
    let mut pages = Vec::new();
    for i in 0..12 {
        pages.extend(std::iter::repeat_n(if i % 2 == 0 { b'w' } else { b'r' }, 3));
    }
    pages.extend(b"-");
    let at = pages.len() as u32;
    let site: Vec<u8> = original.bytes().filter(|&b| b != b' ').collect();
    pages.extend(&site);
    let end = pages.len() as u32;
    pages.extend(b"-x-");
    for i in 0..12 {
        pages.extend(std::iter::repeat_n(if i % 2 == 0 { b'w' } else { b'r' }, 3));
    }
    Workload {
        pages,
        site: at..end,
        effects: effects
            .iter()
            .map(|&(a, b, to, e)| Effect {
                pages: at + a..at + b,
                to,
                empties_first: e,
            })
            .collect(),
    }
}

#[test]
fn table() {
    let all = [
        (
            "split",
            workload("rrr", &[(0, 1, b'x', false), (0, 1, b'r', false)]),
        ),
        (
            "resize",
            workload("www rrr", &[(1, 3, b'.', false), (1, 3, b'w', false)]),
        ),
        (
            "remap",
            workload("rrr www", &[(1, 2, b'w', true), (1, 2, b'r', false)]),
        ),
        (
            "split-tail",
            workload("www", &[(2, 3, b'r', false), (2, 3, b'w', false)]),
        ),
        (
            "merge-both",
            workload("www rrr www", &[(3, 6, b'w', false), (3, 6, b'r', false)]),
        ),
        (
            "replace",
            workload("r w r", &[(1, 2, b'x', true), (1, 2, b'w', false)]),
        ),
        (
            "replace-middle",
            workload("www r", &[(1, 2, b'x', true), (1, 2, b'w', false)]),
        ),
        (
            "replace-mmap",
            workload("r w r", &[(1, 2, b'x', false), (1, 2, b'w', false)]),
        ),
    ];
    for (name, w) in &all {
        for locking in [
            Locking::ChunkNextStart,
            Locking::ChunkLastEnd,
            Locking::LineLastEnd,
        ] {
            let mut case = SimulatedCase::new(w, locking, None, 49 * 5 + 10, 7).unwrap();
            let (tally, steps) = case.scan_text(100_000, false);
            let (q, _) = case.query(100_000, false);
            println!(
                "{name} {locking:?} scans {} torn {} dup {}/{} back {} steps {steps} viol {:?} q {:?}",
                tally.scans,
                tally.torn,
                tally.duplicates_at_boundary,
                tally.duplicates_inside,
                tally.backward,
                tally.named().collect::<Vec<_>>(),
                q.named().collect::<Vec<_>>()
            );
        }
    }
    for fault in Fault::ALL {
        for (name, w) in &all {
            let mut case =
                SimulatedCase::new(w, Locking::LineLastEnd, Some(fault), 49 * 5 + 10, 7).unwrap();
            let (tally, _) = case.scan_text(100_000, false);
            let (q, _) = case.query(100_000, false);
            println!(
                "{fault:?} {name} viol {:?} q {:?}",
                tally.named().collect::<Vec<_>>(),
                q.named().collect::<Vec<_>>()
            );
        }
    }
}
