//! Simulated kernels: what the judge is tested against.
//!
//! A simulated kernel runs a scenario's operations on a small address space
//! and answers `read()` and `PROCMAP_QUERY` as Linux does, step by step: at
//! every point where the real reader can be overtaken by the real writer, the
//! writer may take some steps, drawn from a seeded generator. Correct kernels
//! of each kind ([`Locking`]) must never be blamed; each [`Fault`] must be
//! caught and named.

#![allow(dead_code, reason = "each test program needs a part of it")]

pub(crate) mod address_space;
pub(crate) mod fault;
pub(crate) mod file;
pub(crate) mod hunt;
pub(crate) mod iterator;
pub(crate) mod of_scenario;
pub(crate) mod order;
pub(crate) mod random;
pub(crate) mod reader;
pub(crate) mod run;
pub(crate) mod writer;

/// Who holds what, and where a reader resumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Locking {
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
