//! What is remembered of each VMA, and how much it grew.

use super::*;
use crate::maps::diff::compare::Diff;

const SECOND: Duration = Duration::from_secs(1);

fn text(vmas: &[(u64, u64)]) -> Vec<u8> {
    let writable: Vec<_> = vmas.iter().map(|vma| (vma.0, vma.1, 2)).collect();
    lines(&writable).into()
}

fn step(recents: &mut Recents, at: Duration, before: &[(u64, u64)], after: &[(u64, u64)]) {
    recents.expire(at);
    for change in Diff::new().compare(&text(before), &text(after)) {
        recents.add(at, change);
    }
}

#[test]
fn growth_is_summed_over_a_minute_and_follows_the_vma() {
    let mut recents = Recents::default();
    step(
        &mut recents,
        SECOND,
        &[(0x1000, 0x2000)],
        &[(0x1000, 0x4000)],
    );
    step(
        &mut recents,
        12 * SECOND,
        &[(0x1000, 0x4000)],
        &[(0x1000, 0x5000)],
    );
    // Down as a stack does: it starts elsewhere now.
    step(
        &mut recents,
        13 * SECOND,
        &[(0x1000, 0x5000)],
        &[(0x0800, 0x5000)],
    );
    let all = recents.sorted();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].start, all[0].kind), (0x800, Kind::Grow));
    assert_eq!(all[0].grown(), 0x3800);
    // The first growth is a minute old, the others are not.
    recents.expire(65 * SECOND);
    assert_eq!(recents.sorted()[0].grown(), 0x1800);
    assert_eq!(recents.sorted()[0].names(65 * SECOND).next(), Some("grow"));
    assert!(recents.expire(74 * SECOND));
    assert_eq!(recents.sorted(), []);
}

/// A layout of pages: consecutive ones with the same letter are a VMA.
fn vmas(pages: &[u8]) -> Vec<(u64, u64, u8)> {
    let mut vmas: Vec<(u64, u64, u8)> = Vec::new();
    for (page, &letter) in (0x10..).zip(pages) {
        let (start, end) = (page * 0x1000, (page + 1) * 0x1000);
        match vmas.last_mut() {
            Some(last) if (last.1, last.2) == (start, letter) => last.1 = end,
            _ if letter > 0 => vmas.push((start, end, letter)),
            _ => {}
        }
    }
    vmas
}

fn lines(vmas: &[(u64, u64, u8)]) -> String {
    let line = |(start, end, letter): &(u64, u64, u8)| {
        let permissions = ["---p", "rw-p", "r-xp"][usize::from(*letter) - 1];
        format!("{start:08x}-{end:08x} {permissions} 00000000 00:00 0 \n")
    };
    vmas.iter().map(line).collect()
}

/// Growth of each VMA that changed, in pages, after layouts of pages.
fn grown(layouts: &[&[u8]]) -> Vec<i64> {
    let mut recents = Recents::default();
    for (second, two) in (1u32..).zip(layouts.windows(2)) {
        let (before, after) = (lines(&vmas(two[0])), lines(&vmas(two[1])));
        for change in Diff::new().compare(before.as_bytes(), after.as_bytes()) {
            recents.add(second * SECOND, change);
        }
    }
    let grown = |it: &Recent| it.grown() / 0x1000;
    recents.sorted().iter().map(grown).collect()
}

#[test]
fn a_heap_that_takes_from_a_reserve_grows_by_what_it_takes() {
    // An arena of glibc, and its reserve.
    assert_eq!(grown(&[&[2, 1, 1, 1, 1, 1], &[2, 2, 1, 1, 1, 1]]), [1, -1]);
    // Where there was nothing but the reserve.
    assert_eq!(grown(&[&[1, 1, 1, 1, 1], &[2, 1, 1, 1, 1]]), [1, -1]);
    // It gives some back.
    assert_eq!(grown(&[&[2, 2, 2, 1], &[2, 1, 1, 1]]), [-2, 2]);
}

#[test]
fn the_pieces_of_a_split_have_not_shrunk() {
    // Other permissions for one page: nothing is more or less.
    assert_eq!(grown(&[&[2, 2, 2, 2, 2], &[2, 2, 3, 2, 2]]), [0, 0, 0]);
    assert_eq!(grown(&[&[2, 2, 2], &[3, 3, 3]]), [0]);
    // A page is gone: that counts once.
    assert_eq!(grown(&[&[2, 2, 2, 2, 2], &[2, 2, 0, 2, 2]]), [-1, 0]);
    assert_eq!(
        grown(&[&[2, 2, 2, 2, 2], &[2, 2, 0, 2, 2], &[2, 2, 0, 0, 0]]),
        [-3]
    );
}

proptest::proptest! {
    /// The reference keeps all scans. What was there a minute ago is taken off
    /// the VMAs that have it now, and what none of the like has off the lowest.
    #[test]
    fn growth_is_the_size_now_less_what_was_its_own_a_minute_ago(
        scans in proptest::collection::vec(
            (1u64..25, proptest::collection::vec(0u8..4, 12)), 2..12)
    ) {
        let mut recents = Recents::default();
        let mut seen: Vec<(u64, &[u8])> = Vec::new();
        let mut now = 0;
        for (seconds, pages) in &scans {
            now += seconds;
            recents.expire(Duration::from_secs(now));
            if let Some((_, before)) = seen.last() {
                let (before, after) = (lines(&vmas(before)), lines(&vmas(pages)));
                for change in Diff::new().compare(before.as_bytes(), after.as_bytes()) {
                    recents.add(Duration::from_secs(now), change);
                }
            }
            seen.push((now, pages));
            let boundary = (now / 10 * 10).saturating_sub(50);
            let then = seen.iter().rev().find(|(at, _)| *at < boundary);
            let then = vmas(then.unwrap_or(&seen[0]).1);
            let all = recents.sorted();
            let now = vmas(pages);
            let is_reserve = |letter: u8| letter == 1;
            for &(start, end, letter) in &now {
                let mut expected = (end - start).cast_signed();
                for old in &then {
                    let shared = |vma: &&(u64, u64, u8)| {
                        (is_reserve(vma.2) == is_reserve(old.2))
                            .then(|| vma.1.min(old.1).saturating_sub(vma.0.max(old.0)))
                            .filter(|shared| *shared > 0)
                    };
                    let Some(mine) = shared(&&(start, end, letter)) else { continue };
                    let heirs = now.iter().filter(|vma| shared(vma).is_some());
                    let kept: u64 = heirs.clone().filter_map(|vma| shared(&vma)).sum();
                    let lost = old.1 - old.0 - kept;
                    let is_first = heirs.clone().next().unwrap().0 == start;
                    expected -= (mine + if is_first { lost } else { 0 }).cast_signed();
                }
                let recent = all.iter().find(|recent| recent.start == start);
                let moved = recent.is_some_and(|it| it.seen[Kind::Move as usize].is_some());
                let grown = recent.map_or(0, Recent::grown);
                proptest::prop_assert!(grown <= (end - start).cast_signed());
                proptest::prop_assert!(moved || grown == expected, "{grown} {expected}");
            }
        }
    }
}

#[test]
fn what_a_split_took_away_a_merge_does_not_add() {
    let mut recents = Recents::default();
    let whole: &[(u64, u64)] = &[(0x1000, 0x9000)];
    let parts: &[(u64, u64)] = &[(0x1000, 0x3000), (0x4000, 0x9000)];
    for second in 1..9 {
        let (before, after) = match second % 2 {
            1 => (whole, parts),
            _ => (parts, whole),
        };
        step(&mut recents, second * SECOND, before, after);
    }
    assert_eq!(recents.sorted()[0].grown(), 0);
}

#[test]
fn what_happened_earlier_in_the_minute_is_still_known() {
    let mut recents = Recents::default();
    step(
        &mut recents,
        SECOND,
        &[(0x1000, 0x2000)],
        &[(0x1000, 0x4000)],
    );
    step(
        &mut recents,
        2 * SECOND,
        &[(0x1000, 0x4000)],
        &[(0x1000, 0x2000), (0x3000, 0x4000)],
    );
    let names = |start: u64, at| -> Vec<&str> {
        let all = recents.sorted();
        let found = all.iter().find(|recent| recent.start == start);
        found.unwrap().names(at).collect()
    };
    assert_eq!(names(0x1000, 3 * SECOND), ["grow", "grew", "split"]);
    assert_eq!(names(0x3000, 61 * SECOND), ["split"]);
}

#[test]
fn the_oldest_are_forgotten_when_there_are_too_many() {
    let mut recents = Recents::default();
    for i in 0..2 * MOST as u64 {
        let start = (i + 1) * 0x10000;
        let at = Duration::from_millis(i);
        step(&mut recents, at, &[], &[(start, start + 0x1000)]);
    }
    recents.expire(Duration::from_millis(2 * MOST as u64));
    let all = recents.sorted();
    assert_eq!(all.len(), MOST);
    assert_eq!(all[0].start, (MOST as u64 + 1) * 0x10000);
}
