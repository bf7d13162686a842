//! Whose calls change an address space: its threads, the processes that share
//! it, and the CPUs they may run on.

use std::io;

use nix::libc;
use procfs::process::{Process, all_processes};

use super::assembly::Memory;
use crate::linux::advice::says_nothing;
use crate::linux::procfs_error::io_error;
use crate::linux::stat::Stat;

/// The threads of a process, and those of others that have its memory: made by
/// `vfork` or by clone(2) with `CLONE_VM`, and no threads of it. None: it is gone.
///
/// # Errors
/// When those of the process cannot be listed, which says nothing of them.
pub(super) fn threads_of_memory(process: u32) -> io::Result<Vec<u32>> {
    let mut threads = match threads_of(process) {
        Err(error) if says_nothing(&error) => return Err(error),
        listed => listed.unwrap_or_default(),
    };
    let others = all_processes().into_iter().flatten().flatten();
    let others = others.map(|other| other.pid().cast_unsigned());
    for other in others.filter(|other| *other != process) {
        if memory_of(process, other) == Memory::Ours {
            threads.extend(threads_of(other).unwrap_or_default());
        }
    }
    Ok(threads)
}

/// Whether a thread has a shadow stack, which the kernel maps and unmaps without
/// a call (`x86_Thread_features` in `/proc/PID/status`).
pub(super) fn has_shadow_stack(process: u32) -> bool {
    let status = std::fs::read(format!("/proc/{process}/status")).unwrap_or_default();
    let features = b"x86_Thread_features:";
    let mut lines = status.split(|byte| *byte == b'\n');
    lines.any(|line| line.starts_with(features) && memchr::memmem::find(line, b"shstk").is_some())
}

fn threads_of(process: u32) -> io::Result<Vec<u32>> {
    let listed = Process::new(process.cast_signed()).and_then(|it| it.tasks());
    let tasks = listed.map_err(io_error)?.flatten();
    Ok(tasks.map(|task| task.tid.cast_unsigned()).collect())
}

/// Whether a thread is stopped, by a signal or a tracer, and so in no call: it is
/// stopped as it returns to user space, or behind an exec.
pub(super) fn stands_still(thread: u32) -> bool {
    Stat::read(thread).is_ok_and(|stat| matches!(stat.state, 'T' | 't'))
}

/// The CPUs that are online, by `/sys/devices/system/cpu/online`; the first
/// where that cannot be read.
pub(super) fn online_cpus() -> Vec<usize> {
    let text = std::fs::read_to_string("/sys/devices/system/cpu/online");
    let cpus = text.map_or(Vec::new(), |text| cpu_list(&text));
    if cpus.is_empty() { vec![0] } else { cpus }
}

/// `0-3,8` (Documentation/admin-guide/cputopology.rst).
fn cpu_list(text: &str) -> Vec<usize> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse().ok()?..=last.parse().ok()?)
    };
    let parts = text.trim_ascii().split(',');
    parts.filter_map(range).flatten().collect()
}

/// Whether a process was made by `fork`, and has not called exec: all is where it
/// is in the target.
fn is_copy(target: u32, other: u32) -> bool {
    let layout = |process: u32| {
        let process = Process::new(process.cast_signed()).ok()?;
        let stat = process.stat().ok()?;
        // Hidden ones are 0.
        (stat.startstack != 0).then_some((stat.startcode, stat.startstack))
    };
    let ours = layout(target);
    ours.is_some() && ours == layout(other)
}

/// Whether another process has the target's memory, by kcmp(2).
pub(super) fn memory_of(target: u32, other: u32) -> Memory {
    /// `KCMP_VM` (include/uapi/linux/kcmp.h).
    const KCMP_VM: libc::c_long = 1;
    // SAFETY: the call takes numbers only.
    let order = unsafe { libc::syscall(libc::SYS_kcmp, target, other, KCMP_VM, 0, 0) };
    match order {
        0 => Memory::Ours,
        // What has called exec since it was made may have had ours until then.
        1..=3 if is_copy(target, other) => Memory::Other,
        _ => Memory::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpus_are_listed() {
        assert_eq!(cpu_list("0-3,8,10-11\n"), [0, 1, 2, 3, 8, 10, 11]);
        assert_eq!(cpu_list("0\n"), [0]);
        assert_eq!(cpu_list("nonsense"), [0; 0]);
    }

    #[test]
    fn a_process_has_its_own_memory_and_others_have_theirs() {
        let me = std::process::id();
        let child = crate::support::Resting::start();
        if memory_of(me, me) == Memory::Unknown {
            return crate::support::skip("kcmp is not allowed here");
        }
        // It has called exec: whose memory it had before, nobody knows.
        assert_eq!(memory_of(me, child.pid()), Memory::Unknown);
        assert_eq!(memory_of(me, me), Memory::Ours);
        let this = rustix::thread::gettid().as_raw_nonzero().get();
        let threads = threads_of_memory(me).unwrap();
        assert!(threads.contains(&this.cast_unsigned()));
        assert!(!threads.contains(&child.pid()));
    }

    extern "C" fn sleep_for_ever(_: *mut libc::c_void) -> libc::c_int {
        loop {
            // SAFETY: the call takes no memory.
            unsafe { libc::pause() };
        }
    }

    #[test]
    fn a_process_that_shares_the_memory_is_found() {
        let mut stack = vec![0_u8; 64 << 10];
        let top = stack.as_mut_ptr_range().end;
        let flags = libc::CLONE_VM | libc::SIGCHLD;
        // SAFETY: the child only sleeps, on a stack that outlives it: it is
        // killed and reaped below.
        let child = unsafe { libc::clone(sleep_for_ever, top.cast(), flags, std::ptr::null_mut()) };
        assert!(child > 0);
        let threads = threads_of_memory(std::process::id()).unwrap();
        let found = threads.contains(&child.cast_unsigned());
        let known = memory_of(std::process::id(), child.cast_unsigned());
        // SAFETY: a child of ours that is not reaped yet.
        unsafe {
            libc::kill(child, libc::SIGKILL);
            libc::waitpid(child, std::ptr::null_mut(), 0);
        }
        match known {
            Memory::Unknown => crate::support::skip("kcmp is not allowed here"),
            known => assert!(found, "{known:?}"),
        }
    }
}
