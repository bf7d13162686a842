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
