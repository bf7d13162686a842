//! One process, held fast: whether it lives, and whether it still has the
//! address space that its files were opened on.

use std::io;

use rustix::io::Errno;

use super::file::ProcFile;
use super::maps_file::MapsFile;
use super::open_error::OpenError;
use super::pid_handle::PidHandle;
use super::proc_file_name::ProcFileName;
use super::stat::Stat;

/// A process by its pidfd, so that a reused PID is never mistaken for it.
#[derive(Debug)]
pub(crate) struct Process {
    handle: PidHandle,
    maps: ProcFile,
}

impl Process {
    /// Takes hold of a running process and of the address space it has now.
    ///
    /// # Errors
    /// [`OpenError`].
    pub(crate) fn open(pid: u32) -> Result<Self, OpenError> {
        let file = ProcFileName::Maps;
        let handle = PidHandle::of(pid)?;
        let maps = ProcFile::open(pid, file)?;
        let process = Self { handle, maps };
        // Alive after opening: so the file is that of the same process.
        if process.alive() {
            Ok(process)
        } else {
            Err(OpenError::NoSuchProcess { pid, file })
        }
    }

    #[must_use]
    pub(crate) fn pid(&self) -> u32 {
        self.handle.pid()
    }

    /// Whether it runs, or could; a zombie does not. Allocates nothing.
    #[must_use]
    pub(crate) fn alive(&self) -> bool {
        self.handle.is_alive()
    }

    #[must_use]
    pub(crate) fn handle(&self) -> &PidHandle {
        &self.handle
    }

    /// Whether the address space it had at [`open`](Self::open) still exists:
    /// false after it exits and after an exec.
    ///
    /// # Errors
    /// [`mm_is_alive`].
    pub(crate) fn mm_alive(&mut self) -> io::Result<bool> {
        mm_is_alive(&mut self.maps)
    }

    /// What `/proc/PID/stat` says of it.
    ///
    /// # Errors
    /// What reading returned; `ESRCH` once it is gone.
    pub(crate) fn stat(&self) -> io::Result<Stat> {
        let stat = Stat::read(self.pid())?;
        if self.alive() || stat.is_dead() {
            Ok(stat)
        } else {
            Err(Errno::SRCH.into())
        }
    }
}

/// Whether the address space that a file is bound to still exists.
///
/// A zombie's and an exec'd process's files end early without an error, so a
/// scan counts as finished only if this holds *after* its end of file. Reads
/// one byte from the start, which makes the kernel generate one line: a living
/// address space always has one. The file's position is lost; a scan starts
/// with a rewind anyway.
///
/// # Errors
/// What `lseek` or `read` returned, other than `ESRCH`, which means no.
pub fn mm_is_alive<F: MapsFile>(file: &mut F) -> io::Result<bool> {
    let found = file.rewind().and_then(|()| {
        loop {
            match file.read(&mut [0]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if Errno::from_io_error(&error) == Some(Errno::SRCH) => {
                    if !file.reopen() {
                        return Err(error);
                    }
                }
                other => return other,
            }
        }
    });
    match found {
        Ok(bytes) => Ok(bytes > 0),
        Err(error) if Errno::from_io_error(&error) == Some(Errno::SRCH) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The size of a page of this system, in bytes: addresses in `maps` are
/// multiples of it, and so large is a chunk's buffer in the kernel at first.
#[must_use]
pub fn page_size() -> u64 {
    procfs::page_size()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::chunk::{ChunkReader, NoClock};
    use crate::maps::scan_text::ScanText;
    use crate::support::Resting;
    use crate::support::wait_for;

    #[test]
    fn a_zombie_is_not_alive_and_has_no_mm() {
        let mut target = Resting::start();
        let pid = target.pid();
        let mut process = Process::open(pid).unwrap();
        assert!(process.alive() && process.mm_alive().unwrap());
        assert!(!process.stat().unwrap().is_dead());
        target.kill();
        wait_for("its end", || !process.alive());
        // Not reaped yet.
        assert!(!process.mm_alive().unwrap());
        assert!(process.stat().unwrap().is_dead());
        let error = Process::open(pid).unwrap_err();
        assert!(matches!(error, OpenError::Zombie { .. }), "{error}");
        target.wait();
        assert!(!process.alive() && !process.mm_alive().unwrap());
        let error = Process::open(pid).unwrap_err();
        assert!(matches!(error, OpenError::NoSuchProcess { .. }), "{error}");
    }

    #[test]
    fn after_an_exec_the_old_address_space_is_gone() {
        let mut target = Resting::before_exec("sleep 1000");
        let mut process = Process::open(target.pid()).unwrap();
        assert!(process.mm_alive().unwrap());
        target.go_on();
        wait_for("the exec", || !process.mm_alive().unwrap());
        assert!(process.alive(), "the process goes on");
        let mut reader = ChunkReader::new(process.maps, 4096);
        let mut into = ScanText::default();
        // Empty, and no error: this is why mm_is_alive is needed.
        reader.scan(&NoClock, &mut into).unwrap();
        assert!(into.text().is_empty());
    }

    #[test]
    fn pages_are_a_power_of_two() {
        assert!(page_size().is_power_of_two() && page_size() >= 4096);
    }
}
