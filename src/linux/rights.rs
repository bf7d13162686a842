//! What this process may do.

use std::fs;

use serde::Serialize;

/// Rights that decide what can be seen of other processes and of locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Rights {
    /// The effective user is root.
    pub root: bool,
    /// `CAP_SYS_PTRACE`: any process's maps may be read.
    pub cap_sys_ptrace: bool,
    /// `CAP_SYS_ADMIN`: tracefs may be mounted, and everything counted.
    pub cap_sys_admin: bool,
    /// `CAP_PERFMON`: kernel events may be counted.
    pub cap_perfmon: bool,
}

/// Numbers of capabilities (include/uapi/linux/capability.h).
const CAP_SYS_PTRACE: u32 = 19;
const CAP_SYS_ADMIN: u32 = 21;
const CAP_PERFMON: u32 = 38;

impl Rights {
    /// Those of this process (`CapEff` in `/proc/self/status`).
    #[must_use]
    pub(crate) fn here() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        Self::of(
            effective(&status).unwrap_or(0),
            rustix::process::geteuid().is_root(),
        )
    }

    fn of(effective: u64, root: bool) -> Self {
        let has = |number: u32| effective >> number & 1 == 1;
        Rights {
            root,
            cap_sys_ptrace: has(CAP_SYS_PTRACE),
            cap_sys_admin: has(CAP_SYS_ADMIN),
            cap_perfmon: has(CAP_PERFMON),
        }
    }
}

fn effective(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("CapEff:"))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_bits() {
        let status = "Name:\tx\nCapInh:\t0000000000000000\nCapEff:\t0000004000080000\n";
        let rights = Rights::of(effective(status).unwrap(), false);
        assert!(rights.cap_sys_ptrace && rights.cap_perfmon && !rights.cap_sys_admin);
        assert_eq!(effective("Name:\tx\n"), None);
    }
}
