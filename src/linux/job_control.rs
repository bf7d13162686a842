//! Whether anybody could continue us after a stop.

use rustix::process::{Pid, getpgid, getpgrp, getppid, getsid};

/// Whether whoever started our process group is there, in our session and not
/// in our group: a shell with jobs. Where it is not, the group is orphaned: the
/// kernel would ignore a `SIGTSTP`, and nobody would undo a `SIGSTOP`.
pub(crate) fn somebody_can_continue_us() -> bool {
    let (group, Ok(session)) = (getpgrp(), getsid(None)) else {
        return false;
    };
    let mut next = getppid();
    while let Some(parent) = next {
        match (getsid(Some(parent)), getpgid(Some(parent))) {
            (Ok(of_parent), Ok(its_group)) if of_parent == session => {
                if its_group != group {
                    return true;
                }
            }
            _ => return false,
        }
        next = parent_of(parent);
    }
    false
}

fn parent_of(pid: Pid) -> Option<Pid> {
    let process = procfs::process::Process::new(pid.as_raw_pid()).ok()?;
    Pid::from_raw(process.status().ok()?.ppid)
}
