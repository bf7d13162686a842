//! All talk with Linux about an address space.
//!
//! Everything above this room reads through [`MapsFile`](maps_file::MapsFile) and
//! [`VmaQuery`](procmap_query::VmaQuery), so that a simulated kernel can stand
//! in for the real one.
//!
//! Reading an address space:
//! * [`reader`]: who reads;
//! * [`maps_file`]: what a scan reads from; [`file`](mod@file): a real one, open;
//!   [`proc_file_name`]: which there are; [`open_error`]: why one cannot be opened;
//! * [`chunk`]: a scan, and which lines were generated together;
//! * [`dwell`]: pauses that keep reader and writer out of step;
//!   [`interrupt_storm`]: interrupts that widen what a reader races with;
//!   [`thread_schedule`]: its CPU;
//! * [`procmap_query`]: one VMA by its address;
//! * [`scanner`]: reading as any reader does, only to see what it costs.
//!
//! This kernel:
//! * [`features`]: what its readers lock and where they resume;
//!   [`kernel_text`]: the same in words;
//! * [`known_holes`]: what released kernels get wrong;
//! * [`tracepoints`]: what it tells of itself; by them
//!   [`locks`]: how often a thread has taken mmap_lock, and
//!   [`calls`]: the system calls of a target that change its address space;
//! * [`limits`]: what this system allows; [`memory`]: how much there is; [`rights`]: what this process may do;
//!   [`sandbox`]: calls that something refuses;
//! * [`monotonic_clock`]: its time; [`stolen_time`]: what a hypervisor takes of it;
//! * [`survey`]: the outcome of trying all that.
//!
//! Processes:
//! * [`pid_handle`]: a process held by its pidfd, and how it ended;
//!   [`process`]: the same and its address space; [`pid_namespace`]: whether
//!   `/proc` shows ours;
//! * [`before_exec`]: what a child of ours does before it is a program; [`reap`]:
//!   its end; [`children`]: all of them, and their end;
//! * [`hung_threads`]: those of ours that the kernel keeps;
//!   [`thread_place`]: where it keeps one;
//! * [`signal_ends`]: this one ends by a signal, or crashes;
//! * [`stat`], [`status`]: these files of `/proc/PID`;
//!   [`procfs_error`]: errors of the crate that reads them.
//!
//! [`mount_apart`]: file systems of the kernel that nobody has mounted.
//!
//! [`advice`]: what helps against an error of the system;
//! [`null_device`]: `/dev/null`, whose absence is said;
//! [`closed_output`]: standard output, whose absence is;
//! [`allocator`]: memory, and the end where there is none.
//!
//! Crates: files of `/proc` that have a format are read by `procfs`, but for
//! `maps` and its kin, of which it hides what was read at once, and for names
//! and command lines, which it wants to be UTF-8. System calls are made by
//! `rustix`; by `nix` where that has none (ptrace, personality, sigaction, user
//! names, ioctls whose errors are shown by name) or takes 0 for impossible
//! (sessions, process groups); by `libc` where neither does.

pub(crate) mod advice;
pub(crate) mod allocator;
pub(crate) mod before_exec;
pub(crate) mod calls;
pub(crate) mod children;
pub(crate) mod chunk;
pub(crate) mod closed_output;
pub(crate) mod dwell;
pub(crate) mod features;
pub(crate) mod file;
pub(crate) mod hung_threads;
pub(crate) mod interrupt_storm;
pub(crate) mod job_control;
pub(crate) mod kernel_text;
pub(crate) mod known_holes;
pub(crate) mod limits;
pub(crate) mod locks;
pub(crate) mod maps_file;
pub(crate) mod memory;
pub(crate) mod monotonic_clock;
pub(crate) mod mount_apart;
pub(crate) mod null_device;
pub(crate) mod open_error;
pub(crate) mod pid_handle;
pub(crate) mod pid_namespace;
pub(crate) mod proc_file_name;
pub(crate) mod process;
pub(crate) mod procfs_error;
pub(crate) mod procmap_query;
pub(crate) mod reader;
#[cfg(test)]
pub(crate) mod real_border_tests;
#[cfg(test)]
pub(crate) mod real_tests;
pub(crate) mod reap;
pub(crate) mod rights;
pub(crate) mod sandbox;
pub(crate) mod scanner;
#[cfg(test)]
pub(crate) mod seq_file_model;
pub(crate) mod signal_ends;
pub(crate) mod small_file;
pub(crate) mod stat;
pub(crate) mod status;
pub(crate) mod stolen_time;
pub(crate) mod survey;
pub(crate) mod thread_place;
pub(crate) mod thread_schedule;
pub(crate) mod tracepoints;
pub(crate) mod virtualisation;
