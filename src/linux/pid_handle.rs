//! A process held by its pidfd: whether it still runs, and how its address space
//! came to its end.

use std::fmt;
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, WaitId, WaitIdOptions, pidfd_open, waitid};

use super::file::ProcFile;
use super::open_error::OpenError;
use super::proc_file_name::ProcFileName;
use super::stat::Stat;

/// A process, held by its pidfd, so that a reused PID is never mistaken for it.
#[derive(Debug)]
pub(crate) struct PidHandle {
    pid: u32,
    pidfd: OwnedFd,
}

/// How a child of this process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitStatus {
    /// It returned this exit status.
    Code(i32),
    /// A signal of this number killed it.
    Signal(i32),
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit status {code}"),
            Self::Signal(signal) => match nix::sys::signal::Signal::try_from(*signal) {
                Ok(name) => write!(f, "killed by {name}"),
                Err(_) => write!(f, "killed by signal {signal}"),
            },
        }
    }
}

/// How a watched address space ended while it was watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MmEnd {
    /// The process has exited, or is just exiting.
    #[error(
        "the target (process {pid}) has exited and its address space with it; start it again to watch it"
    )]
    Exited { pid: u32 },
    /// The process goes on with another program: exec gave it a new address
    /// space, of which the open file shows nothing.
    #[error(
        "the target (process {pid}) has run another program (exec) and has a new address space; attach again to watch that"
    )]
    Execed { pid: u32 },
}

impl PidHandle {
    /// Takes hold of a process.
    ///
    /// # Errors
    /// [`OpenError`]: it is not there, or the kernel has no pidfds (to 5.2).
    pub(crate) fn of(pid: u32) -> Result<Self, OpenError> {
        let file = ProcFileName::Maps;
        let gone = || OpenError::NoSuchProcess { pid, file };
        let raw = i32::try_from(pid).ok().and_then(Pid::from_raw);
        match pidfd_open(raw.ok_or_else(gone)?, PidfdFlags::empty()) {
            Ok(pidfd) => Ok(Self { pid, pidfd }),
            Err(rustix::io::Errno::SRCH) => {
                // Says what is the matter: not there, or /proc not mounted.
                ProcFile::open(pid, file)?;
                Err(gone())
            }
            Err(error) => {
                let error = error.into();
                Err(OpenError::Pidfd { pid, error })
            }
        }
    }

    /// Another hold of the same process.
    ///
    /// # Errors
    /// Too many open files.
    pub(crate) fn try_clone(&self) -> std::io::Result<Self> {
        let (pid, pidfd) = (self.pid, self.pidfd.try_clone()?);
        Ok(Self { pid, pidfd })
    }

    #[must_use]
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Its pidfd: becomes readable when the process exits.
    #[must_use]
    pub(crate) fn pidfd(&self) -> &OwnedFd {
        &self.pidfd
    }

    /// Whether it runs, or could; a zombie does not. Allocates nothing.
    #[must_use]
    pub(crate) fn is_alive(&self) -> bool {
        let mut fds = [PollFd::new(&self.pidfd, PollFlags::IN)];
        loop {
            match poll(&mut fds, Some(&Timespec::default())) {
                Ok(ready) => return ready == 0,
                Err(rustix::io::Errno::INTR) => {}
                // That it cannot be asked is not its end.
                Err(_) => return true,
            }
        }
    }

    /// Waits for its end, so long at most; whether it has ended.
    #[must_use]
    pub(crate) fn ends_within(&self, limit: std::time::Duration) -> bool {
        let limit = Timespec::try_from(limit).unwrap_or_default();
        let mut fds = [PollFd::new(&self.pidfd, PollFlags::IN)];
        // Interrupted: that was short enough.
        poll(&mut fds, Some(&limit)).is_ok_and(|ready| ready > 0)
    }

    /// How it ended, if it is a child of this process, has ended and has not
    /// been reaped. Does not reap it and does not wait.
    #[must_use]
    pub(crate) fn exit_status(&self) -> Option<ExitStatus> {
        use std::os::fd::AsFd;
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let found = waitid(WaitId::PidFd(self.pidfd.as_fd()), options);
        let status = found.ok().flatten()?;
        let signal = status.terminating_signal().map(ExitStatus::Signal);
        signal.or_else(|| status.exit_status().map(ExitStatus::Code))
    }

    /// How its address space ended, which is known to have done so.
    ///
    /// `do_exit()` gives the address space up before the process becomes a
    /// zombie; that it is on its way shows in its flags.
    ///
    /// # Errors
    /// When it lives and its flags cannot be read.
    pub(crate) fn mm_end(&self) -> std::io::Result<MmEnd> {
        let pid = self.pid;
        let stat = Stat::read(pid);
        // Looked at last: until here, the PID was still that of this process.
        if !self.is_alive() {
            return Ok(MmEnd::Exited { pid });
        }
        let stat = stat?;
        Ok(match stat.exiting || stat.is_dead() {
            true => MmEnd::Exited { pid },
            false => MmEnd::Execed { pid },
        })
    }
}
