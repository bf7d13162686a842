//! What can go wrong with the modifier, one line each.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::scenario::arena::MAX_SLOTS;
use crate::scenario::layout::LayoutError;

/// Why the modifier did not do what it was asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ModifierError {
    /// An arena of that many slots cannot be.
    #[error("an arena of {slots} slots cannot be; use 3 to {MAX_SLOTS}")]
    Slots {
        /// The slots that were asked for.
        slots: u32,
    },
    /// No shared memory for the mailbox.
    #[error("cannot make the modifier's mailbox (memfd_create, mmap): {source}")]
    Mailbox {
        /// What the kernel said.
        source: io::Error,
    },
    /// The program could not be run.
    #[error("cannot run {} as the modifier: {source}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// What the kernel said.
        source: io::Error,
    },
    /// The program ran, but is not this version of vmascope, or could not get
    /// ready.
    #[error("the modifier did not get ready: {problem}")]
    NotReady {
        /// Why, and what to do.
        problem: String,
    },
    /// The site has no room where it was asked for.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// A system call that builds the arena failed; the arena is now unknown
    /// until the next layout.
    #[error("the modifier cannot lay out its arena: {call} failed: {reason}{advice}")]
    Setup {
        /// The call.
        call: String,
        /// What the kernel said.
        reason: String,
        /// What to do, after a semicolon; or nothing.
        advice: &'static str,
    },
    /// Something is mapped where the last site would be.
    #[error(
        "something else is the last that is mapped, near {address:#x} (the stack, where \
         kernel.randomize_va_space is 0?): nothing can be laid out at the end of the address space"
    )]
    EndIsTaken {
        /// The address in the modifier, in bytes.
        address: u64,
    },
    /// An operation failed; the site is now unknown until the next layout.
    #[error("operation {index} of scenario `{scenario}`, {text}, failed: {reason}")]
    Operation {
        /// The scenario's name.
        scenario: String,
        /// The operation, from 0.
        index: u32,
        /// The call, as the scenario writes it.
        text: String,
        /// The errno; 0 when the call succeeded but did something else.
        errno: i32,
        /// What the kernel said, in words.
        reason: String,
    },
    /// There is no scenario to run: lay one out first.
    #[error("the modifier has no scenario to run; lay one out first")]
    NoScenario,
    /// The proof thread was not asked for, or there is nothing it could read.
    #[error("the modifier cannot prove that pages stay mapped: {problem}")]
    NoProof {
        /// Why, and what to do.
        problem: &'static str,
    },
    /// The proof thread's read faulted: a page was not mapped, although every
    /// state maps it. The process has ended.
    #[error(
        "a page of the site was not mapped: reading address {address:#x} raised signal {signal} \
         in the modifier; every state of the scenario maps it, so the kernel or the scenario is wrong"
    )]
    PageGone {
        /// The address in the modifier, in bytes.
        address: u64,
        /// `SIGSEGV` or `SIGBUS`.
        signal: i32,
    },
    /// The process has ended, although nobody asked it to.
    #[error("the modifier (process {pid}) died: {how}; start it again")]
    Died {
        /// Its PID.
        pid: u32,
        /// How: a signal or an exit status.
        how: Death,
    },
    /// It lives but does not answer.
    #[error(
        "the modifier (process {pid}) did not answer to {request} in {seconds} s; \
         is it stopped or traced?"
    )]
    Silent {
        /// Its PID.
        pid: u32,
        /// What it was asked to do.
        request: &'static str,
        /// How long it was waited for, in seconds.
        seconds: u64,
    },
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// By a signal of this number.
    Signal(i32),
    /// With this exit status.
    Exit(i32),
    /// Somebody else has waited for it.
    Unknown,
}

impl std::fmt::Display for Death {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Signal(signal) => match nix::sys::signal::Signal::try_from(*signal) {
                Ok(name) => write!(f, "killed by {name}"),
                Err(_) => write!(f, "killed by signal {signal}"),
            },
            Self::Exit(status) => write!(f, "exit status {status}"),
            Self::Unknown => write!(f, "nobody knows how"),
        }
    }
}
