//! What `/proc/PID/status` says of a process.

use std::{fs, io};

use procfs::FromRead;
use procfs::process::Status;

use super::procfs_error::io_error;

/// Reads `/proc/PID/status`, or that of a thread by its TID. Not for a loop:
/// `procfs` takes three times as long to parse it as the kernel to print it.
///
/// # Errors
/// What reading the file returned, or `InvalidData` for text of another form.
pub(crate) fn read(pid: u32) -> io::Result<Status> {
    parse(&fs::read(format!("/proc/{pid}/status"))?)
}

/// A process may have any name, and `procfs` refuses what is not UTF-8. So the
/// name is changed here: it must not be taken from there.
fn parse(text: &[u8]) -> io::Result<Status> {
    Status::from_read(String::from_utf8_lossy(text).as_bytes()).map_err(io_error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::stat::hostile_thread;

    #[test]
    fn a_hostile_name_hides_nothing() {
        let text = fs::read("/proc/self/status").unwrap();
        assert!(parse(&text).unwrap().tgid > 0);
        for text in [&b""[..], b"Name:\tx\n", b"\xff", b"Name:\tx\nTgid"] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
        for name in [&b"b\xff\xc3"[..], b"Tgid:\t1", b"\n\nUid:\t9", b"\\ \r"] {
            hostile_thread(name, |tid| {
                let status = read(tid).unwrap();
                assert_eq!(status.tgid.cast_unsigned(), std::process::id());
                assert_eq!(status.pid.cast_unsigned(), tid);
                assert_eq!(status.ruid, rustix::process::getuid().as_raw());
            });
        }
    }
}
