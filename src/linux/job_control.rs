//! Whether anybody could continue us after a stop.

// Not by rustix, which takes these for numbers above 0: a session, or a group,
// that began outside our PID namespace, or with the kernel's first process, is 0.
use nix::unistd::{Pid, getpgid, getpgrp, getppid, getsid};

use super::stat::Stat;

/// Whether whoever started our process group is there, in our session and not
/// in our group: a shell with jobs. Where it is not, the group is orphaned: the
/// kernel would ignore a `SIGTSTP`, and nobody would undo a `SIGSTOP`.
pub(crate) fn somebody_can_continue_us() -> bool {
    let (group, Ok(session)) = (getpgrp(), getsid(None)) else {
        return false;
    };
    let mut next = Some(getppid());
    // 0: outside our PID namespace.
    while let Some(parent) = next.filter(|parent| parent.as_raw() > 0) {
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
    let stat = Stat::read(pid.as_raw().cast_unsigned()).ok()?;
    Some(Pid::from_raw(stat.parent.cast_signed()))
}
