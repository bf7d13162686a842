//! Why perf_event_open(2) refuses a tracepoint.

use std::io;

use nix::errno::Errno;

use crate::linux::advice::Advised;
use crate::linux::limits::perf_event_paranoid;
use crate::linux::rights::Rights;

/// Why a tracepoint cannot be counted, or its events recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PerfError {
    /// This user may not.
    #[error(
        "tracing the kernel is not allowed (perf_event_open: {errno}): it takes CAP_PERFMON \
         or kernel.perf_event_paranoid below 2{}",
        paranoid_here(*paranoid)
    )]
    Forbidden {
        errno: Errno,
        /// `kernel.perf_event_paranoid`.
        paranoid: Option<i64>,
    },
    /// This user may, and yet it is refused.
    #[error(
        "tracing the kernel is refused (perf_event_open or its ioctls: {0}), although this user \
         has CAP_PERFMON or CAP_SYS_ADMIN: a sandbox (seccomp) or a security policy forbids it, \
         or the right is of a user namespace only: run outside of it"
    )]
    Refused(Errno),
    /// The kernel cannot.
    #[error(
        "this kernel has no tracepoint events (perf_event_open: {}; CONFIG_PERF_EVENTS){}",
        .0,
        or_hidden(*.0)
    )]
    NotThere(Errno),
    /// The kernel cannot choose among its events.
    #[error("a tracepoint cannot be filtered (PERF_EVENT_IOC_SET_FILTER): {}", advised(*.0))]
    Filter(Errno),
    /// Anything else.
    #[error("perf_event_open failed: {}", advised(*.0))]
    Other(Errno),
}

fn paranoid_here(paranoid: Option<i64>) -> String {
    paranoid.map_or_else(String::new, |level| format!(", which is {level} here"))
}

fn or_hidden(errno: Errno) -> &'static str {
    match errno {
        Errno::ENOSYS => ", or a sandbox (seccomp) hides them",
        _ => "",
    }
}

fn advised(errno: Errno) -> String {
    Advised(&errno.into()).to_string()
}

impl PerfError {
    /// What perf_event_open(2) said.
    pub(crate) fn of_open(error: &io::Error) -> Self {
        let rights = Rights::here();
        match errno_of(error) {
            errno @ (Errno::EACCES | Errno::EPERM)
                if rights.cap_perfmon || rights.cap_sys_admin =>
            {
                PerfError::Refused(errno)
            }
            errno @ (Errno::EACCES | Errno::EPERM) => PerfError::Forbidden {
                errno,
                paranoid: perf_event_paranoid(),
            },
            errno @ (Errno::ENOENT | Errno::ENOSYS | Errno::ENODEV | Errno::EOPNOTSUPP) => {
                PerfError::NotThere(errno)
            }
            errno => PerfError::Other(errno),
        }
    }
}

/// The error number; that of an unknown error where there is none.
pub(crate) fn errno_of(error: &io::Error) -> Errno {
    match error.raw_os_error() {
        Some(errno) => Errno::from_raw(errno),
        // perf-event2 says so of E2BIG.
        None if error.kind() == io::ErrorKind::Unsupported => Errno::E2BIG,
        None => Errno::UnknownErrno,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_allowed_says_what_would_help() {
        let error = PerfError::Forbidden {
            errno: Errno::EACCES,
            paranoid: Some(2),
        };
        let text = error.to_string();
        assert!(
            text.contains("CAP_PERFMON") && text.contains("which is 2 here"),
            "{text}"
        );
    }
}
