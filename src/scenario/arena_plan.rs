//! How the modifier's VMAs are laid out. The arena is a row of slots of
//! [`SLOT_PAGES`] pages, alternately `rw-` and `r--`, so that each is a VMA
//! (and a line of maps) of its own; a scenario's site takes the place of a few
//! of them, with inaccessible fences around it; there may be several sites:
//!
//! ```text
//! … rw- | r-- | fence | site | fence [| source | fence] | rw- | r-- | …
//! ```
//!
//! Pure: it says which system calls build that; the modifier makes them.

use std::ops::Range;

use nix::libc;
use thiserror::Error;

use super::arena::{Arena, Fill, SLOT_PAGES, Site};
use super::definition::{MAX_SITES, Scenario};
use super::page_layout::PageLayout;
use super::raw_call::RawCall;

/// A site that is the last thing mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LastSite {
    /// The first address that cannot be mapped, in bytes: there it ends.
    pub end: u64,
    /// Whether the slots of the arena are there; else they are one inaccessible
    /// mapping, which makes for short scans.
    pub slots_are_filled: bool,
}

/// Why a site cannot lie where it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LayoutError {
    /// No room for the fences and the site.
    #[error(
        "scenario `{scenario}` cannot start at slot {slot} of {slots}: it takes {needed} slots \
         with its fences; use a slot from 1 to {last}"
    )]
    NoRoom {
        scenario: String,
        slot: u32,
        slots: u32,
        /// The slots that the site takes, the fence before it included.
        needed: u32,
        /// The last slot it could start at (0: none).
        last: u32,
    },
    /// A site would reach into the one before it.
    #[error(
        "scenario `{scenario}` cannot start at slot {slot}: the site before it reaches there; \
         leave {needed} slots for each"
    )]
    Overlap {
        scenario: String,
        slot: u32,
        /// The slots that a site takes, the fence before it included.
        needed: u32,
    },
    /// Several sites with a heap.
    #[error(
        "scenario `{scenario}` has the heap in its site, and a process has one heap, not {sites}; \
         ask for one site"
    )]
    OneHeap { scenario: String, sites: usize },
    /// More sites than a modifier works on.
    #[error("a modifier works on at most {MAX_SITES} sites, not {sites}; ask for fewer")]
    TooMany { sites: usize },
}

/// What to do to build an arena from scratch: first `calls`, then `fills`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ArenaPlan {
    pub arena: Arena,
    /// The system calls that clear the arena and make the sites.
    pub calls: Vec<RawCall>,
    /// The slots between the sites; some may have a count of 0.
    pub fills: Vec<Fill>,
    /// Where the sites are, in address order.
    pub sites: Vec<Site>,
}

impl ArenaPlan {
    /// An arena of slots only.
    pub(crate) fn plain(arena: Arena) -> Self {
        Self {
            arena,
            calls: vec![clear(arena)],
            fills: vec![Fill {
                first: 0,
                count: arena.slots,
            }],
            sites: Vec::new(),
        }
    }

    /// An arena with a site of the scenario at each of these slots, and perhaps
    /// one at the end of the address space. The whole slot before a site is a
    /// fence; behind it come at least a page of fence, the source VMA if there
    /// is one, and fence up to the next slot. The last site has a page of fence
    /// before it and nothing behind; its source is in the arena.
    ///
    /// # Errors
    ///
    /// [`LayoutError`] when the fences or a site would leave the arena or
    /// reach into another site, or when there are too many sites.
    pub(crate) fn with_sites(
        arena: Arena,
        slots: &[u32],
        last_site: Option<LastSite>,
        scenario: &Scenario,
    ) -> Result<Self, LayoutError> {
        let mut slots = slots.to_vec();
        slots.sort_unstable();
        let sites = slots.len() + usize::from(last_site.is_some());
        if sites > MAX_SITES {
            return Err(LayoutError::TooMany { sites });
        }
        if sites > 1 && scenario.heap().is_some() {
            let scenario = scenario.name.clone();
            return Err(LayoutError::OneHeap { scenario, sites });
        }
        let needed = slots_of(scenario);
        let mut plan = Self {
            arena,
            calls: vec![clear(arena)],
            fills: Vec::with_capacity(slots.len() + 1),
            sites: Vec::with_capacity(slots.len()),
        };
        // The first slot that no site takes yet.
        let mut free = 0;
        for slot in slots {
            if slot <= free && free > 0 {
                return Err(LayoutError::Overlap {
                    scenario: scenario.name.clone(),
                    slot,
                    needed,
                });
            }
            let last = (arena.slots + 1).saturating_sub(needed);
            if slot == 0 || slot > last {
                return Err(LayoutError::NoRoom {
                    scenario: scenario.name.clone(),
                    slot,
                    slots: arena.slots,
                    needed,
                    last,
                });
            }
            plan.fill(free, slot - 1);
            plan.make_site(slot, scenario);
            free = slot + needed - 1;
        }
        if let Some(last) = last_site {
            let (slot, taken) = (free + 1, 1 + pages_of_source(scenario).div_ceil(SLOT_PAGES));
            free += taken;
            if free > arena.slots {
                return Err(LayoutError::NoRoom {
                    scenario: scenario.name.clone(),
                    slot,
                    slots: arena.slots,
                    needed: taken,
                    last: (arena.slots + 1).saturating_sub(taken),
                });
            }
            let source = arena.slot_address(slot);
            plan.make_last_site(last, source, scenario);
        }
        plan.fill(free, arena.slots);
        if last_site.is_some_and(|last| !last.slots_are_filled) {
            plan.fills.clear();
        }
        Ok(plan)
    }

    fn fill(&mut self, first: u32, end: u32) {
        let count = end - first;
        self.fills.push(Fill { first, count });
    }

    fn make_site(&mut self, slot: u32, scenario: &Scenario) {
        let letter_bytes = self.arena.letter_bytes;
        let start = self.arena.slot_address(slot);
        let end = start + u64::from(scenario.original.page_count()) * letter_bytes;
        // The fences are what `clear` leaves; only what lies between is made.
        self.push_site(start..end, end + letter_bytes, scenario);
    }

    fn make_last_site(&mut self, last: LastSite, source: u64, scenario: &Scenario) {
        let letter_bytes = self.arena.letter_bytes;
        let bytes = u64::from(scenario.original.page_count()) * letter_bytes;
        let fence = last.end - bytes - letter_bytes;
        // Whatever is there must stay: the stack may be.
        self.calls
            .push(RawCall::reserve(fence, letter_bytes + bytes));
        self.push_site(last.end - bytes..last.end, source, scenario);
    }

    /// Makes a site, and its source at `source`, of what is inaccessible there.
    fn push_site(&mut self, site: Range<u64>, source: u64, scenario: &Scenario) {
        let letter_bytes = self.arena.letter_bytes;
        let mut make = |layout: &PageLayout, start: u64| {
            let bytes = u64::from(layout.page_count()) * letter_bytes;
            self.calls.push(RawCall::munmap(start, bytes));
            map_layout(&mut self.calls, layout, start, letter_bytes);
            start..start + bytes
        };
        make(&scenario.original, site.start);
        let source = scenario.source.as_ref().map(|layout| make(layout, source));
        let source_start = source.as_ref().map_or(site.end, |source| source.start);
        let setup = scenario.setup.iter();
        let setup = setup.map(|call| call.raw(site.start, source_start, letter_bytes));
        self.calls.extend(setup);
        self.sites.push(Site {
            start: site.start,
            end: site.end,
            source,
            letter_bytes,
        });
    }
}

/// Pages that the source of a scenario takes with a fence behind it.
fn pages_of_source(scenario: &Scenario) -> u32 {
    let source = scenario.source.as_ref();
    source.map_or(0, |layout| layout.page_count() + 1)
}

/// Slots that a site of the scenario takes, the fence before it included.
#[must_use]
pub(crate) fn slots_of(scenario: &Scenario) -> u32 {
    let site = scenario.original.page_count() + 1;
    1 + (site + pages_of_source(scenario)).div_ceil(SLOT_PAGES)
}

/// One inaccessible mapping over the whole arena.
fn clear(arena: Arena) -> RawCall {
    RawCall::mmap(arena.base, arena.bytes(), libc::PROT_NONE)
}

fn map_layout(calls: &mut Vec<RawCall>, layout: &PageLayout, start: u64, letter_bytes: u64) {
    calls.extend(layout.vmas().iter().map(|vma| {
        let address = start + u64::from(vma.first_page) * letter_bytes;
        let bytes = u64::from(vma.pages) * letter_bytes;
        let mut call = RawCall::mmap(address, bytes, vma.protection.bits());
        if vma.protection.is_shared() {
            call.arguments[3] ^= (libc::MAP_PRIVATE | libc::MAP_SHARED) as u64;
        }
        call
    }));
}

#[cfg(test)]
#[path = "arena_plan_tests.rs"]
mod tests;
