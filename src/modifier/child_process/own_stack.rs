//! The stack of a process of ours: touched as deep as it goes before the
//! process is ready, so that no page of it is faulted in later.

use std::hint::black_box;
use std::ptr;

use nix::libc;
use rustix::process::{Resource, getrlimit};

/// How deep a stack is touched, in bytes, if the limit on stacks allows it;
/// less than what exec(2) maps of a main thread's at once (128 KiB,
/// `setup_arg_pages()`, fs/exec.c).
const DEEPEST: usize = 64 * 1024;

/// What is left untouched at the end, in bytes: the frames of whoever touches.
const LEFT: usize = 4 * 1024;

/// What is touched at once, in bytes: less than the smallest page.
const STEP: usize = 1024;

/// Has the main thread's stack in memory as deep as this process ever goes, or
/// as deep as `ulimit -s` lets it.
pub(crate) fn touch_main_thread() {
    let here = address_of_frame();
    // The program's name is the last thing on the stack but for a null word
    // (`bprm_init()`, fs/exec.c): the limit counts from there.
    // SAFETY: asks for an entry of the auxiliary vector; 0 if it is not there.
    let top = unsafe { libc::getauxval(libc::AT_EXECFN) } as usize;
    let used = top.saturating_sub(here);
    let limit = getrlimit(Resource::Stack).current;
    let room = limit.map_or(usize::MAX, |bytes| bytes as usize);
    touch(room.saturating_sub(used + LEFT).min(DEEPEST));
}

/// The same for another thread, whose stack is as large as std makes it.
pub(crate) fn touch_thread() {
    touch(DEEPEST);
}

fn touch(depth: usize) {
    touch_down_to(address_of_frame().saturating_sub(depth));
}

/// A frame after the other, down to an address.
#[inline(never)]
fn touch_down_to(lowest: usize) {
    let mut frame = [0u8; STEP];
    // SAFETY: writes a byte of a live array; volatile, so that it happens.
    unsafe { ptr::write_volatile(frame.as_mut_ptr(), 1) };
    if frame.as_ptr().addr() > lowest.saturating_add(STEP) {
        touch_down_to(lowest);
    }
    // Used after the call, so that this is no loop on one frame.
    black_box(&mut frame);
}

#[inline(never)]
fn address_of_frame() -> usize {
    let here = 0u8;
    black_box(&raw const here).addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_touched_no_deeper_than_asked_for() {
        // Twice what is asked for is more than there is.
        let thread = std::thread::Builder::new().stack_size(DEEPEST + DEEPEST / 2);
        let touched = thread.spawn(touch_thread).unwrap().join();
        assert!(touched.is_ok());
    }
}
