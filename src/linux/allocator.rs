//! The system's memory allocator; where it has no memory the program ends with a
//! line and an exit status of its own, and with the terminal given back, instead
//! of an abort.

use std::alloc::{GlobalAlloc, Layout, System};

#[cfg(target_env = "gnu")]
use nix::libc::{M_MMAP_THRESHOLD, mallopt};

use super::signal_ends::end_without_memory;

/// Memory of the system, or the end.
#[derive(Debug)]
pub struct OrEnd;

// SAFETY: hands everything to the system's allocator, unchanged; where that has
// nothing, it does not return.
unsafe impl GlobalAlloc for OrEnd {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps to the contract of `alloc`.
        or_end(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps to the contract of `alloc_zeroed`.
        or_end(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps to the contract of `realloc`.
        or_end(unsafe { System.realloc(at, layout, size) })
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: `at` came from one of the above, with this layout.
        unsafe { System.dealloc(at, layout) }
    }
}

#[inline]
fn or_end(memory: *mut u8) -> *mut u8 {
    if memory.is_null() {
        end_without_memory();
    }
    memory
}

/// Bytes from which on a block goes back to the system when it is freed.
#[cfg(target_env = "gnu")]
const LARGE: i32 = 256 << 10;

/// Gives large blocks back to the system when they are freed. By itself glibc does so
/// only until some were freed: then blocks of that size stay with the thread that has
/// had one, and those of a picture of 60,000 VMAs, of which each thread has some, add
/// up to a hundred megabytes that nobody uses.
pub(crate) fn give_back_large_blocks() {
    #[cfg(target_env = "gnu")]
    // SAFETY: sets a number in the allocator, under its own lock.
    unsafe {
        mallopt(M_MMAP_THRESHOLD, LARGE);
    }
}
