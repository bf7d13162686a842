//! The readers, as data: what each locks, where it resumes, what it checks.

use thiserror::Error;

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
pub enum Position {
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

/// A reader's protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Protocol {
    /// The name it is asked for by.
    pub name: &'static str,
    /// One line: what it is.
    pub summary: &'static str,
    /// What it holds.
    pub locking: Locking,
    /// Where it resumes.
    pub position: Position,
    /// Whether the search for each line starts from the position (the cure of
    /// H2) instead of where the iterator was left.
    pub fresh_search: bool,
    /// What it does on a gap.
    pub gap_check: GapCheck,
    /// Whether the sequence is noted after the search instead of before it.
    pub notes_late: bool,
    /// Whether it falls back where nothing is left and the address space was in
    /// motion, instead of believing the end.
    pub checks_end: bool,
    /// Whether a detached VMA makes it search again, without `mmap_lock`.
    pub retries_detached: bool,
    /// The checks it makes.
    pub guards: Guards,
    /// Whether each line is an answer of `PROCMAP_QUERY`: each is a walk of
    /// its own.
    pub query: bool,
    /// Whether it exists, or is broken on purpose.
    pub broken: bool,
}

/// `lock_next_vma()` as merged in 6.17.
const MERGED: Protocol = Protocol {
    name: "merged",
    summary: "per-VMA locks as merged (6.17 to 7.3): lock_next_vma()",
    locking: Locking::PerVma,
    position: Position::LastEnd,
    fresh_search: false,
    gap_check: GapCheck::SearchIfMoved,
    notes_late: false,
    checks_end: false,
    retries_detached: true,
    guards: Guards::ALL,
    query: false,
    broken: false,
};

/// All readers, those that exist before those that are broken on purpose.
pub const PROTOCOLS: [Protocol; 18] = [
    Protocol {
        name: "mmap-lock-next-start",
        summary: "mmap_lock for one chunk, resuming at the next vm_start (maps to 6.16)",
        locking: Locking::MmapLock,
        position: Position::NextStart,
        ..MERGED
    },
    Protocol {
        name: "mmap-lock-last-end",
        summary: "mmap_lock for one chunk, resuming at the last vm_end (smaps 6.17 to 7.1)",
        locking: Locking::MmapLock,
        ..MERGED
    },
    Protocol {
        name: "rcu-sequence",
        summary: "RCU and the mm's sequence, no lock (the series before version 4)",
        locking: Locking::RcuSequence,
        ..MERGED
    },
    Protocol {
        name: "per-vma-v4",
        summary: "per-VMA locks as in version 4 of the series: a detached VMA means fallback",
        retries_detached: false,
        ..MERGED
    },
    MERGED,
    Protocol {
        name: "merged-h1-cure",
        summary: "merged, with the cure of H1: on a gap in motion it falls back at once",
        gap_check: GapCheck::FallBackIfMoved,
        ..MERGED
    },
    Protocol {
        name: "merged-h2-cure",
        summary: "merged, with the cure of H2: each search starts from the position",
        fresh_search: true,
        ..MERGED
    },
    BOTH_CURES,
    Protocol {
        name: "merged-cures-and-end",
        summary: "merged, with both cures, and the end of the walk checked like a gap",
        checks_end: true,
        ..BOTH_CURES
    },
    Protocol {
        name: "query",
        summary: "PROCMAP_QUERY as merged (since 6.18), each answer's end asked for next",
        query: true,
        ..MERGED
    },
    Protocol {
        name: "query-h1-cure",
        summary: "PROCMAP_QUERY with the cure of H1 (it has no H2: each query searches afresh)",
        gap_check: GapCheck::FallBackIfMoved,
        query: true,
        ..MERGED
    },
    Protocol {
        name: "no-gap-check",
        summary: "broken: merged, but a gap is believed without a check",
        gap_check: GapCheck::None,
        broken: true,
        ..MERGED
    },
    Protocol {
        name: "gap-check-no-sequence",
        summary: "broken: merged, but every gap is searched again, whatever the sequence says",
        gap_check: GapCheck::SearchAlways,
        broken: true,
        ..MERGED
    },
    Protocol {
        name: "sequence-noted-late",
        summary: "broken: merged, but the sequence is noted after the search",
        notes_late: true,
        broken: true,
        ..MERGED
    },
    Protocol {
        name: "position-vm-start",
        summary: "broken: merged, but the position kept is vm_start of the last VMA printed",
        position: Position::LastStart,
        broken: true,
        ..MERGED
    },
    Protocol {
        name: "no-detach-check",
        summary: "broken: merged, but a detached VMA can be locked",
        guards: Guards::ALL.without(Guard::Attached),
        broken: true,
        ..MERGED
    },
    Protocol {
        name: "no-behind-check",
        summary: "broken: merged, but a VMA that ends behind the position is printed",
        guards: Guards::ALL.without(Guard::Behind),
        broken: true,
        ..MERGED
    },
    Protocol {
        name: "no-mm-check",
        summary: "broken: merged, but a structure that another mm reuses is taken for ours",
        guards: Guards::ALL.without(Guard::SameMm),
        broken: true,
        ..MERGED
    },
];

/// Merged, with the cures of H1 and H2.
pub const BOTH_CURES: Protocol = Protocol {
    name: "merged-both-cures",
    summary: "merged, with the cures of H1 and H2",
    gap_check: GapCheck::FallBackIfMoved,
    fresh_search: true,
    ..MERGED
};

/// There is no reader of that name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no reader `{name}`; there are {known}, or all")]
pub struct UnknownProtocol {
    /// The name asked for.
    pub name: String,
    /// The names that exist, with commas.
    pub known: String,
}

impl Protocol {
    /// The reader of that name.
    ///
    /// # Errors
    /// [`UnknownProtocol`], which lists the names that exist.
    pub fn find(name: &str) -> Result<Self, UnknownProtocol> {
        let found = PROTOCOLS.iter().find(|protocol| protocol.name == name);
        found.copied().ok_or_else(|| UnknownProtocol {
            name: name.to_owned(),
            known: PROTOCOLS.map(|protocol| protocol.name).join(", "),
        })
    }
}
