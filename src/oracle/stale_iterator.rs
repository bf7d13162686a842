//! The signature of H2, the stale iterator: in `maps`, inside a chunk, it steps on
//! from where it stood.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::engine::Sets;
use super::signature::each_past;
use super::site::SiteStates;
use super::states::{Line, Segment, States};
use crate::maps::scan_text::Window;

/// Calls `each` with what an iterator finds that steps on from the `printed`
/// line (its start and end), where an operation under way in `window` has moved
/// the end of that line's VMA: an index into the lines, or none.
///
/// The iterator steps past whatever has the last page of what it found. Either
/// the VMA has grown since it was printed, or it reached further when it was
/// found than when it was locked, and what was cut off is where the iterator
/// stands; or what was found was another VMA, see [`each_reused`].
pub(crate) fn each_past_a_stale_iterator(
    states: &States,
    allowed: &Sets,
    window: Window,
    printed: (u64, u64),
    mut each: impl FnMut(Option<usize>),
) {
    let (start, end) = printed;
    let last = end.checked_sub(1);
    let Some(segment) = last.and_then(|last| states.segments.get(states.segment_at(last))) else {
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
        each_past(states, allowed, segment, state, page, &mut each);
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
    each_reused(states, segment, site, window, printed, &mut see_behind);
    if has_grown {
        states_in(allowed.0[number])
            .filter(|state| across(*state).is_some())
            .for_each(|state| see_behind(state, end - 1));
    }
}

/// Calls `each` with a state, and the last page that the iterator covers, where
/// that stands on a VMA which was freed before the `printed` line's was made.
///
/// The pages of the line were not mapped, or those of it that were still to come,
/// when the reader searched: it found the VMA behind. That was freed, its
/// structure was used again at once (`SLAB_TYPESAFE_BY_RCU`) for the VMA of the
/// line, and was locked as such: nothing is wrong with it, as it has the position
/// that was searched from.
fn each_reused(
    states: &States,
    segment: &Segment,
    site: &SiteStates,
    window: Window,
    printed: (u64, u64),
    mut each: impl FnMut(usize, u64),
) {
    let (start, end) = printed;
    let count = site.state_count() as u64;
    let (finished, begun) = site.own(window);
    // What can happen at all, happens in so many rounds of the cycle.
    let last = begun.min(finished.saturating_add(4 * count));
    let lines = |number: u64| &states.lines[segment.variants[(number % count) as usize].clone()];
    let has_printed = |number: u64| {
        let mut lines = lines(number).iter();
        lines.any(|line| (line.start, line.end) == printed)
    };
    for searched in finished..last {
        let mut behind = lines(searched).iter().filter(|line| line.end >= end);
        let Some(found) = behind.next().filter(|it| it.start > start && it.end > end) else {
            continue;
        };
        let is_freed = |operation: u64| {
            let unmaps = &site.operations[(operation % count) as usize].unmaps;
            let mut unmaps = unmaps.iter();
            let is_unmapped = unmaps.any(|it| it.start < found.end && found.start < it.end);
            // Or it was merged into another one.
            let is_merged = |line: &Line| {
                line.start <= found.start
                    && found.end <= line.end
                    && found.end - found.start < line.end - line.start
            };
            is_unmapped || lines(operation + 1).iter().any(is_merged)
        };
        let Some(freed) = (searched..last).find(|operation| is_freed(*operation)) else {
            continue;
        };
        let Some(made) = (freed + 1..=last).find(|number| has_printed(*number)) else {
            continue;
        };
        for number in (made..=last).take(count as usize) {
            each((number % count) as usize, found.end - 1);
        }
    }
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

/// The VMA of one state of a site that has `address` inside, not at its start.
fn vma_across(states: &States, segment: &Segment, state: usize, address: u64) -> Option<usize> {
    let line = states.next_in(&segment.variants[state], address)?;
    (states.lines[line].start < address).then_some(line)
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::oracle::site::{OperationInfo, SiteClock};

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
            ..OperationInfo::default()
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
