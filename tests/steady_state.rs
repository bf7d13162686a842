//! Judging a target whose states nobody knows, and counting pairs of lines,
//! allocate nothing once everything has been seen.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use vmascope::internals::maps::{ScanText, Window};
use vmascope::internals::oracle::{
    OperationInfo, PairTable, SiteClock, SiteStates, States, UnknownJudge, Verdict,
};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: hands everything to the system's allocator, unchanged; the counter
// is a plain thread-local number, which allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps to the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: `at` came from `alloc` above, with this layout.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(what: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    what();
    ALLOCATIONS.get() - before
}

fn lines(runs: &[(u64, u64)]) -> Vec<u8> {
    let line = |&(from, to): &(u64, u64)| {
        format!(
            "{:08x}-{:08x} rw-p 00000000 00:00 0 \n",
            from << 12,
            to << 12
        )
    };
    runs.iter().map(line).collect::<String>().into_bytes()
}

fn scan(chunks: &[Vec<u8>]) -> ScanText {
    let chunks = chunks.iter().map(|chunk| (&chunk[..], Window::ANY));
    ScanText::from_chunks(chunks, Window::ANY)
}

#[test]
fn the_judge_of_unknown_states() {
    let far: Vec<_> = (100..2_000).map(|page| (page * 2, page * 2 + 1)).collect();
    let scans = [
        &[(1, 3), (4, 9)][..],
        &[(1, 3)],
        &[(1, 3), (4, 6), (6, 9)],
        &[(1, 3), (2, 4), (4, 9)],
    ]
    .map(|near| scan(&[lines(near), lines(&far)]));
    let mut judge = UnknownJudge::new();
    let mut text = ScanText::default();
    let mut came_back = 0;
    let mut torn = 0;
    let mut cycle = |rounds: usize| {
        for at in 0..rounds {
            text.copy_from(&scans[at % scans.len()]);
            torn += usize::from(judge.judge(&mut text).torn());
            let counts = judge.counts();
            came_back += counts.blinks + counts.remapped;
        }
    };
    cycle(40);
    assert_eq!(allocations(|| cycle(400)), 0);
    assert!(came_back > 100 && torn > 100, "{came_back} {torn}");
}

#[test]
fn the_table_of_pairs() {
    let captures = [
        lines(&[(1, 3), (4, 7), (9, 10)]),
        lines(&[(1, 3), (4, 9), (9, 10)]),
    ];
    let operation = || OperationInfo {
        text: String::new(),
        ..OperationInfo::default()
    };
    let site = SiteStates {
        range: 4 << 12..9 << 12,
        operations: vec![operation(), operation()],
        clock: SiteClock::default(),
    };
    let states = States::of_site(site, &captures).unwrap();
    let mut table = PairTable::new(&states);
    let verdict = Verdict::default();
    let torn = lines(&[(1, 3), (4, 7), (4, 9), (9, 10)]);
    let scans = [&captures[0], &captures[1], &torn].map(|text| scan(std::slice::from_ref(text)));
    let mut cycle = || {
        for scan in &scans {
            table.add(scan, &verdict);
        }
    };
    cycle();
    assert_eq!(allocations(|| (0..100).for_each(|_| cycle())), 0);
}
