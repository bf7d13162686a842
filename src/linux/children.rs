//! The children of this process, those that it has adopted too.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, getpid, kill_process, set_child_subreaper,
    wait, waitid,
};

use super::pid_handle::ExitStatus;
use super::stat::Stat;

/// How long to wait before it is looked again who is left; longer each time.
const LOOK: Duration = Duration::from_millis(1);

/// The longest such wait.
const LONGEST_LOOK: Duration = Duration::from_millis(50);

/// From now on the descendants of this process become its children when their
/// parents end (`PR_SET_CHILD_SUBREAPER`, prctl(2)).
pub(crate) fn adopt_orphans() {
    // No kernel that has pidfds refuses it.
    let _ = set_child_subreaper(Some(getpid()));
}

/// Sends a signal to every child.
pub(crate) fn signal_children(signal: Signal) {
    let us = getpid().as_raw_pid().cast_unsigned();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    for pid in entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()) {
        // Nobody else reaps it, so that the number stays its own. Not listed
        // first: what forks all the time would be gone by then.
        if Stat::read(pid).is_ok_and(|stat| stat.parent == us)
            && let Some(pid) = Pid::from_raw(pid.cast_signed())
        {
            // An error: a program of another user (setuid), or a zombie.
            let _ = kill_process(pid, signal);
        }
    }
}

/// Whether there is any child, ended or not.
pub(crate) fn have_children() -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(waitid(WaitId::All, options), Err(Errno::CHILD))
}

/// Reaps all children that have ended, and tells of each how.
pub(crate) fn reap_ended(mut each: impl FnMut(u32, ExitStatus)) {
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        let signal = status.terminating_signal().map(ExitStatus::Signal);
        let how = signal.or_else(|| status.exit_status().map(ExitStatus::Code));
        if let Some(how) = how {
            each(pid.as_raw_pid().cast_unsigned(), how);
        }
    }
}

/// Kills all children, and those that become ours as their parents end, until
/// none is left, or so long has passed: what is another user's, or hangs in the
/// kernel, stays.
pub(crate) fn end_children(limit: Duration, mut each: impl FnMut(u32, ExitStatus)) {
    let deadline = Instant::now() + limit;
    let mut look = LOOK;
    loop {
        reap_ended(&mut each);
        if !have_children() || Instant::now() >= deadline {
            return;
        }
        signal_children(Signal::KILL);
        sleep(look);
        look = (look * 2).min(LONGEST_LOOK);
    }
}
