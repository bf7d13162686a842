//! vmascope, an oscilloscope for Linux address spaces.
//!
//! Data flows one way, and each room knows only the rooms before it:
//!
//! ```text
//! target ──▶ kernel ──▶ stage ──▶ sampler ──▶ scan ──▶ observation ──▶ report
//! (who is     (what      (set up   (a thread)  (the     (one event
//!  watched)    Linux      to be                 judge)    type)
//!              says)      watched)
//! ```
//!
//! * [`target`]: who is watched: the built-in modifier and its scenarios.
//! * [`kernel`]: all talk with Linux about an address space: the chunk reader,
//!   the line parser, `PROCMAP_QUERY`, what this kernel's readers lock.
//! * [`scan`]: the states an address space may be in, and the judge of what a
//!   reader saw; pure.
//! * [`observation`]: the one stream of events that all output is made from.
//! * [`stage`]: a modifier laid out for a scenario, its states captured.
//! * [`sampler`]: the thread that reads and has judged, and never waits.
//! * [`follow`]: a target followed scan by scan, for those who want every event.
//! * [`manual`]: reader and modifier, stepped by hand.
//! * [`probe`]: one address, asked for over and over.
//! * [`latency`]: what reading costs a writer, and which lock was taken.
//! * [`session`]: a target that is watched as long as somebody looks.
//! * [`tui`]: the terminal application, a function of the session's snapshots.
//! * [`report`]: human, KTAP, JSON and mail text, each a function of the
//!   stream.
//! * [`compare`]: two runs compared, by what their counts can show.
//! * [`protocol`]: the model of the locking protocols, explored exhaustively.
//! * [`simulated`]: kernels, correct and broken, to test the judge against.
//! * [`tui`]: the screen.
//! * [`cli`] and [`commands`]: the command line, and what it does.

// With the feature, what the tests and benches reach into is `pub`, and the lint
// says of everything else that it need not be.
#![cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
#![cfg_attr(
    feature = "internals",
    allow(missing_docs, clippy::missing_errors_doc, clippy::missing_panics_doc)
)]

#[cfg(not(target_os = "linux"))]
compile_error!("vmascope reads /proc/PID/maps and runs on Linux only");

mod api;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;
#[doc(hidden)]
pub mod program;

pub use api::{chunks, judge, kernel, lines, query};

mod cli;
mod commands;
mod compare;
mod events;
mod latency;
mod linux;
mod maps;
mod model;
mod modifier;
mod oracle;
mod process;
mod report;
mod sampling;
mod scenario;
mod session;
mod setup;
mod stepping;
mod text;
mod tui;

#[cfg(test)]
extern crate self as vmascope;
#[cfg(test)]
#[path = "../tests/support/simulated/mod.rs"]
mod simulated;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
