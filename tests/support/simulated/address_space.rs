//! The simulated mm: VMAs with identities and locks, and a write sequence.

use std::ops::Range;

use super::iterator::keeps_slots;

/// Bytes of a simulated page.
pub(crate) const PAGE: u64 = 4096;

/// Pages of one protection that cannot be told apart merge, as private
/// anonymous unfaulted VMAs do. `.` is unmapped.
pub(crate) type Letter = u8;

/// One VMA. What has the same identity is the same `struct vm_area_struct`:
/// a reader that found it before may lock it now, whatever it has become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SimulatedVma {
    pub(crate) identity: u64,
    /// In pages.
    pub(crate) start: u32,
    /// In pages.
    pub(crate) end: u32,
    pub(crate) letter: Letter,
    /// Whether an operation made it, or put pages into it.
    pub(crate) made: bool,
    /// `vm_lock_seq`: write-locked while it equals the mm's sequence.
    lock_sequence: u64,
}

/// The address space of the simulated process.
#[derive(Debug)]
pub(crate) struct AddressSpace {
    base: u64,
    /// Pages, unmapped ones included.
    page_count: u32,
    vmas: Vec<SimulatedVma>,
    /// `mm->mm_lock_seq`: moves when a write hold begins and when it ends.
    sequence: u64,
    last_identity: u64,
    /// Which node of the tree has the VMAs: a store that takes or makes slots
    /// puts another node in its place.
    pub(crate) node: u64,
    /// Structures that were freed, reused last in, first out
    /// (`SLAB_TYPESAFE_BY_RCU`): one that a reader holds on to may become
    /// another VMA.
    freed: Vec<u64>,
}

impl AddressSpace {
    pub(crate) fn new(base: u64, pages: &[Letter]) -> Self {
        let mut space = AddressSpace {
            base,
            page_count: pages.len() as u32,
            vmas: Vec::new(),
            sequence: 0,
            last_identity: 0,
            node: 0,
            freed: Vec::new(),
        };
        let mut start = 0;
        for run in pages.chunk_by(|a, b| a == b) {
            let end = start + run.len() as u32;
            if run[0] != b'.' {
                space.last_identity += 1;
                space.vmas.push(SimulatedVma {
                    identity: space.last_identity,
                    start,
                    end,
                    letter: run[0],
                    made: false,
                    lock_sequence: 0,
                });
            }
            start = end;
        }
        space
    }

    pub(crate) fn address(&self, page: u32) -> u64 {
        self.base + u64::from(page) * PAGE
    }

    /// The page of `address`, rounded down; addresses outside saturate.
    pub(crate) fn page(&self, address: u64) -> u32 {
        (address.saturating_sub(self.base) / PAGE).min(u64::from(self.page_count)) as u32
    }

    pub(crate) fn vmas(&self) -> &[SimulatedVma] {
        &self.vmas
    }

    /// `mm->mm_lock_seq`.
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Whether a writer holds `mmap_lock`.
    pub(crate) fn is_write_held(&self) -> bool {
        self.sequence % 2 == 1
    }

    /// The writer takes `mmap_lock`, or drops it and with it all VMA locks.
    pub(crate) fn move_sequence(&mut self) {
        self.sequence += 1;
    }

    /// Whether the writer has locked the VMA and not dropped `mmap_lock` yet.
    pub(crate) fn is_write_locked(&self, vma: &SimulatedVma) -> bool {
        self.is_write_held() && vma.lock_sequence == self.sequence
    }

    /// The first VMA that ends above `position`.
    pub(crate) fn ending_above(&self, position: u32) -> Option<SimulatedVma> {
        let at = self.vmas.partition_point(|vma| vma.end <= position);
        self.vmas.get(at).copied()
    }

    /// The first VMA that starts at or above `position`.
    pub(crate) fn starting_from(&self, position: u32) -> Option<SimulatedVma> {
        let at = self.vmas.partition_point(|vma| vma.start < position);
        self.vmas.get(at).copied()
    }

    /// The VMA with this identity, wherever it is now; none if detached.
    pub(crate) fn with_identity(&self, identity: u64) -> Option<SimulatedVma> {
        let mut vmas = self.vmas.iter();
        vmas.find(|vma| vma.identity == identity).copied()
    }

    /// Write-locks, one after the other, the VMAs that setting `range` to
    /// `letter` changes or detaches. False where one of them is
    /// `read_locked`: the writer has to wait for it, holding the others.
    pub(crate) fn write_lock_affected(
        &mut self,
        range: &Range<u32>,
        letter: Letter,
        read_locked: Option<u64>,
    ) -> bool {
        for at in self.touching(range) {
            let vma = &mut self.vmas[at];
            if vma.start < range.end && vma.end > range.start || vma.letter == letter {
                if read_locked == Some(vma.identity) {
                    return false;
                }
                vma.lock_sequence = self.sequence;
            }
        }
        true
    }

    /// Indices of the VMAs that overlap or adjoin `range`.
    fn touching(&self, range: &Range<u32>) -> Range<usize> {
        let first = self.vmas.partition_point(|vma| vma.end < range.start);
        let count = self.vmas[first..].partition_point(|vma| vma.start <= range.end);
        first..first + count
    }

    /// Sets pages, splits and merges VMAs; what changes is write-locked.
    ///
    /// Who lives on is as in `vma_merge()` and `split_vma()`: a merge extends
    /// the VMA before, else the one behind, and what it takes from is shrunk
    /// in place; of a split, the part in `range` keeps the structure, and the
    /// parts around it are new ones ("new below" in front).
    pub(crate) fn set(&mut self, range: &Range<u32>, letter: Letter) {
        self.store(range, letter, true);
    }

    /// The same with new structures for what is in `range` and for what is left
    /// of the VMAs that are cut, as `mmap` does: it unmaps them, and splits the
    /// new VMAs off their outer ends.
    pub(crate) fn replace(&mut self, range: &Range<u32>, letter: Letter) {
        self.store(range, letter, false);
    }

    fn store(&mut self, range: &Range<u32>, letter: Letter, in_place: bool) {
        let touching = self.touching(range);
        let old = &self.vmas[touching.clone()];
        let left = old.first().copied().filter(|vma| vma.start < range.start);
        let right = old.last().copied().filter(|vma| vma.end > range.end);
        let merges_left = left.is_some_and(|vma| vma.letter == letter);
        let merges_right = right.is_some_and(|vma| vma.letter == letter);
        if left.is_some_and(|vma| merges_left && vma.end >= range.end)
            || right.is_some_and(|vma| merges_right && vma.start <= range.start)
        {
            return;
        }
        let reused = old
            .iter()
            .find(|vma| in_place && vma.end > range.start && vma.start < range.end)
            .map(|vma| vma.identity);
        let lock_sequence = self.sequence;
        let vma = |identity, start, end, letter, made| SimulatedVma {
            identity,
            start,
            end,
            letter,
            made,
            lock_sequence,
        };
        let mut pieces = [None; 3];
        pieces[0] = match left {
            Some(left) if left.end > range.start && !merges_left => {
                let identity = if merges_right && in_place {
                    left.identity
                } else {
                    self.allocate()
                };
                Some(vma(
                    identity,
                    left.start,
                    range.start,
                    left.letter,
                    left.made,
                ))
            }
            left => left.filter(|_| !merges_left),
        };
        pieces[2] = match right {
            Some(right) if right.start < range.end && !merges_right => {
                let identity = if merges_left && in_place {
                    right.identity
                } else {
                    self.allocate()
                };
                Some(vma(
                    identity,
                    range.end,
                    right.end,
                    right.letter,
                    right.made,
                ))
            }
            right => right.filter(|_| !merges_right),
        };
        let before = left.filter(|_| merges_left);
        let behind = right.filter(|_| merges_right);
        pieces[1] = (letter != b'.').then(|| {
            let identity = (before.or(behind).map(|vma| vma.identity))
                .or(reused)
                .unwrap_or_else(|| self.allocate());
            let start = before.map_or(range.start, |vma| vma.start);
            let end = behind.map_or(range.end, |vma| vma.end);
            vma(identity, start, end, letter, true)
        });
        let pieces = pieces.into_iter().flatten();
        if !keeps_slots(
            &self.vmas[touching.clone()],
            &pieces.clone().collect::<Vec<_>>(),
        ) {
            self.node += 1;
        }
        for at in touching.clone() {
            let identity = self.vmas[at].identity;
            if pieces.clone().all(|piece| piece.identity != identity) {
                self.freed.push(identity);
            }
        }
        self.vmas.splice(touching, pieces);
    }

    fn allocate(&mut self) -> u64 {
        self.freed.pop().unwrap_or_else(|| {
            self.last_identity += 1;
            self.last_identity
        })
    }
}

#[cfg(test)]
#[path = "address_space_tests.rs"]
mod tests;
