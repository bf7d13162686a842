//! The options in which readers' protocols differ.

/// What a reader holds while it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Locking {
    /// `mmap_lock` for reading, for one chunk.
    MmapLock,
    /// Nothing but RCU: it copies the VMA and believes the copy if the mm's
    /// sequence has not moved since it was noted.
    RcuSequence,
    /// The lock of one VMA at a time.
    PerVma,
}

/// Where a reader resumes: the address that it searches from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResumeAt {
    /// `vm_start` of the VMA that comes next (to 6.16).
    NextStart,
    /// `vm_end` of the last VMA printed (since 6.17).
    LastEnd,
    /// `vm_start` of the last VMA printed.
    LastStart,
}

/// What a per-VMA reader does where the VMA starts behind its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GapCheck {
    /// Believes it.
    None,
    /// Searches again from the position if the address space was in motion,
    /// and falls back where that finds another VMA (as merged).
    SearchIfMoved,
    /// Searches again at every gap, without asking the sequence.
    SearchAlways,
    /// Falls back at once if the address space was in motion (the cure of H1).
    FallBackIfMoved,
}

/// Where a reader's iterator is set to the position; else it goes on from the
/// slot that the line before was found in. It is set there by the gap check's
/// second search, and after a detached VMA, whatever this says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Afresh {
    /// At the start of a chunk or a query, and nowhere else (the series): a
    /// fallback leaves it in the slot of what it found.
    Chunks,
    /// After a fallback too (`lock_next_vma()` in mm/mmap_lock.c, as merged).
    Fallbacks,
    /// After every line too (`reacquire_rcu()` in fs/proc/task_mmu.c).
    Lines,
    /// Before every search: the cure of H2.
    Searches,
}

/// The checks of a per-VMA reader that a mutation may take away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Guard {
    /// `vma_start_read()`: `vm_lock_seq` against the mm's before the count is
    /// taken.
    LockedBefore,
    /// `vma_start_read()`: the same after the count is taken.
    LockedAfter,
    /// `vma_start_read()`: the count is taken only if it is not 0.
    Attached,
    /// `vma_start_read()`: the count is not taken while a writer waits for
    /// the readers (`VMA_LOCK_OFFSET`).
    WriterWaits,
    /// `vma->vm_mm` is the mm that is read.
    SameMm,
    /// The VMA does not end at or before the position.
    Behind,
    /// The sequence was even when it was noted.
    NotedEven,
    /// The sequence is still what was noted.
    NotMoved,
    /// The VMA that is found again is the one that was locked.
    FoundAgain,
    /// After a detached VMA the iterator is set back to the position.
    IteratorReset,
}

impl Guard {
    pub const ALL: [Guard; 10] = [
        Guard::LockedBefore,
        Guard::LockedAfter,
        Guard::Attached,
        Guard::WriterWaits,
        Guard::SameMm,
        Guard::Behind,
        Guard::NotedEven,
        Guard::NotMoved,
        Guard::FoundAgain,
        Guard::IteratorReset,
    ];
}

/// The guards that a reader has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Guards(u16);

impl Guards {
    pub const ALL: Guards = Guards((1 << Guard::ALL.len()) - 1);

    #[must_use]
    pub(crate) const fn has(self, guard: Guard) -> bool {
        self.0 & 1 << guard as u16 != 0
    }

    /// The same without one.
    #[must_use]
    pub const fn without(self, guard: Guard) -> Self {
        Guards(self.0 & !(1 << guard as u16))
    }
}
