//! A process of our own: this program run again, killed and reaped when its
//! parent lets go of it.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use nix::sys::personality;
use nix::sys::personality::Persona;
use rustix::io::{FdFlags, fcntl_setfd};

use super::error::Death;
use crate::linux::null_device::null_device;
use crate::linux::pid_handle::ExitStatus;
use crate::linux::reap::reap_within;

/// How long a killed child may take to be gone. What is frozen, hangs in the kernel or
/// has much memory to give back takes longer, and is left to die when it can.
const PATIENCE: Duration = Duration::from_secs(1);

/// A process of our own; killed and reaped when dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    death: Option<Death>,
}

impl Process {
    /// Runs `program` as what `word` says, with the mailbox as an open
    /// descriptor.
    pub(crate) fn start(program: &Path, word: &str, mailbox: &OwnedFd) -> io::Result<Self> {
        let mailbox = mailbox.try_clone()?;
        let null = null_device()?;
        let mut command = Command::new(program);
        command
            .arg0("vmascope")
            .arg(word)
            .arg(mailbox.as_raw_fd().to_string())
            .stdin(null.try_clone()?)
            .stdout(null.try_clone()?)
            .stderr(null)
            // Ctrl-C and Ctrl-Z at the terminal do not reach it.
            .process_group(0);
        // SAFETY: the closure makes fcntl(2) and personality(2), which are
        // async-signal-safe; it runs between fork and exec, so the descriptor
        // stays close-on-exec in this process and no other child inherits it.
        unsafe {
            command.pre_exec(move || {
                fcntl_setfd(&mailbox, FdFlags::empty())?;
                // Else the stack is the last thing mapped (setarch -R).
                let persona = personality::get()?;
                personality::set(persona - Persona::ADDR_NO_RANDOMIZE)?;
                Ok(())
            });
        }
        let child = command.spawn()?;
        Ok(Self { child, death: None })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How the process ended; `None` while it lives.
    pub(crate) fn death(&mut self) -> Option<Death> {
        if self.death.is_none() {
            self.death = match self.child.try_wait() {
                Ok(None) => None,
                Ok(Some(status)) => Some(match (status.signal(), status.code()) {
                    (Some(signal), _) => Death::Status(ExitStatus::Signal(signal)),
                    (None, Some(code)) => Death::Status(ExitStatus::Code(code)),
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
        let _ = reap_within(&mut self.child, PATIENCE);
    }
}
