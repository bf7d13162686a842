//! What can go wrong with the writer, one line each.

use std::io;

use thiserror::Error;

use super::mailbox::Task;
use crate::linux::advice::Advised;
use crate::modifier::child_process::error::ChildError;
use crate::modifier::child_process::mailbox::Failure;

/// Why the writer did not do what it was asked.
#[derive(Debug, Error)]
pub enum TimedWriterError {
    /// There is no region of that shape.
    #[error(
        "a region of {pages} pages cannot be divided into {vmas} VMAs; \
         use fewer VMAs or a larger region"
    )]
    Shape { pages: u64, vmas: u64 },
    /// `vm.max_map_count` does not allow so many VMAs.
    #[error(
        "{vmas} VMAs are more than this kernel allows a process \
         (vm.max_map_count is {limit}); use fewer, or raise it"
    )]
    TooManyVmas { vmas: u64, limit: u64 },
    /// It could not be started, has died or does not answer.
    #[error(transparent)]
    Child(#[from] ChildError),
    /// The region could not be mapped.
    #[error(
        "the writer cannot map {bytes} bytes of populated memory: {}",
        or_smaller(source, "use a smaller --region")
    )]
    Region { bytes: u64, source: io::Error },
    /// The first VMA could not be mapped.
    #[error(
        "the writer cannot map a VMA in front of all others, at {address:#x}: {source}; \
         is something mapped there already, or is it below vm.mmap_min_addr?"
    )]
    FirstVma { address: u64, source: io::Error },
    /// A call of its loop failed.
    #[error(
        "the writer's {call} failed: {}",
        or_smaller(source, "use a smaller --region or fewer --vmas")
    )]
    Call {
        call: &'static str,
        source: io::Error,
    },
}

/// The cause, and what helps: less where there is no room, else what fits it.
fn or_smaller(source: &io::Error, smaller: &str) -> String {
    match source.kind() {
        io::ErrorKind::OutOfMemory | io::ErrorKind::WouldBlock => format!("{source}; {smaller}"),
        _ => Advised(source).to_string(),
    }
}

impl TimedWriterError {
    /// What a failure that the child has noted is, for a region of so many
    /// bytes and a first VMA there.
    pub(crate) fn of(failure: Failure<Task>, bytes: u64, first_vma: u64) -> Self {
        let source = io::Error::from_raw_os_error(failure.errno);
        let call = match failure.task {
            Task::Region => return Self::Region { bytes, source },
            Task::Mmap => "mmap",
            Task::Munmap => "munmap",
            Task::FirstVma => {
                return Self::FirstVma {
                    address: first_vma,
                    source,
                };
            }
            Task::Mprotect => "mprotect",
        };
        Self::Call { call, source }
    }
}
