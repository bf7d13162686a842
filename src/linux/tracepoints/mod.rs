//! Tracepoints of the kernel, by perf_event_open(2): nothing is switched on in
//! tracefs, and all of it goes with the file descriptors, however the process
//! ends.
//!
//! * [`tracefs`]: their numbers;
//! * [`counter`]: how often one is passed;
//! * [`perf_error`]: why it cannot be had.

pub(crate) mod counter;
pub(crate) mod perf_error;
pub(crate) mod tracefs;
