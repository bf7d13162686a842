//! Simulated kernels: what the judge is tested against.
//!
//! A simulated kernel runs a scenario's operations on a small address space
//! and answers `read()` and `PROCMAP_QUERY` as Linux does, step by step: at
//! every point where the real reader can be overtaken by the real writer, the
//! writer may take some steps, drawn from a seeded generator. Correct kernels
//! of each kind ([`Locking`]) must never be blamed; each [`Fault`] must be
//! caught and named.

mod address_space;
mod file;
mod hunt;
mod of_scenario;
mod random;
mod reader;
mod run;
mod writer;

pub use address_space::PAGE;
pub use file::SimulatedKernel;
pub use hunt::{Approach, Hunt};
pub use run::SimulatedCase;
pub use writer::{Effect, Workload};

/// Who holds what, and where a reader resumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Locking {
    /// To 6.16: `mmap_lock` for a chunk, resuming at the next `vm_start`.
    ChunkNextStart,
    /// `smaps` of 6.17 to 7.1: `mmap_lock` for a chunk, resuming at the last
    /// `vm_end`.
    ChunkLastEnd,
    /// `maps` since 6.17: one VMA at a time, resuming at the last `vm_end`.
    /// Correct: it searches afresh for each line, and falls back to
    /// `mmap_lock` as soon as there is a gap and a writer about.
    LineLastEnd,
}

/// What may be wrong with a simulated kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A VMA that starts above the position is believed without a check.
    NoGapCheck,
    /// H2: the iterator steps on from the VMA it printed last, however that
    /// has grown since.
    StaleIterator,
    /// H1: on a gap it searches again, and believes a tree that is empty there
    /// because a move has unmapped its destination.
    EmptyTreeBelieved,
    /// A new chunk starts at `vm_start` of the last line, not at its `vm_end`.
    ResumesAtLastStart,
    /// The search finds only VMAs that start at or above the position.
    SkipsStartsBefore,
    /// A VMA that shrank to end at or before the position is printed.
    PrintsBehind,
    /// A query finds only VMAs that start at or above the address.
    QueryReturnsNext,
    /// Contention on a VMA is taken for the end of the address space.
    LostTail,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 8] = [
        Fault::NoGapCheck,
        Fault::StaleIterator,
        Fault::EmptyTreeBelieved,
        Fault::ResumesAtLastStart,
        Fault::SkipsStartsBefore,
        Fault::PrintsBehind,
        Fault::QueryReturnsNext,
        Fault::LostTail,
    ];
}
