//! Starting the modifier's process, and watching over its life: it is this
//! program run again, with a word that nobody types and a descriptor number.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};

use super::error::{Death, ModifierError};

/// The subcommand word that makes this program the modifier's process.
pub(super) const WORD: &str = "__modifier";

/// The mailbox descriptor, if this process was started as the modifier.
pub(super) fn mailbox_of_child() -> Option<Option<i32>> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != WORD {
        return None;
    }
    let number = arguments
        .next()
        .and_then(|number: OsString| number.to_str()?.parse().ok());
    Some(number)
}

/// The modifier's process; killed and reaped when dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    death: Option<Death>,
}

impl Process {
    /// Runs `program` as the modifier, with the mailbox as an open descriptor.
    pub(super) fn start(program: &Path, mailbox: &OwnedFd) -> Result<Self, ModifierError> {
        let mailbox = mailbox
            .try_clone()
            .map_err(|source| ModifierError::Mailbox { source })?;
        let mut command = Command::new(program);
        command
            .arg0("vmascope")
            .arg(WORD)
            .arg(mailbox.as_raw_fd().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        // SAFETY: the closure makes one fcntl(2), which is async-signal-safe;
        // it runs between fork and exec, so the descriptor stays close-on-exec
        // in this process and no other child inherits it.
        unsafe {
            command.pre_exec(move || {
                fcntl(&mailbox, FcntlArg::F_SETFD(FdFlag::empty())).map_err(io::Error::from)?;
                Ok(())
            });
        }
        let child = command.spawn().map_err(|source| ModifierError::Spawn {
            program: program.to_owned(),
            source,
        })?;
        Ok(Self { child, death: None })
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How the process ended; `None` while it lives.
    pub(super) fn death(&mut self) -> Option<Death> {
        if self.death.is_none() {
            self.death = match self.child.try_wait() {
                Ok(None) => None,
                Ok(Some(status)) => Some(match (status.signal(), status.code()) {
                    (Some(signal), _) => Death::Signal(signal),
                    (None, Some(status)) => Death::Exit(status),
                    (None, None) => Death::Unknown,
                }),
                // ECHILD: reaped elsewhere, or SIGCHLD is ignored.
                Err(_) => Some(Death::Unknown),
            };
        }
        self.death
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; there is nothing to do about either error.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
