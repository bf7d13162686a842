//! One process, held fast: whether it lives, and whether it still has the
//! address space that its files were opened on.

use std::io;
use std::os::fd::OwnedFd;

use nix::errno::Errno;

use super::MapsFile;
use super::file::{OpenError, ProcFile, Which};
use super::life::Life;
pub use super::stat::Stat;

/// A process by its pidfd, so that a reused PID is never mistaken for it.
#[derive(Debug)]
pub struct Process {
    life: Life,
    maps: ProcFile,
}

impl Process {
    /// Takes hold of a running process and of the address space it has now.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(pid: u32) -> Result<Self, OpenError> {
        let which = Which::Maps;
        let life = Life::of(pid)?;
        let maps = ProcFile::open(pid, which)?;
        let process = Self { life, maps };
        // Alive after opening: so the file is that of the same process.
        if process.alive() {
            Ok(process)
        } else {
            Err(OpenError::NoSuchProcess { pid, which })
        }
    }

    /// Its PID.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.life.pid()
    }

    /// Its pidfd: becomes readable when the process exits.
    #[must_use]
    pub fn pidfd(&self) -> &OwnedFd {
        self.life.pidfd()
    }

    /// Whether it runs, or could; a zombie does not. Allocates nothing.
    #[must_use]
    pub fn alive(&self) -> bool {
        self.life.is_alive()
    }

    /// Its life: held by its pidfd, not by its PID.
    #[must_use]
    pub fn life(&self) -> &Life {
        &self.life
    }

    /// Whether the address space it had at [`open`](Self::open) still exists:
    /// false after it exits and after an exec.
    pub fn mm_alive(&mut self) -> bool {
        mm_is_alive(&mut self.maps).unwrap_or(false)
    }

    /// What `/proc/PID/stat` says of it.
    ///
    /// # Errors
    /// What reading returned; `ESRCH` once it is gone.
    pub fn stat(&self) -> io::Result<Stat> {
        let stat = Stat::read(self.pid())?;
        if self.alive() || stat.is_dead() {
            Ok(stat)
        } else {
            Err(Errno::ESRCH.into())
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
                other => return other,
            }
        }
    });
    match found {
        Ok(bytes) => Ok(bytes > 0),
        Err(error) if error.raw_os_error() == Some(Errno::ESRCH as i32) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The size of a page of this system, in bytes: addresses in `maps` are
/// multiples of it, and so large is a chunk's buffer in the kernel at first.
#[must_use]
pub fn page_size() -> u64 {
    rustix::param::page_size() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::chunk::{ChunkReader, NoClock, ScanText};
    use std::process::{Command, Stdio};

    fn quiet() -> std::process::Child {
        Command::new("sleep")
            .arg("1000")
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    #[test]
    fn a_zombie_is_not_alive_and_has_no_mm() {
        let mut child = quiet();
        let mut process = Process::open(child.id()).unwrap();
        assert!(process.alive() && process.mm_alive());
        assert!(!process.stat().unwrap().is_dead());
        child.kill().unwrap();
        while process.alive() {
            std::thread::yield_now();
        }
        // Not reaped yet.
        assert!(!process.mm_alive());
        assert!(process.stat().unwrap().is_dead());
        let error = Process::open(child.id()).unwrap_err();
        assert!(matches!(error, OpenError::Zombie { .. }), "{error}");
        child.wait().unwrap();
        assert!(!process.alive() && !process.mm_alive());
        let error = Process::open(child.id()).unwrap_err();
        assert!(matches!(error, OpenError::NoSuchProcess { .. }), "{error}");
    }

    #[test]
    fn after_an_exec_the_old_address_space_is_gone() {
        let mut child = Command::new("sh")
            .args(["-c", "read line; exec sleep 1000"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        // `sh` itself must have been exec'd before its maps are opened.
        while std::fs::read(format!("/proc/{}/comm", child.id())).unwrap() != b"sh\n" {
            std::thread::yield_now();
        }
        let mut process = Process::open(child.id()).unwrap();
        assert!(process.mm_alive());
        drop(child.stdin.take());
        while process.mm_alive() {
            std::thread::yield_now();
        }
        assert!(process.alive(), "the process goes on");
        let mut reader = ChunkReader::new(process.maps, 4096);
        let mut into = ScanText::default();
        // Empty, and no error: this is why mm_is_alive is needed.
        reader.scan(&NoClock, &mut into).unwrap();
        assert!(into.text().is_empty());
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn pages_are_a_power_of_two() {
        assert!(page_size().is_power_of_two() && page_size() >= 4096);
    }
}
