//! Priority inversion: a writer waits for a lock whose reader has lost its CPU to
//! somebody who holds no lock at all.
//!
//! A reader that only runs where nobody else wants to (SCHED_IDLE) and a thread
//! that is always busy share one CPU; the writer has another to itself. The reader
//! reads the first VMA of the writer, and nothing else. The writer's calls are
//! timed as in the rest of the lab, *elsewhere* (single pages are unmapped and
//! mapped) or on the *VMA being read* (it is protected and unprotected), and all of
//! it again with the busy thread alone: that is what the others are compared with.
//!
//! A long call alone is no inversion: the writer may have had no CPU itself. The
//! kernel says for how long that was, and only what is longer than that counts
//! ([`verdict`]). In the middle of a long call it is looked where in the kernel
//! both threads are.
//!
//! * [`sample`]: one sample; [`silence`]: a call in it that does not come back;
//! * [`run`](mod@run): rounds of samples;
//! * [`outcome`]: what comes out;
//! * [`verdict`]: what may be said of it.

#[cfg(test)]
pub(crate) mod fixture;
pub(crate) mod outcome;
pub(crate) mod run;
pub(crate) mod sample;
pub(crate) mod silence;
pub(crate) mod verdict;
