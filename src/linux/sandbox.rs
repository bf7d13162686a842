//! Whether a sandbox refuses calls that nothing can be done without.
//!
//! It is asked beforehand: the standard library waits for ever for a child, or
//! panics, where some of these are refused, and a child that can be neither
//! killed nor reaped would outlive us.

use std::io;
use std::ptr::{null, null_mut};

use nix::errno::Errno;
use nix::libc;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// Look at processes until a signal or a key ends it.
    Watching,
    /// That, of children of ours.
    Running,
    /// Draw on a terminal.
    Drawing,
}

/// A call is refused, whatever it is asked.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot {}: {call}(2) is refused: {error}; a sandbox (seccomp) or a security policy does that: have it allow the call, or run outside of it",
    doing.describe()
)]
pub(crate) struct Refused {
    doing: Doing,
    call: &'static str,
    error: io::Error,
}

/// A call that does nothing, its name, and what a kernel answers.
type Probe = (&'static str, fn() -> Result<i32, Errno>, Result<i32, Errno>);

const WATCHING: [Probe; 3] = [
    (
        "recvfrom",
        // SAFETY: no descriptor is -1, and no byte is asked for.
        || Errno::result(unsafe { libc::recv(-1, null_mut(), 0, 0) }).map(|_| 0),
        Err(Errno::EBADF),
    ),
    (
        "ppoll",
        || {
            let now = rustix::event::Timespec::default();
            let ready = rustix::event::poll(&mut [], Some(&now));
            ready
                .map(|_| 0)
                .map_err(|error| Errno::from_raw(error.raw_os_error()))
        },
        Ok(0),
    ),
    (
        "clock_nanosleep",
        || {
            let now = libc::timespec {
                tv_sec: 0,
                tv_nsec: 0,
            };
            // SAFETY: the time outlives the call, and nothing is written to null.
            match unsafe { libc::clock_nanosleep(libc::CLOCK_MONOTONIC, 0, &now, null_mut()) } {
                0 => Ok(0),
                error => Err(Errno::from_raw(error)),
            }
        },
        Ok(0),
    ),
];

const RUNNING: [Probe; 3] = [
    (
        "wait4",
        // SAFETY: there are no such options, and null is no place to write to.
        || Errno::result(unsafe { libc::wait4(-1, null_mut(), -1, null_mut()) }),
        Err(Errno::EINVAL),
    ),
    (
        "waitid",
        // SAFETY: it waits for nothing, and null is no place to write to.
        || Errno::result(unsafe { libc::waitid(libc::P_ALL, 0, null_mut(), 0) }),
        Err(Errno::EINVAL),
    ),
    (
        "kill",
        // SAFETY: the signal 0 is none; no memory is passed.
        || Errno::result(unsafe { libc::kill(libc::getpid(), 0) }),
        Ok(0),
    ),
];

const DRAWING: [Probe; 1] = [(
    "ioctl",
    // SAFETY: no descriptor is -1.
    || Errno::result(unsafe { libc::ioctl(-1, libc::TCGETS, null::<u8>()) }),
    Err(Errno::EBADF),
)];

/// Whether all is allowed that this takes.
///
/// # Errors
/// The first call that is refused.
pub(crate) fn check(doing: Doing) -> Result<(), Refused> {
    let (first, second): (&[Probe], &[Probe]) = match doing {
        Doing::Watching => (&WATCHING, &[]),
        Doing::Running => (&WATCHING, &RUNNING),
        Doing::Drawing => (&DRAWING, &[]),
    };
    for (call, probe, usual) in first.iter().chain(second) {
        let answer = probe();
        if answer != *usual {
            let errno = answer.err().unwrap_or(Errno::UnknownErrno);
            let (call, error) = (*call, errno.into());
            return Err(Refused { doing, call, error });
        }
    }
    Ok(())
}

impl Doing {
    fn describe(self) -> &'static str {
        match self {
            Doing::Watching => "watch processes",
            Doing::Running => "run processes",
            Doing::Drawing => "draw on a terminal",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_refused_where_there_is_no_sandbox() {
        for doing in [Doing::Watching, Doing::Running, Doing::Drawing] {
            check(doing).unwrap();
        }
    }
}
