//! The modifier's own process: executes the system calls it is handed.
//!
//! It is quiet: after it has reported ready, nothing in its address space
//! changes but what it is told to change. So it allocates nothing, its stack
//! has been touched as deep as it will ever grow, and all its threads, the
//! proof thread and further writers, are started before ready.
//!
//! It dies with its parent: `PR_SET_PDEATHSIG`, which the kernel ties to the
//! parent's *thread* that started it (prctl(2)), and a check that the parent
//! was still there when that was set. It is in a process group of its own, so
//! Ctrl-C and Ctrl-Z at the terminal do not reach it.

use std::ffi::CStr;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::ptr;
use std::sync::atomic::Ordering;

use nix::libc;
use rustix::mm::{MapFlags, ProtFlags};
use rustix::process::{Signal, getppid, set_parent_process_death_signal};

use super::mailbox::{Failure, MAGIC, Mailbox, Mapping, Shared, Task};
use super::{executor, own_stack};
use crate::scenario::arena::Arena;
use crate::scenario::definition::MAX_WRITERS;

/// Exit status: no mailbox of this version on the descriptor it was given.
pub(crate) const EXIT_NO_MAILBOX: i32 = 101;
/// Exit status: the parent was gone before it could be tied to it.
pub(crate) const EXIT_ORPHAN: i32 = 102;
/// Exit status: it could not get ready; the mailbox says why.
pub(crate) const EXIT_NOT_READY: i32 = 103;
/// Exit status: the proof thread's read faulted; the mailbox says where.
pub(crate) const EXIT_FAULT: i32 = 104;

/// Where the arena goes if that is free: below everything else, so that its
/// lines come first in maps and cost a reader the least. The largest arena
/// with 64 KiB pages ends below 48 bits.
const ARENA_ADDRESS: usize = 0x1000_0000;

/// Is the modifier until its parent kills it.
pub(crate) fn main(mailbox_fd: RawFd) -> ! {
    let mailbox = match open_mailbox::<Mailbox>(mailbox_fd) {
        Some(mailbox) if mailbox.magic.load(Ordering::Acquire) == MAGIC => mailbox,
        _ => exit(EXIT_NO_MAILBOX),
    };
    if !tie_to_parent(mailbox.parent_pid.load(Ordering::Relaxed), c"vmascope-mod") {
        exit(EXIT_ORPHAN);
    }
    own_stack::touch_main_thread();
    let arena = match get_ready(mailbox) {
        Ok(arena) => arena,
        Err((task, errno)) => {
            let errno = errno.raw_os_error();
            mailbox.failure.set(Failure {
                task,
                index: 0,
                errno,
                returned: 0,
            });
            exit(EXIT_NOT_READY)
        }
    };
    mailbox.arena_base.store(arena.base, Ordering::Relaxed);
    let end = address_space_end(&arena);
    mailbox.address_space_end.store(end, Ordering::Relaxed);
    executor::serve(mailbox, arena)
}

pub(crate) fn exit(status: i32) -> ! {
    // SAFETY: ends the process at once; nothing is left to clean up.
    unsafe { libc::_exit(status) }
}

/// Maps the mailbox on a descriptor, for as long as the process lives.
pub(crate) fn open_mailbox<M: Shared>(fd: RawFd) -> Option<&'static M> {
    // SAFETY: only asks whether the descriptor is open.
    if fd < 0 || unsafe { libc::fcntl(fd, libc::F_GETFD) } < 0 {
        return None;
    }
    // SAFETY: it is open, and the parent opened it for this process to own.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    let mapping = Mapping::map(&fd).ok()?;
    // Mapped for as long as the process lives.
    let mailbox: &'static Mapping<M> = Box::leak(Box::new(mapping));
    Some(mailbox)
}

/// Whether the process now dies with the parent, and the parent still lives.
pub(crate) fn tie_to_parent(parent_pid: u32, name: &CStr) -> bool {
    let tied = set_parent_process_death_signal(Some(Signal::KILL)).is_ok();
    let _ = rustix::thread::set_name(name);
    let parent = getppid().map(|pid| pid.as_raw_pid().cast_unsigned());
    tied && parent == Some(parent_pid)
}

fn get_ready(mailbox: &'static Mailbox) -> Result<Arena, (Task, rustix::io::Errno)> {
    let slots = mailbox.slots.load(Ordering::Relaxed);
    let mut arena = Arena {
        base: 0,
        slots,
        page_size: rustix::param::page_size() as u64,
    };
    arena.base = reserve(&arena).map_err(|errno| (Task::Reserve, errno))?;
    if mailbox.proof_thread.load(Ordering::Relaxed) != 0 {
        super::touch_thread::start(mailbox).map_err(|errno| (Task::Thread, errno))?;
    }
    let writers = mailbox.writer_count.load(Ordering::Relaxed) as usize;
    for number in 1..writers.min(MAX_WRITERS) {
        executor::start(mailbox, number, arena).map_err(|errno| (Task::Thread, errno))?;
    }
    Ok(arena)
}

/// The first address at which no page can be mapped, found by trying: it
/// depends on the architecture, the levels of the page table and the page size.
fn address_space_end(arena: &Arena) -> u64 {
    let page = arena.page_size as usize;
    let may_be_mapped = |address: usize| {
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED_NOREPLACE;
        let at = ptr::without_provenance_mut(address);
        // SAFETY: FIXED_NOREPLACE: no memory that is in use is touched.
        match unsafe { rustix::mm::mmap_anonymous(at, page, ProtFlags::empty(), flags) } {
            Ok(mapped) => {
                // SAFETY: the page was mapped just now, for nothing.
                let _ = unsafe { rustix::mm::munmap(mapped, page) };
                mapped.addr() == address
            }
            Err(errno) => errno == rustix::io::Errno::EXIST,
        }
    };
    // The kernel compares with one limit (`__get_unmapped_area()`, mm/mmap.c).
    let (mut can, mut cannot) = (arena.range().end as usize / page - 1, (1 << 63) / page);
    while cannot - can > 1 {
        let middle = can + (cannot - can) / 2;
        if may_be_mapped(middle * page) {
            can = middle;
        } else {
            cannot = middle;
        }
    }
    (cannot * page) as u64
}

/// Reserves the arena and returns its address. Next to it, on both sides, at
/// least a page is free, so that it never merges with anything.
fn reserve(arena: &Arena) -> Result<u64, rustix::io::Errno> {
    let page = arena.page_size as usize;
    let bytes = arena.bytes() as usize + 2 * page;
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
    let map = |address: usize, more: MapFlags| {
        // SAFETY: FIXED_NOREPLACE or no fixed address at all: no memory that
        // is in use is touched.
        unsafe {
            rustix::mm::mmap_anonymous(
                ptr::without_provenance_mut(address),
                bytes,
                ProtFlags::empty(),
                flags | more,
            )
        }
    };
    let start = map(ARENA_ADDRESS - page, MapFlags::FIXED_NOREPLACE)
        .or_else(|_| map(0, MapFlags::empty()))?;
    let last = start.wrapping_byte_add(bytes - page);
    // SAFETY: both pages belong to the reservation, which nothing uses yet.
    unsafe {
        rustix::mm::munmap(start, page)?;
        rustix::mm::munmap(last, page)?;
    }
    Ok((start.addr() + page) as u64)
}
