//! A command run to be watched: our child, which never outlives us.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, getpid, getppid};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use thiserror::Error;

use crate::kernel::life::Life;
use crate::kernel::sanitise::sanitise;

/// How long a killed command may take to be gone before it is left to `init`.
/// Only one that hangs in the kernel takes long.
const PATIENCE_SECONDS: i64 = 2;

/// Why a command could not be run.
#[derive(Debug, Error)]
pub enum SpawnError {
    /// There is no such program.
    #[error(
        "cannot run {program}: there is no such program{}",
        where_looked(program)
    )]
    NotFound {
        /// The program, sanitised.
        program: String,
    },
    /// The file is there, but its interpreter (`#!` or ELF) is not.
    #[error(
        "cannot run {program}: the file is there, but the interpreter it names is not; install that, or name another program"
    )]
    NoInterpreter {
        /// The program, sanitised.
        program: String,
    },
    /// It may not be executed.
    #[error(
        "cannot run {program}: permission denied; it must be an executable file (`chmod +x`) on a file system that is not mounted noexec"
    )]
    NotExecutable {
        /// The program, sanitised.
        program: String,
    },
    /// It is not a program.
    #[error(
        "cannot run {program}: it is no program that this kernel can execute; a script needs a first line such as `#!/bin/sh`"
    )]
    NotAProgram {
        /// The program, sanitised.
        program: String,
    },
    /// Anything else.
    #[error("cannot run {program}: {error}; check the limits on processes (`ulimit -u`)")]
    Other {
        /// The program, sanitised.
        program: String,
        /// What the kernel said.
        error: io::Error,
    },
}

fn where_looked(program: &str) -> &'static str {
    if program.contains('/') {
        " at that path; check it"
    } else {
        " in PATH; give its full path, or install it"
    }
}

/// A command of the user's, running as our child with the null device for its
/// input and output, as the terminal is ours.
///
/// It is in a process group of its own, which is killed and of which the child
/// is reaped when this is dropped. However we die, the child dies with us:
/// `PR_SET_PDEATHSIG`, which the kernel ties to the *thread* that called
/// [`spawn`](Self::spawn) (prctl(2)) and forgets when the program is setuid;
/// what the child itself starts is not covered by it, only by the drop.
#[derive(Debug)]
pub struct SpawnedCommand {
    child: Child,
    program: String,
}

impl SpawnedCommand {
    /// Runs a program, looked for in `PATH` unless it has a slash. When this
    /// returns, it has been exec'd. Call it on a thread that lives as long as
    /// the command is to.
    ///
    /// # Errors
    /// [`SpawnError`].
    pub fn spawn(program: &OsStr, arguments: &[OsString]) -> Result<Self, SpawnError> {
        let parent = getpid();
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        // SAFETY: runs between fork and exec. The closure makes two system
        // calls, prctl(2) and getppid(2), which are async-signal-safe, and
        // allocates nothing: the errors are plain numbers.
        unsafe {
            command.pre_exec(move || {
                nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
                if getppid() != parent {
                    return Err(Errno::ESRCH.into());
                }
                Ok(())
            });
        }
        match command.spawn() {
            Ok(child) => Ok(Self {
                child,
                program: shown(program),
            }),
            Err(error) => Err(explain(program, error)),
        }
    }

    /// Its PID; not reused before this is dropped.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The program as given, sanitised.
    #[must_use]
    pub fn program(&self) -> &str {
        &self.program
    }
}

impl Drop for SpawnedCommand {
    fn drop(&mut self) {
        let pid = Pid::from_raw(self.child.id().cast_signed());
        // It is not reaped before, so neither number is anybody else's; that
        // it has ended already is no error.
        let _ = killpg(pid, Signal::SIGKILL);
        let _ = kill(pid, Signal::SIGKILL);
        if ends_soon(self.child.id()) {
            let _ = self.child.wait();
        }
    }
}

/// Waits for a killed process to become a zombie, but not for ever.
fn ends_soon(pid: u32) -> bool {
    let Ok(life) = Life::of(pid) else {
        // A zombie whose /proc entry cannot be looked at; or no pidfds.
        return true;
    };
    let patience = Timespec {
        tv_sec: PATIENCE_SECONDS,
        tv_nsec: 0,
    };
    let mut fds = [PollFd::new(life.pidfd(), PollFlags::IN)];
    loop {
        match poll(&mut fds, Some(&patience)) {
            Err(rustix::io::Errno::INTR) => {}
            ready => return ready.is_ok_and(|ready| ready > 0),
        }
    }
}

fn shown(program: &OsStr) -> String {
    sanitise(program.as_encoded_bytes()).into_owned()
}

fn explain(program: &OsStr, error: io::Error) -> SpawnError {
    let path = program;
    let program = shown(program);
    match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::ENOENT) if program.contains('/') && Path::new(path).exists() => {
            SpawnError::NoInterpreter { program }
        }
        Some(Errno::ENOENT | Errno::ENOTDIR) => SpawnError::NotFound { program },
        Some(Errno::EACCES | Errno::EPERM | Errno::EISDIR) => SpawnError::NotExecutable { program },
        Some(Errno::ENOEXEC) => SpawnError::NotAProgram { program },
        _ if program.is_empty() => SpawnError::NotFound { program },
        _ => SpawnError::Other { program, error },
    }
}
