//! On which CPUs a thread runs, and with what right to them (sched(7)).

use std::io;

use nix::libc;
use rustix::process::{Pid, Resource, getrlimit};
use rustix::thread::{CapabilitySet, CpuSet, capabilities, sched_getaffinity, sched_setaffinity};

/// How the kernel chooses among the threads that want a CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// SCHED_OTHER.
    Usual,
    /// SCHED_IDLE: only where nobody else wants it.
    Idle,
    /// SCHED_FIFO, at its lowest priority: before all of the others, for as long
    /// as it does not sleep. It takes CAP_SYS_NICE or RLIMIT_RTPRIO.
    Fifo,
}

impl Policy {
    /// Gives it to a thread (gettid(2); 0 is the calling one).
    ///
    /// # Errors
    /// `EPERM` where this process may not.
    pub(crate) fn give_to(self, thread: u32) -> io::Result<()> {
        let policy = match self {
            Policy::Usual => libc::SCHED_OTHER,
            Policy::Idle => libc::SCHED_IDLE,
            Policy::Fifo => libc::SCHED_FIFO,
        };
        let parameters = libc::sched_param {
            sched_priority: i32::from(self == Policy::Fifo),
        };
        // Not the function of that name: in musl it refuses.
        // SAFETY: reads the parameters, which outlive the call.
        let result =
            unsafe { libc::syscall(libc::SYS_sched_setscheduler, thread, policy, &parameters) };
        if result < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(())
    }
}

/// How a reader's thread runs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ThreadSchedule {
    /// None: where the thread that starts it may.
    pub(crate) cpus: Option<CpuSet>,
    /// None: that of the thread that starts it.
    pub(crate) policy: Option<Policy>,
}

impl ThreadSchedule {
    /// The calling thread runs like this from now on.
    ///
    /// # Errors
    /// When one of it is refused.
    pub(crate) fn begin(&self) -> io::Result<()> {
        if let Some(cpus) = &self.cpus {
            sched_setaffinity(None, cpus)?;
        }
        match self.policy {
            None => Ok(()),
            // From SCHED_IDLE not everybody may go back to it.
            Some(Policy::Usual) => {
                let _ = Policy::Usual.give_to(0);
                Ok(())
            }
            Some(policy) => policy.give_to(0),
        }
    }
}

/// Whether a thread may choose among the CPUs it has: a sandbox may forbid that.
pub(crate) fn may_choose_cpus() -> bool {
    sched_getaffinity(None).is_ok_and(|now| sched_setaffinity(None, &now).is_ok())
}

/// Whether a thread of SCHED_IDLE may go back to SCHED_OTHER, tried on one: that takes
/// RLIMIT_NICE of 20 or CAP_SYS_NICE (`user_check_sched_setscheduler()`,
/// kernel/sched/syscalls.c; since 2.6.39). Where it does not look like that none is tried,
/// as that would stay what it is.
pub(crate) fn may_leave_idle() -> bool {
    let limit = getrlimit(Resource::Nice).current;
    let has_capability =
        capabilities(None).is_ok_and(|sets| sets.effective.contains(CapabilitySet::SYS_NICE));
    if !has_capability && limit.is_some_and(|limit| limit < 20) {
        return false;
    }
    let (tell, told) = std::sync::mpsc::channel();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let sleeper = std::thread::Builder::new().spawn(move || {
        let _ = tell.send(rustix::thread::gettid().as_raw_nonzero().get());
        let _ = ended.recv();
    });
    let Ok(sleeper) = sleeper else {
        return false;
    };
    let may = told.recv().is_ok_and(|thread| {
        let thread = thread.cast_unsigned();
        Policy::Idle.give_to(thread).is_ok() && Policy::Usual.give_to(thread).is_ok()
    });
    drop(end);
    // It cannot have panicked.
    let _ = sleeper.join();
    may
}

/// Whether this thread has SCHED_DEADLINE, which lets nobody start threads or processes
/// (`sched_fork()`, kernel/sched/core.c: `EAGAIN`).
pub(crate) fn has_deadline() -> bool {
    // SAFETY: asks a number of the kernel.
    let policy = unsafe { libc::syscall(libc::SYS_sched_getscheduler, 0) };
    policy & !i64::from(libc::SCHED_RESET_ON_FORK) == i64::from(libc::SCHED_DEADLINE)
}

/// The CPUs on which a thread may run; none where that cannot be had.
pub(crate) fn cpus_of(thread: u32) -> Option<CpuSet> {
    let thread = i32::try_from(thread).ok().and_then(Pid::from_raw)?;
    sched_getaffinity(Some(thread)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_runs_where_and_how_it_is_told() {
        let all = sched_getaffinity(None).unwrap();
        let last = (0..CpuSet::MAX_CPU).rev().find(|&cpu| all.is_set(cpu));
        let mut one = CpuSet::new();
        one.set(last.unwrap());
        let schedule = ThreadSchedule {
            cpus: Some(one),
            policy: Some(Policy::Idle),
        };
        let began = move || {
            schedule.begin().unwrap();
            // SAFETY: asks a number of the kernel.
            let policy = unsafe { libc::syscall(libc::SYS_sched_getscheduler, 0) };
            (sched_getaffinity(None).unwrap(), policy)
        };
        let (cpus, policy) = std::thread::spawn(began).join().unwrap();
        assert_eq!(cpus, one);
        assert_eq!(policy, i64::from(libc::SCHED_IDLE));
    }
}
