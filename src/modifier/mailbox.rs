//! The memory that the modifier's process and its parent share: the operations,
//! the counters, and what else the requests are about.

use std::ffi::CStr;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};

use super::child_process::mailbox::{self, Code, Header, Mailbox, RequestCells};
use super::child_process::shared_memory::{CachePadded, Shared};
use crate::scenario::definition::{MAX_OPERATIONS, MAX_SETUP_CALLS, MAX_SITES, MAX_WRITERS};
use crate::scenario::kernel_object::KernelObject;
use crate::scenario::page_layout::MAX_PAGES;
use crate::scenario::raw_call::RawCall;

/// The most calls that clear an arena and make its sites: one to clear it, two
/// for what is at the end of the address space, and for each site one to unmap
/// it, one for its source, one a VMA, and those of the scenario.
pub(crate) const MAX_SETUP: usize = 3 + MAX_SITES * (2 + 2 * MAX_PAGES as usize + MAX_SETUP_CALLS);

/// The most operations in one writer's round: those of all its sites.
pub(crate) const MAX_ROUND: usize = MAX_SITES * MAX_OPERATIONS;

/// The thread that reads pages, behind the writers.
pub(crate) const TOUCH_THREAD: usize = MAX_WRITERS;

/// What a writer is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Build the arena from scratch (the first writer), take over the
    /// operations, counters to 0.
    Layout,
    /// One operation.
    Step,
    /// Operations without end; answered before the first.
    Run,
    /// Stand still.
    Pause,
    /// Go on to the original state and stand still there.
    PauseAtOriginal,
    /// Fault pages in, as a read of them would.
    Populate,
}

impl Code for Command {
    const ALL: &'static [Self] = &[
        Self::Layout,
        Self::Step,
        Self::Run,
        Self::Pause,
        Self::PauseAtOriginal,
        Self::Populate,
    ];
}

impl mailbox::Command for Command {
    fn name(self) -> &'static str {
        match self {
            Self::Layout => "a layout",
            Self::Step => "a step",
            Self::Run => "a free run",
            Self::Pause | Self::PauseAtOriginal => "a pause",
            Self::Populate => "a touch",
        }
    }
}

/// What the touch thread is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TouchCommand {
    /// Read the pages round and round.
    Read,
    StandStill,
}

impl Code for TouchCommand {
    const ALL: &'static [Self] = &[Self::Read, Self::StandStill];
}

impl mailbox::Command for TouchCommand {
    fn name(self) -> &'static str {
        "the switch of the proof"
    }
}

/// What the child may fail to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Reserve the address space of the arena.
    Reserve,
    /// Start the touch thread or its fault handler, or another writer.
    Thread,
    /// A call of the layout (`index`: which).
    Setup,
    /// Map a slot (`index`: which).
    Slot,
    /// An operation (`index`: which of the scenario).
    Operation,
}

impl Code for Task {
    const ALL: &'static [Self] = &[
        Self::Reserve,
        Self::Thread,
        Self::Setup,
        Self::Slot,
        Self::Operation,
    ];
}

/// A [`RawCall`] in shared memory.
#[repr(C)]
pub(crate) struct CallCell {
    number: AtomicI64,
    arguments: [AtomicU64; 6],
    expected: AtomicU64,
    data: [AtomicU64; 4],
    /// Which argument; any other number: none.
    data_argument: AtomicU64,
    /// [`KernelObject::code`], and which argument.
    object: [AtomicU64; 2],
}

impl CallCell {
    pub(crate) fn set(&self, call: &RawCall) {
        self.number.store(call.number, Ordering::Relaxed);
        for (cell, argument) in self.arguments.iter().zip(call.arguments) {
            cell.store(argument, Ordering::Relaxed);
        }
        self.expected.store(call.expected, Ordering::Relaxed);
        for (cell, word) in self.data.iter().zip(call.data) {
            cell.store(word, Ordering::Relaxed);
        }
        let argument = call.data_argument.map_or(u64::MAX, u64::from);
        self.data_argument.store(argument, Ordering::Relaxed);
        let object = call.object.map_or([0, 0], |(argument, object)| {
            [object.code(), u64::from(argument)]
        });
        for (cell, word) in self.object.iter().zip(object) {
            cell.store(word, Ordering::Relaxed);
        }
    }

    pub(crate) fn get(&self) -> RawCall {
        let load = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
        let argument = |cell| u8::try_from(load(cell)).ok().filter(|&one| one < 6);
        let object = KernelObject::from_code(load(&self.object[0]));
        RawCall {
            number: self.number.load(Ordering::Relaxed),
            arguments: std::array::from_fn(|i| load(&self.arguments[i])),
            expected: load(&self.expected),
            data: std::array::from_fn(|i| load(&self.data[i])),
            data_argument: argument(&self.data_argument),
            object: argument(&self.object[1]).zip(object),
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
    pub(crate) requests: RequestCells,
    /// Operations begun since the layout; stored before the system call.
    pub(crate) begun: CachePadded<AtomicU64>,
    /// Operations finished since the layout; stored after the system call.
    pub(crate) finished: CachePadded<AtomicU64>,
    /// The most operations in a burst; 0: it never rests.
    pub(crate) burst_operations: AtomicU32,
    /// The longest rest between two bursts, in nanoseconds.
    pub(crate) burst_rest_ns: AtomicU64,
    /// The longest sleep after each operation, in nanoseconds; 0: it never
    /// sleeps.
    pub(crate) sleep_ns: AtomicU64,
    pub(crate) operation_count: AtomicU32,
    /// A round: each operation of the scenario at each of the writer's sites.
    pub(crate) operations: [CallCell; MAX_ROUND],
    pub(crate) site_count: AtomicU32,
}

/// What [`Command::Populate`] is about, and how it went.
#[repr(C)]
pub(crate) struct PopulateCells {
    pub(crate) address: AtomicU64,
    pub(crate) bytes: AtomicU64,
    /// The answer; 0 when all of it was faulted in.
    pub(crate) errno: AtomicU32,
}

/// What the touch thread is told and says.
#[repr(C)]
pub(crate) struct TouchThreadCells {
    pub(crate) requests: RequestCells,
    pub(crate) rounds: CachePadded<AtomicU64>,
    pub(crate) page_count: AtomicU32,
    pub(crate) pages: [AtomicU64; MAX_SITES * MAX_PAGES as usize],
    pub(crate) fault_address: AtomicU64,
    /// The signal that `fault_address` belongs to; 0: there was no fault.
    pub(crate) fault_signal: AtomicU32,
}

/// The shared memory.
#[repr(C)]
pub(crate) struct ModifierMailbox {
    header: Header,
    pub(crate) slots: AtomicU32,
    /// What a letter of a layout stands for.
    pub(crate) letter_bytes: AtomicU64,
    pub(crate) has_touch_thread: AtomicU32,
    /// How many of `writers` there are.
    pub(crate) writer_count: AtomicU32,
    /// The child's answer when it is ready: the address of slot 0.
    pub(crate) arena_base: AtomicU64,
    /// The child's answer when it is ready: the first address that cannot be
    /// mapped.
    pub(crate) address_space_end: AtomicU64,
    pub(crate) layout: LayoutCells,
    pub(crate) writers: [WriterCells; MAX_WRITERS],
    pub(crate) populate: PopulateCells,
    pub(crate) touch_thread: TouchThreadCells,
}

// SAFETY: atomics only, of which every bit pattern is valid; aligned to 128.
unsafe impl Shared for ModifierMailbox {}

impl Mailbox for ModifierMailbox {
    const MAGIC: u64 = u64::from_le_bytes(*b"vmascop7");
    const WORD: &'static str = "__modifier";
    const COMM: &'static CStr = c"vmascope-mod";
    const ROLE: &'static str = "modifier";
    type Task = Task;

    fn header(&self) -> &Header {
        &self.header
    }

    fn requests(&self, thread: usize) -> &RequestCells {
        self.writers
            .get(thread)
            .map_or(&self.touch_thread.requests, |writer| &writer.requests)
    }
}
