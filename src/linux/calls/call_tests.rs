//! What calls do, and how they are shown.

use std::ops::Range;

use nix::libc;

use super::{ALL_ABOVE, Call, CallEnd, Effect};

/// A successful munmap of the target's first thread.
pub(crate) fn munmap(range: Range<u64>, begun_ns: u64, ended_ns: u64) -> Call {
    let size = range.end - range.start;
    let mut call = call(libc::SYS_munmap, &[range.start, size], Some(0));
    call.begun_ns = begun_ns;
    call.ended = Some(CallEnd {
        ns: ended_ns,
        result: 0,
    });
    call
}

/// A call of the target's first thread, from 1 to 2 ns.
pub(crate) fn call(number: i64, first: &[u64], result: Option<i64>) -> Call {
    let mut arguments = [0; 6];
    arguments[..first.len()].copy_from_slice(first);
    Call {
        process: 10,
        thread: 10,
        number,
        arguments,
        begun_ns: 1,
        ended: result.map(|result| CallEnd { ns: 2, result }),
        previous_break: None,
        is_ours: true,
    }
}

const PAGE: u64 = 4096;
const AT: u64 = 0x7f00_0000;
const ELSEWHERE: u64 = 0x6f00_0000;

fn mremap(old_pages: u64, new_pages: u64, flags: i32, result: Option<i64>) -> Call {
    let flags = u64::from(flags.cast_unsigned());
    let arguments = [AT, old_pages * PAGE, new_pages * PAGE, flags, ELSEWHERE];
    call(libc::SYS_mremap, &arguments, result)
}

#[test]
fn effects() {
    use Effect::{Maps, MayReplace, MayUnmap, Protects, Replaces, Unmaps};
    let at = AT.cast_signed();
    let elsewhere = ELSEWHERE.cast_signed();
    let here = |effect, from: u64, to: u64| (effect, AT + from * PAGE..AT + to * PAGE);
    let there = |effect, to: u64| (effect, ELSEWHERE..ELSEWHERE + to * PAGE);
    let fixed = u64::from((libc::MAP_FIXED | libc::MAP_PRIVATE).cast_unsigned());
    let private = u64::from(libc::MAP_PRIVATE.cast_unsigned());
    let move_to = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
    let keep = move_to | libc::MREMAP_DONTUNMAP;
    let mmap = |flags, result| call(libc::SYS_mmap, &[AT, 3 * PAGE, 3, flags], result);
    type Effects = Vec<(Effect, Range<u64>)>;
    let cases: Vec<(Call, Effects)> = vec![
        // Sizes are rounded up to pages.
        (
            call(libc::SYS_munmap, &[AT, 2 * PAGE - 1], Some(0)),
            vec![here(Unmaps, 0, 2)],
        ),
        (
            call(libc::SYS_munmap, &[AT, PAGE], Some(-12)),
            vec![here(MayUnmap, 0, 1)],
        ),
        (
            call(libc::SYS_munmap, &[AT, PAGE], None),
            vec![here(MayUnmap, 0, 1)],
        ),
        (mmap(private, Some(at)), vec![here(Maps, 0, 3)]),
        (mmap(private, Some(-12)), vec![]),
        // It may be there before the call returns.
        (mmap(private, None), vec![(Maps, 0..ALL_ABOVE)]),
        (mmap(fixed, Some(at)), vec![here(Replaces, 0, 3)]),
        // It may have unmapped what was there before it failed.
        (mmap(fixed, Some(-12)), vec![here(MayUnmap, 0, 3)]),
        (mmap(fixed, None), vec![here(MayReplace, 0, 3)]),
        (mremap(3, 1, 0, Some(at)), vec![here(Unmaps, 1, 3)]),
        (mremap(1, 3, 0, Some(at)), vec![here(Maps, 1, 3)]),
        (
            mremap(1, 3, libc::MREMAP_MAYMOVE, Some(elsewhere)),
            vec![here(Unmaps, 0, 1), there(Maps, 3)],
        ),
        (
            mremap(2, 2, move_to, Some(elsewhere)),
            vec![here(Unmaps, 0, 2), there(Replaces, 2)],
        ),
        (
            mremap(2, 2, keep, Some(elsewhere)),
            vec![there(Replaces, 2)],
        ),
        (
            mremap(2, 2, keep, Some(-14)),
            vec![here(MayUnmap, 0, 2), there(MayUnmap, 2)],
        ),
        (
            mremap(2, 2, keep, None),
            vec![here(MayUnmap, 0, 2), there(MayReplace, 2)],
        ),
        (
            call(libc::SYS_mprotect, &[AT, PAGE, 1], Some(0)),
            vec![here(Protects, 0, 1)],
        ),
        (call(libc::SYS_brk, &[0], Some(at)), vec![]),
    ];
    for (call, expected) in cases {
        let effects: Vec<_> = call.effects().into_iter().flatten().collect();
        assert_eq!(effects, expected, "{call}");
    }
}

#[test]
fn the_heap_shrinks_from_where_it_ended() {
    let brk = |before: Option<u64>, pages: u64| {
        let to = AT + pages * PAGE;
        let mut call = call(libc::SYS_brk, &[to], Some(to.cast_signed()));
        call.previous_break = before.map(|pages| AT + pages * PAGE);
        call.effects()[0].clone()
    };
    let pages = |from: u64, to: u64| AT + from * PAGE..AT + to * PAGE;
    assert_eq!(brk(Some(4), 1), Some((Effect::Unmaps, pages(1, 4))));
    assert_eq!(brk(Some(1), 4), Some((Effect::Maps, pages(1, 4))));
    assert_eq!(brk(Some(2), 2), None);
    assert!(
        matches!(brk(None, 2), Some((Effect::MayUnmap, range)) if range.start == AT + 2 * PAGE)
    );
}

#[test]
fn calls_are_shown_as_in_c() {
    let fixed = u64::from(libc::MAP_FIXED.cast_unsigned());
    let keep = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED | libc::MREMAP_DONTUNMAP;
    for (call, expected) in [
        (
            munmap(AT..AT + 512 * PAGE, 1, 2),
            "munmap(0x7f000000, 2 MiB)",
        ),
        (
            call(libc::SYS_mmap, &[AT, PAGE, 3, fixed], Some(-12)),
            "mmap(0x7f000000, 4 KiB, FIXED) = ENOMEM: Out of memory",
        ),
        (
            mremap(1, 1, keep, Some(ELSEWHERE.cast_signed())),
            "mremap(0x7f000000, 4 KiB → 4 KiB, FIXED, DONTUNMAP, 0x6f000000) = 0x6f000000",
        ),
        (
            call(libc::SYS_mprotect, &[AT, PAGE, 1], None),
            "mprotect(0x7f000000, 4 KiB), not yet returned",
        ),
        (call(libc::SYS_brk, &[AT], Some(0)), "brk(0x7f000000)"),
    ] {
        assert_eq!(call.to_string(), expected);
    }
}
