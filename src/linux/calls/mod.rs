//! The system calls of a target that change its address space.
//!
//! * [`call`]: a call, and what it does to addresses;
//! * [`trace`]: all threads of a target traced, by the tracepoints
//!   `raw_syscalls:sys_enter` and `sys_exit`; what the kernel wrote, as
//!   [`record`]s, made calls by [`assembly`];
//! * [`tasks`]: whose calls those are;
//! * [`history`]: the calls of the last moments, and since when none is missing.

pub(crate) mod assembly;
pub(crate) mod call;
pub(crate) mod history;
pub(crate) mod record;
pub(crate) mod tasks;
pub(crate) mod trace;
