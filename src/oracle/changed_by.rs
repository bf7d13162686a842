//! Which call of a target made a change that two scans of it show.

use std::ops::Range;

use crate::linux::calls::call::{Call, Effect};
use crate::maps::diff::change::{AddressSpaceChange, AddressSpaceChangeKind as Kind, ChangedVma};

/// Which call made a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChangedBy {
    /// The calls are not seen, or not all of them.
    #[default]
    Unknown,
    /// None of the target's: a page fault that lets a stack grow, or somebody
    /// who renamed or deleted its file.
    NoCall,
    /// The last of those that can have made it, and how many others there were.
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
        let mut last = None;
        let mut others = 0;
        for call in calls.filter(|call| can_have_made(change.kind, &changed, call)) {
            match last {
                None => last = Some(*call),
                Some(_) => others += 1,
            }
        }
        last.map_or(ChangedBy::NoCall, |last| ChangedBy::Call { last, others })
    }
}

/// The addresses that a change is about: those that are mapped now and were
/// not, or the reverse, where that is all there is to it; else all of them.
fn changed_addresses(change: &AddressSpaceChange) -> Vec<Range<u64>> {
    let all = |vmas: &[ChangedVma]| -> Vec<Range<u64>> {
        vmas.iter().map(|vma| vma.start..vma.end).collect()
    };
    let (before, after) = (all(&change.before), all(&change.after));
    match change.kind {
        Kind::Map | Kind::Grow => less(after, &before),
        Kind::Unmap | Kind::Shrink => less(before, &after),
        _ => [before, after].concat(),
    }
}

fn less(ranges: Vec<Range<u64>>, others: &[Range<u64>]) -> Vec<Range<u64>> {
    others.iter().fold(ranges, |left, other| {
        let parts = |range: Range<u64>| {
            let below = range.start..range.end.min(other.start);
            let above = range.start.max(other.end)..range.end;
            [below, above].into_iter().filter(|part| !part.is_empty())
        };
        left.into_iter().flat_map(parts).collect()
    })
}

fn can_have_made(kind: Kind, changed: &[Range<u64>], call: &Call) -> bool {
    let mut effects = call.effects().into_iter().flatten();
    effects.any(|(effect, range)| {
        let fits = match kind {
            Kind::Map | Kind::Grow => matches!(effect, Effect::Maps | Effect::Replaces),
            Kind::Unmap | Kind::Shrink => effect.may_unmap(),
            Kind::Protect | Kind::Rename => matches!(effect, Effect::Changes | Effect::Replaces),
            Kind::Split | Kind::Merge | Kind::Move | Kind::Replace | Kind::Rearrange => true,
        };
        let touches = |it: &Range<u64>| it.start < range.end && range.start < it.end;
        fits && changed.iter().any(touches)
    })
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
    }
}
