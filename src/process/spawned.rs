//! A command run to be watched: our child, which never outlives us.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, pidfd_send_signal};
use thiserror::Error;

use super::command_output::CommandOutput;
use super::ending::Ending;
use super::supervisor;
use super::supervisor::GRACE;
use super::supervisor_words::Told;
use crate::linux::advice::Advised;
use crate::linux::children::end_children;
use crate::linux::null_device::null_device;
use crate::linux::pid_handle::PidHandle;
use crate::linux::reap::reap_within;
use crate::text::sanitise::sanitise;

/// How long a command may take to start: until exec has read it from its disk.
const START: Duration = Duration::from_secs(30);

/// How long a killed command may take to be gone before it is left to others.
/// Only one that hangs in the kernel takes long.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a command could not be run; `program` is sanitised.
#[derive(Debug, Error)]
pub enum SpawnError {
    #[error(
        "cannot run {program}: there is no such program{}",
        where_looked(program)
    )]
    NotFound { program: String },
    /// The file is there, but its interpreter (`#!` or ELF) is not.
    #[error(
        "cannot run {program}: the file is there, but the interpreter it names is not; install that, or name another program"
    )]
    NoInterpreter { program: String },
    #[error(
        "cannot run {program}: permission denied; it must be an executable file (`chmod +x`) on a file system that is not mounted noexec"
    )]
    NotExecutable { program: String },
    #[error(
        "cannot run {program}: it is no program that this kernel can execute; a script needs a first line such as `#!/bin/sh`"
    )]
    NotAProgram { program: String },
    #[error("cannot run {program}: {}", Advised(error))]
    Other { program: String, error: io::Error },
}

fn where_looked(program: &str) -> &'static str {
    if program.contains('/') {
        " at that path; check it"
    } else {
        " in PATH; give its full path, or install it"
    }
}

/// A command of the user's, running below us. Its input is the null device, its
/// output a [`CommandOutput`], and it has a session of its own without a
/// terminal, as ours is ours.
///
/// Its parent is a [`supervisor`], which ends it when this is
/// dropped or this process ends, however it does: the command is asked to end
/// (`SIGTERM`), with all of its process group, and two seconds later it is killed
/// with all that it has started. Should the supervisor be killed, the kernel
/// kills the command (`PR_SET_PDEATHSIG`), and we the rest.
#[derive(Debug)]
pub struct SpawnedCommand {
    supervisor: Child,
    /// Its end is what the supervisor waits for.
    channel: UnixStream,
    handle: PidHandle,
    program: String,
    /// It stands still at its first instruction.
    held: bool,
    ending: Ending,
}

impl SpawnedCommand {
    /// Runs a program, looked for in `PATH` unless it has a slash. When this
    /// returns, it has been exec'd. `vmascope` is this program, to be run as the
    /// supervisor.
    ///
    /// It is held at its first instruction until [`let_go`](Self::let_go):
    /// `PTRACE_TRACEME` stops it as exec returns, and it is detached at once,
    /// stopped. Where tracing is forbidden (a Yama `ptrace_scope` of 3, a
    /// seccomp filter) it just runs. A setuid program does not get its
    /// privileges this way; it could not be watched either.
    pub fn spawn_at_first_instruction(
        vmascope: &Path,
        program: &OsStr,
        arguments: &[OsString],
        output: CommandOutput,
    ) -> Result<Self, SpawnError> {
        let failed = |error| SpawnError::Other {
            program: shown(program),
            error,
        };
        let [stdout, stderr] = output.into_stdio().map_err(failed)?;
        // Its supervisor opens it again, and could not say what is missing.
        null_device().map_err(failed)?;
        let (mut channel, theirs) = UnixStream::pair().map_err(failed)?;
        let supervisor = Command::new(vmascope)
            .arg0("vmascope")
            .arg(supervisor::WORD)
            .arg(program)
            .args(arguments)
            .stdin(OwnedFd::from(theirs))
            .stdout(stdout)
            .stderr(stderr)
            // Ctrl-C and Ctrl-Z at the terminal do not reach it.
            .process_group(0)
            .spawn();
        let mut supervisor = supervisor.map_err(failed)?;
        let ending = Ending::new(channel.try_clone().map_err(failed)?);
        let told = ending.beginning(START);
        let Some(Told::Started { pid, is_held }) = told else {
            let _ = supervisor.kill();
            let _ = reap_within(&mut supervisor, PATIENCE);
            return Err(match told {
                Some(Told::Failed(errno)) => explain(program, io::Error::from_raw_os_error(errno)),
                _ => failed(io::Error::other("its supervisor does not answer")),
            });
        };
        let handle = PidHandle::of(pid).map_err(|error| failed(io::Error::other(error)))?;
        // From here on it may be reaped.
        channel.write_all(b"h").map_err(failed)?;
        Ok(Self {
            supervisor,
            channel,
            handle,
            program: shown(program),
            held: is_held,
            ending,
        })
    }

    /// Lets a held command run; whether it was held.
    pub fn let_go(&mut self) -> bool {
        let was_held = std::mem::take(&mut self.held);
        if was_held {
            // That it was killed meanwhile is no error.
            let _ = pidfd_send_signal(self.handle.pidfd(), Signal::CONT);
        }
        was_held
    }

    /// Where it is told how the command ended.
    #[must_use]
    pub(crate) fn ending(&self) -> Ending {
        self.ending.clone()
    }

    #[must_use]
    pub(crate) fn handle(&self) -> &PidHandle {
        &self.handle
    }

    #[must_use]
    pub(crate) fn program(&self) -> &str {
        &self.program
    }
}

impl Drop for SpawnedCommand {
    fn drop(&mut self) {
        let ran = self.ending.within(Duration::ZERO).is_none();
        // Has the supervisor end it all, unless somebody has stopped it.
        let _ = self.channel.shutdown(Shutdown::Write);
        let supervisor = Pid::from_child(&self.supervisor);
        let _ = kill_process(supervisor, Signal::CONT);
        let mut how = self.ending.within(GRACE + PATIENCE);
        if how.is_none() {
            // The command dies with it.
            let _ = self.supervisor.kill();
            how = self.ending.within(PATIENCE);
        }
        // It goes on without us if something hangs in the kernel.
        let ended = reap_within(&mut self.supervisor, PATIENCE);
        if ended.is_some_and(|status| !status.success()) {
            end_children(PATIENCE, |_, _| {});
        }
        self.ending.note_last(how.flatten(), ran);
    }
}

fn shown(program: &OsStr) -> String {
    sanitise(program.as_encoded_bytes()).into_owned()
}

/// Whether a folder in PATH has a file of this name.
fn is_in_path(name: &OsStr) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

fn explain(program: &OsStr, error: io::Error) -> SpawnError {
    let path = program;
    let program = shown(program);
    match Errno::from_io_error(&error) {
        Some(Errno::NOENT) if program.contains('/') && Path::new(path).exists() => {
            SpawnError::NoInterpreter { program }
        }
        Some(Errno::NOENT | Errno::NOTDIR) => SpawnError::NotFound { program },
        // Of a folder in PATH that must not be searched (execvp(3)).
        Some(Errno::ACCESS) if !program.contains('/') && !is_in_path(path) => {
            SpawnError::NotFound { program }
        }
        Some(Errno::ACCESS | Errno::ISDIR) => SpawnError::NotExecutable { program },
        Some(Errno::NOEXEC) => SpawnError::NotAProgram { program },
        _ if program.is_empty() => SpawnError::NotFound { program },
        _ => SpawnError::Other { program, error },
    }
}
