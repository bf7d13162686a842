//! What the plan of an arena builds.

use super::*;
use crate::scenario::catalogue::{find, scenarios};
use crate::scenario::protection::Protection;

const PAGE: u64 = 0x1_0000;

fn arena() -> Arena {
    Arena {
        base: 0x1000_0000,
        slots: 20,
        letter_bytes: PAGE,
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
    let sites = |slots: &[u32]| ArenaPlan::with_sites(arena, slots, None, find("split").unwrap());
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
    let error = ArenaPlan::with_sites(arena(), &[20], None, find("split").unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "scenario `split` cannot start at slot 20 of 20: it takes 3 slots with its fences; \
         use a slot from 1 to 18"
    );
}
