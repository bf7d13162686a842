//! A case: one scenario of the catalogue, with its writer's steps worked out.
//!
//! The writer alone changes the address space, and the same way in every
//! cycle. So the address space is a function of the step that the writer is
//! at: a tape of frames. What is left to explore is who has come how far.

use thiserror::Error;

use super::address_space::AddressSpace;
use super::node::Name;
use super::writer::{ModelWriter, WriterStep};
use crate::scenario::call::Call;
use crate::scenario::catalogue::scenarios;
use crate::scenario::definition::Scenario;
use crate::scenario::page_layout::{Page, PageLayout};

/// The letter of the fences before and behind the site.
pub(crate) const FENCE: u8 = b'-';
/// The page that the site starts at: behind a fence of one page.
pub const SITE: u8 = 1;

/// A VMA of a state: first page, end page, letter.
pub(crate) type Vma = (u8, u8, u8);

/// One scenario as the model runs it, over and over.
#[derive(Clone, Debug)]
pub struct ModelCase {
    pub name: String,
    /// The operations, as the catalogue writes them.
    pub operations: Vec<String>,
    /// Pages, fences included.
    pub pages: u8,
    /// Whether the site is the last that is mapped: there is no fence behind.
    pub last: bool,
    /// Whether the catalogue has it there, so that `vmascope check` can look at
    /// it.
    pub catalogued: bool,
    /// The VMAs of each state, fences included, the original one first.
    pub states: Vec<Vec<Vma>>,
    /// For each state, its mapped pages: bit 0 is page 0.
    pub mapped: Vec<u32>,
    /// The writer's steps; after the last comes the first again.
    pub steps: Vec<WriterStep>,
    /// The address space before each step.
    pub frames: Vec<AddressSpace>,
    /// What the structures of the last frame are called in the next cycle;
    /// none: it was freed on the way.
    pub renamed: Vec<Option<Name>>,
}

/// Why a scenario cannot be modelled.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CaseError {
    /// There is none of that name.
    #[error("no case `{name}`; there are {known}, or all")]
    Unknown {
        name: String,
        /// The names that exist, with commas.
        known: String,
    },
    /// The modelled kernel does something else than the catalogue declares.
    #[error(
        "case `{case}`: the modelled kernel makes `{found}` of operation {operation}, not `{declared}`"
    )]
    Differs {
        case: String,
        /// The operation, from 1.
        operation: usize,
        /// What the model has then.
        found: String,
        /// What the catalogue declares.
        declared: String,
    },
    /// It has calls that the model does not know.
    #[error(
        "case `{case}`: the model knows private anonymous mappings only, and mmap, munmap, mprotect and mremap of them; it knows no `{call}`"
    )]
    NotModelled { case: String, call: String },
    /// It has more pages, operations or VMAs than a state has room for.
    #[error(
        "case `{case}` is too large for the model: at most 13 pages, 8 operations and 13 VMA structures"
    )]
    TooLarge { case: String },
}

const MOST_PAGES: u8 = 15;
const MOST_STRUCTURES: usize = 13;
const MOST_STATES: usize = 8;

/// All cases: the catalogue's, in its order.
///
/// # Errors
/// [`CaseError`] where the catalogue and the model do not agree.
pub fn cases() -> Result<Vec<ModelCase>, CaseError> {
    scenarios().iter().map(ModelCase::of).collect()
}

impl ModelCase {
    /// Works a scenario out: between two fences, or with nothing behind the
    /// site where the catalogue says that it is the last that is mapped.
    ///
    /// # Errors
    /// [`CaseError::Differs`] and [`CaseError::TooLarge`].
    pub fn of(scenario: &Scenario) -> Result<Self, CaseError> {
        Self::fenced(scenario, !scenario.last)
    }

    /// The same with nothing behind the site, whatever the catalogue says.
    ///
    /// # Errors
    /// [`CaseError::Differs`] and [`CaseError::TooLarge`].
    pub fn at_the_end(scenario: &Scenario) -> Result<Self, CaseError> {
        Self::fenced(scenario, false)
    }

    fn fenced(scenario: &Scenario, behind: bool) -> Result<Self, CaseError> {
        let too_large = || CaseError::TooLarge {
            case: scenario.name.clone(),
        };
        let mut calls = scenario.calls();
        if let Some(call) = calls.find(|call| matches!(call, Call::Special(_))) {
            return Err(CaseError::NotModelled {
                case: scenario.name.clone(),
                call: call.to_string(),
            });
        }
        let site_pages = scenario.original.page_count();
        if site_pages + 2 > u32::from(MOST_PAGES) || scenario.operations.len() > MOST_STATES {
            return Err(too_large());
        }
        let pages = site_pages as u8 + 2;
        let states: Vec<Vec<Vma>> = scenario
            .states()
            .map(|strip| vmas_of(strip, pages, behind))
            .collect();
        let source = scenario
            .source
            .as_ref()
            .and_then(|strip| strip.pages().first());
        let source = match source {
            Some(Page::Mapped(protection)) => protection.letter() as u8,
            _ => b'?',
        };
        let mut writer = ModelWriter::new(AddressSpace::new(&states[0], pages), SITE);
        for (k, operation) in scenario.operations.iter().enumerate() {
            writer.call(&operation.call, source);
            let declared = vmas_of(&operation.state, pages, behind);
            let found = writer.space.vmas();
            if found != declared || !agrees(&writer.space) {
                return Err(CaseError::Differs {
                    case: scenario.name.clone(),
                    operation: k + 1,
                    found: format_vmas(&found),
                    declared: operation.state.to_string(),
                });
            }
        }
        let last = &writer.space;
        if last.structures.len() > MOST_STRUCTURES {
            return Err(too_large());
        }
        let names: Vec<Name> = last.node.entries().map(|(.., name)| name).collect();
        let renamed = (0..last.structures.len())
            .map(|old| names.iter().position(|&name| usize::from(name) == old))
            .map(|new| new.map(|new| new as Name))
            .collect();
        Ok(ModelCase {
            name: scenario.name.clone(),
            operations: scenario
                .operations
                .iter()
                .map(|operation| operation.call.to_string())
                .collect(),
            pages,
            last: !behind,
            catalogued: behind != scenario.last,
            mapped: states.iter().map(|vmas| mask(vmas)).collect(),
            states,
            steps: writer.steps,
            frames: writer.frames,
            renamed,
        })
    }

    /// The scenario of that name, among these.
    ///
    /// # Errors
    /// [`CaseError::Unknown`], which lists the names that exist.
    pub(crate) fn scenario<'a>(
        scenarios: impl IntoIterator<Item = &'a Scenario> + Clone,
        name: &str,
    ) -> Result<&'a Scenario, CaseError> {
        let found = scenarios.clone().into_iter().find(|it| it.name == name);
        found.ok_or_else(|| {
            let known: Vec<&str> = scenarios.into_iter().map(|one| &*one.name).collect();
            CaseError::Unknown {
                name: name.to_owned(),
                known: known.join(", "),
            }
        })
    }

    /// The end of the last page that anything is ever mapped at.
    #[must_use]
    pub(crate) fn end(&self) -> u8 {
        self.pages - u8::from(self.last)
    }

    /// The frame before step `at`.
    #[must_use]
    pub(crate) fn frame(&self, at: u16) -> &AddressSpace {
        &self.frames[usize::from(at)]
    }

    /// The state that is over when the writer is at step `at`, and the one
    /// that its operation leads to, where that has begun.
    #[must_use]
    pub(crate) fn allowed_at(&self, at: u16) -> u8 {
        let operation = self.steps[usize::from(at)].operation;
        let before = usize::from(operation);
        let after = (before + 1) % self.states.len();
        if self.frame(at).write_held {
            1 << before | 1 << after
        } else if self.operation_began(at) {
            // The lock was downgraded: only frees are left.
            1 << after
        } else {
            1 << before
        }
    }

    /// Whether the step is not the first of its operation.
    #[must_use]
    pub(crate) fn operation_began(&self, at: u16) -> bool {
        let at = usize::from(at);
        at > 0 && self.steps[at - 1].operation == self.steps[at].operation
    }

    /// The pages that are mapped in all of the states of `allowed`.
    #[must_use]
    pub(crate) fn always_mapped(&self, allowed: u8) -> u32 {
        let states = self.mapped.iter().enumerate();
        states
            .filter(|(k, _)| allowed & 1 << k != 0)
            .fold(u32::MAX, |mapped, (_, state)| mapped & state)
    }
}

/// Whether each structure in the tree has the range that the tree has.
fn agrees(space: &AddressSpace) -> bool {
    space.node.entries().all(|(start, end, name)| {
        let vma = space.get(name);
        (vma.start, vma.end) == (start, end) && vma.attached && !vma.freed
    })
}

fn vmas_of(strip: &PageLayout, pages: u8, fence_behind: bool) -> Vec<Vma> {
    let site = strip.vmas().iter().map(|vma| {
        let at = |page: u32| SITE + page as u8;
        let letter = vma.protection.letter() as u8;
        (at(vma.first_page), at(vma.end_page()), letter)
    });
    std::iter::once((0, SITE, FENCE))
        .chain(site)
        .chain(fence_behind.then_some((pages - 1, pages, FENCE)))
        .collect()
}

fn mask(vmas: &[Vma]) -> u32 {
    vmas.iter()
        .fold(0, |mask, &(start, end, _)| mask | range_mask(start, end))
}

/// The bits of the pages from `start` to `end`.
#[must_use]
pub(crate) fn range_mask(start: u8, end: u8) -> u32 {
    if start >= end {
        return 0;
    }
    ((1u32 << (end - start)) - 1) << start
}

fn format_vmas(vmas: &[Vma]) -> String {
    let texts: Vec<String> = vmas
        .iter()
        .map(|&(start, end, letter)| {
            char::from(letter)
                .to_string()
                .repeat(usize::from(end - start))
        })
        .collect();
    texts.join(" ")
}
