//! Keeps the modifier and its readers on different CPUs.

use std::sync::OnceLock;

use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// What this process was allowed before it was divided.
static ALLOWED: OnceLock<CpuSet> = OnceLock::new();

/// Gives the modifier a CPU of its own, and this thread, with those it will
/// start, the others: two that take turns on one CPU never meet, and nothing
/// tears. With one CPU, or where it is not allowed, nothing changes.
pub fn keep_apart(modifier: u32) {
    let modifier = i32::try_from(modifier).ok().and_then(Pid::from_raw);
    let (Some(modifier), Ok(now)) = (modifier, sched_getaffinity(None)) else {
        return;
    };
    // This thread may have given its last CPU to an earlier modifier.
    let allowed = *ALLOWED.get_or_init(|| now);
    if let Some((one, others)) = divide(&allowed)
        && sched_setaffinity(Some(modifier), &one).is_ok()
    {
        // If only this fails, they still may meet.
        let _ = sched_setaffinity(None, &others);
    }
}

/// The same of a modifier that follows one that was kept apart.
pub(super) fn keep_apart_again(modifier: u32) {
    if ALLOWED.get().is_some() {
        keep_apart(modifier);
    }
}

/// Does something with all the CPUs that this process was allowed before it was
/// divided: who is started then has them, too.
pub(crate) fn with_all_cpus<T>(work: impl FnOnce() -> T) -> T {
    let now = sched_getaffinity(None);
    if let Some(allowed) = ALLOWED.get() {
        let _ = sched_setaffinity(None, allowed);
    }
    let done = work();
    if let Ok(now) = now {
        let _ = sched_setaffinity(None, &now);
    }
    done
}

/// How many CPUs this process was allowed before it was divided.
pub(crate) fn allowed_cpus() -> usize {
    let now = || sched_getaffinity(None).unwrap_or_default();
    let allowed = ALLOWED.get().copied().unwrap_or_else(now);
    (allowed.count() as usize).max(1)
}

/// The last CPU, and the rest; none if there is no rest.
#[must_use]
pub(crate) fn divide(allowed: &CpuSet) -> Option<(CpuSet, CpuSet)> {
    let last = (0..CpuSet::MAX_CPU)
        .rev()
        .find(|&cpu| allowed.is_set(cpu))?;
    let (mut one, mut others) = (CpuSet::new(), *allowed);
    one.set(last);
    others.unset(last);
    (others.count() > 0).then_some((one, others))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_cpus_are_lent_and_given_back() {
        let all = sched_getaffinity(None).unwrap();
        let all = *ALLOWED.get_or_init(|| all);
        let last = (0..CpuSet::MAX_CPU).rev().find(|&cpu| all.is_set(cpu));
        let mut one = CpuSet::new();
        one.set(last.unwrap());
        let of_a_thread = move || {
            sched_setaffinity(None, &one).unwrap();
            let lent = with_all_cpus(|| sched_getaffinity(None).unwrap());
            (lent, sched_getaffinity(None).unwrap())
        };
        let (lent, after) = std::thread::spawn(of_a_thread).join().unwrap();
        assert_eq!((lent, after), (all, one));
    }

    #[test]
    fn one_cpu_is_not_divided() {
        let mut set = CpuSet::new();
        set.set(3);
        assert!(divide(&set).is_none());
        set.set(5);
        let (one, others) = divide(&set).unwrap();
        assert!(one.is_set(5) && one.count() == 1);
        assert!(others.is_set(3) && others.count() == 1);
    }
}
