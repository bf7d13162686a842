//! What helps against an error of the system.

use std::fmt;
use std::io;

use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

use super::thread_schedule::has_deadline;

/// An error and what helps against it, where its cause alone says that: other
/// causes need other help, so a hint is never given for all.
#[derive(Debug)]
pub(crate) struct Advised<'a>(pub(crate) &'a io::Error);

impl fmt::Display for Advised<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        match advice(self.0) {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

/// What helps, where the cause alone says that.
pub(crate) fn advice(error: &io::Error) -> Option<&'static str> {
    Some(match Errno::from_io_error(error)? {
        Errno::NOENT | Errno::NOTDIR => "check the path",
        Errno::ACCESS => "use another place, or run as its owner or as root",
        Errno::PERM => "a sandbox (seccomp) or a security policy forbids it: run outside of it",
        Errno::NOSYS => "this kernel has no such call, or a sandbox (seccomp) hides it",
        Errno::NOSPC | Errno::DQUOT => "make room on the file system",
        Errno::FBIG => "raise the limit on the size of files (`ulimit -f`)",
        Errno::SPIPE => "it must be a file, not a pipe",
        Errno::ROFS => "use a file system that can be written to",
        Errno::NAMETOOLONG => "use a shorter name",
        Errno::MFILE => "raise the limit on open files (`ulimit -n`)",
        Errno::NFILE => "raise the system's limit on open files (`sysctl fs.file-max`)",
        Errno::AGAIN if has_deadline() => {
            "SCHED_DEADLINE allows no new thread or process: start it with another policy, or with `chrt --reset-on-fork`"
        }
        // What a thread's stack is mapped in vain for is told as this, too.
        Errno::AGAIN if is_memory_limited() => {
            "raise the limits on memory (`ulimit -v`, `ulimit -d`), or those on processes and threads (`ulimit -u`, pids.max)"
        }
        Errno::AGAIN => "raise the limit on processes and threads (`ulimit -u`, pids.max)",
        Errno::NOMEM => "free memory, or raise the limits on it (`ulimit -v`, memory.max)",
        _ => return None,
    })
}

fn is_memory_limited() -> bool {
    let mut limits = [Resource::As, Resource::Data].map(getrlimit).into_iter();
    limits.any(|limit| limit.current.is_some())
}

/// Whether an error is of this process or this system, and says nothing of what
/// was to be read.
pub(crate) fn says_nothing(error: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(error),
        Some(Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::IO)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_fits_its_cause() {
        for (errno, says) in [
            (Errno::MFILE, "; raise the limit on open files"),
            (Errno::PERM, "; a sandbox"),
            (Errno::FBIG, "; raise the limit on the size"),
        ] {
            let shown = Advised(&errno.into()).to_string();
            assert!(
                shown.contains(says) && shown.lines().count() == 1,
                "{shown}"
            );
        }
        let unknown = io::Error::from(Errno::IO);
        assert_eq!(Advised(&unknown).to_string(), unknown.to_string());
    }
}
