//! The parent's end: starts a child, sends it requests, waits for its answers,
//! and tells whether there is still somebody to answer.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::error::{ChildError, Death};
use super::futex;
use super::mailbox::{Command, Failure, Mailbox};
use super::patience::{Patience, Wait};
use super::process::Process;
use super::serve::{EXIT_NO_MAILBOX, EXIT_NOT_READY, EXIT_NOT_TIED, EXIT_ORPHAN};
use super::shared_memory::Mapping;
use crate::linux::pid_handle::{ExitStatus, PidHandle};

/// How often it is looked whether a child that does not answer still lives.
const DEATH_CHECK: Duration = Duration::from_millis(10);

/// How long the end of a child may take whose address space is gone.
const EXIT_PATIENCE: Duration = Duration::from_secs(2);

/// A child process and its mailbox. It is killed and reaped when dropped.
pub(crate) struct ChildChannel<M: Mailbox> {
    process: Process,
    mailbox: Arc<Mapping<M>>,
    patience: Patience,
    /// What its work had come to when that was last seen to grow.
    progress: Option<(u64, Wait)>,
}

impl<M: Mailbox> ChildChannel<M> {
    /// Starts the process and waits until it is ready. `fill_in` stores in the
    /// mailbox what it is to get ready for, `explain` makes an error of what it
    /// failed to do then.
    pub(crate) fn start<E: From<ChildError>>(
        program: &Path,
        patience: &Patience,
        fill_in: impl FnOnce(&M),
        explain: impl FnOnce(Failure<M::Task>) -> E,
    ) -> Result<Self, E> {
        let role = M::ROLE;
        let (mailbox, fd) = Mapping::<M>::create().map_err(|errno| ChildError::Mailbox {
            role,
            source: errno.into(),
        })?;
        fill_in(&mailbox);
        let header = mailbox.header();
        header
            .parent_pid
            .store(std::process::id(), Ordering::Relaxed);
        // A request without a command: it is answered when the child is ready.
        mailbox.requests(0).request.store(1, Ordering::Relaxed);
        header.magic.store(M::MAGIC, Ordering::Release);
        let process =
            Process::start(program, M::WORD, &fd).map_err(|source| ChildError::Spawn {
                role,
                program: program.to_owned(),
                source,
            })?;
        let mut channel = Self {
            process,
            mailbox: Arc::new(mailbox),
            patience: patience.clone(),
            progress: None,
        };
        match channel.await_reply(0, "its start") {
            Ok(()) => Ok(channel),
            Err(ChildError::Died { how, .. }) => Err(match (how, channel.failure()) {
                (Death::Status(ExitStatus::Code(EXIT_NOT_READY)), Some(failure)) => {
                    explain(failure)
                }
                _ => never_ready(role, program, how).into(),
            }),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    pub(crate) fn mailbox(&self) -> &M {
        &self.mailbox
    }

    pub(crate) fn share_mailbox(&self) -> Arc<Mapping<M>> {
        Arc::clone(&self.mailbox)
    }

    /// What the child has noted that it failed to do.
    pub(crate) fn failure(&self) -> Option<Failure<M::Task>> {
        self.mailbox.header().failure.get()
    }

    /// Waits for the end of a process whose address space seems to be gone:
    /// `exit_notify()` follows `exit_mm()` in `do_exit()` (kernel/exit.c).
    pub(crate) fn await_end(&self) {
        if let Ok(handle) = PidHandle::of(self.pid()) {
            let _ = handle.ends_within(EXIT_PATIENCE);
        }
    }

    /// An error if the process has ended.
    pub(crate) fn check(&mut self) -> Result<(), ChildError> {
        self.process.death().map_or(Ok(()), |how| {
            Err(ChildError::Died {
                role: M::ROLE,
                pid: self.process.pid(),
                how,
            })
        })
    }

    /// The same while it works: `done` grows then, and for as long as it does
    /// not, that is told as if it did not answer.
    pub(crate) fn check_working(&mut self, done: u64) -> Result<(), ChildError> {
        self.check()?;
        match &mut self.progress {
            Some((last, wait)) if *last == done => wait.look(&self.patience, "work"),
            progress => {
                *progress = Some((done, Wait::new(M::ROLE, self.process.pid())));
                Ok(())
            }
        }
    }

    /// Sends a request to a thread of the child and waits for the answer.
    pub(crate) fn ask(&mut self, thread: usize, command: impl Command) -> Result<(), ChildError> {
        self.send(thread, command);
        self.await_reply(thread, command.name())
    }

    /// Sends a request to a thread of the child. One that it has not begun yet is
    /// forgotten.
    pub(crate) fn send(&mut self, thread: usize, command: impl Command) {
        self.progress = None;
        let cells = self.mailbox.requests(thread);
        cells.command.store(command.code(), Ordering::Relaxed);
        let number = cells.request.load(Ordering::Relaxed).wrapping_add(1);
        futex::publish(&cells.request, number);
    }

    /// Whether a thread has answered the last request to it.
    pub(crate) fn has_answered(&self, thread: usize) -> bool {
        let cells = self.mailbox.requests(thread);
        cells.reply.load(Ordering::Acquire) == cells.request.load(Ordering::Relaxed)
    }

    /// Waits for the answer to the last request to a thread, while the process
    /// lives and as long as patience lasts.
    fn await_reply(&mut self, thread: usize, request: &'static str) -> Result<(), ChildError> {
        let mailbox = self.share_mailbox();
        let cells = mailbox.requests(thread);
        let goal = cells.request.load(Ordering::Relaxed);
        let mut wait = Wait::new(M::ROLE, self.pid());
        loop {
            let now = cells.reply.load(Ordering::Acquire);
            if now == goal || futex::wait_while(&cells.reply, now, Some(DEATH_CHECK)) == goal {
                return Ok(());
            }
            self.check()?;
            wait.look(&self.patience, request)?;
        }
    }
}

/// The error for a child that ended before it was ready and noted no failure.
fn never_ready(role: &'static str, program: &Path, how: Death) -> ChildError {
    let ran = program
        .canonicalize()
        .unwrap_or_else(|_| program.to_owned());
    let problem = match how {
        Death::Status(ExitStatus::Code(EXIT_NO_MAILBOX)) => {
            "it found no mailbox of its version; is it the same program?".to_owned()
        }
        Death::Status(ExitStatus::Code(EXIT_ORPHAN)) => {
            "its parent is another process than the one that started it; \
             start it from the same PID namespace"
                .to_owned()
        }
        Death::Status(ExitStatus::Code(EXIT_NOT_TIED)) => {
            "it may not be tied to its parent (PR_SET_PDEATHSIG, prctl(2)): a sandbox (seccomp) \
             or a security policy forbids it: run outside of it"
                .to_owned()
        }
        Death::Status(ExitStatus::Signal(_)) => format!("{how}; {}", how.advice()),
        // `/proc/self/exe` of a program that was started through the loader.
        how if is_loader(&ran) => format!(
            "{how} of {}, the dynamic loader; start vmascope by itself, not through it",
            ran.display()
        ),
        how => format!("{how} of {}; is that vmascope?", ran.display()),
    };
    ChildError::NotReady { role, problem }
}

/// Whether a program is `ld-linux-x86-64.so.2`, `ld-musl-x86_64.so.1` or the
/// like, by its name.
fn is_loader(program: &Path) -> bool {
    let name = program.file_name().unwrap_or_default().as_encoded_bytes();
    name.starts_with(b"ld") && memchr::memmem::find(name, b".so").is_some()
}

impl<M: Mailbox> fmt::Debug for ChildChannel<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChildChannel")
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_never_got_ready_says_why() {
        let exit = |status| {
            let how = Death::Status(ExitStatus::Code(status));
            never_ready("modifier", Path::new("/no/vmascope"), how).to_string()
        };
        assert!(exit(EXIT_NO_MAILBOX).contains("no mailbox of its version"));
        assert_eq!(
            exit(0),
            "the modifier did not get ready: exit status 0 of /no/vmascope; is that vmascope?"
        );
    }
}
