//! What this process may do.

use serde::Serialize;

use super::status;

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
        let effective = status::read(std::process::id()).map_or(0, |status| status.capeff);
        Self::of(effective, rustix::process::geteuid().is_root())
    }

    /// What helps where another process may not be read.
    pub(crate) fn to_read_others(self) -> &'static str {
        match (self.cap_sys_ptrace, self.root) {
            (true, _) => {
                "CAP_SYS_PTRACE is there, so it is of a user namespace outside of this one, or a security module or a sandbox (seccomp) forbids it: run outside of that"
            }
            (false, true) => {
                "root has no CAP_SYS_PTRACE here, as in a container: have it added, or run outside"
            }
            (false, false) => "run as root or with CAP_SYS_PTRACE",
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_bits() {
        let rights = Rights::of(0x40_0008_0000, false);
        assert!(rights.cap_sys_ptrace && rights.cap_perfmon && !rights.cap_sys_admin);
    }

    #[test]
    fn nobody_is_told_to_be_what_he_is() {
        for (effective, root, wrong) in [
            (1 << CAP_SYS_PTRACE, true, "run as root"),
            (1 << CAP_SYS_PTRACE, false, "with CAP_SYS_PTRACE"),
            (0, true, "run as root"),
        ] {
            let hint = Rights::of(effective, root).to_read_others();
            assert!(!hint.contains(wrong), "{hint}");
        }
        assert!(
            Rights::of(0, false)
                .to_read_others()
                .contains("run as root")
        );
    }
}
