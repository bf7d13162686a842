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
use super::page_layout::Strip;
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
        /// The scenario's name.
        scenario: String,
        /// The slot that was asked for.
        slot: u32,
        /// The arena's slots.
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
        /// The scenario's name.
        scenario: String,
        /// The slot that was asked for.
        slot: u32,
        /// The slots that a site takes, the fence before it included.
        needed: u32,
    },
    /// More sites than a modifier works on.
    #[error("a modifier works on at most {MAX_SITES} sites, not {sites}; ask for fewer")]
    TooMany {
        /// How many were asked for.
        sites: usize,
    },
}

/// What to do to build an arena from scratch: first `calls`, then `fills`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ArenaPlan {
    /// The arena it is for.
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
            let (slot, taken) = (free + 1, 1 + slots_of_source(scenario));
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
        let page_size = self.arena.page_size;
        let pages = |strip: &Strip| u64::from(strip.page_count()) * page_size;
        let start = self.arena.slot_address(slot);
        let end = start + pages(&scenario.original);
        // The fences are what `clear` leaves; only what lies between is made.
        self.push_site(start..end, end + page_size, scenario);
    }

    fn make_last_site(&mut self, last: LastSite, source: u64, scenario: &Scenario) {
        let page_size = self.arena.page_size;
        let bytes = u64::from(scenario.original.page_count()) * page_size;
        let fence = last.end - bytes - page_size;
        // Whatever is there must stay: the stack may be.
        self.calls.push(RawCall::reserve(fence, page_size + bytes));
        self.push_site(last.end - bytes..last.end, source, scenario);
    }

    /// Makes a site, and its source at `source`, of what is inaccessible there.
    fn push_site(&mut self, site: Range<u64>, source: u64, scenario: &Scenario) {
        let page_size = self.arena.page_size;
        let mut make = |strip: &Strip, start: u64| {
            let bytes = u64::from(strip.page_count()) * page_size;
            self.calls.push(RawCall::munmap(start, bytes));
            map_strip(&mut self.calls, strip, start, page_size);
            start..start + bytes
        };
        make(&scenario.original, site.start);
        let source = scenario.source.as_ref().map(|strip| make(strip, source));
        self.sites.push(Site {
            start: site.start,
            end: site.end,
            source,
            page_size,
        });
    }
}

/// Slots that the source of a scenario takes with a fence behind it.
fn slots_of_source(scenario: &Scenario) -> u32 {
    let pages = scenario
        .source
        .as_ref()
        .map_or(0, |strip| strip.page_count() + 1);
    pages.div_ceil(SLOT_PAGES)
}

/// Slots that a site of the scenario takes, the fence before it included.
#[must_use]
pub(crate) fn slots_of(scenario: &Scenario) -> u32 {
    let source = scenario
        .source
        .as_ref()
        .map_or(0, |strip| strip.page_count() + 1);
    1 + (scenario.original.page_count() + 1 + source).div_ceil(SLOT_PAGES)
}

/// One inaccessible mapping over the whole arena.
fn clear(arena: Arena) -> RawCall {
    RawCall::mmap(arena.base, arena.bytes(), libc::PROT_NONE)
}

fn map_strip(calls: &mut Vec<RawCall>, strip: &Strip, start: u64, page_size: u64) {
    calls.extend(strip.vmas().iter().map(|vma| {
        let address = start + u64::from(vma.first_page) * page_size;
        RawCall::mmap(
            address,
            u64::from(vma.pages) * page_size,
            vma.protection.bits(),
        )
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::catalogue::{find, scenarios};
    use crate::scenario::page_layout::Protection;

    const PAGE: u64 = 0x1_0000;

    fn arena() -> Arena {
        Arena {
            base: 0x1000_0000,
            slots: 20,
            page_size: PAGE,
        }
    }

    /// What the plan leaves in the arena, one letter a page, `-` for a fence.
    fn painted(plan: &ArenaPlan) -> String {
        let pages = plan.arena.bytes() / PAGE;
        let mut text = vec!['?'; pages as usize];
        let fills = plan.fills.iter().flat_map(|fill| fill.calls(plan.arena));
        for call in plan.calls.iter().copied().chain(fills) {
            let letter = match (call.number, call.arguments[2] as i32) {
                (libc::SYS_munmap, _) => '.',
                (_, libc::PROT_NONE) => '-',
                (_, bits) => ['r', 'w', 'x']
                    .into_iter()
                    .find(|&l| Protection::from_letter(l).unwrap().bits() == bits)
                    .unwrap(),
            };
            if !plan.arena.range().contains(&call.arguments[0]) {
                continue;
            }
            let first = (call.arguments[0] - plan.arena.base) / PAGE;
            for page in first..first + call.arguments[1] / PAGE {
                text[page as usize] = letter;
            }
        }
        text.into_iter().collect()
    }

    #[test]
    fn a_plain_arena_alternates() {
        let arena = Arena {
            slots: 4,
            ..arena()
        };
        assert_eq!(painted(&ArenaPlan::plain(arena)), "wwwrrrwwwrrr");
    }

    #[test]
    fn a_site_is_fenced_on_both_sides_and_slots_go_on_behind() {
        let arena = Arena {
            slots: 7,
            ..arena()
        };
        let plan = ArenaPlan::with_sites(arena, &[2], None, find("resize").unwrap()).unwrap();
        assert_eq!(painted(&plan), "www---wwwrrr---rrrwww");
        let plan = ArenaPlan::with_sites(arena, &[3], None, find("replace").unwrap()).unwrap();
        assert_eq!(painted(&plan), "wwwrrr---rwr-x-rrrwww");
        let site = &plan.sites[0];
        assert_eq!(
            (site.start, site.end),
            (arena.slot_address(3), arena.slot_address(4))
        );
        assert_eq!(site.source, Some(site.end + PAGE..site.end + 2 * PAGE));
    }

    #[test]
    fn unmapped_pages_of_the_original_are_unmapped() {
        let plan = ArenaPlan::with_sites(arena(), &[1], None, find("new-both").unwrap()).unwrap();
        assert!(
            painted(&plan).starts_with("---www...www---rrr"),
            "{}",
            painted(&plan)
        );
    }

    #[test]
    fn every_scenario_fits_from_slot_1_to_the_last_it_names() {
        for scenario in scenarios() {
            let slot = |slot| ArenaPlan::with_sites(arena(), &[slot], None, scenario);
            let LayoutError::NoRoom { last, .. } = slot(0).unwrap_err() else {
                panic!("there is no room before slot 0");
            };
            assert_eq!(painted(&slot(1).unwrap()).len(), 60);
            let plan = slot(last).unwrap();
            assert!(painted(&plan).ends_with('-'), "{}", scenario.name);
            assert_eq!(plan.fills[1].count, 0);
            assert!(slot(last + 1).is_err());
        }
    }

    #[test]
    fn several_sites_stand_apart() {
        let arena = Arena {
            slots: 9,
            ..arena()
        };
        let sites =
            |slots: &[u32]| ArenaPlan::with_sites(arena, slots, None, find("split").unwrap());
        let plan = sites(&[5, 1]).unwrap();
        assert_eq!(painted(&plan), "---rrr---rrr---rrr---rrrwww");
        assert_eq!(plan.sites.len(), 2);
        assert_eq!(
            painted(&sites(&[1, 4]).unwrap()),
            "---rrr------rrr---wwwrrrwww"
        );
        let error = sites(&[1, 3]).unwrap_err();
        assert!(
            matches!(error, LayoutError::Overlap { slot: 3, .. }),
            "{error}"
        );
        let error = sites(&[1; MAX_SITES + 1]).unwrap_err();
        assert!(matches!(error, LayoutError::TooMany { .. }), "{error}");
    }

    #[test]
    fn the_last_site_is_behind_everything_and_its_source_in_the_arena() {
        let arena = Arena {
            slots: 5,
            ..arena()
        };
        let end = 0x8000_0000;
        let plan = |slots: &[u32], slots_are_filled| {
            let last = LastSite {
                end,
                slots_are_filled,
            };
            ArenaPlan::with_sites(arena, slots, Some(last), find("replace-last").unwrap()).unwrap()
        };
        let short = plan(&[], false);
        let site = &short.sites[0];
        assert_eq!((site.start, site.end), (end - 2 * PAGE, end));
        assert_eq!(painted(&short), "---x-----------");
        assert_eq!(painted(&plan(&[], true)), "---x--wwwrrrwww");
        assert_eq!(painted(&plan(&[1], true)), "---rw-x-----x--");
        let reserved = &short.calls[1];
        assert_eq!(reserved.arguments[..2], [end - 3 * PAGE, 3 * PAGE]);
    }

    #[test]
    fn no_room_says_which_slots_there_are() {
        let error =
            ArenaPlan::with_sites(arena(), &[20], None, find("split").unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "scenario `split` cannot start at slot 20 of 20: it takes 3 slots with its fences; \
             use a slot from 1 to 18"
        );
    }
}
