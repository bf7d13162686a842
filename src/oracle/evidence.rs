//! What a target's calls say of addresses that a scan lacked.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::linux::calls::call::{Call, Effect};
use crate::maps::intervals::{overlap, without};

/// Why addresses were missing from a scan, as far as the target's calls tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// Its calls are not seen, or not all of them: nothing is claimed.
    #[default]
    Unknown,
    /// This call unmapped them, or may have.
    Call(Call),
    /// All its calls are known, and none can have unmapped them: they were
    /// mapped all the while.
    NoCall {
        /// The addresses that no call can have unmapped, in bytes.
        addresses: Range<u64>,
        /// The call that meanwhile replaced what was mapped there, if one did:
        /// `mremap` and `MAP_FIXED` leave nothing unmapped between two calls.
        replaced_by: Option<Call>,
    },
}

impl Cause {
    /// Of addresses that a scan lacked, by all calls that ran between the
    /// beginning of the scan that had them last and the end of the last that
    /// did not.
    pub(crate) fn of<'a>(missing: &Range<u64>, calls: impl Iterator<Item = &'a Call>) -> Self {
        // What no call accounts for yet.
        let mut left = vec![missing.clone()];
        let mut unmapped: Option<(Effect, Call)> = None;
        let mut replaced_by: Option<Call> = None;
        for call in calls {
            for (effect, range) in call.effects().into_iter().flatten() {
                if !overlap(&range, missing) {
                    continue;
                }
                if effect.may_unmap() {
                    left = without(&left, &range);
                    let effect = if call.is_ours {
                        effect
                    } else {
                        Effect::MayUnmap
                    };
                    // One that surely did rather than one that may have.
                    if unmapped.is_none_or(|(known, _)| known != Effect::Unmaps) {
                        unmapped = Some((effect, *call));
                    }
                } else if effect == Effect::Replaces
                    && replaced_by.is_none_or(|known| known.source().is_none())
                {
                    // A move rather than a mapping: moves are known to leave holes.
                    replaced_by = Some(*call);
                }
            }
        }
        match (left.into_iter().next(), unmapped) {
            (None, Some((_, call))) => Cause::Call(call),
            (None, None) => Cause::Unknown,
            (Some(addresses), _) => Cause::NoCall {
                addresses,
                replaced_by,
            },
        }
    }

    /// The call that unmapped it, or replaced it.
    pub(crate) fn call(&self) -> Option<&Call> {
        match self {
            Cause::Unknown => None,
            Cause::Call(call) => Some(call),
            Cause::NoCall { replaced_by, .. } => replaced_by.as_ref(),
        }
    }

    /// Whether this makes it a suspected hole.
    #[must_use]
    pub fn is_suspected_hole(&self) -> bool {
        matches!(self, Cause::NoCall { .. })
    }
}

/// Whether a call surely unmapped an address, rather than may have.
pub(crate) fn surely_unmapped(call: &Call, address: u64) -> bool {
    let mut effects = call.effects().into_iter().flatten();
    call.is_ours && effects.any(|(it, range)| it == Effect::Unmaps && range.contains(&address))
}

#[cfg(test)]
mod tests {
    use nix::libc;

    use super::*;
    use crate::linux::calls::call::tests::{call, munmap};

    const PAGE: u64 = 4096;

    fn pages(from: u64, to: u64) -> Range<u64> {
        from * PAGE..to * PAGE
    }

    fn move_onto(range: Range<u64>, result: Option<i64>) -> Call {
        let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED | libc::MREMAP_DONTUNMAP;
        let size = range.end - range.start;
        let flags = u64::from(flags.cast_unsigned());
        let arguments = [pages(100, 101).start, size, size, flags, range.start];
        call(libc::SYS_mremap, &arguments, result)
    }

    #[test]
    fn what_a_call_unmapped_is_explained() {
        let missing = pages(4, 8);
        let whole = munmap(pages(0, 16), 1, 2);
        assert_eq!(
            Cause::of(&missing, [&whole].into_iter()),
            Cause::Call(whole)
        );
        // Two calls, half each.
        let halves = [munmap(pages(4, 6), 1, 2), munmap(pages(6, 8), 3, 4)];
        assert!(matches!(Cause::of(&missing, halves.iter()), Cause::Call(_)));
        // One that failed, or still runs, may have.
        for result in [None, Some(-14)] {
            let call = move_onto(missing.clone(), result);
            assert_eq!(Cause::of(&missing, [&call].into_iter()), Cause::Call(call));
            assert!(!surely_unmapped(&call, missing.start));
        }
        // The one that surely did is named.
        let failed = move_onto(missing.clone(), None);
        for calls in [[&failed, &whole], [&whole, &failed]] {
            assert_eq!(Cause::of(&missing, calls.into_iter()), Cause::Call(whole));
        }
    }

    #[test]
    fn what_no_call_unmapped_is_suspected() {
        let missing = pages(4, 8);
        let suspected = |addresses, replaced_by| Cause::NoCall {
            addresses,
            replaced_by,
        };
        let none = Cause::of(&missing, std::iter::empty());
        assert_eq!(none, suspected(missing.clone(), None));
        let other = munmap(pages(8, 16), 1, 2);
        let elsewhere = Cause::of(&missing, [&other].into_iter());
        assert_eq!(elsewhere, suspected(missing.clone(), None));
        // The part that is left.
        let part = munmap(pages(5, 8), 1, 2);
        let left = Cause::of(&missing, [&part].into_iter());
        assert_eq!(left, suspected(pages(4, 5), None));
        // H1: moved onto it, in one call.
        let moved = move_onto(missing.clone(), Some(missing.start.cast_signed()));
        let hole = Cause::of(&missing, [&moved].into_iter());
        assert_eq!(hole, suspected(missing.clone(), Some(moved)));
        assert!(hole.is_suspected_hole());
        // And mapped back.
        let fixed = u64::from(libc::MAP_FIXED.cast_unsigned());
        let size = missing.end - missing.start;
        let arguments = [missing.start, size, 1, fixed];
        let mapped = call(
            libc::SYS_mmap,
            &arguments,
            Some(missing.start.cast_signed()),
        );
        for calls in [[&mapped, &moved], [&moved, &mapped]] {
            assert_eq!(Cause::of(&missing, calls.into_iter()), hole);
        }
    }
}
