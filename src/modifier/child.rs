//! The modifier's own process: reserves the arena, starts its threads, and
//! executes the system calls it is handed.

use std::ptr;
use std::sync::atomic::Ordering;

use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};

use super::child_process::mailbox::Failure;
use super::child_process::serve::{give_up, serve, start_thread};
use super::executor::Writer;
use super::mailbox::{ModifierMailbox, Task};
use super::touch_thread;
use crate::scenario::arena::Arena;
use crate::scenario::definition::MAX_WRITERS;

/// Where the arena goes if that is free: below everything else, so that its
/// lines come first in maps and cost a reader the least. The largest arena
/// with 64 KiB pages ends below 48 bits.
const ARENA_ADDRESS: usize = 0x1000_0000;

/// Runs the modifier until its parent kills it.
pub(crate) fn main(mailbox: &'static ModifierMailbox) -> ! {
    let arena = match get_ready(mailbox) {
        Ok(arena) => arena,
        Err((task, errno)) => give_up(mailbox, Failure::new(task, errno)),
    };
    mailbox.arena_base.store(arena.base, Ordering::Relaxed);
    let end = address_space_end(&arena);
    mailbox.address_space_end.store(end, Ordering::Relaxed);
    let requests = &mailbox.writers[0].requests;
    serve(&mut Writer::new(mailbox, 0, arena), requests)
}

fn get_ready(mailbox: &'static ModifierMailbox) -> Result<Arena, (Task, Errno)> {
    let slots = mailbox.slots.load(Ordering::Relaxed);
    let mut arena = Arena {
        base: 0,
        slots,
        letter_bytes: mailbox.letter_bytes.load(Ordering::Relaxed),
    };
    if arena.letter_bytes > rustix::param::page_size() as u64 {
        without_huge_pages();
    }
    arena.base = reserve(&arena).map_err(|errno| (Task::Reserve, errno))?;
    let no_thread = |errno| (Task::Thread, errno);
    if mailbox.has_touch_thread.load(Ordering::Relaxed) != 0 {
        touch_thread::start(mailbox).map_err(no_thread)?;
    }
    let writers = mailbox.writer_count.load(Ordering::Relaxed) as usize;
    for number in 1..writers.min(MAX_WRITERS) {
        let requests = &mailbox.writers[number].requests;
        let writer = move || Writer::new(mailbox, number, arena);
        start_thread("vmascope-writer", requests, writer).map_err(no_thread)?;
    }
    Ok(arena)
}

/// A huge page is unmapped at once: what is faulted in lasts by its many small
/// ones. It can fail for no reason that matters: then it does not last.
fn without_huge_pages() {
    let _ = nix::sys::prctl::set_thp_disable(true);
}

/// The first address at which no page can be mapped, found by trying: it
/// depends on the architecture, the levels of the page table and the page size.
fn address_space_end(arena: &Arena) -> u64 {
    let page = rustix::param::page_size();
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
            Err(errno) => errno == Errno::EXIST,
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
fn reserve(arena: &Arena) -> Result<u64, Errno> {
    let page = rustix::param::page_size();
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
