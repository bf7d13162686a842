//! What `/proc/PID/stat` says of a process.

use std::{fs, io};

/// `PF_KTHREAD` (include/linux/sched.h).
const PF_KTHREAD: u64 = 0x0020_0000;

/// `PF_EXITING` (include/linux/sched.h).
const PF_EXITING: u64 = 0x0000_0004;

/// The few fields of `/proc/PID/stat` that this program needs (proc(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    /// Field 3: `R`, `S`, `D`, `Z` for a zombie, `T` stopped, `X` dead …
    pub state: char,
    /// Field 9, `PF_*`: whether it is a kernel thread, without memory of its own.
    pub kernel_thread: bool,
    /// Field 9, `PF_*`: whether it is on its way out. Its memory goes before
    /// it becomes a zombie (`do_exit()`, kernel/exit.c).
    pub exiting: bool,
    /// Field 22: when it started, in clock ticks since boot. With the PID it
    /// names one process for good.
    pub start_time: u64,
}

impl Stat {
    /// Reads `/proc/PID/stat`.
    ///
    /// # Errors
    /// What reading the file returned, or `InvalidData` for text of another form.
    pub(crate) fn read(pid: u32) -> io::Result<Self> {
        let text = fs::read(format!("/proc/{pid}/stat"))?;
        Self::parse(&text).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    }

    /// Whether it has exited and only waits for its parent.
    #[must_use]
    pub(crate) fn is_dead(&self) -> bool {
        matches!(self.state, 'Z' | 'X' | 'x')
    }

    /// The name in field 2 may hold blanks and brackets: what counts is behind
    /// the last one.
    fn parse(text: &[u8]) -> Option<Self> {
        let bracket = memchr::memrchr(b')', text)?;
        let rest = std::str::from_utf8(text.get(bracket + 1..)?).ok()?;
        let mut fields = rest.split_ascii_whitespace();
        let state = fields.next()?.chars().next()?;
        let flags: u64 = fields.nth(5)?.parse().ok()?;
        let start_time = fields.nth(12)?.parse().ok()?;
        Some(Self {
            state,
            kernel_thread: flags & PF_KTHREAD != 0,
            exiting: flags & PF_EXITING != 0,
            start_time,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_does_not_shift_the_fields() {
        let text =
            b"42 (a) Z 1 (b\xff) S 1 42 42 0 -1 4194560 100 0 0 0 1 2 3 4 20 0 1 0 98765 1000 200";
        let expected = Stat {
            state: 'S',
            kernel_thread: false,
            exiting: false,
            start_time: 98765,
        };
        assert_eq!(Stat::parse(text), Some(expected));
        let thread = b"2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0";
        assert!(Stat::parse(thread).unwrap().kernel_thread);
        for text in [&b""[..], b"1 (x", b"1 (x)", b"1 (x) S 1 2 3", b"\xff) \xff"] {
            assert_eq!(Stat::parse(text), None);
        }
    }

    #[test]
    fn this_process_is_alive() {
        let stat = Stat::read(std::process::id()).unwrap();
        assert!(!stat.is_dead() && !stat.kernel_thread && stat.start_time > 0);
    }
}
