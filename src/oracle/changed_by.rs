//! Which call of a target made a change that two scans of it show.

use std::ops::Range;

use nix::libc;

use crate::linux::calls::call::{Call, Effect};
use crate::maps::diff::change::{AddressSpaceChange, AddressSpaceChangeKind as Kind, ChangedVma};
use crate::maps::intervals::{overlap, without};

/// Which call made a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChangedBy {
    /// The calls are not seen, or not all of them.
    #[default]
    Unknown,
    /// None of the target's: a page fault that lets a stack grow, or somebody
    /// who renamed or deleted its file.
    NoCall,
    /// Of those that can have made it the likeliest, the last of several; and how
    /// many others there were.
    Call { last: Call, others: usize },
}

impl ChangedBy {
    /// Of a change between two scans, by all calls that ran between the
    /// beginning of the first and the end of the second, the last first.
    pub(crate) fn of<'a>(
        change: &AddressSpaceChange,
        calls: impl Iterator<Item = &'a Call>,
    ) -> Self {
        let changed = changed_addresses(change);
        let mut best: Option<(u8, Call)> = None;
        let mut fitting = 0;
        for call in calls {
            let Some(likeness) = likeness(change, &changed, call) else {
                continue;
            };
            fitting += 1;
            // Of those that are alike the last one.
            if best.is_none_or(|(known, _)| likeness > known) {
                best = Some((likeness, *call));
            }
        }
        best.map_or(ChangedBy::NoCall, |(_, last)| ChangedBy::Call {
            last,
            others: fitting - 1,
        })
    }
}

/// The addresses that a change is about: those that are mapped now and were
/// not, or the reverse, where that is all there is to it; else all of them.
fn changed_addresses(change: &AddressSpaceChange) -> Vec<Range<u64>> {
    let all = |vmas: &[ChangedVma]| -> Vec<Range<u64>> {
        vmas.iter().map(|vma| vma.start..vma.end).collect()
    };
    let less = |ranges: Vec<Range<u64>>, others: &[Range<u64>]| {
        others
            .iter()
            .fold(ranges, |left, other| without(&left, other))
    };
    let (before, after) = (all(&change.before), all(&change.after));
    match change.kind {
        Kind::Map | Kind::Grow => less(after, &before),
        Kind::Unmap | Kind::Shrink => less(before, &after),
        _ => [before, after].concat(),
    }
}

/// How well a call fits a change; none: it cannot have made it.
fn likeness(change: &AddressSpaceChange, changed: &[Range<u64>], call: &Call) -> Option<u8> {
    let effects = call.effects().into_iter().flatten();
    effects
        .filter(|(effect, range)| {
            can_have_made(change.kind, *effect) && changed.iter().any(|it| overlap(it, range))
        })
        .filter_map(|(_, range)| {
            let asked = call.protection();
            let overlaps = |vma: &&ChangedVma| overlap(&(vma.start..vma.end), &range);
            let overlapping: Vec<_> = change.after.iter().filter(overlaps).collect();
            let asked = asked.filter(|_| !overlapping.is_empty());
            let is_as_asked =
                asked.map(|asked| overlapping.iter().any(|vma| is_as_asked(vma, asked)));
            match (is_as_asked, call.ended) {
                (Some(false), _) => None,
                // It may have done it, or be about to.
                (_, None) => Some(0),
                (None, Some(_)) => Some(1),
                (Some(true), Some(_)) => Some(2),
            }
        })
        .max()
}

/// Whether a VMA has the permissions that a call asks for. Where reading implies
/// executing (personality(2)) it may have one more.
fn is_as_asked(vma: &ChangedVma, asked: u64) -> bool {
    let has = |bit: i32| asked & u64::from(bit.cast_unsigned()) != 0;
    let is = vma.permissions;
    let may_execute = has(libc::PROT_EXEC) || (has(libc::PROT_READ) && is.execute);
    is.read == has(libc::PROT_READ)
        && is.write == has(libc::PROT_WRITE)
        && is.execute == may_execute
}

fn can_have_made(kind: Kind, effect: Effect) -> bool {
    use Effect::{Flags, Maps, Names, Protects, Replaces};
    match kind {
        Kind::Map => matches!(effect, Maps | Replaces),
        Kind::Unmap => effect.may_unmap(),
        // A part of its neighbour became like it, or of it like its neighbour.
        Kind::Grow => matches!(effect, Maps | Replaces | Protects | Names | Flags),
        Kind::Shrink => effect != Maps,
        Kind::Split => effect != Maps,
        Kind::Merge => !effect.may_unmap(),
        Kind::Protect => matches!(effect, Protects | Replaces),
        Kind::Rename => matches!(effect, Names | Replaces),
        Kind::Move | Kind::Replace | Kind::Rearrange => true,
    }
}

#[cfg(test)]
mod tests {
    use nix::libc;

    use super::*;
    use crate::linux::calls::call::tests::{call, munmap};
    use crate::maps::diff::compare::Diff;
    use crate::maps::diff::tests::text;

    const PAGE: u64 = 4096;

    /// What the call did that made the first change between two layouts.
    fn by(before: &str, after: &str, calls: &[Call]) -> ChangedBy {
        let mut diff = Diff::new();
        diff.compare(text(before).as_bytes(), text(after).as_bytes());
        ChangedBy::of(&diff.changes()[0], calls.iter())
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
    }

    #[test]
    fn neighbours_grow_and_shrink_by_mprotect() {
        let start = first("wwrr");
        let page = |k: u64| start + k * PAGE;
        let protected = call(libc::SYS_mprotect, &[page(2), PAGE, 3], Some(0));
        let mut diff = Diff::new();
        diff.compare(text("wwrr").as_bytes(), text("wwwr").as_bytes());
        assert!(!diff.changes().is_empty());
        for change in diff.changes() {
            let by = ChangedBy::of(change, [&protected].into_iter());
            let expected = ChangedBy::Call {
                last: protected,
                others: 0,
            };
            assert_eq!(by, expected, "{change:?}");
        }
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
}
