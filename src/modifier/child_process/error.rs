//! What can go wrong with any child process of ours, one line each.

use std::fmt;
use std::io;
use std::path::PathBuf;

use nix::libc;
use thiserror::Error;

use crate::linux::advice::Advised;
use crate::linux::pid_handle::ExitStatus;

/// Why a child process did not do what it was asked. `role` is what it is
/// called, "modifier" or "writer".
#[derive(Debug, Error)]
pub enum ChildError {
    /// No shared memory for the mailbox.
    #[error(
        "cannot make the {role}'s mailbox (memfd_create, mmap): {}",
        Advised(source)
    )]
    Mailbox {
        role: &'static str,
        source: io::Error,
    },
    /// The program could not be run.
    #[error("cannot run {} as the {role}: {}", program.display(), Advised(source))]
    Spawn {
        role: &'static str,
        program: PathBuf,
        source: io::Error,
    },
    /// The program ran, but is not this version of vmascope, or could not get
    /// ready.
    #[error("the {role} did not get ready: {problem}")]
    NotReady {
        role: &'static str,
        /// Why, and what to do.
        problem: String,
    },
    /// The process has ended, although nobody asked it to.
    #[error("the {role} (process {pid}) died: {how}; {}", how.advice())]
    Died {
        role: &'static str,
        pid: u32,
        how: Death,
    },
    /// It lives but does not answer.
    #[error(
        "the {role} (process {pid}) has not answered for {seconds} s (asked for {request}){what}"
    )]
    Silent {
        role: &'static str,
        pid: u32,
        /// What it was asked to do.
        request: &'static str,
        /// How long it was waited for.
        seconds: u64,
        /// Why that may be and what to do, as the end of the line.
        what: String,
    },
    /// Nobody wants its answer any more.
    #[error("interrupted while the {role} (process {pid}) was waited for (asked for {request})")]
    Unawaited {
        role: &'static str,
        pid: u32,
        /// What it was asked to do.
        request: &'static str,
    },
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// As its parent was told.
    Status(ExitStatus),
    /// Somebody else has waited for it.
    Unknown,
}

impl Death {
    pub(super) fn advice(self) -> &'static str {
        match self {
            Self::Status(ExitStatus::Signal(libc::SIGKILL)) => {
                "somebody has killed it, or the kernel for want of memory (dmesg): run it again"
            }
            _ => "run it again",
        }
    }
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(f),
            Self::Unknown => f.write_str("nobody knows how"),
        }
    }
}
