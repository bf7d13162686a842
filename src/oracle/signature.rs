//! The signatures of the known holes: what a reader that has one finds next
//! where a sound one does not.
//!
//! A label excuses, so it is given only where its mechanism leads to exactly
//! what was read: the same line, or nothing more.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

use super::engine::{Sets, each_next, passes};
use super::site::SiteStates;
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
/// unmapped pages and steps on, while operations under way in `window` make
/// one VMA of them and of the last VMA behind them: the step then leads past it
/// (`mas_next_slot()` after `mas_rewalk()`, lib/maple_tree.c). The pages may be
/// unmapped before an operation, or in the midst of it, as the destination of
/// a move.
fn may_pass_the_last(states: &States, allowed: &Sets, window: Window, cursor: u64) -> bool {
    sites_from(states, allowed, cursor).any(|(_, site, segment)| {
        let count = segment.variants.len();
        let across = |state, address| vma_across(states, segment, state, address);
        let (finished, begun) = site.own(window);
        let under_way = site.under_way(window).zip(finished..);
        let gaps = under_way.flat_map(|((before, operation), number)| {
            let variant = &segment.variants[before];
            let still = end_of_gap(states, variant, &(0..0), cursor);
            let to = operation.move_destination.as_ref();
            let moving = to.and_then(|to| end_of_gap(states, variant, to, cursor));
            still
                .into_iter()
                .chain(moving)
                .map(move |start| (before, begun - number, start))
        });
        gaps.into_iter().any(|(before, left, start)| {
            // What is behind the gap is one VMA with the gap afterwards, whether the
            // next operation makes it that or one after it.
            let later = (1..=left.min(count as u64)).map(|it| (before + it as usize) % count);
            let mut ends = false;
            for state in later {
                if let Some(grown) = across(state, start) {
                    let end = states.lines[grown].end;
                    each_behind(states, allowed, segment, state, end, |next| {
                        ends |= next.is_none();
                    });
                }
            }
            ends
        })
    })
}

/// The end of the unmapped pages from `cursor` on in a state, as if there were
/// nothing in `to` either; none where something is mapped there, or nothing
/// behind.
fn end_of_gap(
    states: &States,
    variant: &Range<usize>,
    to: &Range<u64>,
    cursor: u64,
) -> Option<u64> {
    let mut lines = states.lines[variant.clone()].iter();
    let start = lines.find_map(|line| {
        let end = if to.contains(&(line.end - 1)) {
            to.start
        } else {
            line.end
        };
        let start = if to.contains(&line.start) {
            to.end
        } else {
            line.start
        };
        // A VMA on both sides of the destination is left on both.
        if start < to.start && to.end < end && (to.start..end).contains(&cursor) {
            return Some(to.end.max(cursor));
        }
        (start < end && end > cursor).then_some(start)
    })?;
    (start > cursor).then_some(start)
}

/// Calls `each` with what an iterator finds that steps on from the `printed`
/// line (its start and end), where an operation under way in `window` has moved
/// the end of that line's VMA: an index into the lines, or none.
///
/// The iterator steps past whatever has the last page of what it found. Either
/// the VMA has grown since it was printed, or it reached further when it was
/// found than when it was locked; then what was cut off is where the iterator
/// stands.
pub(crate) fn each_past_a_stale_iterator(
    states: &States,
    allowed: &Sets,
    window: Window,
    printed: (u64, u64),
    mut each: impl FnMut(Option<usize>),
) {
    let (start, end) = printed;
    let Some(segment) = states.segments.get(states.segment_at(end - 1)) else {
        return;
    };
    let Some(number) = segment.site else {
        return;
    };
    let site = &states.sites()[number];
    if site.under_way(window).next().is_none() {
        return;
    }
    let count = segment.variants.len();
    // The VMA that has pages on both sides of the line's end.
    let across = |state| vma_across(states, segment, state, end);
    // A VMA that an operation cuts lives on as the piece that the operation
    // changes, which has another protection; or, where the VMA behind takes its
    // tail, as what is left in front.
    let cut_to_printed = |line: usize, after: usize| {
        let cut = &states.lines[line];
        let variant = &segment.variants[after];
        let Some(left) = states.next_in(variant, start) else {
            return false;
        };
        let behind = states.next_in(variant, end).map(|next| &states.lines[next]);
        let takes_its_tail = behind.is_some_and(|next| next.start == end && next.end > cut.end);
        let changed = states.attributes[left].permissions != states.attributes[line].permissions;
        let is_printed = (states.lines[left].start, states.lines[left].end) == printed;
        is_printed && (changed && cut.start <= start || cut.start == start && takes_its_tail)
    };
    let mut see_behind = |state: usize, page: u64| {
        let variant = &segment.variants[state];
        let holder = states.next_in(variant, page).map(|it| &states.lines[it]);
        let behind = holder
            .filter(|it| it.start <= page)
            .map_or(page, |it| it.end);
        each_behind(states, allowed, segment, state, behind, &mut each);
    };
    let mut has_grown = false;
    for (k, _) in site.under_way(window) {
        match (across(k), across((k + 1) % count)) {
            (None, Some(_)) => has_grown = true,
            (Some(line), None) if cut_to_printed(line, (k + 1) % count) => {
                // Where it ended when it was found: an operation on several VMAs
                // merges them one after the other.
                let ends = end + 1..=states.lines[line].end;
                for found_end in ends_in(states, segment, &ends) {
                    states_in(allowed.0[number]).for_each(|state| see_behind(state, found_end - 1));
                }
            }
            _ => {}
        }
    }
    // Or the structure of what was found was freed, and used again for what was
    // printed (`SLAB_TYPESAFE_BY_RCU`), or it was cut more than once.
    for found in states_in(allowed.0[number]).filter_map(across) {
        let found = &states.lines[found];
        if found.start <= start {
            states_in(allowed.0[number]).for_each(|state| see_behind(state, found.end - 1));
        }
    }
    if has_grown {
        states_in(allowed.0[number])
            .filter(|state| across(*state).is_some())
            .for_each(|state| see_behind(state, end - 1));
    }
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

/// The VMA of one state of a site that has `address` inside, not at its start.
fn vma_across(states: &States, segment: &Segment, state: usize, address: u64) -> Option<usize> {
    let line = states.next_in(&segment.variants[state], address)?;
    (states.lines[line].start < address).then_some(line)
}

/// The ends, within `range`, of the VMAs of a site in any of its states.
fn ends_in(states: &States, segment: &Segment, range: &RangeInclusive<u64>) -> BTreeSet<u64> {
    let lines = segment
        .variants
        .iter()
        .flat_map(|variant| &states.lines[variant.clone()]);
    let ends = lines.map(|line| line.end);
    ends.filter(|end| range.contains(end)).collect()
}

/// The states in a set, by number.
fn states_in(set: u64) -> impl Iterator<Item = usize> {
    (0..64).filter(move |state| set >> state & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::site::{OperationInfo, SiteClock, SiteStates};

    /// What a stale iterator finds behind the `printed` line while these operations
    /// are under way; the states are `www` and `r ww`, between fences.
    fn found(under_way: Range<u64>, printed: (u64, u64)) -> Vec<Option<u64>> {
        let line = |start: u64, end: u64, permissions: &str| {
            let (start, end) = (start << 12, end << 12);
            format!("{start:08x}-{end:08x} {permissions}p 00000000 00:00 0 \n")
        };
        let text = |site: String| {
            [line(8, 9, "---"), site, line(12, 13, "---")]
                .concat()
                .into_bytes()
        };
        let operation_info = || OperationInfo {
            text: String::new(),
            move_destination: None,
        };
        let site = SiteStates {
            range: 9 << 12..12 << 12,
            operations: vec![operation_info(), operation_info()],
            clock: SiteClock::default(),
        };
        let captures = [
            text(line(9, 12, "rw-")),
            text(line(9, 10, "r--") + &line(10, 12, "rw-")),
        ];
        let states = States::of_site(site, &captures).expect("two states");
        let window = Window::of_one(under_way.start, under_way.end);
        let mut allowed = Sets::default();
        allowed.set_allowed(&states, window);
        let printed = (printed.0 << 12, printed.1 << 12);
        let mut found = Vec::new();
        each_past_a_stale_iterator(&states, &allowed, window, printed, |next| {
            found.push(next.map(|line| states.lines[line].start >> 12));
        });
        found.dedup();
        found
    }

    #[test]
    fn the_iterator_stands_where_the_vma_was_found_not_where_it_was_cut() {
        // r 9-10 was w 9-12 when it was found: page 11 is in w 10-12 now.
        assert_eq!(found(0..1, (9, 10)), [Some(12)]);
        // The merge makes w 9-12 of r 9-10, and of the fence nothing.
        assert_eq!(found(1..2, (9, 10)), [Some(12)]);
        assert_eq!(found(0..1, (8, 9)), []);
        assert_eq!(found(1..2, (8, 9)), []);
        // Nobody races: whatever was printed there, no race explains it.
        assert_eq!(found(0..0, (9, 10)), []);
    }
}
