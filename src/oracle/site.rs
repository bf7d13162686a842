//! A site: where a scenario works, and which states a window allows.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::maps::scan_text::Window;

/// One operation of a site's cycle, as far as a verdict needs to know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationInfo {
    /// The system call, to show.
    pub text: String,
    /// What `mremap(MREMAP_FIXED)` moves: one VMA, or a part of it, after the other
    /// (`remap_move()` and `mremap_to()`, mm/mremap.c).
    pub moves: Vec<MovedVma>,
    /// The addresses that the call takes from whatever VMAs have them, in bytes:
    /// the structures of those, or of the parts cut off, are freed and may be used
    /// again at once (`vms_gather_munmap_vmas()`, mm/vma.c).
    pub unmaps: Vec<Range<u64>>,
}

/// A VMA that is moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedVma {
    /// Where it arrives, in bytes: unmapped first.
    pub to: Range<u64>,
    /// The addresses that it leaves unmapped; none where nothing of the site was
    /// there, or where that stays mapped.
    pub from: Option<Range<u64>>,
    /// Where it gets smaller, the addresses of its end: unmapped second, before
    /// anything moves (`shrink_vma()`, called by `mremap_to()`).
    pub tail: Option<Range<u64>>,
}

/// What a move has unmapped at a moment between unmapping a destination and moving
/// something there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Emptied<'a> {
    /// The VMAs that have been moved, and the one that is to arrive.
    moves: &'a [MovedVma],
    /// Whether the tail of that one is unmapped, too.
    tail: bool,
}

impl<'a> Emptied<'a> {
    /// Nothing.
    pub(crate) const NONE: Emptied<'static> = Emptied {
        moves: &[],
        tail: false,
    };

    fn ranges(self) -> impl Iterator<Item = &'a Range<u64>> {
        let (last, moved) = self.moves.split_last().unzip();
        let moved = moved.unwrap_or_default().iter();
        let tail = last.filter(|_| self.tail);
        moved
            .filter_map(|moved| moved.from.as_ref())
            .chain(last.map(|last| &last.to))
            .chain(tail.and_then(|last| last.tail.as_ref()))
    }

    /// The VMAs that are there at that moment, of those that were there before: in
    /// no order.
    pub(crate) fn mapped(self, before: impl Iterator<Item = Range<u64>>) -> Vec<Range<u64>> {
        let mut vmas: Vec<Range<u64>> = before.collect();
        let Some((last, moved)) = self.moves.split_last() else {
            return vmas;
        };
        let unmap = |vmas: &mut Vec<Range<u64>>, part: &Range<u64>| {
            let around = |vma: &Range<u64>| {
                [
                    vma.start..vma.end.min(part.start),
                    vma.start.max(part.end)..vma.end,
                ]
            };
            let left = vmas.iter().flat_map(around);
            *vmas = left.filter(|vma| !vma.is_empty()).collect();
        };
        for one in moved {
            unmap(&mut vmas, &one.to);
            one.tail.iter().for_each(|tail| unmap(&mut vmas, tail));
            vmas.push(one.to.clone());
            one.from.iter().for_each(|from| unmap(&mut vmas, from));
        }
        unmap(&mut vmas, &last.to);
        let tail = last.tail.as_ref().filter(|_| self.tail);
        tail.into_iter().for_each(|tail| unmap(&mut vmas, tail));
        vmas
    }

    /// Whether something has been moved to some of these addresses: it is write-locked.
    pub(crate) fn has_moved_to(self, addresses: &Range<u64>) -> bool {
        let moved = self.moves.split_last().map(|(_, moved)| moved);
        let mut moved = moved.unwrap_or_default().iter();
        moved.any(|it| it.to.start < addresses.end && addresses.start < it.to.end)
    }

    /// The first of the addresses from `at` up to `end` that are left, with those
    /// that follow.
    pub(crate) fn left_of(self, mut at: u64, end: u64) -> Option<Range<u64>> {
        while let Some(range) = self.ranges().find(|range| range.contains(&at)) {
            at = range.end;
        }
        let next = self.ranges().map(|range| range.start);
        let next = next.filter(|start| *start > at).min();
        (at < end).then(|| at..next.unwrap_or(end).min(end))
    }
}

impl OperationInfo {
    /// Each moment at which a destination is empty: before the tail of what is to
    /// arrive there is unmapped, if it has one, and after.
    pub(crate) fn emptied(&self) -> impl Iterator<Item = Emptied<'_>> {
        (0..self.moves.len()).flat_map(|number| {
            let moves = &self.moves[..=number];
            let has_tail = self.moves[number].tail.is_some();
            let tails = [false, true].into_iter().take(1 + usize::from(has_tail));
            tails.map(move |tail| Emptied { moves, tail })
        })
    }

    /// Those at which a search from `cursor` may come to the destination: to one that
    /// follows others none comes from before it, as what has been moved there is
    /// write-locked.
    pub(crate) fn emptied_from(&self, cursor: u64) -> impl Iterator<Item = Emptied<'_>> {
        let reaches = move |it: &Emptied<'_>| match it.moves {
            [_, .., last] => last.to.start <= cursor,
            _ => true,
        };
        self.emptied().filter(reaches)
    }
}

/// Which operations are a site's: a writer makes an operation at each of its
/// sites in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteClock {
    /// The writer that works on it, from 0.
    pub writer: usize,
    /// Its number among that writer's sites, from 0.
    pub turn: u64,
    /// How many sites that writer has.
    pub turns: u64,
}

impl Default for SiteClock {
    /// The only site of the only writer.
    fn default() -> Self {
        SiteClock {
            writer: 0,
            turn: 0,
            turns: 1,
        }
    }
}

impl SiteClock {
    /// Of `count` operations of the writer, those at this site.
    fn own(self, count: u64) -> u64 {
        count / self.turns + u64::from(count % self.turns > self.turn)
    }
}

/// A site: the addresses its scenario works on, and its cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteStates {
    /// The addresses in bytes.
    pub range: Range<u64>,
    /// Operation `k` leads from state `k` to state `(k + 1) % len`.
    pub operations: Vec<OperationInfo>,
    /// Which of its writer's operations are its own.
    pub clock: SiteClock,
}

impl SiteStates {
    /// How many states the site's cycle has.
    #[must_use]
    pub fn state_count(&self) -> usize {
        self.operations.len()
    }

    /// How many of its own operations were finished before `window` and begun
    /// in it.
    #[must_use]
    pub fn own(&self, window: Window) -> (u64, u64) {
        let clock = self.clock;
        (
            clock.own(window.finished[clock.writer]),
            clock.own(window.begun[clock.writer]),
        )
    }

    /// The set of states, one bit each, that the site may have been in while
    /// the counters moved through `window`.
    #[must_use]
    pub fn allowed(&self, window: Window) -> u64 {
        let count = self.operations.len() as u64;
        let all = u64::MAX >> (64 - count);
        let (finished, begun) = self.own(window);
        if begun.saturating_sub(finished) >= count - 1 {
            return all;
        }
        (finished..=begun).fold(0, |set, k| set | 1 << (k % count))
    }

    /// The operations that were begun and perhaps not finished in `window`, each
    /// with the number of the state that it leads out of.
    pub fn under_way(&self, window: Window) -> impl Iterator<Item = (usize, &OperationInfo)> {
        let count = self.operations.len() as u64;
        let (finished, begun) = self.own(window);
        let last = begun.min(finished.saturating_add(count));
        (finished..last).map(move |k| {
            let state = (k % count) as usize;
            (state, &self.operations[state])
        })
    }

    /// The moves among them: the state that each leads out of, and what it has
    /// unmapped at each of its moments.
    pub(crate) fn moves_under_way(
        &self,
        window: Window,
    ) -> impl Iterator<Item = (usize, Emptied<'_>)> {
        self.under_way(window).flat_map(|(state, operation)| {
            let emptied = operation.emptied();
            emptied.map(move |emptied| (state, emptied))
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A site of so many states.
    pub(in crate::oracle) fn site(states: usize) -> SiteStates {
        let operation = |k| OperationInfo {
            text: format!("operation {k}"),
            ..OperationInfo::default()
        };
        SiteStates {
            range: 0..1,
            operations: (0..states).map(operation).collect(),
            clock: SiteClock::default(),
        }
    }

    fn window(finished: u64, begun: u64) -> Window {
        Window::of_one(finished, begun)
    }

    #[test]
    fn each_site_counts_the_operations_that_are_its_own() {
        let mut site = site(2);
        site.clock = SiteClock {
            writer: 1,
            turn: 1,
            turns: 3,
        };
        let window = |finished, begun| Window {
            finished: [77, finished, 0, 0],
            begun: [99, begun, 0, 0],
        };
        // The writer's operations go to sites 0, 1, 2, 0, 1, 2, …
        assert_eq!(site.own(window(1, 2)), (0, 1));
        assert_eq!(site.allowed(window(0, 1)), 0b01);
        assert_eq!(site.allowed(window(1, 2)), 0b11);
        assert_eq!(site.allowed(window(2, 4)), 0b10);
        assert_eq!(site.allowed(window(5, 7)), 0b01);
        assert_eq!(site.under_way(window(2, 4)).count(), 0);
        assert_eq!(site.under_way(window(4, 5)).count(), 1);
        assert_eq!(site.allowed(Window::ANY), 0b11);
    }

    #[test]
    fn a_window_allows_the_states_from_finished_to_begun() {
        let site = site(3);
        assert_eq!(site.allowed(window(0, 0)), 0b001);
        assert_eq!(site.allowed(window(2, 3)), 0b101);
        assert_eq!(site.allowed(window(4, 5)), 0b110);
        assert_eq!(site.allowed(window(4, 6)), 0b111);
        assert_eq!(site.allowed(Window::ANY), 0b111);
        assert_eq!(self::site(1).allowed(Window::ANY), 1);
    }

    #[test]
    fn under_way_is_what_was_begun_and_perhaps_not_finished() {
        let site = site(2);
        let names = |window| -> Vec<String> {
            site.under_way(window)
                .map(|(_, operation)| operation.text.clone())
                .collect()
        };
        assert!(names(window(4, 4)).is_empty());
        assert_eq!(names(window(3, 4)), ["operation 1"]);
        assert_eq!(names(Window::ANY).len(), 2);
    }
}
