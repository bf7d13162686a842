//! Addresses: where the arena, its slots and the site in it lie.

use std::ops::Range;

use super::page_layout::PageLayout;
use super::protection::Protection;
use super::raw_call::RawCall;

pub(crate) const SLOT_PAGES: u32 = 3;

/// Slots of an arena unless something else is asked for: more than two 4 KiB
/// chunks of maps lines.
pub(crate) const DEFAULT_SLOTS: u32 = 260;

/// Most slots of an arena. A slot is one VMA, so this leaves room for the
/// process's own VMAs and a site below the default `vm.max_map_count` of
/// 65 530 (Documentation/admin-guide/sysctl/vm.rst).
pub(crate) const MAX_SLOTS: u32 = 65_000;

/// Where an arena lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arena {
    /// The address of slot 0.
    pub base: u64,
    pub slots: u32,
    /// What a letter of a page layout stands for: a page, or many.
    pub letter_bytes: u64,
}

impl Arena {
    pub(crate) fn slot_bytes(&self) -> u64 {
        u64::from(SLOT_PAGES) * self.letter_bytes
    }

    /// The address of a slot; of the arena's end for the slot after the last.
    pub fn slot_address(&self, slot: u32) -> u64 {
        self.base + u64::from(slot) * self.slot_bytes()
    }

    pub(crate) fn bytes(&self) -> u64 {
        u64::from(self.slots) * self.slot_bytes()
    }

    pub fn range(&self) -> Range<u64> {
        self.base..self.base + self.bytes()
    }
}

/// Where a scenario works: the addresses of its pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The address of the first page.
    pub start: u64,
    /// The address after the last page. Pages that some state leaves unmapped
    /// are inside.
    pub end: u64,
    /// The addresses of the source VMA, if the scenario has one.
    pub source: Option<Range<u64>>,
    /// What a letter of its layout stands for.
    pub letter_bytes: u64,
}

impl Site {
    /// The address of a page of the site.
    pub fn page_address(&self, page: u32) -> u64 {
        self.start + u64::from(page) * self.letter_bytes
    }

    /// The VMAs that `layout` puts here, in address order: `vm_start..vm_end`
    /// in bytes and the protection.
    pub fn vmas<'a>(
        &'a self,
        layout: &'a PageLayout,
    ) -> impl Iterator<Item = (Range<u64>, Protection)> + 'a {
        layout.vmas().iter().map(|vma| {
            let addresses = self.page_address(vma.first_page)..self.page_address(vma.end_page());
            (addresses, vma.protection)
        })
    }
}

/// A run of slots to map, alternately `rw-` and `r--`: even slots are `rw-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fill {
    pub first: u32,
    pub count: u32,
}

impl Fill {
    /// The calls that map the slots, in address order.
    pub(crate) fn calls(self, arena: Arena) -> impl Iterator<Item = RawCall> {
        (self.first..self.first + self.count).map(move |slot| {
            let protection = if slot % 2 == 0 {
                Protection::Write
            } else {
                Protection::Read
            };
            RawCall::mmap(
                arena.slot_address(slot),
                arena.slot_bytes(),
                protection.bits(),
            )
        })
    }
}
