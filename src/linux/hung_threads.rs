//! Threads of ours that do not come back from the kernel.

use std::fs;
use std::path::Path;

use super::stat::Stat;
use super::status;
use super::thread_place::sleeps_in;

/// A thread of this process that neither runs nor waits for something that may
/// take long: asleep where no signal wakes it, or stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HungThread {
    /// Its number (gettid(2)).
    pub thread: u32,
    /// What this program calls it.
    pub name: String,
    /// `D`, or `t` and `T` where a tracer has stopped it (proc_pid_stat(5)).
    pub state: char,
    /// How often it has given up its CPU (`*_ctxt_switches`): as long as this is
    /// the same it has not run.
    pub switches: u64,
    /// The function of the kernel that it sleeps in (`wchan`), where that is
    /// told.
    pub sleeps_in: Option<String>,
}

impl HungThread {
    /// Whether it is one of those that looked so `before`, and has not run since.
    pub(crate) fn has_hung_since(&self, before: &[HungThread]) -> bool {
        let is_same = |it: &HungThread| (it.thread, it.switches) == (self.thread, self.switches);
        before.iter().any(is_same)
    }
}

/// Those of this process that look so now: most of them only for an instant.
pub(crate) fn hung_threads() -> Vec<HungThread> {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten();
    tasks
        .flatten()
        .filter_map(|task| hung(&task.path()))
        .collect()
}

fn hung(task: &Path) -> Option<HungThread> {
    let stat = Stat::parse(&fs::read(task.join("stat")).ok()?).ok()?;
    if !matches!(stat.state, 'D' | 't' | 'T') {
        return None;
    }
    let status = status::read(stat.thread).ok()?;
    let name = fs::read_to_string(task.join("comm")).unwrap_or_default();
    Some(HungThread {
        thread: stat.thread,
        name: name.trim_end().to_owned(),
        state: stat.state,
        switches: status.voluntary_ctxt_switches? + status.nonvoluntary_ctxt_switches?,
        sleeps_in: sleeps_in(task),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_has_run_in_between_has_not_hung() {
        let thread = |thread, switches| HungThread {
            thread,
            name: "sample-maps".into(),
            state: 'D',
            switches,
            sleeps_in: None,
        };
        let before = [thread(7, 3), thread(8, 5)];
        assert!(thread(8, 5).has_hung_since(&before));
        assert!(!thread(8, 6).has_hung_since(&before));
        assert!(!thread(9, 5).has_hung_since(&before));
    }
}
