//! vmascope, an oscilloscope for Linux address spaces.
//!
//! Data flows one way, and each room knows only the rooms before it:
//!
//! ```text
//! target ──▶ kernel ──▶ sampler ──▶ judge ──▶ observation stream ──▶ report
//! (who is     (what      (a thread)  (pure)     (one event type)
//!  watched)    Linux says)
//! ```
//!
//! * [`target`]: who is watched: the built-in modifier and its scenarios.
//! * [`kernel`]: all talk with Linux about an address space: the chunk reader,
//!   the line parser, `PROCMAP_QUERY`, what this kernel's readers lock.

#[cfg(not(target_os = "linux"))]
compile_error!("vmascope reads /proc/PID/maps and runs on Linux only");

pub mod kernel;
pub mod target;
