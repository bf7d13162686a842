//! The memory that the modifier's process and its parent share: requests and
//! answers, the operations, the counters. Only atomics, so that a shared
//! reference is sound whatever the other side does.
//!
//! A request goes to one writer: the parent fills in what it needs, stores the
//! command, counts `request` up and wakes; the writer obeys, fills in what it
//! has to say and sets `reply` to the number of the request. A changed
//! `request` is also what ends a free run.

use std::ops::Deref;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};

use rustix::fs::MemfdFlags;
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};

use crate::scenario::definition::{MAX_OPERATIONS, MAX_SITES, MAX_WRITERS};
use crate::scenario::page_layout::MAX_PAGES;
use crate::scenario::raw_call::RawCall;

/// What the first word of a mailbox holds; change it with the mailbox.
pub(crate) const MAGIC: u64 = u64::from_le_bytes(*b"vmascop3");

/// The most calls that clear an arena and make its sites: one to clear it, two
/// for what is at the end of the address space, and for each site one to unmap
/// it, one for its source, one a VMA.
pub(crate) const MAX_SETUP: usize = 3 + MAX_SITES * (2 + 2 * MAX_PAGES as usize);

/// The most operations in one writer's round: those of all its sites.
pub(crate) const MAX_ROUND: usize = MAX_SITES * MAX_OPERATIONS;

/// Something on cache lines of its own (two, for the CPUs that fetch pairs).
#[repr(C, align(128))]
pub(crate) struct Line<T>(T);

impl<T> Deref for Line<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// What the child is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Command {
    /// Get ready; sent before the child exists.
    Start = 1,
    /// Build the arena from scratch (the first writer), take over the
    /// operations, counters to 0.
    Layout = 2,
    /// One operation.
    Step = 3,
    /// Operations without end; answered before the first.
    Run = 4,
    /// Stand still.
    Pause = 5,
    /// Go on to the original state and stand still there.
    PauseAtOriginal = 6,
    /// Fault pages in, as a read of them would.
    Touch = 7,
}

impl Command {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "its start",
            Self::Layout => "a layout",
            Self::Step => "a step",
            Self::Run => "a free run",
            Self::Pause | Self::PauseAtOriginal => "a pause",
            Self::Touch => "a touch",
        }
    }

    pub(crate) fn from_number(number: u32) -> Option<Self> {
        use Command::{Layout, Pause, PauseAtOriginal, Run, Start, Step, Touch};
        [Start, Layout, Step, Run, Pause, PauseAtOriginal, Touch]
            .into_iter()
            .find(|&command| command as u32 == number)
    }
}

/// What the child failed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Task {
    /// Reserve the address space of the arena.
    Reserve = 1,
    /// Start the proof thread or its fault handler, or another writer.
    Thread = 2,
    /// A call of the layout (`index`: which).
    Setup = 3,
    /// Map a slot (`index`: which).
    Slot = 4,
    /// An operation (`index`: which).
    Operation = 5,
}

/// A failure of the child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) task: Task,
    pub(crate) index: u32,
    /// 0 when the call succeeded but returned something unexpected.
    pub(crate) errno: i32,
    /// What the call returned.
    pub(crate) returned: u64,
}

/// A [`Failure`] in shared memory.
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

    pub(crate) fn set(&self, failure: Failure) {
        self.index.store(failure.index, Ordering::Relaxed);
        self.errno.store(failure.errno as u32, Ordering::Relaxed);
        self.returned.store(failure.returned, Ordering::Relaxed);
        self.task.store(failure.task as u32, Ordering::Release);
    }

    pub(crate) fn get(&self) -> Option<Failure> {
        use Task::{Operation, Reserve, Setup, Slot, Thread};
        let number = self.task.load(Ordering::Acquire);
        let task = [Reserve, Thread, Setup, Slot, Operation]
            .into_iter()
            .find(|&task| task as u32 == number)?;
        Some(Failure {
            task,
            index: self.index.load(Ordering::Relaxed),
            errno: self.errno.load(Ordering::Relaxed) as i32,
            returned: self.returned.load(Ordering::Relaxed),
        })
    }
}

/// A [`RawCall`] in shared memory.
#[repr(C)]
pub(crate) struct CallCell {
    number: AtomicI64,
    arguments: [AtomicU64; 6],
    expected: AtomicU64,
}

impl CallCell {
    pub(crate) fn set(&self, call: &RawCall) {
        self.number.store(call.number, Ordering::Relaxed);
        for (cell, argument) in self.arguments.iter().zip(call.arguments) {
            cell.store(argument, Ordering::Relaxed);
        }
        self.expected.store(call.expected, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> RawCall {
        RawCall {
            number: self.number.load(Ordering::Relaxed),
            arguments: std::array::from_fn(|i| self.arguments[i].load(Ordering::Relaxed)),
            expected: self.expected.load(Ordering::Relaxed),
        }
    }
}

/// What [`Command::Layout`] builds.
#[repr(C)]
pub(crate) struct LayoutCells {
    pub(crate) setup_count: AtomicU32,
    pub(crate) setup: [CallCell; MAX_SETUP],
    pub(crate) fill_count: AtomicU32,
    /// First slot and count.
    pub(crate) fills: [[AtomicU32; 2]; MAX_SITES + 1],
}

/// What one writer is told and says.
#[repr(C)]
pub(crate) struct WriterCells {
    pub(crate) command: AtomicU32,
    /// Futex: the number of the last request.
    pub(crate) request: Line<AtomicU32>,
    /// Futex: the number of the last request that was answered.
    pub(crate) reply: Line<AtomicU32>,
    /// Operations begun since the layout; stored before the system call.
    pub(crate) begun: Line<AtomicU64>,
    /// Operations finished since the layout; stored after the system call.
    pub(crate) finished: Line<AtomicU64>,
    /// The most operations in a burst; 0: it never rests.
    pub(crate) burst_operations: AtomicU32,
    /// The longest rest between two bursts, in nanoseconds.
    pub(crate) burst_rest_ns: AtomicU64,
    pub(crate) operation_count: AtomicU32,
    pub(crate) operations: [CallCell; MAX_ROUND],
}

/// What [`Command::Touch`] is about, and how it went.
#[repr(C)]
pub(crate) struct TouchCells {
    pub(crate) address: AtomicU64,
    pub(crate) bytes: AtomicU64,
    /// The answer; 0 when all of it was faulted in.
    pub(crate) errno: AtomicU32,
}

/// What the proof thread is told and says.
#[repr(C)]
pub(crate) struct ProofCells {
    /// Futex: 1 to read the pages round and round, 0 to stand still.
    pub(crate) wanted: Line<AtomicU32>,
    /// Futex: what `wanted` was when the thread last obeyed, plus 1.
    pub(crate) obeyed: Line<AtomicU32>,
    pub(crate) rounds: Line<AtomicU64>,
    pub(crate) page_count: AtomicU32,
    pub(crate) pages: [AtomicU64; MAX_SITES * MAX_PAGES as usize],
    pub(crate) fault_address: AtomicU64,
    /// The signal that `fault_address` belongs to; 0: there was no fault.
    pub(crate) fault_signal: AtomicU32,
}

/// The shared memory; all zeros is a valid one.
#[repr(C)]
pub(crate) struct Mailbox {
    pub(crate) magic: AtomicU64,
    pub(crate) parent_pid: AtomicU32,
    pub(crate) slots: AtomicU32,
    pub(crate) proof_thread: AtomicU32,
    /// How many of `writers` there are.
    pub(crate) writer_count: AtomicU32,
    /// The child's answer to `Start`: the address of slot 0.
    pub(crate) arena_base: AtomicU64,
    /// The child's answer to `Start`: the first address that cannot be mapped.
    pub(crate) address_space_end: AtomicU64,
    pub(crate) failure: FailureCell,
    pub(crate) layout: LayoutCells,
    pub(crate) writers: [WriterCells; MAX_WRITERS],
    pub(crate) touch: TouchCells,
    pub(crate) proof: ProofCells,
}

/// Something that a process and its parent may share.
///
/// # Safety
///
/// It is made of atomics only, every bit pattern of it is valid, and its
/// alignment is at most that of a page.
pub(crate) unsafe trait Shared {}

// SAFETY: atomics only, of which every bit pattern is valid; aligned to 128.
unsafe impl Shared for Mailbox {}

/// A mapped mailbox; unmapped when dropped.
pub(crate) struct Mapping<M: Shared = Mailbox>(NonNull<M>);

// SAFETY: what is shared is made of atomics only, so any thread may use it
// through a shared reference, and unmapping it is not bound to a thread.
unsafe impl<M: Shared> Send for Mapping<M> {}
// SAFETY: as above.
unsafe impl<M: Shared> Sync for Mapping<M> {}

impl<M: Shared> Mapping<M> {
    /// A new mailbox and the memfd that holds it (close-on-exec).
    pub(crate) fn create() -> Result<(Self, OwnedFd), Errno> {
        let fd = rustix::fs::memfd_create("vmascope-mailbox", MemfdFlags::CLOEXEC)?;
        rustix::fs::ftruncate(&fd, size_of::<M>() as u64)?;
        Ok((Self::map(&fd)?, fd))
    }

    /// Maps the mailbox that a memfd holds.
    ///
    /// # Errors
    ///
    /// `EINVAL` when the file is too short to be one.
    pub(crate) fn map(fd: impl AsFd) -> Result<Self, Errno> {
        let bytes = size_of::<M>();
        if rustix::fs::fstat(&fd)?.st_size < bytes as i64 {
            return Err(Errno::INVAL);
        }
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice touches
        // no memory that is in use.
        let address = unsafe {
            rustix::mm::mmap(ptr::null_mut(), bytes, protection, MapFlags::SHARED, fd, 0)?
        };
        NonNull::new(address.cast()).map(Self).ok_or(Errno::INVAL)
    }
}

impl<M: Shared> Deref for Mapping<M> {
    type Target = M;
    fn deref(&self) -> &M {
        // SAFETY: `map` checked that the file holds a whole `M`, mappings are
        // page-aligned, every bit pattern is a valid `M` (`Shared`), and it
        // stays mapped as long as `self`.
        unsafe { self.0.as_ref() }
    }
}

impl<M: Shared> Drop for Mapping<M> {
    fn drop(&mut self) {
        // SAFETY: the range is the mapping that `map` made, and no reference
        // into it outlives `self`. Unmapping a valid range cannot fail usefully.
        let _ = unsafe { rustix::mm::munmap(self.0.as_ptr().cast(), size_of::<M>()) };
    }
}
