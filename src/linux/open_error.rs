//! Why a file of a process could not be opened, and what would help.

use std::io;

use rustix::io::Errno;

use super::advice::Advised;
use super::proc_file_name::ProcFileName;
use super::rights::Rights;

/// Why a file of a process could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// `/proc` is missing or something else.
    #[error("cannot open /proc/{pid}/{file}: /proc is not mounted; run `mount -t proc proc /proc`")]
    NoProc {
        /// The process.
        pid: u32,
        /// The file.
        file: ProcFileName,
    },
    /// No process has this PID.
    #[error(
        "cannot open /proc/{pid}/{file}: there is no process {pid}; `ps -e` lists the processes of this PID namespace"
    )]
    NoSuchProcess {
        /// The process.
        pid: u32,
        /// The file.
        file: ProcFileName,
    },
    /// The process exists, but `/proc` does not show it.
    #[error(
        "cannot open /proc/{pid}/{file}: /proc is mounted with hidepid and does not show process {pid} to this user; run as its user or as root"
    )]
    Hidden {
        /// The process.
        pid: u32,
        /// The file.
        file: ProcFileName,
    },
    /// The kernel's ptrace access check (mode read, ptrace(2)) refused.
    #[error(
        "cannot open /proc/{pid}/{file}: permission denied by the ptrace access check (another user's, or not dumpable, as setuid programs are); {}",
        Rights::here().to_read_others()
    )]
    Denied {
        /// The process.
        pid: u32,
        /// The file.
        file: ProcFileName,
    },
    /// A kernel thread.
    #[error(
        "cannot watch process {pid}: it is a kernel thread and has no address space; choose a user process"
    )]
    KernelThread {
        /// The process.
        pid: u32,
    },
    /// It has exited, and its parent has not yet asked for its status.
    #[error(
        "cannot watch process {pid}: it has exited (a zombie) and has no address space any more; start it again"
    )]
    Zombie {
        /// The process.
        pid: u32,
    },
    /// This kernel has no such file.
    #[error("cannot open /proc/{pid}/{file}: this kernel has no such file; it needs {}", file.needs())]
    NoSuchFile {
        /// The process.
        pid: u32,
        /// The file.
        file: ProcFileName,
    },
    /// The kernel has no pidfds (to 5.2), or something forbids them.
    #[error("cannot hold process {pid} by a pidfd (Linux 5.3): {}", Advised(error))]
    Pidfd {
        /// The process.
        pid: u32,
        /// What `pidfd_open` returned.
        error: io::Error,
    },
    /// Anything else.
    #[error("cannot open /proc/{pid}/{file}: {}", Advised(error))]
    Other {
        /// The process.
        pid: u32,
        /// The file.
        file: ProcFileName,
        /// What `open` returned.
        error: io::Error,
    },
}

/// What was found around a file that could not be opened.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings {
    proc_mounted: bool,
    directory: bool,
    exists: bool,
}

impl Surroundings {
    pub(crate) fn of(pid: u32) -> Self {
        Self {
            proc_mounted: proc_is_mounted(),
            directory: std::fs::exists(format!("/proc/{pid}")).is_ok_and(|yes| yes),
            exists: exists(pid),
        }
    }
}

impl OpenError {
    pub(crate) fn explain(
        pid: u32,
        file: ProcFileName,
        error: io::Error,
        around: Surroundings,
    ) -> Self {
        match Errno::from_io_error(&error) {
            Some(Errno::NOENT) if !around.proc_mounted => Self::NoProc { pid, file },
            Some(Errno::NOENT) if around.directory => Self::NoSuchFile { pid, file },
            Some(Errno::NOENT) if around.exists => Self::Hidden { pid, file },
            Some(Errno::NOENT | Errno::SRCH) => Self::NoSuchProcess { pid, file },
            Some(Errno::ACCESS | Errno::PERM) => Self::Denied { pid, file },
            _ => Self::Other { pid, file, error },
        }
    }
}

pub(super) fn proc_is_mounted() -> bool {
    rustix::fs::statfs("/proc").is_ok_and(|found| found.f_type == rustix::fs::PROC_SUPER_MAGIC)
}

/// Whether a process of this PID exists, visible in `/proc` or not.
fn exists(pid: u32) -> bool {
    let pid = i32::try_from(pid)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    pid.is_some_and(|pid| {
        let found = rustix::process::test_kill_process(pid);
        found.is_ok() || found == Err(rustix::io::Errno::PERM)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(errno: Errno, proc_mounted: bool, directory: bool, exists: bool) -> OpenError {
        let error = io::Error::from(errno);
        let around = Surroundings {
            proc_mounted,
            directory,
            exists,
        };
        let error = OpenError::explain(7, ProcFileName::NumaMaps, error, around);
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
        error
    }

    #[test]
    fn each_cause_is_told_apart() {
        use OpenError as E;
        let gone = Errno::NOENT;
        assert!(matches!(
            explained(gone, false, false, true),
            E::NoProc { .. }
        ));
        assert!(matches!(
            explained(gone, true, true, true),
            E::NoSuchFile { .. }
        ));
        assert!(matches!(
            explained(gone, true, false, true),
            E::Hidden { .. }
        ));
        assert!(matches!(
            explained(gone, true, false, false),
            E::NoSuchProcess { .. }
        ));
        assert!(matches!(
            explained(Errno::SRCH, true, true, false),
            E::NoSuchProcess { .. }
        ));
        assert!(matches!(
            explained(Errno::ACCESS, true, true, true),
            E::Denied { .. }
        ));
        assert!(matches!(
            explained(Errno::MFILE, true, true, true),
            E::Other { .. }
        ));
    }
}
