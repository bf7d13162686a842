//! Who is watched: the built-in modifier, a process whose only work is to
//! change a few VMAs, and the catalogue of what it does to them; or a target
//! of the user's, of which nobody knows what it does.
//!
//! * [`strip`]: a few pages and the VMAs that cover them, one letter a page;
//! * [`call`]: one memory-mapping system call, in pages; [`syscall`]: the same
//!   for the kernel, and as C;
//! * [`scenario`]: the catalogue, plain data in `scenarios.toml`;
//!   [`catalogue`]: it, and what other files add; [`worst`]: what a scenario may
//!   show at worst;
//! * [`layout`]: where the modifier's VMAs lie: the arena, its slots, the site;
//! * [`modifier`]: the modifier as its parent sees it: lay out, step, run, pause.
//! * [`attached`]: a target that is not ours: a process by its PID;
//! * [`spawned`]: a command that is run to be watched; [`output`]: where what it
//!   writes goes;
//! * [`mod@watch`]: what has become of either.
//! * [`find`]: a target by its PID or name; [`processes`]: those there are;
//! * [`writer`]: a process whose mmap and munmap calls are timed.
//!
//! The modifier's own process (`child`) is a dumb executor of system calls, by
//! one or more threads (`executor`);
//! everything it is to do is worked out by the parent and handed over in a
//! `mailbox` in shared memory.

pub(crate) mod child;
pub(crate) mod child_channel;
pub(crate) mod counters;
pub(crate) mod error;
pub(crate) mod executor;
pub(crate) mod explain;
pub(crate) mod futex;
pub(crate) mod handle;
pub(crate) mod mailbox;
pub(crate) mod options;
pub(crate) mod own_stack;
pub(crate) mod spawn;
pub(crate) mod timed_writer;
pub(crate) mod touch_thread;

#[cfg(not(target_pointer_width = "64"))]
compile_error!("the modifier hands raw 64-bit system call arguments to the kernel");
