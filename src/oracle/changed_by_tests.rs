//! Which call is named for which change.

use std::ops::Range;

use nix::libc;
use proptest::prelude::*;

use super::*;
use crate::linux::calls::call::tests::{call, munmap};
use crate::maps::diff::compare::Diff;
use crate::maps::diff::tests::text;

const PAGE: u64 = 4096;

/// What the call did that made the first change between two layouts.
fn by(before: &str, after: &str, calls: &[Call]) -> ChangedBy {
    let mut diff = Diff::new();
    let (before, after) = (text(before), text(after));
    let texts = (before.as_bytes(), after.as_bytes());
    diff.compare(texts.0, texts.1);
    ChangedBy::of(&diff.changes()[0], texts, calls.iter())
}

fn first(layout: &str) -> u64 {
    let text = text(layout);
    u64::from_str_radix(text.split('-').next().unwrap(), 16).unwrap()
}

#[test]
fn a_change_has_the_call_that_made_it() {
    let start = first("www");
    let at = |from: u64, to: u64| start + from * PAGE..start + to * PAGE;
    let unmapped = munmap(at(2, 3), 1, 2);
    let elsewhere = munmap(at(0, 1), 1, 2);
    let made = |last, others| ChangedBy::Call { last, others };
    assert_eq!(by("www", "ww", &[elsewhere, unmapped]), made(unmapped, 0));
    assert_eq!(by("www", "ww", &[unmapped, unmapped]), made(unmapped, 1));
    // It does not map anything.
    assert_eq!(by("ww", "www", &[unmapped]), ChangedBy::NoCall);
    let mapped = call(
        libc::SYS_mmap,
        &[0, PAGE, 3, 0],
        Some(at(2, 3).start.cast_signed()),
    );
    assert_eq!(by("ww", "www", &[unmapped, mapped]), made(mapped, 0));
    let protected = call(libc::SYS_mprotect, &[start, 3 * PAGE, 1], Some(0));
    assert_eq!(by("www", "rrr", &[unmapped, protected]), made(protected, 0));
    assert_eq!(by("www", "rrr", &[]), ChangedBy::NoCall);
    // Other permissions than those that it asks for.
    let to_write = call(libc::SYS_mprotect, &[start, 3 * PAGE, 3], Some(0));
    assert_eq!(by("www", "rrr", &[to_write]), ChangedBy::NoCall);
    assert_eq!(by("www", "rrr", &[to_write, protected]), made(protected, 0));
    // Nor does advice change them.
    let advised = call(libc::SYS_madvise, &[start, 3 * PAGE, 4], Some(0));
    assert_eq!(by("www", "rrr", &[advised, protected]), made(protected, 0));
    // One that has not returned is named only if nothing else can have been it.
    let running = call(libc::SYS_mprotect, &[start, 3 * PAGE, 1], None);
    assert_eq!(by("www", "rrr", &[running, protected]), made(protected, 1));
    assert_eq!(by("www", "rrr", &[running]), made(running, 0));
    // Nor one of a process that may have another address space.
    let mut others = unmapped;
    others.is_ours = false;
    let fixed = u64::from(libc::MAP_FIXED.cast_unsigned());
    let map_again = call(libc::SYS_mmap, &[at(2, 3).start, PAGE, 3, fixed], None);
    let mut again = map_again;
    again.is_ours = false;
    assert_eq!(by("www", "ww", &[again, others]), made(others, 1));
    // Mapped where the kernel chose, or moved there: before they return.
    let map = call(libc::SYS_mmap, &[0, PAGE, 3, 0], None);
    let resize = call(libc::SYS_mremap, &[start, 2 * PAGE, 3 * PAGE, 0], None);
    let flags = u64::from((libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED).cast_unsigned());
    let arguments = [start, PAGE, PAGE, flags, at(4, 5).start];
    let move_on = call(libc::SYS_mremap, &arguments, None);
    let attach = call(libc::SYS_shmat, &[7, 0, 0], None);
    for running in [map, map_again, resize] {
        assert_eq!(by("ww", "www", &[running]), made(running, 0), "{running}");
    }
    for running in [map, move_on, attach] {
        assert_eq!(by("ww", "ww..r", &[running]), made(running, 0), "{running}");
    }
    let mut heap = call(libc::SYS_brk, &[at(2, 3).end], None);
    for known in [None, Some(at(2, 3).start)] {
        heap.previous_break = known;
        assert_eq!(by("ww", "www", &[heap]), made(heap, 0));
    }
}

#[test]
fn neighbours_grow_and_shrink_by_mprotect() {
    let start = first("wwrr");
    let page = |k: u64| start + k * PAGE;
    let protected = call(libc::SYS_mprotect, &[page(2), PAGE, 3], Some(0));
    let mut diff = Diff::new();
    let (before, after) = (text("wwrr"), text("wwwr"));
    let texts = (before.as_bytes(), after.as_bytes());
    diff.compare(texts.0, texts.1);
    assert!(!diff.changes().is_empty());
    for change in diff.changes() {
        let by = ChangedBy::of(change, texts, [&protected].into_iter());
        let expected = ChangedBy::Call {
            last: protected,
            others: 0,
        };
        assert_eq!(by, expected, "{change:?}");
    }
}

#[test]
fn what_no_call_made_alone_is_not_said_to_be_one_call_s() {
    let start = first("r www");
    let merging = call(libc::SYS_mprotect, &[start, PAGE, 3], Some(0));
    let cutting = munmap(start + 3 * PAGE..start + 4 * PAGE, 1, 2);
    let elsewhere = munmap(start + 40 * PAGE..start + 41 * PAGE, 1, 2);
    let made = |others| ChangedBy::Call {
        last: merging,
        others,
    };
    // They merge, and lose their last page.
    assert_eq!(by("r www", "www", &[elsewhere, cutting, merging]), made(1));
    assert_eq!(by("r www", "wwww", &[elsewhere, merging]), made(0));
}

#[test]
fn what_moved_was_mapped_before() {
    let start = first("ww..w");
    let at = |page: u64| start + page * PAGE;
    let flags = u64::from((libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED).cast_unsigned());
    let moved = call(
        libc::SYS_mremap,
        &[at(2), PAGE, PAGE, flags, at(4)],
        Some(at(4).cast_signed()),
    );
    let protected = call(libc::SYS_mprotect, &[at(4), PAGE, 1], Some(0));
    let named = |before, after, calls: &[Call]| match by(before, after, calls) {
        ChangedBy::Call { last, .. } => last,
        other => panic!("{other:?}"),
    };
    // Nothing was there to be moved: the mprotect alone fits.
    for calls in [[moved, protected], [protected, moved]] {
        assert_eq!(named("ww..w", "ww..r", &calls), protected);
    }
    // A thread's stack is mapped, and then made writable: that is no move.
    let mapped = call(libc::SYS_mmap, &[0, PAGE, 0, 0], Some(at(4).cast_signed()));
    let writable = call(libc::SYS_mprotect, &[at(4), PAGE, 3], Some(0));
    let unmapped = munmap(at(2)..at(3), 1, 2);
    let calls = [writable, mapped, unmapped];
    assert_eq!(named("r.w.", "r...w", &calls).number, libc::SYS_munmap);
}

#[test]
fn unmapping_merges_nothing_and_mapping_splits_nothing() {
    let start = first("w.w");
    let at = start + PAGE..start + 2 * PAGE;
    let unmapped = munmap(at.clone(), 1, 2);
    let mapped = call(
        libc::SYS_mmap,
        &[0, PAGE, 3, 0],
        Some(at.start.cast_signed()),
    );
    for calls in [[unmapped, mapped], [mapped, unmapped]] {
        let ChangedBy::Call { last, .. } = by("w.w", "www", &calls) else {
            panic!("somebody did it")
        };
        assert_eq!(last, mapped);
        let ChangedBy::Call { last, .. } = by("www", "w.w", &calls) else {
            panic!("somebody did it")
        };
        assert_eq!(last, unmapped);
    }
}

/// What each page maps; `.`: nothing.
type Pages = [char; 10];

/// A call of the simulation.
#[derive(Clone, Copy, Debug)]
enum Simulated {
    Unmap {
        from: usize,
        to: usize,
    },
    /// With `MAP_FIXED`, or where nothing is mapped.
    Map {
        from: usize,
        to: usize,
        letter: char,
        fixed: bool,
    },
    Protect {
        from: usize,
        to: usize,
        letter: char,
    },
    /// With `MREMAP_FIXED`.
    Move {
        from: usize,
        size: usize,
        onto: usize,
    },
}

impl Simulated {
    /// Does it, if the kernel would.
    fn apply(self, pages: &mut Pages) -> bool {
        match self {
            Simulated::Unmap { from, to } => pages[from..to].fill('.'),
            Simulated::Map {
                from,
                to,
                letter,
                fixed,
            } => {
                if !fixed && pages[from..to].iter().any(|page| *page != '.') {
                    return false;
                }
                pages[from..to].fill(letter);
            }
            Simulated::Protect { from, to, letter } => {
                if pages[from..to].contains(&'.') {
                    return false;
                }
                pages[from..to].fill(letter);
            }
            Simulated::Move { from, size, onto } => {
                let letter = pages[from];
                let one = pages[from..from + size].iter().all(|page| *page == letter);
                if letter == '.' || !one || from.abs_diff(onto) < size {
                    return false;
                }
                pages[from..from + size].fill('.');
                pages[onto..onto + size].fill(letter);
            }
        }
        true
    }

    /// The pages that it may change.
    fn touches(self) -> Vec<usize> {
        match self {
            Simulated::Unmap { from, to }
            | Simulated::Map { from, to, .. }
            | Simulated::Protect { from, to, .. } => (from..to).collect(),
            Simulated::Move { from, size, onto } => {
                (from..from + size).chain(onto..onto + size).collect()
            }
        }
    }

    /// The call that a trace would show, the `at`-th.
    fn call(self, at: u64) -> Call {
        let address = |page: usize| (16 + page as u64) * PAGE;
        let bytes = |pages: usize| pages as u64 * PAGE;
        let permissions = |letter| if letter == 'w' { 3 } else { 1 };
        let mut call = match self {
            Simulated::Unmap { from, to } => munmap(address(from)..address(to), 0, 0),
            Simulated::Map {
                from,
                to,
                letter,
                fixed,
            } => {
                let flags = if fixed { libc::MAP_FIXED } else { 0 };
                let flags = u64::from(flags.cast_unsigned());
                let arguments = [address(from), bytes(to - from), permissions(letter), flags];
                call(
                    libc::SYS_mmap,
                    &arguments,
                    Some(address(from).cast_signed()),
                )
            }
            Simulated::Protect { from, to, letter } => {
                let arguments = [address(from), bytes(to - from), permissions(letter)];
                call(libc::SYS_mprotect, &arguments, Some(0))
            }
            Simulated::Move { from, size, onto } => {
                let flags = u64::from((libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED).cast_unsigned());
                let arguments = [
                    address(from),
                    bytes(size),
                    bytes(size),
                    flags,
                    address(onto),
                ];
                call(
                    libc::SYS_mremap,
                    &arguments,
                    Some(address(onto).cast_signed()),
                )
            }
        };
        call.begun_ns = at;
        call
    }
}

fn simulated() -> impl Strategy<Value = Simulated> {
    let range = || (0..9_usize, 1..5_usize).prop_map(|(from, size)| (from, (from + size).min(10)));
    let letter = || prop_oneof![Just('w'), Just('r')];
    prop_oneof![
        range().prop_map(|(from, to)| Simulated::Unmap { from, to }),
        (range(), letter(), any::<bool>()).prop_map(|((from, to), letter, fixed)| {
            Simulated::Map {
                from,
                to,
                letter,
                fixed,
            }
        }),
        (range(), letter()).prop_map(|((from, to), letter)| Simulated::Protect {
            from,
            to,
            letter
        }),
        (0..8_usize, 1..3_usize, 0..8_usize).prop_map(|(from, size, onto)| Simulated::Move {
            from,
            size,
            onto
        }),
    ]
}

/// The pages of a VMA.
fn pages_of(vma: &ChangedVma) -> Range<usize> {
    (vma.start / PAGE - 16) as usize..(vma.end / PAGE - 16) as usize
}

fn layout(pages: &Pages) -> String {
    pages.iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn the_call_that_made_a_change_is_named(
        original in proptest::array::uniform10(prop_oneof![Just('w'), Just('r'), Just('.')]),
        calls in proptest::collection::vec(simulated(), 1..6),
    ) {
        let mut pages = original;
        let done: Vec<Simulated> = calls.into_iter().filter(|it| it.apply(&mut pages)).collect();
        let traced = done.iter().enumerate().rev();
        let traced: Vec<Call> = traced.map(|(at, it)| it.call(at as u64)).collect();
        let (before, after) = (text(&layout(&original)), text(&layout(&pages)));
        let texts = (before.as_bytes(), after.as_bytes());
        let mut diff = Diff::new();
        diff.compare(texts.0, texts.1);
        for change in diff.changes() {
            let by = ChangedBy::of(change, texts, traced.iter());
            let ChangedBy::Call { last, .. } = by else {
                return Err(TestCaseError::fail(format!("{change:?} by {by:?}")));
            };
            let named = done[last.begun_ns as usize];
            let of_change: Vec<usize> = change.vmas().flat_map(pages_of).collect();
            let differs = |page: &usize| original[*page] != pages[*page];
            prop_assert!(
                named.touches().iter().any(|page| of_change.contains(page) && differs(page)),
                "{named:?} touched nothing of {change:?}"
            );
            // Those that alone made it, and nothing else that is not so.
            let fits = |it: &&Simulated| {
                let mut alone = original;
                let mut all = of_change.iter().copied().chain(it.touches());
                it.apply(&mut alone) && all.all(|page| alone[page] == pages[page])
            };
            let fitting: Vec<_> = done.iter().filter(fits).map(|it| format!("{it:?}")).collect();
            if !fitting.is_empty() {
                prop_assert!(fitting.contains(&format!("{named:?}")), "{named:?}: {change:?}");
            }
        }
    }
}

#[test]
fn the_heap_may_have_grown_where_its_end_was_not_known() {
    let end = first("www") + 3 * PAGE;
    let grown = call(libc::SYS_brk, &[end], Some(end.cast_signed()));
    assert_eq!(grown.previous_break, None);
    let expected = ChangedBy::Call {
        last: grown,
        others: 0,
    };
    assert_eq!(by("ww.", "www", &[grown]), expected);
    assert_eq!(by("ww.w", "wwww", &[grown]), expected);
}

#[test]
fn a_hole_is_not_explained_by_what_maps() {
    let start = first("www");
    let fixed = u64::from(libc::MAP_FIXED.cast_unsigned());
    let replaced = call(
        libc::SYS_mmap,
        &[start + PAGE, PAGE, 3, fixed],
        Some((start + PAGE).cast_signed()),
    );
    assert_eq!(by("www", "w.w", &[replaced]), ChangedBy::NoCall);
    let unmapped = munmap(start + PAGE..start + 2 * PAGE, 1, 2);
    for calls in [[replaced, unmapped], [unmapped, replaced]] {
        let ChangedBy::Call { last, .. } = by("www", "w.w", &calls) else {
            panic!("it was unmapped")
        };
        assert_eq!(last, unmapped);
    }
}
