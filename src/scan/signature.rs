//! The signatures of the known holes: what a reader that has one finds next
//! where a sound one does not.
//!
//! A label excuses, so it is given only where its mechanism leads to exactly
//! what was read: the same line, or nothing more.

use std::ops::Range;

use super::engine::{Sets, each_next, passes};
use super::site::SiteStates;
use super::states::{Segment, States};
use crate::kernel::chunk::Window;

/// The sites that a search from `cursor` may come to, each with its number and
/// its segment.
fn sites_from<'a>(
    states: &'a States,
    allowed: &'a Sets,
    cursor: u64,
) -> impl Iterator<Item = (usize, &'a SiteStates, &'a Segment)> {
    let segments = &states.segments[states.segment_at(cursor)..];
    segments
        .iter()
        .enumerate()
        .filter_map(move |(at, segment)| {
            let number = segment.site?;
            let mut before = segments[..at].iter();
            let is_reached = before.all(|segment| passes(states, allowed, segment, cursor));
            is_reached.then(|| (number, &states.sites()[number], segment))
        })
}

/// Calls `each` with what a search from `cursor` finds while a move under way
/// in `window` has unmapped its destination and not yet moved anything there,
/// where that makes a difference: an index into the lines, or none
/// (`mremap_to()`, mm/mremap.c).
pub(super) fn each_in_the_empty_tree(
    states: &States,
    allowed: &Sets,
    window: Window,
    cursor: u64,
    mut each: impl FnMut(Option<usize>),
) {
    for (_, site, segment) in sites_from(states, allowed, cursor) {
        for (before, to) in site.moves_under_way(window) {
            match behind(states, &segment.variants[before], to, cursor) {
                Some(Some(line)) => each(Some(line)),
                Some(None) => each_next(states, allowed, segment.end, &mut each),
                None => {}
            }
        }
    }
}

/// The first VMA of `variant` that ends above `cursor`, as if there were none
/// in `to`. None where that is the same with them, or where a VMA comes first
/// that the move has split: that one is write-locked, so that a reader waits for
/// the end of the move.
fn behind(
    states: &States,
    variant: &Range<usize>,
    to: &Range<u64>,
    cursor: u64,
) -> Option<Option<usize>> {
    let mut skipped = false;
    for index in states.next_in(variant, cursor)?..variant.end {
        let line = &states.lines[index];
        if line.end <= to.start || line.start >= to.end {
            return skipped.then_some(Some(index));
        }
        let front_is_left = line.start < to.start && cursor < to.start;
        if front_is_left || line.end > to.end {
            return None;
        }
        skipped = true;
    }
    skipped.then_some(None)
}

/// Whether a search from `cursor` may find nothing at all because it looks at
/// unmapped pages and steps on, while an operation under way in `window` makes
/// the last VMA of all begin in front of where the step leads: the step then
/// leads past it (`mas_next_slot()` after `mas_rewalk()`, lib/maple_tree.c).
pub(super) fn may_pass_the_last(
    states: &States,
    allowed: &Sets,
    window: Window,
    cursor: u64,
) -> bool {
    sites_from(states, allowed, cursor).any(|(number, site, segment)| {
        let count = segment.variants.len();
        let across = |state, address| vma_across(states, segment, state, address);
        site.under_way(window).any(|(before, _)| {
            let next = states.next_in(&segment.variants[before], cursor);
            let Some(start) = next.map(|line| states.lines[line].start) else {
                return false;
            };
            // The pages in front of the next VMA are unmapped before, mapped
            // together with it behind.
            let grows = start > cursor && across((before + 1) % count, start).is_some();
            grows && {
                let mut ends = false;
                for state in states_in(allowed.0[number]) {
                    let Some(grown) = across(state, start) else {
                        continue;
                    };
                    let end = states.lines[grown].end;
                    match states.next_in(&segment.variants[state], end) {
                        Some(_) => {}
                        None => each_next(states, allowed, segment.end, |next| {
                            ends |= next.is_none();
                        }),
                    }
                }
                ends
            }
        })
    })
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
    let count = segment.variants.len();
    let across = |state| vma_across(states, segment, state, end);
    let merges = |k: usize| across(k).is_none() && across((k + 1) % count).is_some();
    if !states.sites()[number]
        .under_way(window)
        .any(|(k, _)| merges(k))
    {
        return;
    }
    for state in states_in(allowed.0[number]) {
        let Some(merged) = across(state) else {
            continue;
        };
        match states.next_in(&segment.variants[state], states.lines[merged].end) {
            Some(line) => each(Some(line)),
            None => each_next(states, allowed, segment.end, &mut each),
        }
    }
}

/// The VMA of one state of a site that has `address` inside, not at its start.
fn vma_across(states: &States, segment: &Segment, state: usize, address: u64) -> Option<usize> {
    let line = states.next_in(&segment.variants[state], address)?;
    (states.lines[line].start < address).then_some(line)
}

/// The states in a set, by number.
fn states_in(set: u64) -> impl Iterator<Item = usize> {
    (0..64).filter(move |state| set >> state & 1 == 1)
}
