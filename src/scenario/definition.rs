//! A scenario: what the modifier does to a few VMAs, over and over.

use std::ops::Range;

use thiserror::Error;

use super::call::Call;
use super::page_layout::PageLayout;
use super::protection::Protection;
use super::special_call::SpecialCall;
use crate::linux::known_holes::KnownHoles;

/// Most operations a [`Scenario`] may have.
pub(crate) const MAX_OPERATIONS: usize = 16;

/// Most calls that a [`Scenario`] may have to make its original state.
pub(crate) const MAX_SETUP_CALLS: usize = 16;

/// Most sites that a modifier works on at once.
pub(crate) const MAX_SITES: usize = 16;

/// Most threads of a modifier that operate at once.
pub(crate) const MAX_WRITERS: usize = crate::maps::scan_text::MAX_WRITERS;

/// One thing the modifier can do: a cycle of operations that ends where it
/// began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// The name it is asked for by.
    pub name: String,
    /// One line: what it does.
    pub summary: String,
    /// One line: the worst a reader may see by the review of the patch series
    /// that brought the per-VMA locks; none where it says nothing of this.
    pub review: Option<String>,
    /// The known holes that released kernels show here; none where nobody has
    /// said so.
    pub known_holes: Option<KnownHoles>,
    /// The same where the site is the last that is mapped; none where that
    /// makes no difference.
    pub known_holes_last: Option<KnownHoles>,
    /// The site before the first operation and after the last.
    pub original: PageLayout,
    /// What makes it of a private anonymous mapping of each VMA of `original`: at
    /// most [`MAX_SETUP_CALLS`] calls.
    pub setup: Vec<Call>,
    /// A VMA elsewhere that mremap moves from; it stays mapped.
    pub source: Option<PageLayout>,
    /// Whether the site must be the last that is mapped (but for the gate VMA):
    /// the scenario is about the end of the address space.
    pub last: bool,
    /// One to [`MAX_OPERATIONS`] operations.
    pub operations: Vec<ScenarioOperation>,
}

/// One operation of a [`Scenario`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioOperation {
    pub call: Call,
    /// The site after it, as the scenario declares it; whether a kernel
    /// agrees is for the user of the scenario to find out.
    pub state: PageLayout,
}

impl Scenario {
    /// The states of the site, the original one first: one for each
    /// operation, since the last operation leads back.
    pub fn states(&self) -> impl Iterator<Item = &PageLayout> {
        let changed = self.operations.len().saturating_sub(1);
        std::iter::once(&self.original).chain(
            self.operations[..changed]
                .iter()
                .map(|operation| &operation.state),
        )
    }

    /// The state after `finished` operations since the layout.
    pub fn state_after(&self, finished: u64) -> &PageLayout {
        let count = self.operations.len() as u64;
        match finished % count {
            0 => &self.original,
            position => &self.operations[position as usize - 1].state,
        }
    }

    /// The pages of the site that are mapped in every state.
    pub fn always_mapped(&self) -> Vec<u32> {
        PageLayout::always_mapped(self.states())
    }

    /// Those of them that can be read at any time: no operation makes guards of
    /// them (`MADV_GUARD_INSTALL`), which leaves the VMA and faults. None where they are
    /// huge.
    pub(crate) fn always_readable(&self) -> Vec<u32> {
        let guarded = |page: &u32| {
            let mut calls = self.calls();
            calls.any(|call| call.guards().is_some_and(|pages| pages.contains(page)))
        };
        let mut pages = self.always_mapped();
        pages.retain(|page| !self.has_huge_pages() && !guarded(page));
        pages
    }

    /// Whether it has calls that the model does not know.
    pub(crate) fn has_special_calls(&self) -> bool {
        let mut calls = self.calls();
        calls.any(|call| matches!(call, Call::Special(_)))
    }

    /// Whether a page of the site stands for a huge page (hugetlb). There need be none:
    /// nothing may touch them.
    pub(crate) fn has_huge_pages(&self) -> bool {
        self.calls().any(Call::is_of_huge_pages)
    }

    /// Whether something of the site is sealed, so that only the end of the process
    /// unmaps it.
    pub(crate) fn is_sealed(&self) -> bool {
        let mut setup = self.setup.iter();
        setup.any(|call| matches!(call, Call::Special(SpecialCall::Seal { .. })))
    }

    /// The pages of the site that are the process's heap, of which there is one.
    pub(crate) fn heap(&self) -> Option<Range<u32>> {
        self.setup.iter().find_map(|call| match call {
            Call::Special(SpecialCall::Heap { pages }) => Some(pages.clone()),
            _ => None,
        })
    }

    /// The site's pages that an operation, by its number, takes from whatever VMAs have
    /// them, to leave them unmapped or to put something else there.
    pub(crate) fn unmapped_pages(&self, operation: usize) -> Vec<Range<u32>> {
        let end_after = |operation: &ScenarioOperation| match operation.call {
            Call::Special(SpecialCall::Brk { end }) => Some(end),
            _ => None,
        };
        let (before, from) = self.operations.split_at(operation);
        match from.first().map(|one| (&one.call, end_after(one))) {
            Some((_, Some(end))) => {
                let ended = before.iter().rev().find_map(end_after);
                let ended = ended.or_else(|| Some(self.heap()?.end)).unwrap_or(end);
                Vec::from_iter((end < ended).then_some(end..ended))
            }
            Some((call, None)) => call.unmapped_pages(),
            None => Vec::new(),
        }
    }

    /// How many pages of the site its operations map so that they may be written
    /// to: such a page takes memory once it is faulted in.
    pub(crate) fn pages_written(&self) -> usize {
        let is_written = |page: &u32| {
            let mut calls = self.operations.iter().map(|operation| &operation.call);
            calls.any(|call| {
                matches!(call, Call::Mmap { pages, protection: Protection::Write } if pages.contains(page))
            })
        };
        (0..self.original.page_count()).filter(is_written).count()
    }

    /// Every call: those that make the original state, then the operations.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &Call> {
        let operations = self.operations.iter().map(|operation| &operation.call);
        self.setup.iter().chain(operations)
    }
}

/// Why there is no such scenario, or why a catalogue cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScenarioError {
    /// The text is not TOML of the right shape.
    #[error("scenarios of {origin}, line {line}: {problem}")]
    Syntax {
        origin: String,
        line: usize,
        /// What the parser says, on one line.
        problem: String,
    },
    /// A scenario that makes no sense.
    #[error("scenario `{scenario}` of {origin}, {field}: {problem}")]
    Invalid {
        origin: String,
        scenario: String,
        field: String,
        /// Why, and what to do.
        problem: String,
    },
    /// A file of scenarios cannot be read.
    #[error("cannot read scenarios from {path}: {problem}")]
    File {
        path: String,
        /// Why, and what to do.
        problem: String,
    },
    /// A name that is in two places.
    #[error("scenario `{name}` of {origin} has a name that is taken; give it another")]
    Taken {
        name: String,
        /// The file in which it is for the second time.
        origin: String,
    },
    /// There is none of that name.
    #[error("no scenario `{name}`; there are {known}")]
    Unknown {
        name: String,
        /// The names that exist, with commas.
        known: String,
    },
}
