//! How much memory may be taken without anybody being pushed out of theirs.

use std::fs;
use std::path::{Path, PathBuf};

use procfs::Current as _;
use procfs::process::Process;
use rustix::process::{Resource, getrlimit};

/// Where cgroups are mounted: the one hierarchy of version 2, and that of the
/// memory controller of version 1, each with the names of a group's limit and
/// of what it uses.
const CGROUPS: [(&str, &str, &str); 2] = [
    ("/sys/fs/cgroup", "memory.max", "memory.current"),
    (
        "/sys/fs/cgroup/memory",
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
    ),
];

/// Memory that can be had, in bytes, and what says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Available {
    pub(crate) bytes: u64,
    pub(crate) says: &'static str,
}

/// What the system and the cgroups of this process leave; none where neither
/// can be asked.
pub(crate) fn available_memory() -> Option<Available> {
    let meminfo = procfs::Meminfo::current().ok();
    let of_system = meminfo.and_then(|it| it.mem_available).map(|bytes| {
        let says = "MemAvailable of /proc/meminfo";
        Available { bytes, says }
    });
    let of_groups = groups().into_iter().filter_map(|group| {
        let left = left_in(&group)?;
        let says = "the memory limit of the cgroup";
        Some(Available { bytes: left, says })
    });
    of_system
        .into_iter()
        .chain(of_groups)
        .min_by_key(|available| available.bytes)
}

/// The size of a huge page where none is asked for, in bytes; none where this kernel
/// has none (hugetlb).
pub(crate) fn huge_page_size() -> Option<u64> {
    procfs::Meminfo::current().ok()?.hugepagesize
}

/// How much address space a process may have (`ulimit -v`), in bytes.
pub(crate) fn address_space_limit() -> Option<u64> {
    getrlimit(Resource::As).current
}

/// The folders of the cgroups that limit the memory of this process, those
/// around them included. In a container they are those that it is shown.
fn groups() -> Vec<PathBuf> {
    let own = Process::myself().and_then(|process| process.cgroups());
    let Ok(own) = own else {
        return Vec::new();
    };
    let paths = own.0.iter().filter_map(|group| {
        let mount = match group.hierarchy {
            0 => CGROUPS[0].0,
            _ if group.controllers.iter().any(|it| it == "memory") => CGROUPS[1].0,
            _ => return None,
        };
        Some((mount, group.pathname.trim_start_matches('/').to_owned()))
    });
    paths
        .flat_map(|(mount, path)| {
            let group = Path::new(mount).join(path);
            let around = group.ancestors().map(Path::to_owned);
            let inside = around.take_while(|it| it.starts_with(mount));
            inside.collect::<Vec<_>>()
        })
        .collect()
}

/// What the limit of a group leaves; pages of files that nobody uses just now
/// give way.
fn left_in(group: &Path) -> Option<u64> {
    let number = |name: &str| {
        let text = fs::read_to_string(group.join(name)).ok()?;
        text.trim_ascii().parse::<u64>().ok()
    };
    // Without a limit version 2 has a word there.
    let limits = CGROUPS.iter();
    let (limit, used) = limits
        .filter_map(|(_, limit, used)| Some((number(limit)?, number(used)?)))
        .next()?;
    let stat = fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
    let gives_way = ["total_inactive_file ", "inactive_file "];
    let gives_way = gives_way.iter().find_map(|name| {
        let line = stat.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_ascii().parse::<u64>().ok()
    });
    Some(limit.saturating_sub(used.saturating_sub(gives_way.unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_leaves_its_limit_less_what_is_used_but_for_idle_files() {
        let group = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(group.path().join(name), text).unwrap();
        assert_eq!(left_in(group.path()), None);
        write("memory.max", "max\n");
        write("memory.current", "700\n");
        assert_eq!(left_in(group.path()), None, "no limit");
        write("memory.max", "1000\n");
        assert_eq!(left_in(group.path()), Some(300));
        write("memory.stat", "anon 600\ninactive_file 100\n");
        assert_eq!(left_in(group.path()), Some(400));
        write("memory.max", "500\n");
        assert_eq!(left_in(group.path()), Some(0), "over its limit");
        let old = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(old.path().join(name), text).unwrap();
        write("memory.limit_in_bytes", "1000\n");
        write("memory.usage_in_bytes", "900\n");
        write("memory.stat", "inactive_file 7\ntotal_inactive_file 50\n");
        assert_eq!(left_in(old.path()), Some(150));
    }

    #[test]
    fn this_system_says_what_it_has() {
        let available = available_memory().unwrap();
        assert!(available.bytes > 0, "{available:?}");
    }
}
