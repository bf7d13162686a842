//! Evidence of locks: how often a thread has taken mmap_lock.
//!
//! The kernel announces each acquisition in the tracepoint
//! `mmap_lock:mmap_lock_acquire_returned` (include/trace/events/mmap_lock.h,
//! since Linux 5.11). It is counted for one thread, apart for reading and for
//! writing. While any counter exists, the tracepoint costs every taker of an
//! mmap_lock some tens of nanoseconds.
//!
//! A reader that locks one VMA at a time takes mmap_lock only where it falls
//! back; no other counter of the kernel shows that.

use serde::Serialize;

use super::tracepoints::counter::TracepointCounter;
use super::tracepoints::perf_error::PerfError;
use super::tracepoints::tracefs::{self, TracefsError};

/// The tracepoint, by the path of its directory under `events`.
const TRACEPOINT: &str = "mmap_lock/mmap_lock_acquire_returned";

/// Counts only acquisitions that succeeded: a trylock may fail.
const FOR_READING: &std::ffi::CStr = c"write==0 && success==1";
/// The same for the writers.
const FOR_WRITING: &std::ffi::CStr = c"write==1 && success==1";

/// Why there is no evidence of locks, in one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoEvidence {
    /// The tracepoint's number cannot be had.
    #[error("no lock evidence: {0}")]
    Tracefs(#[from] TracefsError),
    /// It cannot be counted.
    #[error("no lock evidence: {0}")]
    Perf(#[from] PerfError),
}

/// Acquisitions of any mmap_lock by one thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct LockCounts {
    /// For reading; a write lock that is downgraded counts here once more.
    pub read: u64,
    /// For writing.
    pub write: u64,
}

impl LockCounts {
    /// What was added since `earlier`.
    #[must_use]
    pub(crate) fn since(self, earlier: LockCounts) -> LockCounts {
        LockCounts {
            read: self.read.saturating_sub(earlier.read),
            write: self.write.saturating_sub(earlier.write),
        }
    }

    /// Both together with others.
    #[must_use]
    pub(crate) fn plus(self, other: LockCounts) -> LockCounts {
        LockCounts {
            read: self.read + other.read,
            write: self.write + other.write,
        }
    }
}

/// The right and the means to count.
#[derive(Clone, Copy, Debug)]
pub struct LockEvidence {
    tracepoint: u64,
}

impl LockEvidence {
    /// Looks for the tracepoint, and tries to count it.
    ///
    /// # Errors
    /// [`NoEvidence`]: what is missing, and what would help.
    pub fn find() -> Result<Self, NoEvidence> {
        let tracepoint = tracefs::id(TRACEPOINT)?;
        let evidence = LockEvidence { tracepoint };
        evidence.of_this_thread()?;
        Ok(evidence)
    }

    /// Counts for the calling thread, from now on.
    ///
    /// # Errors
    /// [`NoEvidence::Perf`].
    pub(crate) fn of_this_thread(self) -> Result<LockCounter, NoEvidence> {
        self.count(0, false)
    }

    /// The same with the threads that it starts from now on.
    ///
    /// # Errors
    /// [`NoEvidence::Perf`].
    pub(crate) fn of_new_threads(self) -> Result<LockCounter, NoEvidence> {
        self.count(0, true)
    }

    /// Counts for the first thread of another process, which this user must
    /// be allowed to trace.
    ///
    /// # Errors
    /// [`NoEvidence::Perf`].
    pub(crate) fn of_process(self, pid: u32) -> Result<LockCounter, NoEvidence> {
        // No PID is larger.
        self.count(i32::try_from(pid).unwrap_or(i32::MAX), false)
    }

    fn count(self, thread: i32, new_threads: bool) -> Result<LockCounter, NoEvidence> {
        let open = |filter| TracepointCounter::open(self.tracepoint, thread, new_threads, filter);
        Ok(LockCounter {
            read: open(FOR_READING)?,
            write: open(FOR_WRITING)?,
        })
    }
}

/// Counts for one thread, until dropped. Any thread may look.
#[derive(Debug)]
pub(crate) struct LockCounter {
    read: TracepointCounter,
    write: TracepointCounter,
}

impl LockCounter {
    /// The counts so far.
    #[must_use]
    pub(crate) fn counts(&self) -> LockCounts {
        LockCounts {
            read: self.read.count(),
            write: self.write.count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence() -> Option<LockEvidence> {
        let found = LockEvidence::find();
        if let Err(missing) = &found {
            assert_eq!(missing.to_string().lines().count(), 1, "{missing}");
            crate::support::skip(missing);
        }
        found.ok()
    }

    #[test]
    fn threads_that_were_started_since_are_counted_when_they_have_ended() {
        let Some(evidence) = evidence() else {
            return;
        };
        let [alone, with_new] = [evidence.of_this_thread(), evidence.of_new_threads()];
        let (alone, with_new) = (alone.unwrap(), with_new.unwrap());
        let worker = std::thread::spawn(|| {
            for _ in 0..100 {
                map_and_unmap(rustix::param::page_size());
            }
        });
        worker.join().unwrap();
        let (alone, with_new) = (alone.counts().write, with_new.counts().write);
        assert!(with_new >= alone + 200, "{alone} and {with_new}");
    }

    #[test]
    fn own_acquisitions_are_counted() {
        let Some(evidence) = evidence() else {
            return;
        };
        let counter = evidence.of_this_thread().unwrap();
        let before = counter.counts();
        // mmap and munmap both take the lock for writing.
        for _ in 0..10 {
            map_and_unmap(rustix::param::page_size());
        }
        let counts = counter.counts().since(before);
        assert!(counts.write >= 20, "{counts:?}");
        // Nobody counts for another thread.
        let quiet = std::thread::spawn(move || evidence.of_this_thread().unwrap().counts())
            .join()
            .unwrap();
        assert!(quiet.write < counts.write, "{quiet:?}");
    }

    fn map_and_unmap(bytes: usize) {
        use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};
        // SAFETY: a new mapping at an address of the kernel's choice, unmapped
        // before anybody uses it.
        unsafe {
            let address = mmap_anonymous(
                std::ptr::null_mut(),
                bytes,
                ProtFlags::READ,
                MapFlags::PRIVATE,
            )
            .unwrap();
            munmap(address, bytes).unwrap();
        }
    }
}
