//! The checks of a per-VMA reader, one by one.

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
    /// All of them.
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
    /// All of them.
    pub const ALL: Guards = Guards((1 << Guard::ALL.len()) - 1);

    /// Whether this one is there.
    #[must_use]
    pub const fn has(self, guard: Guard) -> bool {
        self.0 & 1 << guard as u16 != 0
    }

    /// The same without one.
    #[must_use]
    pub const fn without(self, guard: Guard) -> Self {
        Guards(self.0 & !(1 << guard as u16))
    }
}
