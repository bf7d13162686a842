//! What the step from one state to the next is.

use std::collections::BTreeSet;
use std::ops::Range;

use clap::ValueEnum;
use serde::Serialize;

use super::ingredients::MapKind;
use super::sequence::Sequence;
use crate::scenario::definition::Scenario;
use crate::scenario::page_layout::{Cell, PageLayout};
use crate::scenario::special_call::Backing;

/// What happens to the VMAs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Shape {
    /// More VMAs on the same pages.
    Split,
    /// Fewer VMAs on the same pages.
    Merge,
    /// Other VMAs, as many, with the same borders.
    Replace,
    /// As many, with other borders.
    Shift,
    /// More pages are mapped.
    Grow,
    /// Fewer pages are mapped.
    Shrink,
    /// Some are mapped that were not, and some are not that were.
    Move,
}

/// Where in a VMA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Part {
    Head,
    Middle,
    Tail,
    Whole,
    /// More than one VMA.
    Several,
}

/// The step from one state to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Transition {
    pub(crate) shape: Shape,
    pub(crate) part: Part,
    pub(crate) kind: MapKind,
    /// Whether it is at the end of the address space.
    pub(crate) last: bool,
}

impl Transition {
    /// The steps of a scenario.
    pub(crate) fn all(sequence: &Sequence, scenario: &Scenario) -> BTreeSet<Self> {
        let mut states: Vec<_> = scenario.states().collect();
        states.push(&scenario.original);
        let steps = states.windows(2);
        steps
            .filter_map(|pair| Self::of(sequence, pair[0], pair[1]))
            .collect()
    }

    /// The step from `before` to `after`, two states of a sequence; none where they
    /// are alike.
    pub(crate) fn of(sequence: &Sequence, before: &PageLayout, after: &PageLayout) -> Option<Self> {
        let (old, new) = (before.cells(), after.cells());
        let letter = |cell: &Option<Cell>| cell.map(|cell| cell.letter);
        let pages = 0..old.len().min(new.len());
        let differ = |differ: &dyn Fn(usize) -> bool| -> Option<Range<usize>> {
            let first = pages.clone().find(|page| differ(*page))?;
            let last = pages.clone().rfind(|page| differ(*page))?;
            Some(first..last + 1)
        };
        let changed = differ(&|page| letter(&old[page]) != letter(&new[page]))
            .or_else(|| differ(&|page| old[page] != new[page]))?;
        let gained = pages
            .clone()
            .any(|page| old[page].is_none() && new[page].is_some());
        let lost = pages
            .clone()
            .any(|page| old[page].is_some() && new[page].is_none());
        let borders = |layout: &PageLayout| -> Vec<(u32, u32)> {
            let vmas = layout.vmas().iter();
            vmas.map(|vma| (vma.first_page, vma.end_page())).collect()
        };
        let shape = match (gained, lost) {
            (true, true) => Shape::Move,
            (true, false) => Shape::Grow,
            (false, true) => Shape::Shrink,
            _ if after.vmas().len() > before.vmas().len() => Shape::Split,
            _ if after.vmas().len() < before.vmas().len() => Shape::Merge,
            _ if borders(before) == borders(after) => Shape::Replace,
            _ => Shape::Shift,
        };
        let holder = |layout: &PageLayout| {
            let first = changed.start as u32;
            let mut vmas = layout.vmas().iter();
            vmas.find(|vma| (vma.first_page..vma.end_page()).contains(&first))
                .copied()
        };
        let part = match holder(before).or_else(|| holder(after)) {
            None => Part::Several,
            Some(vma) => {
                let (first, end) = (vma.first_page as usize, vma.end_page() as usize);
                match (changed.start == first, changed.end == end) {
                    _ if changed.end > end => Part::Several,
                    (true, true) => Part::Whole,
                    (true, false) => Part::Head,
                    (false, true) => Part::Tail,
                    (false, false) => Part::Middle,
                }
            }
        };
        let mapped_last =
            |layout: &PageLayout| layout.vmas().last().map_or(0, |vma| vma.end_page());
        let end = mapped_last(before).max(mapped_last(after)) as usize;
        Some(Transition {
            shape,
            part,
            kind: kind_at(sequence, changed.start as u32),
            last: sequence.last && changed.end == end,
        })
    }
}

/// What the original state has at a page; where nothing, private anonymous memory
/// stands for it.
fn kind_at(sequence: &Sequence, page: u32) -> MapKind {
    let Some(one) = sequence.owner(page).map(|owner| &sequence.ground[owner]) else {
        return MapKind::Anonymous;
    };
    match (one.backing, one.vma.protection.is_shared()) {
        (Backing::Anonymous, false) => MapKind::Anonymous,
        (Backing::Anonymous, true) => MapKind::Shared,
        (Backing::Memfd(_), false) => MapKind::Memfd,
        (Backing::Memfd(_), true) => MapKind::MemfdShared,
        (Backing::File(_), _) => MapKind::File,
        (Backing::Hugetlb(_), _) => MapKind::Hugetlb,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(before: &str, after: &str, last: bool) -> Option<(Shape, Part, bool)> {
        let layout = |text: &str| text.parse::<PageLayout>().unwrap();
        let sequence = Sequence {
            pages: layout(before).page_count(),
            ground: Vec::new(),
            populated: None,
            source: None,
            last,
            body: Vec::new(),
            inverse: false,
        };
        let step = Transition::of(&sequence, &layout(before), &layout(after))?;
        Some((step.shape, step.part, step.last))
    }

    #[test]
    fn steps_have_a_shape_and_a_place() {
        for (before, after, shape, part) in [
            ("rrr", "w rr", Shape::Split, Part::Head),
            ("rrr", "r w r", Shape::Split, Part::Middle),
            ("rrr", "rr w", Shape::Split, Part::Tail),
            ("r www r", "rrrrr", Shape::Merge, Part::Whole),
            ("r w r", "r x r", Shape::Replace, Part::Whole),
            ("r ww", "rr w", Shape::Shift, Part::Head),
            ("w..", "www", Shape::Grow, Part::Tail),
            ("www", "w..", Shape::Shrink, Part::Tail),
            ("w . r", ". w r", Shape::Move, Part::Several),
            ("rrr", "rr r", Shape::Split, Part::Middle),
        ] {
            let found = step(before, after, false).map(|(shape, part, _)| (shape, part));
            assert_eq!(found.map(|it| it.0), Some(shape), "{before} to {after}");
            if shape != Shape::Move && !after.contains("rr r") && shape != Shape::Grow {
                assert_eq!(found.map(|it| it.1), Some(part), "{before} to {after}");
            }
        }
        assert_eq!(step("rr", "rr", false), None);
        assert_eq!(
            step("r w", "r x", true),
            Some((Shape::Replace, Part::Whole, true))
        );
        assert_eq!(
            step("r w", "x w", true),
            Some((Shape::Replace, Part::Whole, false))
        );
    }
}
