//! The command line; nothing else.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod fuzz;
pub(crate) mod kernel;
pub(crate) mod keys;
pub(crate) mod latency;
pub(crate) mod learn;
pub(crate) mod man;
pub(crate) mod notes;
pub(crate) mod protocol;
pub(crate) mod record;
pub(crate) mod replay;
pub(crate) mod scenarios;
pub(crate) mod schedule;
pub(crate) mod screen;
pub(crate) mod share;
pub(crate) mod step;
pub(crate) mod target;
pub(crate) mod time;
pub(crate) mod values;
pub(crate) mod watch;

use check::CheckArguments;
use completions::CompletionsArguments;
use demo::DemoArguments;
use fuzz::FuzzArguments;
use kernel::KernelArguments;
use latency::LatencyArguments;
use learn::LearnArguments;
use man::ManArguments;
use notes::NotesArguments;
use protocol::ProtocolArguments;
use replay::ReplayArguments;
use scenarios::ScenariosArguments;
use screen::ScreenArguments;
use step::StepArguments;
use target::{AttachArguments, RunArguments};
use watch::{DiffArguments, WatchArguments};

use clap::{Parser, Subcommand};

/// An oscilloscope for Linux address spaces.
///
/// Reads /proc/PID/maps and PROCMAP_QUERY while a writer changes the address
/// space, and judges every line: torn but allowed, or a hole that must never
/// be.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    /// What to do; without a word the demo.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Print a file of settings with all that is built in, and what it means
    #[arg(long, exclusive = true)]
    pub print_config: bool,

    /// Of the demo without a word.
    #[command(flatten)]
    pub screen: ScreenArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show torn reads of the built-in modifier live, in the terminal (what runs without a command)
    Demo(DemoArguments),
    /// Watch a process: what changed, where reads tore
    Attach(AttachArguments),
    /// Run a command and watch it
    Run(RunArguments),
    /// Print what changes in a process and where reads tear, one line each
    Watch(WatchArguments),
    /// Show a recording again, print what it came to, or judge it afresh
    Replay(ReplayArguments),
    /// Say what differs between two processes, or saved maps texts
    Diff(DiffArguments),
    /// Step reader and modifier by hand, and say after each step what happened and what comes next
    Step(StepArguments),
    /// Judge this kernel: run scenarios under readers, exit 1 on a violation
    Check(CheckArguments),
    /// Hunt: random sequences of calls under every reader, what is found made short and proven
    Fuzz(FuzzArguments),
    /// List the scenarios: pictures of their states, code, what a reader may see
    Scenarios(ScenariosArguments),
    /// Measure what reading costs a writer, and which lock the readers take
    Latency(LatencyArguments),
    /// Say what this kernel's readers do, by its version and as seen here
    Kernel(KernelArguments),
    /// Explore the model of the locking protocols: every interleaving, the shortest way to a hole
    Protocol(ProtocolArguments),
    /// Teach: ten lessons on this kernel, from what an address space is to a hole of your own
    Learn(LearnArguments),
    /// Show a speaker the notes of the demonstrations, with a clock, on a second terminal
    Notes(NotesArguments),
    /// Print the man page, or write one for each command
    Man(ManArguments),
    /// Print completions of vmascope's command line for a shell
    Completions(CompletionsArguments),
}
