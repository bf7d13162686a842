//! The simulated mm: VMAs with identities and locks, and a write sequence.

use std::ops::Range;

/// Bytes of a simulated page.
pub const PAGE: u64 = 4096;

/// Pages of one protection that cannot be told apart merge, as private
/// anonymous unfaulted VMAs do. `.` is unmapped.
pub(super) type Letter = u8;

/// One VMA. What has the same identity is the same `struct vm_area_struct`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SimulatedVma {
    pub(super) identity: u64,
    /// In pages.
    pub(super) start: u32,
    /// In pages.
    pub(super) end: u32,
    pub(super) letter: Letter,
    /// Write-locked until the writer drops `mmap_lock`.
    pub(super) write_locked: bool,
}

#[derive(Clone, Debug)]
pub(super) struct AddressSpace {
    base: u64,
    /// What each page is.
    pages: Vec<Letter>,
    vmas: Vec<SimulatedVma>,
    /// `mm->mm_lock_seq`: moves when a write hold begins and when it ends.
    pub(super) sequence: u64,
    /// A writer holds `mmap_lock`.
    pub(super) write_held: bool,
    next_identity: u64,
}

impl AddressSpace {
    pub(super) fn new(base: u64, pages: Vec<Letter>) -> Self {
        let mut space = AddressSpace {
            base,
            pages,
            vmas: Vec::new(),
            sequence: 0,
            write_held: false,
            next_identity: 1,
        };
        space.rebuild();
        space.unlock_all();
        space
    }

    pub(super) fn address(&self, page: u32) -> u64 {
        self.base + u64::from(page) * PAGE
    }

    /// The page of `address`, rounded down; addresses outside saturate.
    pub(super) fn page(&self, address: u64) -> u32 {
        (address.saturating_sub(self.base) / PAGE).min(self.pages.len() as u64) as u32
    }

    pub(super) fn vmas(&self) -> &[SimulatedVma] {
        &self.vmas
    }

    /// The first VMA that ends above `position`.
    pub(super) fn ending_above(&self, position: u32) -> Option<SimulatedVma> {
        let at = self.vmas.partition_point(|vma| vma.end <= position);
        self.vmas.get(at).copied()
    }

    /// The first VMA that starts at or above `position`.
    pub(super) fn starting_from(&self, position: u32) -> Option<SimulatedVma> {
        let at = self.vmas.partition_point(|vma| vma.start < position);
        self.vmas.get(at).copied()
    }

    /// The VMA with this identity, wherever it is now; none if detached.
    pub(super) fn with_identity(&self, identity: u64) -> Option<SimulatedVma> {
        self.vmas
            .iter()
            .copied()
            .find(|vma| vma.identity == identity)
    }

    /// The VMAs that setting `range` to `letter` would change or detach.
    pub(super) fn affected(&self, range: &Range<u32>, letter: Letter) -> Vec<u64> {
        let mut after = self.clone();
        after.set(range, letter);
        self.vmas
            .iter()
            .filter(|before| {
                after
                    .with_identity(before.identity)
                    .is_none_or(|now| (now.start, now.end) != (before.start, before.end))
            })
            .map(|vma| vma.identity)
            .collect()
    }

    /// Sets pages, splits and merges VMAs; what changed is write-locked.
    pub(super) fn set(&mut self, range: &Range<u32>, letter: Letter) {
        self.pages[range.start as usize..range.end as usize].fill(letter);
        self.rebuild();
    }

    pub(super) fn write_lock(&mut self, identity: u64) {
        if let Some(vma) = self.vmas.iter_mut().find(|vma| vma.identity == identity) {
            vma.write_locked = true;
        }
    }

    pub(super) fn unlock_all(&mut self) {
        for vma in &mut self.vmas {
            vma.write_locked = false;
        }
    }

    fn rebuild(&mut self) {
        let old = std::mem::take(&mut self.vmas);
        let mut page = 0;
        while page < self.pages.len() {
            let letter = self.pages[page];
            let end = self.pages[page..]
                .iter()
                .position(|&other| other != letter)
                .map_or(self.pages.len(), |length| page + length);
            if letter != b'.' {
                let (start, end) = (page as u32, end as u32);
                let vma = self.successor(&old, start, end, letter);
                self.vmas.push(vma);
            }
            page = end;
        }
    }

    /// The old VMA that lives on in this place, or a new one. As in the
    /// kernel, a VMA that keeps its start and protection keeps its structure;
    /// so does one that a merge extends downwards if nothing else survives.
    fn successor(
        &mut self,
        old: &[SimulatedVma],
        start: u32,
        end: u32,
        letter: Letter,
    ) -> SimulatedVma {
        let same = |vma: &&SimulatedVma| {
            vma.letter == letter
                && (vma.start == start || vma.end == end)
                && self.vmas.iter().all(|taken| taken.identity != vma.identity)
        };
        match old.iter().find(same) {
            Some(vma) => SimulatedVma {
                start,
                end,
                write_locked: vma.write_locked || (vma.start, vma.end) != (start, end),
                ..*vma
            },
            None => {
                self.next_identity += 1;
                SimulatedVma {
                    identity: self.next_identity,
                    start,
                    end,
                    letter,
                    write_locked: true,
                }
            }
        }
    }
}
