//! The signatures of the known holes: what a reader that has one finds next
//! where a sound one does not.
//!
//! A label excuses, so it is given only where its mechanism leads to exactly
//! what was read: the same line, or nothing more.

use std::ops::Range;

use super::engine::{Next, Sets, each_next, each_next_with};
use super::states::States;
use crate::kernel::chunk::Window;

/// What a search finds in the middle of a move.
enum Found {
    /// What a segment has above the cursor; an index into the lines.
    Next(Option<usize>),
    /// A VMA that the move has split, and so write-locked: the reader waits
    /// for the end of the move.
    WriteLocked,
}

/// Calls `each` with what a search from `cursor` finds while a move under way
/// in `window` has unmapped its destination and not yet moved anything there:
/// an index into the lines, or none (`mremap_to()`, mm/mremap.c).
pub(super) fn each_in_the_empty_tree(
    states: &States,
    allowed: &Sets,
    window: Window,
    cursor: u64,
    mut each: impl FnMut(Option<usize>),
) {
    for (number, site) in states.sites().iter().enumerate() {
        for (before, to) in site.moves_under_way(window) {
            let in_between = |variants: &[Range<usize>]| match next_outside(
                states,
                &variants[before],
                to,
                cursor,
            ) {
                Found::Next(next) => Next::Only(next),
                Found::WriteLocked => Next::Never,
            };
            each_next_with(
                states,
                allowed,
                cursor,
                Some((number, &in_between)),
                &mut each,
            );
        }
    }
}

/// The first VMA of `variant` that ends above `cursor`, as if there were none
/// in `to`.
fn next_outside(states: &States, variant: &Range<usize>, to: &Range<u64>, cursor: u64) -> Found {
    let Some(first) = states.next_in(variant, cursor) else {
        return Found::Next(None);
    };
    for index in first..variant.end {
        let line = &states.lines[index];
        if line.end <= to.start || line.start >= to.end {
            return Found::Next(Some(index));
        }
        let front_is_left = line.start < to.start && cursor < to.start;
        if front_is_left || line.end > to.end {
            return Found::WriteLocked;
        }
    }
    Found::Next(None)
}

/// Calls `each` with what an iterator finds that steps on from the line that
/// ends at `end`, after an operation under way in `window` has made one VMA of
/// what lies on both sides of `end`: an index into the lines, or none.
pub(super) fn each_past_a_merge(
    states: &States,
    allowed: &Sets,
    window: Window,
    end: u64,
    mut each: impl FnMut(Option<usize>),
) {
    let Some(segment) = states.segments.get(states.segment_at(end - 1)) else {
        return;
    };
    let Some(number) = segment.site else {
        return;
    };
    let across = |state: usize| {
        let line = states.next_in(&segment.variants[state], end)?;
        (states.lines[line].start < end).then_some(line)
    };
    let count = segment.variants.len();
    let merges = |k: usize| across(k).is_none() && across((k + 1) % count).is_some();
    if !states.sites()[number]
        .under_way(window)
        .any(|(k, _)| merges(k))
    {
        return;
    }
    for state in (0..count).filter(|state| allowed.0[number] >> state & 1 == 1) {
        let Some(merged) = across(state) else {
            continue;
        };
        let behind = states.lines[merged].end;
        match states.next_in(&segment.variants[state], behind) {
            Some(line) => each(Some(line)),
            None => each_next(states, allowed, segment.end, &mut each),
        }
    }
}
