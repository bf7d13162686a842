//! What a child of ours does between fork(2) and exec.

use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::sys::signal::SigSet;
use rustix::io::Errno;
use rustix::process::{Signal, getpid, getppid, set_parent_process_death_signal};

/// Has the process of `command` killed when the thread that starts it ends, and
/// makes it the leader of a process group, so that it can be ended with its
/// children.
pub(crate) fn tie(command: &mut Command) {
    let parent = getpid();
    command.process_group(0);
    // SAFETY: runs between fork and exec. The closure makes two system calls,
    // prctl(2) and getppid(2), which are async-signal-safe, and allocates nothing.
    unsafe {
        command.pre_exec(move || {
            set_parent_process_death_signal(Some(Signal::KILL))?;
            match getppid() == Some(parent) {
                true => Ok(()),
                false => Err(Errno::SRCH.into()),
            }
        });
    }
}

/// Has the process of `command` killed when the thread that starts it ends
/// (`PR_SET_PDEATHSIG`), gives it a session without a terminal and this signal
/// mask, and asks for it to be traced by that thread
/// (`PTRACE_TRACEME`), which may be refused: then it is not stopped as exec
/// returns.
pub(crate) fn tie_and_trace(command: &mut Command, mask: SigSet) {
    let parent = getpid();
    // SAFETY: runs between fork and exec. The closure makes five system
    // calls, prctl(2), getppid(2), setsid(2), sigprocmask(2) and ptrace(2), which are
    // async-signal-safe, and allocates nothing: the errors are plain
    // numbers.
    unsafe {
        command.pre_exec(move || {
            set_parent_process_death_signal(Some(Signal::KILL))?;
            if getppid() != Some(parent) {
                return Err(Errno::SRCH.into());
            }
            rustix::process::setsid()?;
            mask.thread_set_mask()?;
            let _ = nix::sys::ptrace::traceme();
            Ok(())
        });
    }
}
