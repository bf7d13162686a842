//! How the modifier's VMAs are laid out. The arena is a row of slots of
//! [`SLOT_PAGES`] pages, alternately `rw-` and `r--`, so that each is a VMA
//! (and a line of maps) of its own; a scenario's site takes the place of a few
//! of them, with inaccessible fences around it:
//!
//! ```text
//! … rw- | r-- | fence | site | fence [| source | fence] | rw- | r-- | …
//! ```
//!
//! Pure: it says which system calls build that; the modifier makes them.

use nix::libc;
use thiserror::Error;

pub use super::arena::{Arena, DEFAULT_SLOTS, Fill, MAX_SLOTS, SLOT_PAGES, Site};
use super::scenario::Scenario;
use super::strip::Strip;
use super::syscall::RawCall;

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
}

/// What to do to build an arena from scratch: first `calls`, then `fills`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArenaPlan {
    /// The arena it is for.
    pub arena: Arena,
    /// The system calls that clear the arena and make the site.
    pub calls: Vec<RawCall>,
    /// The slots before and behind the site; either may have a count of 0.
    pub fills: [Fill; 2],
    /// Where the site is, if there is one.
    pub site: Option<Site>,
}

impl ArenaPlan {
    /// An arena of slots only.
    pub fn plain(arena: Arena) -> Self {
        Self {
            arena,
            calls: vec![clear(arena)],
            fills: [
                Fill {
                    first: 0,
                    count: arena.slots,
                },
                Fill {
                    first: arena.slots,
                    count: 0,
                },
            ],
            site: None,
        }
    }

    /// An arena with the scenario's site at a slot. The whole slot before it
    /// is a fence; behind it come at least a page of fence, the source VMA if
    /// there is one, and fence up to the next slot.
    ///
    /// # Errors
    ///
    /// [`LayoutError::NoRoom`] when the fences or the site would leave the
    /// arena.
    pub fn with_site(
        arena: Arena,
        site_slot: u32,
        scenario: &Scenario,
    ) -> Result<Self, LayoutError> {
        let site_pages = scenario.original.page_count();
        let source_pages = scenario.source.as_ref().map(Strip::page_count);
        let pages = site_pages + 1 + source_pages.map_or(0, |pages| pages + 1);
        let behind = pages.div_ceil(SLOT_PAGES);
        let last = arena.slots.saturating_sub(behind);
        if site_slot == 0 || site_slot > last {
            return Err(LayoutError::NoRoom {
                scenario: scenario.name.clone(),
                slot: site_slot,
                slots: arena.slots,
                needed: behind + 1,
                last,
            });
        }
        let page_size = arena.page_size;
        let start = arena.slot_address(site_slot);
        let end = start + u64::from(site_pages) * page_size;
        let source = source_pages.map(|pages| {
            let source_start = end + page_size;
            source_start..source_start + u64::from(pages) * page_size
        });

        // The fences are what `clear` leaves; only what lies between is made.
        let mut calls = vec![clear(arena), RawCall::munmap(start, end - start)];
        map_strip(&mut calls, &scenario.original, start, page_size);
        if let (Some(strip), Some(addresses)) = (&scenario.source, &source) {
            calls.push(RawCall::munmap(
                addresses.start,
                addresses.end - addresses.start,
            ));
            map_strip(&mut calls, strip, addresses.start, page_size);
        }
        let next = site_slot + behind;
        Ok(Self {
            arena,
            calls,
            fills: [
                Fill {
                    first: 0,
                    count: site_slot - 1,
                },
                Fill {
                    first: next,
                    count: arena.slots - next,
                },
            ],
            site: Some(Site {
                start,
                end,
                source,
                page_size,
                slot: site_slot,
            }),
        })
    }
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
    use super::super::scenario::{find, scenarios};
    use super::super::strip::Protection;
    use super::*;

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
        let plan = ArenaPlan::with_site(arena, 2, find("resize").unwrap()).unwrap();
        assert_eq!(painted(&plan), "www---wwwrrr---rrrwww");
        let plan = ArenaPlan::with_site(arena, 3, find("replace").unwrap()).unwrap();
        assert_eq!(painted(&plan), "wwwrrr---rwr-x-rrrwww");
        let site = plan.site.unwrap();
        assert_eq!(
            (site.start, site.end),
            (arena.slot_address(3), arena.slot_address(4))
        );
        assert_eq!(site.source, Some(site.end + PAGE..site.end + 2 * PAGE));
    }

    #[test]
    fn unmapped_pages_of_the_original_are_unmapped() {
        let plan = ArenaPlan::with_site(arena(), 1, find("new-both").unwrap()).unwrap();
        assert!(
            painted(&plan).starts_with("---www...www---rrr"),
            "{}",
            painted(&plan)
        );
    }

    #[test]
    fn every_scenario_fits_from_slot_1_to_the_last_it_names() {
        for scenario in scenarios() {
            let slot = |slot| ArenaPlan::with_site(arena(), slot, scenario);
            let LayoutError::NoRoom { last, .. } = slot(0).unwrap_err();
            assert_eq!(painted(&slot(1).unwrap()).len(), 60);
            let plan = slot(last).unwrap();
            assert!(painted(&plan).ends_with('-'), "{}", scenario.name);
            assert_eq!(plan.fills[1].count, 0);
            assert!(slot(last + 1).is_err());
        }
    }

    #[test]
    fn no_room_says_which_slots_there_are() {
        let error = ArenaPlan::with_site(arena(), 20, find("split").unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "scenario `split` cannot start at slot 20 of 20: it takes 3 slots with its fences; \
             use a slot from 1 to 18"
        );
    }
}
