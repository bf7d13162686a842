//! Errors of the `procfs` crate as the system's own: theirs are several lines
//! long, or name a bug to be reported.

use std::io;

use procfs::ProcError;
use rustix::io::Errno;

/// The error of the system call that failed, as far as `procfs` keeps it;
/// `InvalidData` for a text that it cannot read.
pub(crate) fn io_error(error: ProcError) -> io::Error {
    match error {
        ProcError::PermissionDenied(_) => Errno::ACCESS.into(),
        ProcError::NotFound(_) => Errno::NOENT.into(),
        ProcError::Io(error, _) => error,
        ProcError::Incomplete(_) | ProcError::Other(_) | ProcError::InternalError(_) => {
            io::ErrorKind::InvalidData.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_kept() {
        for errno in [Errno::ACCESS, Errno::NOENT, Errno::SRCH, Errno::MFILE] {
            let error = io_error(io::Error::from(errno).into());
            assert_eq!(error.raw_os_error(), Some(errno.raw_os_error()));
        }
        let error = io_error(ProcError::Other("two\nlines".into()));
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(error.to_string().lines().count(), 1);
    }
}
