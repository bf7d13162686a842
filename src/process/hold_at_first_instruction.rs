//! Holds a new program at its first instruction.

use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use rustix::process::{WaitId, WaitIdOptions, waitid};

use crate::linux::status;

/// Turns the stop that exec makes in a child that has called `PTRACE_TRACEME`
/// (ptrace(2): a `SIGTRAP` when exec returns) into one by `SIGSTOP`, without a
/// tracer: any thread of ours, not only the one that traces, can end it. Whether
/// the child is held; it is not where tracing was refused.
///
/// Call it on the thread that spawned the child: that one is its tracer.
pub(crate) fn hold_at_first_instruction(pid: u32) -> bool {
    // The child named its parent, so that nobody else can be its tracer.
    if !status::read(pid).is_ok_and(|status| status.tracerpid != 0) {
        return false;
    }
    let raw = Pid::from_raw(pid.cast_signed());
    let Some(id) = rustix::process::Pid::from_raw(pid.cast_signed()) else {
        return false;
    };
    // Its end, too, ends the wait; it is left to be reaped.
    let options = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    let stopped = loop {
        match waitid(WaitId::Pid(id), options) {
            Ok(status) => break status.is_some_and(|status| status.stopped() || status.trapped()),
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => break false,
        }
    };
    stopped && ptrace::detach(raw, Signal::SIGSTOP).is_ok()
}
