//! A sequence of calls, the VMAs that it begins with, and the calls that lead back.

use std::ops::Range;

use crate::scenario::advice::Advice;
use crate::scenario::call::Call;
use crate::scenario::definition::{MAX_OPERATIONS, Scenario, ScenarioOperation};
use crate::scenario::page_layout::{LayoutVma, PageLayout};
use crate::scenario::special_call::{Backing, SpecialCall};

/// One VMA of the original state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroundVma {
    pub(crate) vma: LayoutVma,
    pub(crate) backing: Backing,
    pub(crate) made: Made,
}

/// How a VMA of the original state came to be what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Made {
    /// By mmap.
    #[default]
    Mapped,
    /// By brk: it is the process's heap, of which there is one.
    Heap,
    /// By mmap, and it is sealed (mseal).
    Sealed,
}

impl GroundVma {
    fn pages(&self) -> Range<u32> {
        self.vma.first_page..self.vma.end_page()
    }
}

/// What leads back to the original state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restore {
    /// mprotect of what an only mprotect has changed.
    Inverse,
    /// What the calls name is mapped again.
    Touched,
    /// All VMAs of which the calls name a page are mapped again.
    WholeVmas,
}

impl Restore {
    pub const ALL: [Restore; 3] = [Restore::Inverse, Restore::Touched, Restore::WholeVmas];
}

/// A sequence that a hunt tries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// Pages of the site.
    pub(crate) pages: u32,
    /// The original state.
    pub(crate) ground: Vec<GroundVma>,
    /// How its pages are faulted in; none: they are not.
    pub(crate) populated: Option<Advice>,
    pub(crate) source: Option<PageLayout>,
    /// Whether the site is the last that is mapped.
    pub(crate) last: bool,
    pub(crate) body: Vec<Call>,
    /// Whether an only mprotect is undone by another.
    pub(crate) inverse: bool,
}

impl Sequence {
    /// As a scenario that leads back so; its states are to be learnt. None where that
    /// cannot be, or would be too long.
    #[must_use]
    pub fn scenario(&self, name: String, restore: Restore) -> Option<Scenario> {
        let back = self.back(restore)?;
        let original = self.original()?;
        let mut setup: Vec<Call> = self
            .ground
            .iter()
            .filter(|one| one.backing != Backing::Anonymous)
            .map(|one| map(one, one.pages(), false))
            .collect();
        setup.extend(self.heap().map(|heap| {
            let pages = heap.pages();
            Call::Special(SpecialCall::Heap { pages })
        }));
        if let Some(advice) = self.populated {
            setup.extend(self.ground.iter().map(|one| {
                Call::Special(SpecialCall::Advise {
                    pages: one.pages(),
                    advice,
                })
            }));
        }
        let sealed = self.ground.iter().filter(|one| one.made == Made::Sealed);
        setup.extend(sealed.map(|one| {
            let pages = one.pages();
            Call::Special(SpecialCall::Seal { pages })
        }));
        let calls = self.body.iter().cloned().chain(back);
        let operations: Vec<ScenarioOperation> = calls
            .map(|call| ScenarioOperation {
                call,
                state: original.clone(),
            })
            .collect();
        if operations.len() > MAX_OPERATIONS || self.body.is_empty() {
            return None;
        }
        Some(Scenario {
            summary: summary(&self.body),
            name,
            review: None,
            known_holes: None,
            known_holes_last: None,
            original,
            setup,
            source: self.source.clone(),
            last: self.last,
            operations,
        })
    }

    fn original(&self) -> Option<PageLayout> {
        let vmas = self.ground.iter().map(|one| one.vma).collect();
        PageLayout::of_vmas(self.pages, vmas)
    }

    /// The calls that lead back; none where there is no such way.
    fn back(&self, restore: Restore) -> Option<Vec<Call>> {
        if restore == Restore::Inverse {
            let [Call::Mprotect { pages, .. }] = &self.body[..] else {
                return None;
            };
            let one = self
                .ground
                .iter()
                .find(|one| one.vma.first_page <= pages.start && pages.end <= one.vma.end_page())?;
            return self.inverse.then(|| {
                vec![Call::Mprotect {
                    pages: pages.clone(),
                    protection: one.vma.protection,
                }]
            });
        }
        let mut touched = vec![false; self.pages as usize];
        for range in self.body.iter().flat_map(|call| self.touched(call)) {
            for page in range {
                if let Some(page) = touched.get_mut(page as usize) {
                    *page = true;
                }
            }
        }
        let is_touched = |page: u32| touched.get(page as usize) == Some(&true);
        let mut sealed = self.ground.iter().filter(|one| one.made == Made::Sealed);
        if sealed.any(|one| one.pages().any(is_touched)) {
            return None;
        }
        let mut back = Vec::new();
        if let Some(heap) = self.heap() {
            back = heap_back(heap.pages(), &touched, &self.body)?;
            touched[heap.vma.first_page as usize..heap.vma.end_page() as usize].fill(false);
        }
        if restore == Restore::WholeVmas {
            for one in &self.ground {
                let pages = one.vma.first_page as usize..one.vma.end_page() as usize;
                if touched[pages.clone()].contains(&true) {
                    touched[pages].fill(true);
                }
            }
        }
        let mut page = 0;
        while page < self.pages {
            let owner = self.owner(page);
            let first = page;
            while page < self.pages && touched[page as usize] && self.owner(page) == owner {
                page += 1;
            }
            if page == first {
                page += 1;
                continue;
            }
            back.push(match owner {
                Some(owner) => map(&self.ground[owner], first..page, self.populated.is_some()),
                None => Call::Munmap { pages: first..page },
            });
        }
        Some(back)
    }

    /// The words of what not every kernel has in the original state.
    pub(crate) fn ground_words(&self) -> impl Iterator<Item = &'static str> {
        let huge = self.is_huge().then_some("hugetlb");
        let made = |made, word| {
            let mut ground = self.ground.iter();
            ground.any(|one| one.made == made).then_some(word)
        };
        let heap = made(Made::Heap, "heap");
        huge.into_iter()
            .chain(heap)
            .chain(made(Made::Sealed, "mseal"))
    }

    /// Whether its pages are huge ones.
    pub(crate) fn is_huge(&self) -> bool {
        let mut ground = self.ground.iter();
        ground.any(|one| matches!(one.backing, Backing::Hugetlb(_)))
    }

    /// The VMA that is the heap.
    pub(crate) fn heap(&self) -> Option<&GroundVma> {
        self.ground.iter().find(|one| one.made == Made::Heap)
    }

    /// Which VMA of the original state covers a page.
    pub(crate) fn owner(&self, page: u32) -> Option<usize> {
        let mut ground = self.ground.iter();
        ground.position(|one| one.pages().contains(&page))
    }

    /// The pages that a call may change.
    fn touched(&self, call: &Call) -> [Range<u32>; 2] {
        let pages = match call {
            Call::Mmap { pages, .. } | Call::Munmap { pages } | Call::Mprotect { pages, .. } => {
                pages.clone()
            }
            Call::Resize { pages, new_pages } => {
                let end = pages.start + new_pages;
                end.min(pages.end)..end.max(pages.end)
            }
            Call::Move { from, onto, .. } => *onto..onto + from.len() as u32,
            Call::Special(SpecialCall::Transfer {
                from,
                onto,
                new_pages,
            }) => return [from.clone(), *onto..onto + new_pages],
            Call::Special(SpecialCall::Touch { page }) => {
                // A stack grows down from the next VMA to it.
                let end = (*page..self.pages).find(|page| self.owner(*page).is_some());
                *page..end.unwrap_or(*page).max(page + 1)
            }
            Call::Special(call) => call.pages().unwrap_or_default(),
        };
        [pages, 0..0]
    }
}

/// The calls that make the heap of these pages again what it was: it ends below what
/// was touched of it, then where it did. None where nothing of it would be left in
/// between, so that it had no line, and its neighbours perhaps its name.
fn heap_back(heap: Range<u32>, touched: &[bool], body: &[Call]) -> Option<Vec<Call>> {
    let ends = body.iter().rev().find_map(|call| match call {
        Call::Special(SpecialCall::Brk { end }) => Some(*end),
        _ => None,
    });
    let first = heap.clone().find(|page| touched[*page as usize]);
    if first == Some(heap.start) {
        return None;
    }
    let ended = ends.is_some_and(|end| end != heap.end).then_some(heap.end);
    let again = first.map(|first| [first, heap.end]);
    let ends = again.into_iter().flatten();
    let ends = ends.chain(ended.filter(|_| first.is_none()));
    Some(
        ends.map(|end| Call::Special(SpecialCall::Brk { end }))
            .collect(),
    )
}

/// A part of a VMA of the original state, mapped as it was.
fn map(one: &GroundVma, pages: Range<u32>, populate: bool) -> Call {
    let protection = one.vma.protection;
    if one.backing == Backing::Anonymous && !protection.is_shared() && !populate {
        return Call::Mmap { pages, protection };
    }
    let backing = one.backing.advanced(pages.start - one.vma.first_page);
    Call::Special(SpecialCall::Map {
        pages,
        protection,
        backing,
        populate,
        grows_down: false,
    })
}

fn summary(body: &[Call]) -> String {
    let calls: Vec<String> = body.iter().map(Call::to_string).collect();
    calls.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequence(ground: &str, body: &[&str], inverse: bool) -> Sequence {
        let layout: PageLayout = ground.parse().unwrap();
        let vmas = layout.vmas().iter();
        Sequence {
            pages: layout.page_count(),
            ground: vmas
                .map(|&vma| GroundVma {
                    vma,
                    backing: Backing::Anonymous,
                    made: Made::default(),
                })
                .collect(),
            populated: None,
            source: None,
            last: false,
            body: body.iter().map(|call| call.parse().unwrap()).collect(),
            inverse,
        }
    }

    fn back(ground: &str, body: &[&str], restore: Restore) -> Option<String> {
        let calls = sequence(ground, body, true).back(restore)?;
        let texts: Vec<String> = calls.iter().map(Call::to_string).collect();
        Some(texts.join("; "))
    }

    #[test]
    fn what_the_calls_name_is_mapped_again_as_it_was() {
        let touched = |ground, body: &[&str]| back(ground, body, Restore::Touched).unwrap();
        assert_eq!(touched("www", &["mprotect 1..2 r"]), "mmap 1..2 w");
        assert_eq!(
            touched("ww . r", &["mmap 1..4 x"]),
            "mmap 1..2 w; munmap 2..3; mmap 3..4 r"
        );
        assert_eq!(touched("W r", &["munmap 0..1"]), "mmap 0..1 W");
        assert_eq!(touched("www", &["mremap 0..3 to 1"]), "mmap 1..3 w");
        assert_eq!(touched(". . w", &["touch 0"]), "munmap 0..2");
        assert_eq!(touched("ww", &["fork"]), "");
        let whole = back("www r", &["mprotect 1..2 r"], Restore::WholeVmas);
        assert_eq!(whole.as_deref(), Some("mmap 0..3 w"));
    }

    #[test]
    fn a_heap_is_led_back_by_brk() {
        let back = |body: &[&str], restore| {
            let mut sequence = sequence("r . ww ... x", body, true);
            sequence.ground[1].made = Made::Heap;
            let calls = sequence.back(restore)?;
            let texts: Vec<String> = calls.iter().map(Call::to_string).collect();
            Some(texts.join("; "))
        };
        let touched = |body: &[&str]| back(body, Restore::Touched);
        assert_eq!(touched(&["brk 5"]).as_deref(), Some("brk 4"));
        assert_eq!(touched(&["brk 3"]).as_deref(), Some("brk 4"));
        assert_eq!(
            touched(&["mprotect 3..4 r", "brk 5"]).as_deref(),
            Some("brk 3; brk 4")
        );
        assert_eq!(
            touched(&["brk 5", "mmap 0..1 x"]).as_deref(),
            Some("brk 4; mmap 0..1 r")
        );
        assert_eq!(touched(&["mprotect 2..3 r"]), None);
        let inverse = back(&["mprotect 2..3 r"], Restore::Inverse);
        assert_eq!(inverse.as_deref(), Some("mprotect 2..3 w"));
    }

    #[test]
    fn what_is_sealed_is_left_alone() {
        let mut sequence = sequence("rr w", &["mmap 2..3 x"], true);
        sequence.ground[0].made = Made::Sealed;
        let scenario = sequence.scenario("one".into(), Restore::Touched).unwrap();
        assert_eq!(scenario.setup, ["mseal 0..2".parse().unwrap()]);
        assert_eq!(scenario.operations.len(), 2);
        sequence.body = vec!["mprotect 1..3 x".parse().unwrap()];
        assert_eq!(sequence.back(Restore::Touched), None);
    }

    #[test]
    fn only_an_only_mprotect_of_one_vma_is_undone_by_another() {
        let inverse = |ground, body: &[&str]| back(ground, body, Restore::Inverse);
        let once = inverse("www", &["mprotect 1..2 r"]);
        assert_eq!(once.as_deref(), Some("mprotect 1..2 w"));
        assert_eq!(inverse("ww r", &["mprotect 1..3 x"]), None);
        assert_eq!(
            inverse("www", &["mprotect 0..1 r", "mprotect 1..2 r"]),
            None
        );
        let unwanted = sequence("www", &["mprotect 0..1 r"], false);
        assert_eq!(unwanted.back(Restore::Inverse), None);
    }
}
