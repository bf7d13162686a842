//! The parent's end of the mailbox: requests, answers, and whether there is
//! still somebody to answer.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::error::{Death, ModifierError};
use super::futex;
use super::mailbox::{Command, MAGIC, Mailbox, Mapping};
use super::spawn::{Process, WORD};
use super::touch_thread::{READING, STANDING};
use crate::scenario::definition::MAX_WRITERS;

/// How long the modifier may take to answer. The longest request maps tens of
/// thousands of slots, and a reader may make each of those wait for
/// milliseconds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// How often it is looked whether a modifier that does not answer still lives.
const LIFE_CHECK: Duration = Duration::from_millis(10);

/// A modifier's process and its mailbox.
pub(crate) struct Link {
    process: Process,
    mailbox: Arc<Mapping>,
    /// Requests sent, by writer.
    requests: [u32; MAX_WRITERS],
}

impl Link {
    /// Starts the process; it has been asked to get ready but has not answered.
    pub(crate) fn start(
        program: &Path,
        slots: u32,
        proof_thread: bool,
        writers: usize,
    ) -> Result<Self, ModifierError> {
        let (mailbox, fd) =
            Mapping::<Mailbox>::create().map_err(|errno| ModifierError::Mailbox {
                source: errno.into(),
            })?;
        mailbox
            .parent_pid
            .store(std::process::id(), Ordering::Relaxed);
        mailbox.slots.store(slots, Ordering::Relaxed);
        mailbox
            .proof_thread
            .store(proof_thread.into(), Ordering::Relaxed);
        mailbox
            .writer_count
            .store(writers as u32, Ordering::Relaxed);
        let first = &mailbox.writers[0];
        first
            .command
            .store(Command::Start as u32, Ordering::Relaxed);
        first.request.store(1, Ordering::Relaxed);
        mailbox.magic.store(MAGIC, Ordering::Release);
        let process =
            Process::start(program, WORD, &fd).map_err(|source| ModifierError::Spawn {
                program: program.to_owned(),
                source,
            })?;
        Ok(Self {
            process,
            mailbox: Arc::new(mailbox),
            requests: std::array::from_fn(|writer| u32::from(writer == 0)),
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    pub(crate) fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    pub(crate) fn share_mailbox(&self) -> Arc<Mapping> {
        Arc::clone(&self.mailbox)
    }

    pub(crate) fn death(&mut self) -> Option<Death> {
        self.process.death()
    }

    /// The address at which the proof thread's read faulted, and the signal.
    pub(crate) fn fault(&self) -> Option<(u64, i32)> {
        let cells = &self.mailbox.proof;
        match cells.fault_signal.load(Ordering::Acquire) {
            0 => None,
            signal => Some((
                cells.fault_address.load(Ordering::Relaxed),
                signal.cast_signed(),
            )),
        }
    }

    /// An error if the process has ended.
    pub(crate) fn check(&mut self) -> Result<(), ModifierError> {
        match (self.process.death(), self.fault()) {
            (None, _) => Ok(()),
            (Some(_), Some((address, signal))) => Err(ModifierError::PageGone { address, signal }),
            (Some(how), None) => Err(ModifierError::Died {
                pid: self.pid(),
                how,
            }),
        }
    }

    /// Sends a request to a writer and waits for the answer.
    pub(crate) fn ask(&mut self, writer: usize, command: Command) -> Result<(), ModifierError> {
        let cells = &self.mailbox.writers[writer];
        cells.command.store(command as u32, Ordering::Relaxed);
        self.requests[writer] = self.requests[writer].wrapping_add(1);
        futex::publish(&cells.request, self.requests[writer]);
        self.await_reply(writer, command)
    }

    /// Waits for the answer to the last request to a writer.
    pub(crate) fn await_reply(
        &mut self,
        writer: usize,
        command: Command,
    ) -> Result<(), ModifierError> {
        let goal = self.requests[writer];
        self.wait_until(
            |mailbox| &mailbox.writers[writer].reply,
            goal,
            command.name(),
        )
    }

    /// Makes the proof thread, which there must be, read or stand still.
    pub(crate) fn switch_proof(&mut self, on: bool) -> Result<(), ModifierError> {
        futex::publish(&self.mailbox.proof.wanted, on.into());
        let goal = if on { READING } else { STANDING };
        self.wait_until(
            |mailbox| &mailbox.proof.obeyed,
            goal,
            "the switch of the proof",
        )
    }

    /// Waits until a word is `goal`, while the process lives and as long as
    /// patience lasts.
    fn wait_until(
        &mut self,
        word: impl Fn(&Mailbox) -> &AtomicU32,
        goal: u32,
        request: &'static str,
    ) -> Result<(), ModifierError> {
        let mailbox = self.share_mailbox();
        match await_word(word(&mailbox), goal, || self.check())? {
            true => Ok(()),
            false => Err(ModifierError::Silent {
                pid: self.pid(),
                request,
                seconds: PATIENCE.as_secs(),
            }),
        }
    }
}

/// Waits until a word is `goal`, while `check` finds nothing wrong, and as
/// long as patience lasts; whether it became so.
pub(crate) fn await_word<E>(
    word: &AtomicU32,
    goal: u32,
    mut check: impl FnMut() -> Result<(), E>,
) -> Result<bool, E> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let now = word.load(Ordering::Acquire);
        if now == goal || futex::wait_while(word, now, Some(LIFE_CHECK)) == goal {
            return Ok(true);
        }
        check()?;
        if Instant::now() >= deadline {
            return Ok(false);
        }
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}
