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
            .map(|one| map(one, one.vma.first_page..one.vma.end_page(), false))
            .collect();
        if let Some(advice) = self.populated {
            setup.extend(self.ground.iter().map(|one| {
                Call::Special(SpecialCall::Advise {
                    pages: one.vma.first_page..one.vma.end_page(),
                    advice,
                })
            }));
        }
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
        if restore == Restore::WholeVmas {
            for one in &self.ground {
                let pages = one.vma.first_page as usize..one.vma.end_page() as usize;
                if touched[pages.clone()].contains(&true) {
                    touched[pages].fill(true);
                }
            }
        }
        let mut back = Vec::new();
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

    /// Which VMA of the original state covers a page.
    pub(crate) fn owner(&self, page: u32) -> Option<usize> {
        let mut ground = self.ground.iter();
        ground.position(|one| (one.vma.first_page..one.vma.end_page()).contains(&page))
    }

    /// The pages that a call may change.
    fn touched(&self, call: &Call) -> Vec<Range<u32>> {
        match call {
            Call::Mmap { pages, .. } | Call::Munmap { pages } | Call::Mprotect { pages, .. } => {
                vec![pages.clone()]
            }
            Call::Resize { pages, new_pages } => {
                let end = pages.start + new_pages;
                vec![end.min(pages.end)..end.max(pages.end)]
            }
            Call::Move { from, onto, .. } => vec![*onto..onto + from.len() as u32],
            Call::Special(SpecialCall::Transfer {
                from,
                onto,
                new_pages,
            }) => vec![from.clone(), *onto..onto + new_pages],
            Call::Special(SpecialCall::Touch { page }) => {
                // A stack grows down from the next VMA to it.
                let end = (*page..self.pages).find(|page| self.owner(*page).is_some());
                vec![*page..end.unwrap_or(*page).max(page + 1)]
            }
            Call::Special(call) => call.pages().into_iter().collect(),
        }
    }
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
