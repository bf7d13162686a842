//! What can go wrong with the writer, one line each.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::mailbox::Task;
use crate::modifier::child;
use crate::modifier::error::Death;

/// Why the writer did not do what it was asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriterError {
    /// There is no region of that shape.
    #[error(
        "a region of {pages} pages cannot be divided into {vmas} VMAs; \
         use fewer VMAs or a larger region"
    )]
    Shape {
        /// Its pages.
        pages: u64,
        /// The VMAs that were asked for.
        vmas: u64,
    },
    /// `vm.max_map_count` does not allow so many VMAs.
    #[error(
        "{vmas} VMAs are more than this kernel allows a process \
         (vm.max_map_count is {limit}); use fewer, or raise it"
    )]
    TooManyVmas {
        /// The VMAs that were asked for.
        vmas: u64,
        /// The limit.
        limit: u64,
    },
    /// No shared memory for the mailbox.
    #[error("cannot make the writer's mailbox (memfd_create, mmap): {source}")]
    Mailbox {
        /// What the kernel said.
        source: io::Error,
    },
    /// The program could not be run.
    #[error("cannot run {} as the writer: {source}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// What the kernel said.
        source: io::Error,
    },
    /// The region could not be mapped.
    #[error(
        "the writer cannot map {bytes} bytes of populated memory: {source}; use a smaller --region"
    )]
    Region {
        /// Its size.
        bytes: u64,
        /// What the kernel said.
        source: io::Error,
    },
    /// A call of its loop failed.
    #[error(
        "the writer's {call} of one page failed: {source}; use a smaller --region or fewer --vmas"
    )]
    Call {
        /// Which.
        call: &'static str,
        /// What the kernel said.
        source: io::Error,
    },
    /// The process has ended, although nobody asked it to.
    #[error("the writer (process {pid}) died: {how}; start it again")]
    Died {
        /// Its PID.
        pid: u32,
        /// How: a signal or an exit status.
        how: Death,
    },
    /// It lives but does not answer.
    #[error(
        "the writer (process {pid}) did not answer to {request} in {seconds} s; \
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

impl WriterError {
    /// What a failure that the child has noted is.
    pub(crate) fn of((task, errno): (Task, i32), bytes: u64) -> Self {
        let source = io::Error::from_raw_os_error(errno);
        match task {
            Task::Region => Self::Region { bytes, source },
            Task::Mmap => Self::Call {
                call: "mmap",
                source,
            },
            Task::Munmap => Self::Call {
                call: "munmap",
                source,
            },
        }
    }

    /// What the death of the child was.
    pub(crate) fn of_death(pid: u32, how: Death, noted: Option<(Task, i32)>, bytes: u64) -> Self {
        match (how, noted) {
            (Death::Exit(child::EXIT_NOT_READY), Some(noted)) => Self::of(noted, bytes),
            _ => Self::Died { pid, how },
        }
    }
}
