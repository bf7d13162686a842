//! What may be wrong with a simulated kernel.

/// What may be wrong with a simulated kernel. All but the first four are faults
/// that no released kernel has; some look much like the known holes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fault {
    /// H1: on a gap it searches again, and believes a tree that is empty there
    /// because a move has unmapped its destination.
    EmptyTreeBelieved,
    /// H2: `maps` steps on from where the iterator stood when it printed the
    /// last line, however that VMA has grown since.
    StaleIterator,
    /// H3: where nothing is found, that is believed without a look at the
    /// sequence, though a move has unmapped the last VMA, or that has grown over
    /// the gap that was searched from.
    EndBelieved,
    /// H1, H2 and H3, as in every released kernel since 6.17.
    Released,
    /// A VMA that starts above the position is believed without a check, or
    /// one that is found again without being compared.
    NoGapCheck,
    /// A new chunk starts at `vm_start` of the last line, not at its `vm_end`.
    ResumesAtLastStart,
    /// A new chunk starts a page behind `vm_end` of the last line.
    ResumesPageTooFar,
    /// The search finds only VMAs that start at or above the position.
    SkipsStartsBefore,
    /// A VMA that shrank to end at or before the position is printed.
    PrintsBehind,
    /// A query finds only VMAs that start at or above the address.
    QueryReturnsNext,
    /// A query believes a VMA that starts above the address without a check.
    QuerySkipsGapCheck,
    /// What H2 would be in a query: the iterator is kept from one VMA that the
    /// filter rejects to the next.
    QueryIteratorKept,
    /// What H2 would be in `smaps`: its iterator is not set afresh before every
    /// line.
    SmapsIteratorKept,
    /// What H2 would be at a boundary: a chunk steps on from the VMA that has
    /// the last page that was printed.
    ChunkIteratorKept,
    /// After a fallback the iterator stays where the search that failed had
    /// left it.
    FallBackIteratorKept,
    /// After a detached VMA the iterator is not set back to the position.
    DetachIteratorKept,
    /// A fallback searches from the start of the VMA that was found, not from
    /// the position.
    FallsBackToFound,
    /// The sequence is noted after the search, not before it.
    SequenceNotedLate,
    /// A VMA that a writer has locked is taken, and an empty tree beside it
    /// believed like that of H1.
    WriteLockIgnored,
    /// Contention on a VMA is taken for the end of the address space.
    LostTail,
    /// A detached VMA is taken for the end of the address space.
    DetachedEnds,
    /// What was mapped `r-x` by an operation is never shown, not even when
    /// everything stands still.
    HidesNew,
    /// Of a kernel that holds `mmap_lock`: it lets go of it between two lines.
    ChunkDropsLock,
}

impl Fault {
    /// All of them.
    pub(crate) const ALL: [Fault; 23] = [
        Fault::EmptyTreeBelieved,
        Fault::StaleIterator,
        Fault::EndBelieved,
        Fault::Released,
        Fault::NoGapCheck,
        Fault::ResumesAtLastStart,
        Fault::ResumesPageTooFar,
        Fault::SkipsStartsBefore,
        Fault::PrintsBehind,
        Fault::QueryReturnsNext,
        Fault::QuerySkipsGapCheck,
        Fault::QueryIteratorKept,
        Fault::SmapsIteratorKept,
        Fault::ChunkIteratorKept,
        Fault::FallBackIteratorKept,
        Fault::DetachIteratorKept,
        Fault::FallsBackToFound,
        Fault::SequenceNotedLate,
        Fault::WriteLockIgnored,
        Fault::LostTail,
        Fault::DetachedEnds,
        Fault::HidesNew,
        Fault::ChunkDropsLock,
    ];

    /// Whether what is wrong with `other` is wrong here too.
    pub(crate) fn has(self, other: Fault) -> bool {
        let with: &[Fault] = match self {
            Fault::Released => &[
                Fault::EmptyTreeBelieved,
                Fault::StaleIterator,
                Fault::EndBelieved,
            ],
            Fault::WriteLockIgnored => &[Fault::EmptyTreeBelieved],
            Fault::NoGapCheck => &[Fault::QuerySkipsGapCheck],
            _ => &[],
        };
        self == other || with.contains(&other)
    }
}
