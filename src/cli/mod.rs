//! The command line; nothing else.

mod check;
mod demo;
mod protocol;
mod target;

pub use check::{CheckArguments, Format, RuleChoice};
pub use demo::DemoArguments;
pub use protocol::{ProtocolArguments, ProtocolFormat};
pub use target::{AttachArguments, Pace, RunArguments};

use clap::{Parser, Subcommand};

/// An oscilloscope for Linux address spaces.
///
/// Reads /proc/PID/maps and PROCMAP_QUERY while a writer changes the address
/// space, and judges every line: torn but allowed, or a hole that must never
/// be.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Cli {
    /// What to do; without a word the demo.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show torn reads of the built-in modifier live, in the terminal (what runs without a command)
    Demo(DemoArguments),
    /// Watch a process: what changed, where reads tore
    Attach(AttachArguments),
    /// Run a command and watch it
    Run(RunArguments),
    /// Judge this kernel: run scenarios under readers, exit 1 on a violation
    Check(CheckArguments),
    /// Explore the model of the locking protocols: every interleaving, the shortest way to a hole
    Protocol(ProtocolArguments),
}
