//! Processes by what /proc says of them, and how many CPUs there are for them.

/// The children of a process: not by `/proc/PID/task/TID/children`, which not
/// every kernel has.
pub(crate) fn children(parent: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| parent_of(*pid) == Some(parent)).collect()
}

/// The child of a process that has this word on its command line.
pub(crate) fn child_called(parent: u32, word: &str) -> Option<u32> {
    let mut children = children(parent).into_iter();
    children.find(|child| {
        let line = std::fs::read(format!("/proc/{child}/cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0)
            .any(|part| part == word.as_bytes())
    })
}

fn parent_of(pid: u32) -> Option<u32> {
    // Behind the name, which may hold anything: the state, then the parent.
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat).into_owned();
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(1)?.parse().ok()
}

/// Whether reader and writer must share a CPU: then neither is interrupted
/// inside a system call where the kernel is not preemptible.
pub(crate) fn has_one_cpu() -> bool {
    std::thread::available_parallelism().is_ok_and(|count| count.get() < 2)
}
