//! The command line; nothing else.

mod check;
mod completions;
mod demo;
mod kernel;
mod latency;
mod man;
mod protocol;
mod scenarios;
mod step;
mod target;
mod watch;

pub use check::{CheckArguments, Format, LONGEST, MOST_READERS, RuleChoice};
pub use completions::CompletionsArguments;
pub use demo::DemoArguments;
pub use kernel::{KernelArguments, KernelFormat};
pub use latency::{LatencyArguments, LatencyFormat};
pub use man::ManArguments;
pub use protocol::{ProtocolArguments, ProtocolFormat};
pub use scenarios::{ListFormat, ScenariosArguments};
pub use step::{StepArguments, StepFormat};
pub use target::{AttachArguments, Pace, RunArguments};
pub use watch::{DiffArguments, TextFormat, WatchArguments};

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
    /// Print what changes in a process and where reads tear, one line each
    Watch(WatchArguments),
    /// Say what differs between two processes, or saved maps texts
    Diff(DiffArguments),
    /// Step reader and modifier by hand, and say after each step what happened and what comes next
    Step(StepArguments),
    /// Judge this kernel: run scenarios under readers, exit 1 on a violation
    Check(CheckArguments),
    /// List the scenarios: pictures of their states, code, what a reader may see
    Scenarios(ScenariosArguments),
    /// Measure what reading costs a writer, and which lock the readers take
    Latency(LatencyArguments),
    /// Say what this kernel's readers do, by its version and as seen here
    Kernel(KernelArguments),
    /// Explore the model of the locking protocols: every interleaving, the shortest way to a hole
    Protocol(ProtocolArguments),
    /// Print the man page, or write one for each command
    Man(ManArguments),
    /// Print completions of vmascope's command line for a shell
    Completions(CompletionsArguments),
}
