//! The process between this program and a command: it ends the command, and all
//! that the command has started, when this program does, however it does.
//!
//! It is this program run again with a word that nobody types. Its standard
//! input is a socket to its parent: that this is closed is how it learns of its
//! parent's end, and on it it tells of the command. It is the parent of the
//! command, and adopts what the command leaves behind (`PR_SET_CHILD_SUBREAPER`,
//! prctl(2)), so that no `setsid` and no second fork gets away.

use std::env::ArgsOs;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::SigSet;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::FileType;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process_group};

use super::hold_at_first_instruction::hold_at_first_instruction;
use super::supervisor_words::Told;
use crate::linux::before_exec::tie_and_trace;
use crate::linux::children::{
    adopt_orphans, end_children, have_children, reap_ended, signal_children,
};
use crate::linux::pid_handle::PidHandle;

/// The subcommand word that makes this program the supervisor.
pub(crate) const WORD: &str = "__supervisor";

/// Its exit status where nobody has started it as one.
const EXIT_NO_PARENT: i32 = 101;

/// How long a command that is asked to end may take before it is killed.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

/// How long what is killed may take to be gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often what the command left behind and what has ended since is reaped.
const REAP: Duration = Duration::from_secs(1);

/// If this process was started as the supervisor, runs as that and does not
/// return.
pub(crate) fn run_if_supervisor() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_none_or(|word| word != WORD) {
        return;
    }
    let (Some(program), Ok(parent)) = (arguments.next(), parent()) else {
        std::process::exit(EXIT_NO_PARENT)
    };
    supervise(parent, &program, arguments);
    std::process::exit(0)
}

/// The socket to the parent.
fn parent() -> io::Result<UnixStream> {
    let fd: OwnedFd = io::stdin().as_fd().try_clone_to_owned()?;
    let mode = rustix::fs::fstat(&fd)?.st_mode;
    match FileType::from_raw_mode(mode) {
        FileType::Socket => Ok(fd.into()),
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}

fn supervise(mut parent: UnixStream, program: &OsString, arguments: std::iter::Skip<ArgsOs>) {
    // Whoever wants to end it should end its parent.
    let mut mask = SigSet::thread_get_mask().unwrap_or_else(|_| SigSet::empty());
    // Blocked, the trap of exec would not stop the command, and be waited for.
    mask.remove(nix::sys::signal::Signal::SIGTRAP);
    let _ = SigSet::all().thread_block();
    let _ = rustix::thread::set_name(c"vmascope-run");
    adopt_orphans();
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    tie_and_trace(&mut command, mask);
    let pid = match command.spawn() {
        Ok(child) => child.id(),
        Err(error) => return tell(&mut parent, Told::failed(&error)),
    };
    let is_held = hold_at_first_instruction(pid);
    // Else the command's output would not end with the command.
    if let Ok(null) = File::options().write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdout(&null);
        let _ = rustix::stdio::dup2_stderr(&null);
    }
    let handle = PidHandle::of(pid);
    tell(&mut parent, Told::Started { pid, is_held });
    // Its parent says when it holds the command, which until then keeps its PID.
    let mut is_reaped = false;
    if let (Ok(handle), Ok(())) = (handle, parent.read_exact(&mut [0])) {
        is_reaped = watch(&mut parent, pid, &handle);
    }
    end(&mut parent, pid, is_reaped);
}

/// Reaps what ends, until the parent has or wants that; whether the command has
/// ended before.
fn watch(parent: &mut UnixStream, command: u32, handle: &PidHandle) -> bool {
    let mut is_reaped = false;
    loop {
        let ended = reap(parent, command);
        is_reaped |= ended;
        let mut fds = [
            PollFd::new(&*parent, PollFlags::IN),
            PollFd::new(handle.pidfd(), PollFlags::IN),
        ];
        // Its end is readable for ever.
        let watched = if is_reaped { 1 } else { 2 };
        let limit = Timespec::try_from(REAP).unwrap_or_default();
        match poll(&mut fds[..watched], Some(&limit)) {
            Ok(_) | Err(Errno::INTR) => {}
            // Its parent's end would never show.
            Err(_) => return is_reaped,
        }
        if !fds[0].revents().is_empty() && matches!(parent.read(&mut [0; 16]), Ok(0) | Err(_)) {
            return is_reaped;
        }
    }
}

/// Reaps all that has ended; whether the command has, which is told.
fn reap(parent: &mut UnixStream, command: u32) -> bool {
    let mut is_over = false;
    reap_ended(|pid, how| {
        if pid == command {
            is_over = true;
            tell(parent, Told::Ended(how));
        }
    });
    is_over
}

/// Asks the command and what it left behind to end, and kills what does not.
fn end(parent: &mut UnixStream, command: u32, mut is_reaped: bool) {
    let group = Pid::from_raw(command.cast_signed()).filter(|_| !is_reaped);
    let to_group = |signal| group.map(|group| kill_process_group(group, signal));
    // What is stopped would not notice.
    for signal in [Signal::TERM, Signal::CONT] {
        to_group(signal);
        signal_children(signal);
    }
    let asked = Instant::now();
    while have_children() && asked.elapsed() < GRACE {
        is_reaped |= reap(parent, command);
        std::thread::sleep(Duration::from_millis(2));
    }
    if !is_reaped {
        to_group(Signal::KILL);
    }
    end_children(PATIENCE, |pid, how| {
        if pid == command {
            tell(parent, Told::Ended(how));
        }
    });
}

fn tell(parent: &mut UnixStream, told: Told) {
    // An error: nobody is there any more.
    let _ = parent.write_all(told.to_line().as_bytes());
}
