//! What every child's shared memory has: requests, answers and what failed.
//! Only atomics, so that a shared reference is sound whatever the other side
//! does.
//!
//! A request goes to one thread of the child: the parent fills in what the
//! command needs, stores the command, counts `request` up and wakes; the thread
//! obeys, fills in what it has to say and sets `reply` to the number of the
//! request. A changed `request` also ends work that goes on after the answer.

use std::ffi::CStr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::shared_memory::{CachePadded, Shared};

/// The shared memory of one kind of child.
pub(crate) trait Mailbox: Shared + 'static {
    /// What its first word holds; change it with the mailbox.
    const MAGIC: u64;
    /// The subcommand word that makes this program the child.
    const WORD: &'static str;
    /// The child's `comm`.
    const COMM: &'static CStr;
    /// What errors call the child.
    const ROLE: &'static str;
    /// What the child may fail to do.
    type Task: Code;

    fn header(&self) -> &Header;

    /// The requests to one of the child's threads; to its main thread for 0.
    fn requests(&self, thread: usize) -> &RequestCells;
}

/// What a mailbox begins with.
#[repr(C)]
pub(crate) struct Header {
    pub(super) magic: AtomicU64,
    pub(super) parent_pid: AtomicU32,
    pub(crate) failure: FailureCell,
}

/// An enum whose values cross the shared memory as numbers from 1 on.
pub(crate) trait Code: Copy + PartialEq + 'static {
    const ALL: &'static [Self];

    fn code(self) -> u32 {
        let at = Self::ALL.iter().position(|one| *one == self);
        at.map_or(0, |at| at as u32 + 1)
    }

    fn from_code(code: u32) -> Option<Self> {
        Self::ALL.get((code as usize).checked_sub(1)?).copied()
    }
}

/// What a thread of a child is asked to do.
pub(crate) trait Command: Code {
    /// As the object of "did not answer to …".
    fn name(self) -> &'static str;
}

/// What one thread is asked and answers.
#[repr(C)]
pub(crate) struct RequestCells {
    /// The code of a [`Command`]; 0 only asks whether it is ready.
    pub(super) command: AtomicU32,
    /// Futex: the number of the last request.
    pub(super) request: CachePadded<AtomicU32>,
    /// Futex: the number of the last request that was answered.
    pub(super) reply: CachePadded<AtomicU32>,
}

/// Something the child failed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure<T> {
    pub(crate) task: T,
    /// Which, where there are several.
    pub(crate) index: u32,
    /// 0 when the call succeeded but returned something unexpected.
    pub(crate) errno: i32,
    /// What the call returned.
    pub(crate) returned: u64,
}

impl<T> Failure<T> {
    pub(crate) fn new(task: T, errno: rustix::io::Errno) -> Self {
        Self {
            task,
            index: 0,
            errno: errno.raw_os_error(),
            returned: 0,
        }
    }
}

/// A [`Failure`] in shared memory, or none.
#[repr(C)]
pub(crate) struct FailureCell {
    task: AtomicU32,
    index: AtomicU32,
    errno: AtomicU32,
    returned: AtomicU64,
}

impl FailureCell {
    pub(crate) fn clear(&self) {
        self.task.store(0, Ordering::Release);
    }

    pub(crate) fn set<T: Code>(&self, failure: Failure<T>) {
        self.index.store(failure.index, Ordering::Relaxed);
        self.errno
            .store(failure.errno.cast_unsigned(), Ordering::Relaxed);
        self.returned.store(failure.returned, Ordering::Relaxed);
        self.task.store(failure.task.code(), Ordering::Release);
    }

    pub(crate) fn get<T: Code>(&self) -> Option<Failure<T>> {
        Some(Failure {
            task: T::from_code(self.task.load(Ordering::Acquire))?,
            index: self.index.load(Ordering::Relaxed),
            errno: self.errno.load(Ordering::Relaxed).cast_signed(),
            returned: self.returned.load(Ordering::Relaxed),
        })
    }
}
