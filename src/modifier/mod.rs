//! The built-in modifier: a process whose only work is to change VMAs.
//!
//! * [`handle`]: the modifier as its parent sees it: start, step, run, pause;
//!   [`layout`]: where its sites lie; [`touch_switch`]: its touch thread;
//!   [`options`]: how it is started, and how it works; [`counters`]: how many
//!   operations it has made; [`error`] and [`explain`]: what went wrong;
//! * [`child`]: its own process; [`executor`]: the threads that make the system
//!   calls; [`kernel_objects`]: files and other things that calls name; [`heap`]: where its heap is; [`touch_thread`]: the one that
//!   reads pages;
//! * [`mailbox`]: the memory both share;
//! * [`timed_writer`]: another child, whose mmap and munmap calls are timed;
//! * [`child_process`]: what both children have in common; [`role`]: those of
//!   any vmascope, recognised.
//!
//! The modifier's process is a dumb executor of system calls: everything it is
//! to do is worked out by the parent.

pub(crate) mod child;
pub(crate) mod child_process;
pub(crate) mod counters;
pub(crate) mod error;
pub(crate) mod executor;
pub(crate) mod explain;
pub(crate) mod handle;
pub(crate) mod heap;
pub(crate) mod kernel_objects;
pub(crate) mod layout;
pub(crate) mod mailbox;
pub(crate) mod options;
pub(crate) mod role;
pub(crate) mod timed_writer;
pub(crate) mod touch_switch;
pub(crate) mod touch_thread;

#[cfg(not(target_pointer_width = "64"))]
compile_error!("the modifier hands raw 64-bit system call arguments to the kernel");
