//! The readers, as data.

use thiserror::Error;

use super::protocol_options::{Afresh, GapCheck, Guard, Guards, Locking, ResumeAt};

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
    pub position: ResumeAt,
    /// Where its iterator starts afresh from the position.
    pub afresh: Afresh,
    /// What it does on a gap.
    pub gap_check: GapCheck,
    /// Whether the sequence is noted after the search instead of before it.
    pub notes_late: bool,
    /// Whether it falls back where nothing is found and the address space was
    /// in motion, instead of believing the end (the cure of H3).
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
    summary: "per-VMA locks as merged (maps, 6.17 to 7.3): lock_next_vma()",
    locking: Locking::PerVma,
    position: ResumeAt::LastEnd,
    afresh: Afresh::Fallbacks,
    gap_check: GapCheck::SearchIfMoved,
    notes_late: false,
    checks_end: false,
    retries_detached: true,
    guards: Guards::ALL,
    query: false,
    broken: false,
};

/// `smaps` and `numa_maps` of 7.2 and later: the iterator never goes on from
/// the slot of the line before.
const SMAPS: Protocol = Protocol {
    name: "smaps",
    summary: "merged, the iterator set afresh for every line (smaps, numa_maps since 7.2)",
    afresh: Afresh::Lines,
    ..MERGED
};

/// `PROCMAP_QUERY` since 6.18.
const QUERY: Protocol = Protocol {
    name: "query",
    summary: "PROCMAP_QUERY as merged (since 6.18), each answer's end asked for next",
    query: true,
    ..MERGED
};

/// Merged, with the cures of H1, H2 and H3.
pub const ALL_CURES: Protocol = Protocol {
    name: "merged-all-cures",
    summary: "merged, with the cures of H1, H2 and H3",
    afresh: Afresh::Searches,
    ..cured(MERGED)
};

/// With the cures of H1 and H3, which all per-VMA readers need.
const fn cured(protocol: Protocol) -> Protocol {
    Protocol {
        gap_check: GapCheck::FallBackIfMoved,
        checks_end: true,
        ..protocol
    }
}

/// All readers, those that exist before those that are broken on purpose.
pub const PROTOCOLS: [Protocol; 24] = [
    Protocol {
        name: "mmap-lock-next-start",
        summary: "mmap_lock for one chunk, resuming at the next vm_start (maps to 6.16)",
        locking: Locking::MmapLock,
        position: ResumeAt::NextStart,
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
        afresh: Afresh::Chunks,
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
        afresh: Afresh::Searches,
        ..MERGED
    },
    Protocol {
        name: "merged-h3-cure",
        summary: "merged, with the cure of H3: nothing found and in motion, it falls back",
        checks_end: true,
        ..MERGED
    },
    ALL_CURES,
    SMAPS,
    Protocol {
        name: "smaps-h1-cure",
        summary: "smaps since 7.2 with the cure of H1",
        gap_check: GapCheck::FallBackIfMoved,
        ..SMAPS
    },
    Protocol {
        name: "smaps-h3-cure",
        summary: "smaps since 7.2 with the cure of H3",
        checks_end: true,
        ..SMAPS
    },
    Protocol {
        name: "smaps-all-cures",
        summary: "smaps since 7.2 with the cures of H1 and H3 (it has no H2)",
        ..cured(SMAPS)
    },
    QUERY,
    Protocol {
        name: "query-h1-cure",
        summary: "PROCMAP_QUERY with the cure of H1",
        gap_check: GapCheck::FallBackIfMoved,
        ..QUERY
    },
    Protocol {
        name: "query-h3-cure",
        summary: "PROCMAP_QUERY with the cure of H3",
        checks_end: true,
        ..QUERY
    },
    Protocol {
        name: "query-all-cures",
        summary: "PROCMAP_QUERY with the cures of H1 and H3 (each query searches afresh: no H2)",
        ..cured(QUERY)
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
        position: ResumeAt::LastStart,
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

/// There is no reader of that name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no reader `{name}`; there are {known}")]
pub struct UnknownProtocol {
    pub name: String,
    /// The names that exist, with commas.
    pub known: String,
}

impl Protocol {
    /// Whether a search for a line may go on from the slot of the line before,
    /// without which there is no H2.
    #[must_use]
    pub fn steps_on(&self) -> bool {
        !self.query && matches!(self.afresh, Afresh::Chunks | Afresh::Fallbacks)
    }

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
