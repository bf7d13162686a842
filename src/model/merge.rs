//! How a merge goes (`vma_merge_existing_range()`, `vma_merge_new_range()` and
//! `commit_merge()` in mm/vma.c), and mprotect, which merges or splits.

use super::address_space::Action;
use super::node::Name;
use super::writer::{DETACH, FLAGS, FREE, MERGE, ModelWriter, SET_RANGE};

impl ModelWriter {
    /// `vma_merge_new_range()`: extends a neighbour over the range, if one
    /// fits; with both fitting, the one behind goes.
    pub(crate) fn merge_new(&mut self, start: u8, end: u8, letter: u8) -> bool {
        let previous = self
            .ending_at(start)
            .filter(|&name| self.fits(name, letter));
        let next = self
            .starting_at(end)
            .filter(|&name| self.fits(name, letter));
        match (previous, next) {
            (Some(previous), Some(next)) => {
                self.start_write(previous);
                self.start_write(next);
                let end = self.space.get(next).end;
                self.extend_over(previous, end, &[next]);
            }
            (Some(previous), None) => {
                self.start_write(previous);
                self.extend_over(previous, end, &[]);
            }
            (None, Some(next)) => {
                self.start_write(next);
                self.step(Action::SetStart(next, start), SET_RANGE);
                let end = self.space.get(next).end;
                self.store(start, end, Some(next));
            }
            (None, None) => return false,
        }
        true
    }

    pub(crate) fn protect(&mut self, start: u8, end: u8, letter: u8) {
        for name in self.overlapping(start, end) {
            let vma = *self.space.get(name);
            if vma.letter != letter {
                let (from, to) = (vma.start.max(start), vma.end.min(end));
                self.modify(name, from, to, letter);
            }
        }
    }

    /// `vma_modify()`: merges the range into a neighbour, else splits it off.
    fn modify(&mut self, middle: Name, start: u8, end: u8, letter: u8) {
        let vma = *self.space.get(middle);
        let at_start = (start == vma.start)
            .then(|| self.ending_at(start))
            .flatten();
        let at_end = (end == vma.end).then(|| self.starting_at(end)).flatten();
        let previous = at_start.filter(|&name| self.fits(name, letter));
        let next = at_end.filter(|&name| self.fits(name, letter));
        if previous.is_some() || next.is_some() {
            return self.merge_existing(previous, middle, next, (start, end));
        }
        if vma.start < start {
            self.split(middle, start, true);
        }
        if vma.end > end {
            self.split(middle, end, false);
        }
        self.start_write(middle);
        self.step(Action::SetLetter(middle, letter), FLAGS);
    }

    /// `vma_merge_existing_range()`.
    fn merge_existing(
        &mut self,
        previous: Option<Name>,
        middle: Name,
        next: Option<Name>,
        (start, end): (u8, u8),
    ) {
        let vma = *self.space.get(middle);
        self.start_write(middle);
        for name in [next, previous].into_iter().flatten() {
            self.start_write(name);
        }
        match (previous, next) {
            (Some(previous), Some(next)) => {
                let end = self.space.get(next).end;
                self.extend_over(previous, end, &[middle, next]);
            }
            (Some(previous), None) if end == vma.end => {
                self.extend_over(previous, end, &[middle]);
            }
            (Some(previous), None) => {
                self.step(Action::SetEnd(previous, end), SET_RANGE);
                self.step(Action::SetStart(middle, end), MERGE);
                let start = self.space.get(previous).start;
                self.store(start, end, Some(previous));
            }
            (None, Some(next)) if start == vma.start => {
                self.step(Action::SetStart(next, start), SET_RANGE);
                let end = self.space.get(next).end;
                self.store(start, end, Some(next));
                self.remove(&[middle]);
            }
            (None, Some(next)) => {
                self.step(Action::SetEnd(middle, start), SET_RANGE);
                self.step(Action::SetStart(next, start), MERGE);
                let end = self.space.get(next).end;
                self.store(start, end, Some(next));
            }
            (None, None) => {}
        }
    }

    /// `commit_merge()` where the VMA in front grows.
    fn extend_over(&mut self, previous: Name, end: u8, removed: &[Name]) {
        self.step(Action::SetEnd(previous, end), SET_RANGE);
        let start = self.space.get(previous).start;
        self.store(start, end, Some(previous));
        self.remove(removed);
    }

    /// `vma_complete()`: what the merge swallowed is detached and freed.
    fn remove(&mut self, removed: &[Name]) {
        for &name in removed {
            self.step(Action::Detach(name), DETACH);
            self.step(Action::Free(name), FREE);
        }
    }
}
