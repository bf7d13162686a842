//! vmascope, an oscilloscope for Linux address spaces.
//!
//! What another program may call: [`chunks`] reads `/proc/PID/maps` one `read()`
//! at a time, [`lines`] takes its lines apart, [`query`] asks `PROCMAP_QUERY`,
//! [`kernel`] says what this kernel's readers lock and where they resume, and
//! [`judge`] tells a torn scan from a violation.
//!
//! Inside, data flows one way. Each room (a folder of `src`) imports only from
//! the rooms above it in this list; the test `house` reads the imports and
//! fails where that is not so. `ARCHITECTURE.md` takes a walk through it.
//!
//! ```text
//! algorithms/ breadth-first search, random numbers and priorities; pure
//! text/       words and numbers for people: names made safe, figures
//! threads/    a thread that tells of its panic, and hand-overs between threads
//! maps/       what the text says: line, chunk, scan text, two texts compared; pure
//! linux/      all talk with Linux: files, PROCMAP_QUERY, this kernel, locks, processes
//! scenario/   what a modifier can do: page layouts, calls, the catalogue; pure
//! oracle/     states, rules, judges, verdicts, labels; pure
//! model/      the locking protocols, explored exhaustively or walked through; pure
//! modifier/   the child process that changes VMAs
//! process/    a process that is not ours: found, attached to, spawned
//! setup/      a modifier laid out for a scenario, its states captured
//! events/     what a run finds, as one stream: cases, tears, violations, results
//! explain/    a find as the model's shortest interleaving that prints its lines; pure
//! recording/  what was read, kept in memory and written to files; read back
//! sampling/   the loop that reads and has judged
//! checking/   a scenario read by one kind of reader, under each schedule, and judged
//! fuzz/       random sequences of calls, hunted for violations
//! stepping/   reader and modifier by hand
//! latency/    what reading costs a writer
//! compare/    two runs, as far as their counts can tell
//! session/    what a screen watches
//! replay/     a recording as what a screen shows: at any of its moments
//! report/     text, KTAP, JSON, CSV: functions of the events
//! lesson/     lessons, as data; pure
//! kit/        a finding as files that prove it without this program
//! tui/        the terminal application
//! share/      a recording as files for others: casts, traces
//! settings/   what a user has chosen once and for all, out of the text of a file; pure
//! cli/        the command line
//! commands/   what it does
//!
//! linux ──▶ maps ──▶ oracle ──▶ events ──▶ tui | report
//! (bytes)   (lines)  (verdict)  (one stream)
//! ```

// With the feature, what the tests and benches reach into is `pub`, and the lint
// says of everything else that it need not be.
#![cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
#![cfg_attr(
    feature = "internals",
    allow(missing_docs, clippy::missing_errors_doc, clippy::missing_panics_doc)
)]

#[cfg(not(target_os = "linux"))]
compile_error!("vmascope reads /proc/PID/maps and runs on Linux only");

mod algorithms;
mod api;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;
#[doc(hidden)]
pub mod program;

pub use api::{chunks, judge, kernel, lines, query};

mod checking;
mod cli;
mod commands;
mod compare;
mod events;
mod explain;
mod fuzz;
mod kit;
mod latency;
mod lesson;
mod linux;
mod maps;
mod model;
mod modifier;
mod oracle;
mod process;
mod recording;
mod replay;
mod report;
mod sampling;
mod scenario;
mod session;
mod settings;
mod setup;
mod share;
mod stepping;
mod text;
mod threads;
mod tui;

#[cfg(test)]
extern crate self as vmascope;
#[cfg(test)]
#[path = "../tests/support/simulated/mod.rs"]
mod simulated;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
