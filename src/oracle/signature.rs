//! The signatures of the known holes: what a reader that has one finds next
//! where a sound one does not. Those of H1 and H3, which a search has that comes
//! to unmapped pages; that of H2 is in [`stale_iterator`](super::stale_iterator).
//!
//! A label excuses, so it is given only where its mechanism leads to exactly
//! what was read: the same line, or nothing more.

use std::ops::Range;

use super::engine::{Sets, each_next, passes};
use super::site::{Emptied, SiteStates};
use super::states::{Segment, States};
use crate::linux::known_holes::KnownHole;
use crate::maps::scan_text::Window;

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

/// Calls `each` with what a search from `cursor` finds and believes though a sound
/// reader would not, an index into the lines or none, and with the known hole
/// that this is.
pub(crate) fn each_believed(
    states: &States,
    allowed: &Sets,
    window: Window,
    cursor: u64,
    mut each: impl FnMut(Option<usize>, KnownHole),
) {
    each_in_the_empty_tree(states, allowed, window, cursor, |next| {
        each(next, next.map_or(KnownHole::H3, |_| KnownHole::H1));
    });
    if may_pass_the_last(states, allowed, window, cursor) {
        each(None, KnownHole::H3);
    }
}

/// Calls `each` with what a search from `cursor` finds while a move under way
/// in `window` has unmapped its destination and not yet moved anything there,
/// where that makes a difference: an index into the lines, or none
/// (`mremap_to()`, mm/mremap.c).
fn each_in_the_empty_tree(
    states: &States,
    allowed: &Sets,
    window: Window,
    cursor: u64,
    mut each: impl FnMut(Option<usize>),
) {
    for (_, site, segment) in sites_from(states, allowed, cursor) {
        for (before, emptied) in site.moves_under_way(window) {
            match behind(states, &segment.variants[before], emptied, cursor) {
                Some(Some(line)) => each(Some(line)),
                Some(None) => each_next(states, allowed, segment.end, &mut each),
                None => {}
            }
        }
    }
}

/// The first VMA of `variant` that ends above `cursor`, without what is `emptied`.
/// None where that is the same with it, or where a VMA comes first that the move has
/// split, or moved: that one is write-locked, so that a reader waits for the end of
/// the move.
fn behind(
    states: &States,
    variant: &Range<usize>,
    emptied: Emptied<'_>,
    cursor: u64,
) -> Option<Option<usize>> {
    let mut skipped = false;
    for index in states.next_in(variant, cursor)?..variant.end {
        let line = &states.lines[index];
        let whole = line.start..line.end;
        if emptied.left_of(line.start, line.end) == Some(whole) {
            let is_reached = skipped && !emptied.has_moved_to(&(cursor..line.end));
            return is_reached.then_some(Some(index));
        }
        if emptied.left_of(line.start.max(cursor), line.end).is_some() {
            return None;
        }
        skipped = true;
    }
    (skipped && !emptied.has_moved_to(&(cursor..u64::MAX))).then_some(None)
}

/// Whether a search from `cursor` may find nothing at all because it looks at
/// unmapped pages and steps on from the last of them, while operations under way in
/// `window` make one VMA of them and of the last VMA behind them, or map some of
/// them and unmap that, be it for the moment of a move: the step then leads past what
/// is there (`mas_next_slot()` after `mas_rewalk()`, lib/maple_tree.c). The pages may
/// be unmapped before an operation, or in the midst of it, as the destination of
/// a move.
fn may_pass_the_last(states: &States, allowed: &Sets, window: Window, cursor: u64) -> bool {
    sites_from(states, allowed, cursor).any(|(_, site, segment)| {
        let count = segment.variants.len();
        let (finished, begun) = site.own(window);
        let under_way = site.under_way(window).zip(finished..);
        let gaps = under_way.flat_map(|((before, operation), number)| {
            let variant = &segment.variants[before];
            let still = end_of_gap(states, variant, Emptied::NONE, cursor);
            let moving = operation.emptied_from(cursor);
            let moving = moving.filter_map(move |it| end_of_gap(states, variant, it, cursor));
            still
                .into_iter()
                .chain(moving)
                .map(move |start| (before, begun - number, start))
        });
        gaps.into_iter().any(|(before, left, start)| {
            // Whether the next operation makes it so, or one after it, or the move of one
            // of them that may be under way.
            let later = (0..=left.min(count as u64)).map(|it| (it, (before + it as usize) % count));
            let (mut ends, mut ends_in_a_move) = (false, false);
            for (it, state) in later {
                if it > 0 {
                    each_past(states, allowed, segment, state, start - 1, |next| {
                        ends |= next.is_none();
                    });
                }
                let mut moments = site.operations[state].emptied().take_while(|_| it < left);
                let lines = states.lines[segment.variants[state].clone()].iter();
                ends_in_a_move |= moments.any(|moment| {
                    let lines = lines.clone().map(|line| line.start..line.end);
                    is_last(&moment.mapped(lines), start - 1)
                });
            }
            if ends_in_a_move {
                each_next(states, allowed, segment.end, |next| ends |= next.is_none());
            }
            ends
        })
    })
}

/// Whether nothing is behind this page, and what has it.
fn is_last(vmas: &[Range<u64>], page: u64) -> bool {
    let holder = vmas.iter().find(|vma| vma.contains(&page));
    let end = holder.map_or(page, |vma| vma.end);
    vmas.iter().all(|vma| vma.end <= end)
}

/// The end of the unmapped pages from `cursor` on in a state, without what is
/// `emptied`; none where something is mapped there, or nothing behind.
fn end_of_gap(
    states: &States,
    variant: &Range<usize>,
    emptied: Emptied<'_>,
    cursor: u64,
) -> Option<u64> {
    let mut lines = states.lines[variant.clone()].iter();
    let start = lines.find_map(|line| {
        let left = emptied.left_of(line.start.max(cursor), line.end)?;
        // What begins before the cursor and reaches it has its page.
        Some(left.start)
    })?;
    (start > cursor).then_some(start)
}

/// Calls `each` with what an iterator steps on to that has covered `page` as its
/// last, in this state of the site that the segment is of.
pub(super) fn each_past(
    states: &States,
    allowed: &Sets,
    segment: &Segment,
    state: usize,
    page: u64,
    each: impl FnMut(Option<usize>),
) {
    let holder = states.next_in(&segment.variants[state], page);
    let holder = holder.map(|it| &states.lines[it]);
    let end = holder
        .filter(|it| it.start <= page)
        .map_or(page, |it| it.end);
    each_behind(states, allowed, segment, state, end, each);
}

/// Calls `each` with what comes next from `cursor`, in this state of the site that
/// the segment is of: an index into the lines, or none.
fn each_behind(
    states: &States,
    allowed: &Sets,
    segment: &Segment,
    state: usize,
    cursor: u64,
    mut each: impl FnMut(Option<usize>),
) {
    match states.next_in(&segment.variants[state], cursor) {
        Some(line) => each(Some(line)),
        None => each_next(states, allowed, segment.end, each),
    }
}
