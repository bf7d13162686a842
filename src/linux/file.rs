//! A real file of `/proc/PID`, open.

use std::fs::File;
use std::io;
use std::io::{Read, Seek};
use std::os::fd::{AsFd, BorrowedFd};

use super::maps_file::MapsFile;
use super::open_error::{OpenError, Surroundings};
use super::proc_file_name::ProcFileName;
use super::procmap_query::{NameBuffers, QueriedVma, Query, QueryError, VmaQuery, ask};
use super::stat::Stat;

/// An open file of one process.
///
/// It stays bound to the address space (mm) that the process had when it was
/// opened: after an exec it reads as empty, and it never reaches another
/// process that is given the same PID.
#[derive(Debug)]
pub struct ProcFile {
    file: File,
    pid: u32,
    /// The thread that it was opened by, of those that share the address space.
    thread: u32,
    name: ProcFileName,
}

impl ProcFile {
    /// Opens `/proc/PID/NAME`; where the first thread of the process has ended,
    /// the same file of one that has not.
    ///
    /// # Errors
    /// [`OpenError`]; a kernel thread and a zombie have no address space and
    /// are refused too, because their files would read as empty.
    pub fn open(pid: u32, name: ProcFileName) -> Result<Self, OpenError> {
        let mut directory = format!("/proc/{pid}");
        loop {
            let opened = File::open(format!("{directory}/{name}"));
            // Looked at afterwards: what was opened may have been of a thread
            // that was ending.
            let stat = Stat::read(pid);
            let looked = stat.as_ref().map(|stat| stat.directory(pid));
            match looked {
                Ok(other) if other != directory => directory = other,
                _ => return Self::of(pid, name, opened, stat),
            }
        }
    }

    fn of(
        pid: u32,
        name: ProcFileName,
        opened: io::Result<File>,
        stat: io::Result<Stat>,
    ) -> Result<Self, OpenError> {
        match (opened, stat) {
            (_, Ok(stat)) if stat.kernel_thread => Err(OpenError::KernelThread { pid }),
            (_, Ok(stat)) if stat.is_dead() => Err(OpenError::Zombie { pid }),
            (Ok(file), stat) => Ok(Self {
                file,
                pid,
                thread: stat.map_or(pid, |stat| stat.thread),
                name,
            }),
            (Err(error), _) => Err(OpenError::explain(pid, name, error, Surroundings::of(pid))),
        }
    }

    /// The PID it was opened for.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Which file it is.
    #[must_use]
    pub fn name(&self) -> ProcFileName {
        self.name
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

    /// A file of the first thread can be read until the process is reaped; that of
    /// another until this one ends.
    fn reopen(&mut self) -> bool {
        if self.thread == self.pid {
            return false;
        }
        match Self::open(self.pid, self.name) {
            // A first thread again: one has called exec.
            Ok(again) if again.thread != again.pid => {
                *self = again;
                true
            }
            _ => false,
        }
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
        ask(self.as_fd(), self.name, query, None)
    }

    #[inline]
    fn query_named(
        &mut self,
        query: &Query,
        name: &mut NameBuffers,
    ) -> Result<Option<QueriedVma>, QueryError> {
        ask(self.as_fd(), self.name, query, Some(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_processes_and_kernel_threads_are_refused() {
        for pid in [0, u32::MAX, 0x7fff_ffff] {
            let error = ProcFile::open(pid, ProcFileName::Maps).unwrap_err();
            assert!(matches!(error, OpenError::NoSuchProcess { .. }), "{error}");
        }
        if !Stat::read(2).is_ok_and(|stat| stat.kernel_thread) {
            return crate::support::skip("process 2 is no kernel thread here");
        }
        let error = ProcFile::open(2, ProcFileName::Maps).unwrap_err();
        assert!(
            matches!(error, OpenError::KernelThread { pid: 2 }),
            "{error}"
        );
    }
}
