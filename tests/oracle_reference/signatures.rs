//! The known holes, transcribed literally: what a reader finds that has them.

use std::ops::Range;

use super::reference::{Vma, World, next, passes};
use vmascope::kernel::chunk::Window;
use vmascope::kernel::known_holes::{KnownHole, KnownHoles};
use vmascope::kernel::procmap_query::{Lookup, Query};

/// The protection of a VMA that is write-locked: who comes upon it waits.
const LOCKED: u8 = b'!';

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
        let middle = |k: usize| {
            let (to, before) = (self.destinations[k].as_ref()?, &self.states[k]);
            let middle = before.iter().flat_map(|vma| around(vma, to)).collect();
            Some([before.clone(), middle])
        };
        self.under_way(window)
            .into_iter()
            .filter_map(middle)
            .collect()
    }

    /// The known holes by which a text reader at `cursor` finds `found`.
    pub(crate) fn explained(
        &self,
        window: Window,
        cursor: u64,
        past_a_merge: bool,
        found: Option<Vma>,
    ) -> Vec<KnownHole> {
        let mut holes = Vec::new();
        for vma in self.found_in_the_middle(window, cursor) {
            if vma == found {
                holes.push(vma.map_or(KnownHole::H3, |_| KnownHole::H1));
            }
        }
        if found.is_none() && self.may_pass_the_last(window, cursor) {
            holes.push(KnownHole::H3);
        }
        let across = |state: &[Vma]| {
            let mut vmas = state.iter().copied();
            vmas.find(|vma| vma.start < cursor && vma.end > cursor)
        };
        let count = self.states.len();
        let merged = self.under_way(window).into_iter().any(|k| {
            across(&self.states[k]).is_none() && across(&self.states[(k + 1) % count]).is_some()
        });
        if past_a_merge && merged {
            for state in self.allowed(window) {
                let vma = across(state).map(|merged| next(state, merged.end));
                if vma.is_some_and(|vma| vma == found) {
                    holes.push(KnownHole::H2);
                }
            }
        }
        holes
    }

    /// The known holes by which a query is answered so.
    pub(crate) fn explained_answer(
        &self,
        window: Window,
        query: &Query,
        answer: Option<Vma>,
    ) -> KnownHoles {
        let mut holes = Vec::new();
        self.walk(
            window,
            query,
            query.address,
            answer,
            &mut Vec::new(),
            &mut holes,
        );
        holes.into_iter().collect()
    }

    /// What is found from `cursor` in the middle of a move, where it is not
    /// what is found before.
    fn found_in_the_middle(&self, window: Window, cursor: u64) -> Vec<Option<Vma>> {
        let mut found = Vec::new();
        for [before, middle] in self.in_the_middle(window) {
            let vma = next(&middle, cursor);
            let locked = vma.is_some_and(|vma| vma.letter == LOCKED);
            if !locked && vma != next(&before, cursor) {
                found.push(vma);
            }
        }
        found
    }

    /// Whether the last VMA grows down over the page that a search from `cursor`
    /// steps on from.
    fn may_pass_the_last(&self, window: Window, cursor: u64) -> bool {
        self.under_way(window).into_iter().any(|k| {
            let Some(last) = next(&self.states[k], cursor).filter(|vma| vma.start > cursor) else {
                return false;
            };
            let grown = |state: &[Vma]| {
                let mut vmas = state.iter().copied();
                vmas.find(|vma| vma.start < last.start && last.start < vma.end)
            };
            let is_last =
                |state: &&[Vma]| grown(state).is_some_and(|vma| next(state, vma.end).is_none());
            grown(&self.states[(k + 1) % self.states.len()]).is_some()
                && self.allowed(window).iter().any(is_last)
        })
    }

    fn walk(
        &self,
        window: Window,
        query: &Query,
        cursor: u64,
        answer: Option<Vma>,
        so_far: &mut Vec<KnownHole>,
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
            let before = so_far.len();
            so_far.extend(hole);
            let reached = match vma {
                None => answer.is_none(),
                Some(vma) => match (query.lookup, passes(&query.filter, vma.letter)) {
                    (Lookup::Covering, true) if vma.start <= cursor => answer == Some(vma),
                    (Lookup::Covering, _) => answer.is_none(),
                    (Lookup::CoveringOrNext, true) => answer == Some(vma),
                    (Lookup::CoveringOrNext, false) => {
                        self.walk(window, query, vma.end, answer, so_far, holes);
                        false
                    }
                },
            };
            if reached {
                holes.extend(&*so_far);
            }
            so_far.truncate(before);
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
        letter: LOCKED,
    };
    let pieces = [piece(vma.start, to.start), piece(to.end, vma.end)];
    pieces
        .into_iter()
        .filter(|piece| piece.start < piece.end)
        .collect()
}
