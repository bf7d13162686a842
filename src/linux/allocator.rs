//! The system's memory allocator; where it has no memory the program ends with a
//! line and an exit status of its own, and with the terminal given back, instead
//! of an abort.

use std::alloc::{GlobalAlloc, Layout, System};

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
