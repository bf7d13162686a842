//! What `/proc/PID/stat` says of a process.

use std::{fs, io};

use procfs::FromRead;
use procfs::process::StatFlags;

use super::procfs_error::io_error;

/// How often a process is searched for a thread that has not ended.
const MOST_LOOKS: u32 = 20;

/// The few fields of `/proc/PID/stat` that this program needs (proc(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    /// The thread of which [`state`](Self::state) and [`exiting`](Self::exiting)
    /// are. A process lives as long as any of its threads, and it is the first
    /// one whose files are in `/proc/PID`: where that one has ended, this is
    /// another.
    pub thread: u32,
    /// Field 3: `R`, `S`, `D`, `Z` for a zombie, `T` stopped, `X` dead …
    pub state: char,
    /// Field 4: its parent.
    pub parent: u32,
    /// Field 9, `PF_*`: whether it is a kernel thread, without memory of its own.
    pub kernel_thread: bool,
    /// Field 9, `PF_*`: whether it is on its way out. Its memory goes before
    /// it becomes a zombie (`do_exit()`, kernel/exit.c).
    pub exiting: bool,
    /// Field 10: pages that it has faulted in without reading a disk.
    pub faults: u64,
    /// Field 20: threads of the process, those included that are not reaped.
    threads: i64,
    /// Field 22: when it started, in clock ticks since boot. With the PID it
    /// names one process for good.
    pub start_time: u64,
}

impl Stat {
    /// Reads `/proc/PID/stat`, and where the first thread has ended, that of one
    /// that has not.
    ///
    /// # Errors
    /// What reading the file returned, or `InvalidData` for text of another form.
    pub(crate) fn read(pid: u32) -> io::Result<Self> {
        let mut tries = 0;
        loop {
            let first = Self::parse(&fs::read(format!("/proc/{pid}/stat"))?)?;
            if !first.has_no_memory() {
                return Ok(first);
            }
            let living = other_threads(pid).find(|thread| !thread.has_no_memory());
            tries += 1;
            // One thread may have followed another while they were looked at.
            if living.is_some() || first.threads < 2 || tries == MOST_LOOKS {
                return Ok(living.map_or(first, |living| Stat {
                    // That of the first thread is the process's.
                    start_time: first.start_time,
                    ..living
                }));
            }
        }
    }

    /// Where the files of this thread are, of the process `pid`.
    #[must_use]
    pub(crate) fn directory(&self, pid: u32) -> String {
        if self.thread == pid {
            format!("/proc/{pid}")
        } else {
            format!("/proc/{pid}/task/{}", self.thread)
        }
    }

    /// Whether it has given up its memory, or is about to.
    fn has_no_memory(&self) -> bool {
        self.exiting || self.is_dead()
    }

    /// Reads the text of such a file, of a process or a thread.
    pub(super) fn parse(text: &[u8]) -> io::Result<Self> {
        if !has_a_name(text) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let stat = procfs::process::Stat::from_read(text);
        stat.map(Self::from).map_err(io_error)
    }

    /// Whether it has exited and only waits for its parent.
    #[must_use]
    pub(crate) fn is_dead(&self) -> bool {
        matches!(self.state, 'Z' | 'X' | 'x')
    }
}

impl From<procfs::process::Stat> for Stat {
    fn from(stat: procfs::process::Stat) -> Self {
        let flags = StatFlags::from_bits_truncate(stat.flags);
        Self {
            thread: stat.pid.cast_unsigned(),
            state: stat.state,
            parent: stat.ppid.cast_unsigned(),
            kernel_thread: flags.contains(StatFlags::PF_KTHREAD),
            exiting: flags.contains(StatFlags::PF_EXITING),
            faults: stat.minflt,
            threads: stat.num_threads,
            start_time: stat.starttime,
        }
    }
}

/// The threads of a process but for the first.
fn other_threads(pid: u32) -> impl Iterator<Item = Stat> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"));
    let tasks = tasks.into_iter().flatten().flatten();
    tasks
        .filter_map(|task| Stat::parse(&fs::read(task.path().join("stat")).ok()?).ok())
        .filter(move |stat| stat.thread != pid)
}

/// Where the files of a process are that its memory is behind.
pub(crate) fn directory(pid: u32) -> String {
    Stat::read(pid).map_or_else(|_| format!("/proc/{pid}"), |stat| stat.directory(pid))
}

/// Whether the text has a number, a blank, a name in brackets and a state, as
/// the kernel prints them: `procfs` panics where it has not.
fn has_a_name(text: &[u8]) -> bool {
    let brackets = memchr::memchr(b'(', text).zip(memchr::memrchr(b')', text));
    brackets.is_some_and(|(open, close)| {
        let (before, behind) = (&text[..open], &text[close + 1..]);
        matches!(before, [pid @ .., b' '] if !pid.is_empty() && pid.iter().all(u8::is_ascii_digit))
            && open < close
            && matches!(behind, [b' ', state, ..] if state.is_ascii_alphabetic())
    })
}

/// Calls `look` with the TID of a thread that bears this name.
#[cfg(test)]
pub(crate) fn hostile_thread(name: &[u8], look: impl FnOnce(u32) + Send) {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::fs::write("/proc/thread-self/comm", name).unwrap();
            let tid = rustix::thread::gettid().as_raw_pid();
            look(tid.cast_unsigned());
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `/proc/PID/stat` of a process of this name, as the kernel prints it.
    fn of_name(name: &[u8]) -> io::Result<Stat> {
        let mut text = [b"42 (", name, b") S 1 42 42 0 -1 4194560 100 0 0 0"].concat();
        text.extend_from_slice(b" 1 2 -3 -4 20 0 1 0 98765 1000 200 18446744073709551615");
        text.extend_from_slice(&b" 0".repeat(27));
        text.push(b'\n');
        Stat::parse(&text)
    }

    const ALIVE: Stat = Stat {
        thread: 42,
        state: 'S',
        parent: 1,
        kernel_thread: false,
        exiting: false,
        faults: 100,
        threads: 1,
        start_time: 98765,
    };

    proptest! {
        #[test]
        fn no_name_shifts_the_fields(name in proptest::collection::vec(1..=u8::MAX, 0..64)) {
            prop_assert_eq!(of_name(&name).unwrap(), ALIVE);
        }

        #[test]
        fn no_text_panics(text in r"[0-9() SZ\n\x0b\x{fffd}]{0,40}", bytes in any::<Vec<u8>>()) {
            let _ = Stat::parse(text.as_bytes());
            let _ = Stat::parse(&bytes);
        }
    }

    #[test]
    fn hostile_names_do_not_shift_the_fields() {
        for name in [
            &b"a) Z 1 (b\xff"[..],
            b")",
            b"(",
            b"\n",
            b" ) Z",
            b"",
            b"\xff) ",
        ] {
            assert_eq!(of_name(name).unwrap(), ALIVE);
            hostile_thread(name, |tid| {
                let stat = Stat::read(tid).unwrap();
                assert!(matches!(stat.state, 'R' | 'S' | 'D'), "{stat:?}");
                assert!(!stat.kernel_thread && !stat.exiting && stat.start_time > 0);
            });
        }
    }

    #[test]
    fn what_is_not_there_and_what_is_no_stat_are_errors() {
        let error = Stat::read(u32::MAX).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        let kind = |text: &[u8]| Stat::parse(text).unwrap_err().kind();
        for text in [&b""[..], b"1 (x", b"1 (x)", b"1 (x) S 1 2 3", b"\xff) \xff"] {
            assert_eq!(kind(text), io::ErrorKind::InvalidData);
        }
        for text in [
            &b"1 (x)\n"[..],
            b"1 (x) \n",
            b"(x) S 1",
            b"1) S (",
            b"1 (x)\xff\xff",
            "1\u{fffd}(x) S 1".as_bytes(),
            b"1(x) S 1",
            b" (x) S 1",
        ] {
            assert_eq!(kind(text), io::ErrorKind::InvalidData);
        }
    }

    #[test]
    fn this_process_is_alive() {
        let stat = Stat::read(std::process::id()).unwrap();
        assert!(!stat.is_dead() && !stat.kernel_thread && stat.start_time > 0);
    }
}
