//! What the supervisor of a command tells its parent, a line each.

use std::io;

use rustix::io::Errno;

use crate::linux::pid_handle::ExitStatus;

/// What has become of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// It could not be run: the errno.
    Failed(i32),
    Started {
        pid: u32,
        /// It stands still at its first instruction.
        is_held: bool,
    },
    Ended(ExitStatus),
}

impl Told {
    pub(crate) fn failed(error: &io::Error) -> Self {
        let errno = error.raw_os_error();
        Told::Failed(errno.unwrap_or(Errno::IO.raw_os_error()))
    }

    pub(crate) fn to_line(self) -> String {
        match self {
            Told::Failed(errno) => format!("failed {errno}\n"),
            Told::Started { pid, is_held: true } => format!("held {pid}\n"),
            Told::Started { pid, .. } => format!("runs {pid}\n"),
            Told::Ended(ExitStatus::Code(code)) => format!("exited {code}\n"),
            Told::Ended(ExitStatus::Signal(signal)) => format!("killed {signal}\n"),
        }
    }

    pub(crate) fn from_line(line: &str) -> Option<Self> {
        let (word, number) = line.trim_end().split_once(' ')?;
        let number: i32 = number.parse().ok()?;
        let started = |is_held| Told::Started {
            pid: number.cast_unsigned(),
            is_held,
        };
        Some(match word {
            "failed" => Told::Failed(number),
            "held" => started(true),
            "runs" => started(false),
            "exited" => Told::Ended(ExitStatus::Code(number)),
            "killed" => Told::Ended(ExitStatus::Signal(number)),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_understood() {
        for told in [
            Told::Failed(2),
            Told::Started {
                pid: 7,
                is_held: true,
            },
            Told::Started {
                pid: i32::MAX.cast_unsigned(),
                is_held: false,
            },
            Told::Ended(ExitStatus::Code(-1)),
            Told::Ended(ExitStatus::Signal(9)),
        ] {
            assert_eq!(Told::from_line(&told.to_line()), Some(told));
        }
        assert_eq!(Told::from_line("exited\n"), None);
        assert_eq!(Told::from_line(""), None);
    }
}
