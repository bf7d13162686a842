//! A real file of `/proc/PID`, open.

use std::fmt;
use std::fs::File;
use std::io;
use std::io::{Read, Seek};
use std::os::fd::{AsFd, BorrowedFd};

use super::maps_file::MapsFile;
use super::open_error::OpenError;
use super::open_error::Surroundings;
use super::procmap_query::{NameBuffers, QueriedVma, Query, QueryError, VmaQuery, ask};
use super::stat::Stat;

/// Which file of `/proc/PID`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Which {
    /// `maps`: one line a VMA.
    Maps,
    /// `smaps`: the same lines, with what each VMA uses.
    Smaps,
    /// `numa_maps`: where the pages lie; no end addresses.
    NumaMaps,
    /// `smaps_rollup`: the sums of `smaps`.
    SmapsRollup,
}

impl Which {
    /// The file's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Maps => "maps",
            Self::Smaps => "smaps",
            Self::NumaMaps => "numa_maps",
            Self::SmapsRollup => "smaps_rollup",
        }
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// An open file of one process.
///
/// It stays bound to the address space (mm) that the process had when it was
/// opened: after an exec it reads as empty, and it never reaches another
/// process that is given the same PID.
#[derive(Debug)]
pub struct ProcFile {
    file: File,
    pid: u32,
    which: Which,
}

impl ProcFile {
    /// Opens `/proc/PID/WHICH`.
    ///
    /// # Errors
    /// [`OpenError`]; a kernel thread and a zombie have no address space and
    /// are refused too, because their files would read as empty.
    pub fn open(pid: u32, which: Which) -> Result<Self, OpenError> {
        let opened = File::open(format!("/proc/{pid}/{which}"));
        match (opened, Stat::read(pid)) {
            (_, Ok(stat)) if stat.kernel_thread => Err(OpenError::KernelThread { pid }),
            (_, Ok(stat)) if stat.is_dead() => Err(OpenError::Zombie { pid }),
            (Ok(file), _) => Ok(Self { file, pid, which }),
            (Err(error), _) => Err(OpenError::explain(pid, which, error, Surroundings::of(pid))),
        }
    }

    /// The PID it was opened for.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Which file it is.
    #[must_use]
    pub fn which(&self) -> Which {
        self.which
    }
}

impl AsFd for ProcFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl MapsFile for ProcFile {
    #[inline]
    fn rewind(&mut self) -> io::Result<()> {
        self.file.rewind()
    }

    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl VmaQuery for ProcFile {
    #[inline]
    fn query(&mut self, query: &Query) -> Result<Option<QueriedVma>, QueryError> {
        (&*self).query(query)
    }

    #[inline]
    fn query_named(
        &mut self,
        query: &Query,
        name: &mut NameBuffers,
    ) -> Result<Option<QueriedVma>, QueryError> {
        (&*self).query_named(query, name)
    }
}

/// Queries keep no position, so several threads may share one file.
impl VmaQuery for &ProcFile {
    #[inline]
    fn query(&mut self, query: &Query) -> Result<Option<QueriedVma>, QueryError> {
        ask(self.as_fd(), self.which.name(), query, None)
    }

    #[inline]
    fn query_named(
        &mut self,
        query: &Query,
        name: &mut NameBuffers,
    ) -> Result<Option<QueriedVma>, QueryError> {
        ask(self.as_fd(), self.which.name(), query, Some(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_processes_and_kernel_threads_are_refused() {
        for pid in [0, u32::MAX, 0x7fff_ffff] {
            let error = ProcFile::open(pid, Which::Maps).unwrap_err();
            assert!(matches!(error, OpenError::NoSuchProcess { .. }), "{error}");
        }
        if !Stat::read(2).is_ok_and(|stat| stat.kernel_thread) {
            return crate::support::skip("process 2 is no kernel thread here");
        }
        let error = ProcFile::open(2, Which::Maps).unwrap_err();
        assert!(
            matches!(error, OpenError::KernelThread { pid: 2 }),
            "{error}"
        );
    }
}
