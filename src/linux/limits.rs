//! Limits that this system sets (`/proc/sys`).

use std::fs;

/// The largest PID of any 64-bit kernel (`PID_MAX_LIMIT` less 1,
/// include/linux/threads.h).
const LARGEST_PID: u32 = (1 << 22) - 1;

/// The most VMAs a process may have (`vm.max_map_count`); `None` where that
/// cannot be read.
#[must_use]
pub(crate) fn max_map_count() -> Option<u64> {
    procfs::sys::vm::max_map_count().ok()
}

/// The lowest address an unprivileged process may map, in bytes
/// (`vm.mmap_min_addr`).
#[must_use]
pub(crate) fn mmap_min_addr() -> Option<u64> {
    number("vm/mmap_min_addr")
}

/// How far perf_event_open(2) is restricted (`kernel.perf_event_paranoid`):
/// from 2 on an unprivileged user may not count in the kernel.
#[must_use]
pub(crate) fn perf_event_paranoid() -> Option<i64> {
    number("kernel/perf_event_paranoid")
}

/// How far ptrace(2) and the files of `/proc/PID` are restricted beyond the
/// user's identity (`kernel.yama.ptrace_scope`, Yama): `None` where there is
/// no Yama.
#[must_use]
pub(crate) fn ptrace_scope() -> Option<u64> {
    number("kernel/yama/ptrace_scope")
}

/// The largest PID that a process can have (`kernel.pid_max` less 1); the
/// kernel's own limit where that cannot be read.
#[must_use]
pub(crate) fn largest_pid() -> u32 {
    let most = procfs::sys::kernel::pid_max().ok();
    most.and_then(|most| u32::try_from(most).ok())
        .map_or(LARGEST_PID, |most| most.saturating_sub(1))
}

/// What `procfs` does not have.
fn number<N: std::str::FromStr>(name: &str) -> Option<N> {
    let text = fs::read_to_string(format!("/proc/sys/{name}")).ok()?;
    text.trim_ascii().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_read() {
        // Both are there on every kernel with an MMU.
        assert!(max_map_count().is_some_and(|count| count > 0));
        assert!(mmap_min_addr().is_some());
        assert!(largest_pid() >= std::process::id());
        assert_eq!(number::<u64>("vm/no-such-file"), None);
    }
}
