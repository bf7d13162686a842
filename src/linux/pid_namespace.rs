//! Whether `/proc` is of the PID namespace that this process is in.

use std::{fs, io};

use rustix::io::Errno;

use super::advice::Advised;

/// Why no process can be told by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOurProc {
    /// There is none.
    #[error("cannot read processes: /proc is not mounted; run `mount -t proc proc /proc`")]
    NotMounted,
    /// It cannot be told whose it is.
    #[error("cannot read processes by /proc: /proc/self cannot be read: {}", Advised(&(*.0).into()))]
    Unreadable(Errno),
    /// It was mounted in another PID namespace: its numbers name other processes
    /// than those that system calls take.
    #[error(
        "cannot read processes by /proc: it is of another PID namespace ({}); mount the one of this namespace, as `unshare --pid --fork --mount-proc` does, or run `mount -t proc proc /proc` in a mount namespace of its own",
        seen_there(*here, *there)
    )]
    OtherNamespace {
        /// The PID of this process.
        here: u32,
        /// By that namespace; none: it is not in it.
        there: Option<u32>,
    },
}

fn seen_there(here: u32, there: Option<u32>) -> String {
    match there {
        Some(there) => format!("this process is {here}, and {there} there"),
        None => format!("this process, {here}, is not in it"),
    }
}

/// Compares what `/proc/self` says with what `getpid()` does.
///
/// # Errors
/// They are not the same.
pub(crate) fn check() -> Result<(), NotOurProc> {
    let link = match fs::read_link("/proc/self") {
        Err(_) if !super::open_error::proc_is_mounted() => return Err(NotOurProc::NotMounted),
        // It has no such link where this process has no number.
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            let errno = Errno::from_io_error(&error).unwrap_or(Errno::IO);
            return Err(NotOurProc::Unreadable(errno));
        }
        Ok(link) => Some(link),
    };
    let there = link.and_then(|link| link.to_str()?.parse().ok());
    compare(std::process::id(), there)
}

fn compare(here: u32, there: Option<u32>) -> Result<(), NotOurProc> {
    if there == Some(here) {
        Ok(())
    } else {
        Err(NotOurProc::OtherNamespace { here, there })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_one_number_only() {
        assert_eq!(check(), Ok(()));
        assert_eq!(compare(7, Some(7)), Ok(()));
        for there in [Some(4711), None] {
            let text = compare(7, there).unwrap_err().to_string();
            assert!(text.contains('7') && text.lines().count() == 1, "{text}");
        }
    }
}
