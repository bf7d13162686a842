//! On which CPUs a thread runs, and with what right to them (sched(7)).

use std::io;

use nix::libc;
use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

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
