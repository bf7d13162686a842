//! The known holes, transcribed literally: what a reader finds that has them.

use std::ops::Range;

use super::generate::{Dice, PAGE, text};
use super::reference::{Line, Scan, Vma, World, next, passes};
use vmascope::internals::linux::{KnownHole, KnownHoles};
use vmascope::internals::linux::{Lookup, Query};
use vmascope::internals::linux::{Reader, Rule};
use vmascope::internals::maps::Window;
use vmascope::internals::oracle::{MovedVma, Violation, ViolationKind};

/// Added to the letter of a VMA that is write-locked: who comes upon it waits.
const LOCKED: u8 = 0x80;

impl World {
    /// The operations that may be under way in `window`, by the state that each
    /// leads out of.
    fn under_way(&self, window: Window) -> Vec<usize> {
        let count = self.states.len() as u64;
        let (finished, begun) = (window.finished[0], window.begun[0]);
        (finished..begun.min(finished + count))
            .map(|k| (k % count) as usize)
            .collect()
    }

    /// The address space before and in the middle of each move that may be
    /// under way.
    fn in_the_middle(&self, window: Window) -> Vec<[Vec<Vma>; 2]> {
        let under_way = self.under_way(window).into_iter();
        let middles = |k: usize| {
            let before = self.states[k].clone();
            let middles = self.middles(k).into_iter();
            middles.map(move |(_, middle)| [before.clone(), middle])
        };
        under_way.flat_map(middles).collect()
    }

    /// The address space in the middle of the move that leads out of state `k`, with
    /// each of its destinations empty, then that and the tail of what arrives there,
    /// and what was moved before where it is now; with the number of the destination.
    fn middles(&self, k: usize) -> Vec<(usize, Vec<Vma>)> {
        let mut space = self.states[k].clone();
        let mut middles = Vec::new();
        for (number, MovedVma { to, from, tail }) in self.moves[k].iter().enumerate() {
            for emptied in [to].into_iter().chain(tail) {
                space = space.iter().flat_map(|vma| around(vma, emptied)).collect();
                middles.push((number, space.clone()));
            }
            space.push(Vma {
                start: to.start,
                end: to.end,
                letter: b'w' | LOCKED,
            });
            space.sort_by_key(|vma| vma.start);
            if let Some(from) = from {
                space = space.iter().flat_map(|vma| around(vma, from)).collect();
            }
        }
        middles
    }

    /// The address space in the middle of one of the moves, if there is any.
    pub(crate) fn in_a_move(&self, dice: &mut Dice) -> Option<Vec<Vma>> {
        let moves = self.in_the_middle(Window::ANY);
        let [_, mut space] = (!moves.is_empty()).then(|| dice.of(&moves).clone())?;
        space.iter_mut().for_each(|vma| vma.letter &= !LOCKED);
        Some(space)
    }

    /// What is found from `cursor` in the middle of a move, where it is not
    /// what is found before.
    fn found_in_the_middle(&self, window: Window, cursor: u64) -> Vec<Option<Vma>> {
        let mut found = Vec::new();
        for [before, middle] in self.in_the_middle(window) {
            let vma = next(&middle, cursor);
            let locked = vma.is_some_and(|vma| vma.letter & LOCKED != 0);
            if !locked && vma != next(&before, cursor) {
                found.push(vma);
            }
        }
        found
    }

    /// Whether nothing is left behind the unmapped pages that a search from `cursor`
    /// steps on from, unmapped before or in the midst of a move, or one VMA of both.
    fn may_pass_the_last(&self, window: Window, cursor: u64) -> bool {
        let (finished, begun) = (window.finished[0], window.begun[0]);
        let under_way = self.under_way(window).into_iter().zip(finished..);
        let gaps = under_way.flat_map(|(k, number)| {
            let mut spaces = vec![self.states[k].clone()];
            // What was moved there before is in the way.
            let reached = |(number, _): &(usize, Vec<Vma>)| {
                *number == 0 || self.moves[k][*number].to.start <= cursor
            };
            let reached = self.middles(k).into_iter().filter(reached);
            spaces.extend(reached.map(|(_, space)| space));
            let behind = spaces
                .into_iter()
                .filter_map(move |space| next(&space, cursor).filter(|vma| vma.start > cursor));
            behind.map(move |last| (k, begun - number, last))
        });
        gaps.into_iter().any(|(k, left, last)| {
            let page = last.start - 1;
            let is_last = |state: &Vec<Vma>| {
                let mut vmas = state.iter();
                let holder = vmas.find(|vma| vma.start <= page && page < vma.end);
                next(state, holder.map_or(page, |vma| vma.end)).is_none()
            };
            // From the state behind operation `k` to the one behind the last begun, and
            // in each move among these operations.
            let count = left.min(self.states.len() as u64);
            (0..=count).any(|it| {
                let state = (k + it as usize) % self.states.len();
                let moves = self.middles(state).into_iter().map(|(_, space)| space);
                let moves: Vec<_> = moves.take_while(|_| it < left).collect();
                it > 0 && is_last(&self.states[state]) || moves.iter().any(is_last)
            })
        })
    }

    /// The known holes by which a text reader that has `printed` a line finds
    /// `found`; `steps_on` says whether its iterator is where it was left.
    pub(crate) fn explained(
        &self,
        window: Window,
        printed: Option<(u64, u64)>,
        steps_on: bool,
        found: Option<Vma>,
    ) -> Vec<KnownHole> {
        let cursor = printed.map_or(0, |(_, end)| end);
        let mut holes = Vec::new();
        for vma in self.found_in_the_middle(window, cursor) {
            if vma == found {
                holes.push(vma.map_or(KnownHole::H3, |_| KnownHole::H1));
            }
        }
        if found.is_none() && self.may_pass_the_last(window, cursor) {
            holes.push(KnownHole::H3);
        }
        let Some((start, end)) = printed.filter(|_| steps_on) else {
            return holes;
        };
        let across = |state: &[Vma]| {
            let mut vmas = state.iter().copied();
            vmas.find(|vma| vma.start < end && vma.end > end)
        };
        let behind = |state: &[Vma], page: u64| {
            let mut vmas = state.iter();
            let holder = vmas.find(|vma| vma.start <= page && page < vma.end);
            next(state, holder.map_or(page, |holder| holder.end))
        };
        let mut allowed = self.allowed(window);
        if self.under_way(window).is_empty() {
            // Nobody raced.
            allowed.clear();
        }
        for vma in allowed.iter().filter_map(|state| across(state)) {
            let mut after = allowed.iter().map(|state| behind(state, vma.end - 1));
            if vma.start <= start && after.any(|next| next == found) {
                holes.push(KnownHole::H2);
            }
        }
        if self.is_reused(window, (start, end), |state, page| {
            behind(state, page) == found
        }) {
            holes.push(KnownHole::H2);
        }
        for k in self.under_way(window) {
            let (before, after) = (&self.states[k], &self.states[(k + 1) % self.states.len()]);
            let cut = |vma: Vma| {
                let left = after.iter().find(|it| (it.start, it.end) == (start, end));
                let tail = after.iter().any(|it| it.start == end && it.end > vma.end);
                left.is_some_and(|left| {
                    vma.start <= start && left.letter != vma.letter || vma.start == start && tail
                })
            };
            for state in self.allowed(window) {
                let steps_past = match (across(before), across(after)) {
                    (None, Some(_)) if across(state).is_some() => behind(state, end - 1) == found,
                    (Some(vma), None) if cut(vma) => {
                        let mut ends = self.states.iter().flatten().map(|it| it.end);
                        ends.any(|it| end < it && it <= vma.end && behind(state, it - 1) == found)
                    }
                    _ => false,
                };
                holes.extend(steps_past.then_some(KnownHole::H2));
            }
        }
        holes
    }

    /// Whether what was found was another VMA, behind where the `printed` line is:
    /// one that was freed, and what is printed was made, before what `comes_next`
    /// did.
    fn is_reused(
        &self,
        window: Window,
        printed: (u64, u64),
        comes_next: impl Fn(&[Vma], u64) -> bool,
    ) -> bool {
        let (start, end) = printed;
        let count = self.states.len() as u64;
        let (first, last) = (window.finished[0], window.begun[0]);
        let last = last.min(first + 4 * count);
        let state = |number: u64| &self.states[(number % count) as usize];
        let is_freed = |vma: &Vma, operation: u64| {
            let unmapped = &self.unmapped[(operation % count) as usize];
            let mut pages = (vma.start..vma.end).step_by(PAGE as usize);
            let mut after = state(operation + 1).iter();
            pages.any(|page| unmapped.iter().any(|it| it.contains(&page)))
                || after.any(|it| {
                    it.start <= vma.start
                        && it.end >= vma.end
                        && (it.start, it.end) != (vma.start, vma.end)
                })
        };
        for searched in first..last {
            // From the last of its pages nothing but what is behind it is found.
            let Some(ahead) = next(state(searched), end - PAGE) else {
                continue;
            };
            if ahead.start <= start || ahead.end <= end {
                continue;
            }
            for freed in (searched..last).filter(|operation| is_freed(&ahead, *operation)) {
                for made in freed + 1..=last {
                    let mut vmas = state(made).iter();
                    if vmas.any(|vma| (vma.start, vma.end) == printed)
                        && (made..=last).any(|now| comes_next(state(now), ahead.end - PAGE))
                    {
                        return true;
                    }
                }
            }
        }
        false
    }

    /// The known holes by which a query is answered so.
    pub(crate) fn explained_answer(
        &self,
        window: Window,
        query: &Query,
        answer: Option<Vma>,
    ) -> KnownHoles {
        let mut holes = Vec::new();
        self.walk(window, query, query.address, answer, &[], &mut holes);
        holes.into_iter().collect()
    }

    fn walk(
        &self,
        window: Window,
        query: &Query,
        cursor: u64,
        answer: Option<Vma>,
        so_far: &[KnownHole],
        holes: &mut Vec<KnownHole>,
    ) {
        let still = self.allowed(window);
        let mut steps: Vec<(Option<Vma>, Option<KnownHole>)> = still
            .iter()
            .map(|state| (next(state, cursor), None))
            .collect();
        for vma in self.found_in_the_middle(window, cursor) {
            steps.push((vma, Some(vma.map_or(KnownHole::H3, |_| KnownHole::H1))));
        }
        if self.may_pass_the_last(window, cursor) {
            steps.push((None, Some(KnownHole::H3)));
        }
        for (vma, hole) in steps {
            let so_far = [so_far, hole.as_slice()].concat();
            let reached = match vma {
                None => answer.is_none(),
                Some(vma) => match (query.lookup, passes(&query.filter, vma.letter)) {
                    (Lookup::Covering, true) if vma.start <= cursor => answer == Some(vma),
                    (Lookup::Covering, _) => answer.is_none(),
                    (Lookup::CoveringOrNext, true) => answer == Some(vma),
                    (Lookup::CoveringOrNext, false) => {
                        self.walk(window, query, vma.end, answer, &so_far, holes);
                        false
                    }
                },
            };
            if reached {
                holes.extend(so_far);
            }
        }
    }
}

/// What is left of a VMA whose pages in `to` are unmapped.
fn around(vma: &Vma, to: &Range<u64>) -> Vec<Vma> {
    if vma.end <= to.start || vma.start >= to.end {
        return vec![*vma];
    }
    let piece = |start, end| Vma {
        start,
        end,
        letter: vma.letter | LOCKED,
    };
    let pieces = [piece(vma.start, to.start), piece(to.end, vma.end)];
    pieces
        .into_iter()
        .filter(|piece| piece.start < piece.end)
        .collect()
}

/// The VMA whose line starts at this byte of the scan.
fn line_at(scan: &Scan, at: usize) -> Option<Vma> {
    let mut lines = scan.lines().into_iter();
    let mut from = 0;
    lines.find_map(|line| {
        let here = from == at;
        from += text(&line).len();
        match line {
            Line::Vma(vma) if here => Some(vma),
            _ => None,
        }
    })
}

/// The known holes that lead from the line before a violation to what it found.
pub(crate) fn signatures(
    world: &World,
    rule: Rule,
    reader: Reader,
    scan: &Scan,
    seen: &Violation,
) -> KnownHoles {
    let found = match &seen.kind {
        ViolationKind::Hole(_) | ViolationKind::SkippedLine => line_at(scan, seen.at),
        ViolationKind::LostTail(_) => None,
        _ => return KnownHoles::NONE,
    };
    let gate_is_lost = world.gate && !scan.lines().contains(&Line::Gate);
    if rule != Rule::LINE_END || found.is_none() && gate_is_lost {
        return KnownHoles::NONE;
    }
    let from = |window, inside| {
        let steps_on = inside && reader == Reader::Maps;
        world.explained(window, seen.previous, steps_on, found)
    };
    // The end may have been found when the chunk before was printed, so a lost
    // tail's window begins with that chunk's.
    let own = match scan.chunks.get(seen.chunk) {
        Some(chunk) if world.gate || !seen.first_in_chunk || found.is_some() => chunk.window,
        _ => scan.eof,
    };
    let mut holes = from(own, !seen.first_in_chunk);
    let before = if world.gate {
        seen.chunk.checked_sub(1)
    } else {
        Some(seen.chunk)
    };
    if found.is_none()
        && seen.first_in_chunk
        && let Some(before) = before.and_then(|chunk| scan.chunks.get(chunk))
    {
        holes.extend(from(before.window, true));
    }
    holes.into_iter().collect()
}
