//! Whether standard output was closed when this program was started.
//!
//! Rust's runtime opens `/dev/null` in its place before `main`, so that whatever
//! is written is lost without an error. Functions in `.init_array` run before
//! that.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::libc;

static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

// SAFETY: the section holds pointers to functions, which the C library calls
// before `main`; this one makes one system call and stores to an atomic.
#[allow(unsafe_code, reason = "nothing else runs before the runtime does")]
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;

extern "C" fn look() {
    // SAFETY: only asks for the flags of a descriptor, which may be closed.
    let is_closed = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) } == -1;
    WAS_CLOSED.store(is_closed, Ordering::Relaxed);
}

/// # Errors
/// Standard output was closed.
pub(crate) fn check() -> io::Result<()> {
    match WAS_CLOSED.load(Ordering::Relaxed) {
        true => Err(io::Error::other(
            "cannot write to standard output: it is closed (`>&-`); have it go to a file, a pipe or /dev/null",
        )),
        false => Ok(()),
    }
}
