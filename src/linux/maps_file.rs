//! What the chunk reader reads from: a file of `/proc/PID`, or something that
//! behaves like one.

use std::io;

/// An open `/proc/PID/maps` or `/proc/PID/smaps`, or something that behaves
/// like one.
pub trait MapsFile {
    /// `lseek(fd, 0, SEEK_SET)`: the next read starts a new scan.
    ///
    /// # Errors
    /// What `lseek` returned.
    fn rewind(&mut self) -> io::Result<()>;

    /// One `read(fd, buffer)`, not retried: 0 is the end of the file.
    ///
    /// # Errors
    /// What `read` returned, `EINTR` included.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// After `ESRCH`: opens the same address space by another way, to be read from
    /// the start; whether there is one.
    fn reopen(&mut self) -> bool {
        false
    }
}

impl<F: MapsFile + ?Sized> MapsFile for &mut F {
    fn rewind(&mut self) -> io::Result<()> {
        (**self).rewind()
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read(buffer)
    }

    fn reopen(&mut self) -> bool {
        (**self).reopen()
    }
}
