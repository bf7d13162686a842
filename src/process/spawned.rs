//! A command run to be watched: our child, which never outlives us.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use thiserror::Error;

use super::command_output::CommandOutput;
use super::hold_at_first_instruction::hold_at_first_instruction;
use crate::linux::advice::Advised;
use crate::linux::before_exec::tie_and_trace;
use crate::linux::null_device::null_device;
use crate::linux::pid_handle::{ExitStatus, PidHandle};
use crate::text::sanitise::sanitise;

/// How long a command that is asked to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// How long a killed command may take to be gone before it is left to `init`.
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

/// How a command ended, told when it has been reaped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ending(Arc<OnceLock<(Option<ExitStatus>, bool)>>);

impl Ending {
    /// How it ended, as the end of "the command …"; none while it is not
    /// reaped.
    #[must_use]
    pub(crate) fn describe(&self) -> Option<String> {
        let (how, by_us) = self.0.get()?;
        let how = how.map_or_else(|| "has not ended".to_owned(), |how| how.to_string());
        Some(match by_us {
            true => format!("still ran and was ended by vmascope ({how})"),
            false => format!("has ended ({how})"),
        })
    }
}

/// A command of the user's, running as our child. Its input is the null device
/// and its output a [`CommandOutput`], as the terminal is ours.
///
/// It is in a process group of its own, which is asked to end (`SIGTERM`) and,
/// two seconds later, killed when this is dropped; the child is then reaped.
/// However we die, the child dies with us:
/// `PR_SET_PDEATHSIG`, which the kernel ties to the *thread* that called
/// [`spawn_at_first_instruction`](Self::spawn_at_first_instruction) (prctl(2)) and forgets when the program is setuid;
/// what the child itself starts is not covered by it, only by the drop.
#[derive(Debug)]
pub struct SpawnedCommand {
    child: Child,
    program: String,
    /// It stands still at its first instruction.
    held: bool,
    ending: Ending,
}

impl SpawnedCommand {
    /// Runs a program, looked for in `PATH` unless it has a slash. When this
    /// returns, it has been exec'd. Call it on a thread that lives as long as
    /// the command is to.
    ///
    /// It is held at its first instruction until [`let_go`](Self::let_go):
    /// `PTRACE_TRACEME` stops it as exec returns, and it is detached at once,
    /// stopped. Where tracing is forbidden (a Yama `ptrace_scope` of 3, a
    /// seccomp filter) it just runs. A setuid program does not get its
    /// privileges this way; it could not be watched either.
    pub fn spawn_at_first_instruction(
        program: &OsStr,
        arguments: &[OsString],
        output: CommandOutput,
    ) -> Result<Self, SpawnError> {
        let mut command = Command::new(program);
        let failed = |error| SpawnError::Other {
            program: shown(program),
            error,
        };
        let [stdout, stderr] = output.into_stdio().map_err(failed)?;
        command
            .args(arguments)
            .stdin(null_device().map_err(failed)?)
            .stdout(stdout)
            .stderr(stderr)
            .process_group(0);
        tie_and_trace(&mut command);
        match command.spawn() {
            Ok(child) => Ok(Self {
                held: hold_at_first_instruction(child.id()),
                child,
                program: shown(program),
                ending: Ending::default(),
            }),
            Err(error) => Err(explain(program, error)),
        }
    }

    /// Lets a held command run; whether it was held.
    pub fn let_go(&mut self) -> bool {
        let was_held = std::mem::take(&mut self.held);
        if was_held {
            // It is our child and not reaped, so the number is its own; that it
            // was killed meanwhile is no error.
            let _ = kill_process(Pid::from_child(&self.child), Signal::CONT);
        }
        was_held
    }

    /// Where it will be told how the command ended.
    #[must_use]
    pub(crate) fn ending(&self) -> Ending {
        self.ending.clone()
    }

    /// Its PID; not reused before this is dropped.
    #[must_use]
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    #[must_use]
    pub(crate) fn program(&self) -> &str {
        &self.program
    }
}

impl Drop for SpawnedCommand {
    fn drop(&mut self) {
        let pid = Pid::from_child(&self.child);
        // It is not reaped before, so neither number is anybody else's; that
        // it has ended already is no error.
        let runs = !ends_within(self.child.id(), Duration::ZERO);
        if runs && !self.held {
            let _ = kill_process_group(pid, Signal::TERM);
            // One that is stopped would not notice.
            let _ = kill_process_group(pid, Signal::CONT);
            ends_within(self.child.id(), GRACE);
        }
        let _ = kill_process_group(pid, Signal::KILL);
        let _ = kill_process(pid, Signal::KILL);
        let mut how = None;
        if ends_within(self.child.id(), PATIENCE) {
            how = self.child.wait().ok().and_then(status_of);
        }
        // Nobody else sets it.
        let _ = self.ending.0.set((how, runs));
    }
}

fn status_of(status: std::process::ExitStatus) -> Option<ExitStatus> {
    let code = status.code().map(ExitStatus::Code);
    code.or_else(|| status.signal().map(ExitStatus::Signal))
}

/// Waits for a process to become a zombie, so long at most.
fn ends_within(pid: u32, limit: Duration) -> bool {
    let Ok(handle) = PidHandle::of(pid) else {
        // A zombie whose /proc entry cannot be looked at; or no pidfds.
        return true;
    };
    let deadline = Instant::now() + limit;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if handle.ends_within(left) {
            return true;
        }
        // Else a signal may have cut the wait short.
        if left.is_zero() {
            return false;
        }
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
        Some(Errno::ACCESS | Errno::PERM | Errno::ISDIR) => SpawnError::NotExecutable { program },
        Some(Errno::NOEXEC) => SpawnError::NotAProgram { program },
        _ if program.is_empty() => SpawnError::NotFound { program },
        _ => SpawnError::Other { program, error },
    }
}
