//! A small text in a file that a user named, or that anybody may have changed.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

/// How long somebody is waited for who writes to a FIFO.
const PATIENCE: Duration = Duration::from_secs(1);

/// The text of a file of at most `most` bytes.
///
/// A FIFO, such as `<(…)` of a shell, is read to its end once somebody writes to it; that
/// is waited for one second.
///
/// # Errors
/// When it cannot be opened or read, is larger, is not UTF-8, or is a FIFO to which nobody
/// writes.
pub(crate) fn read_text(path: &Path, most: u64) -> io::Result<String> {
    // Without it the open itself waits for a FIFO's writer.
    let waits_not = OFlags::NONBLOCK.bits() as i32;
    let mut options = File::options();
    let file = options.read(true).custom_flags(waits_not).open(path)?;
    let mut bytes = Vec::new();
    if file.metadata()?.file_type().is_fifo() {
        bytes.extend(first_byte(&file)?);
    }
    fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let most = crate::text::number::bytes(most);
        return Err(io::Error::other(format!("it has more than {most}")));
    }
    let text = String::from_utf8(bytes);
    text.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))
}

/// The first byte of a FIFO; none: its writer has written nothing.
fn first_byte(mut file: &File) -> io::Result<Option<u8>> {
    let end = Instant::now() + PATIENCE;
    let mut had_writer = false;
    loop {
        let mut byte = [0];
        match file.read(&mut byte) {
            Ok(0) if had_writer => return Ok(None),
            // Nobody writes to it yet.
            Ok(0) => {}
            Ok(_) => return Ok(Some(byte[0])),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => had_writer = true,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if !had_writer && Instant::now() >= end {
            return Err(io::Error::other("nobody writes to this FIFO"));
        }
        let mut fds = [PollFd::new(file, PollFlags::IN)];
        let most = Duration::from_millis(20).try_into().unwrap_or_default();
        let _ = poll(&mut fds, Some(&most));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use rustix::fs::{CWD, Mode, mkfifoat};

    use super::*;

    #[test]
    fn a_text_is_read_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "abc").unwrap();
        assert_eq!(read_text(&path, 3).unwrap(), "abc");
        let why = |most| read_text(&path, most).unwrap_err().to_string();
        assert_eq!(why(2), "it has more than 2 B");
        std::fs::write(&path, [0xff]).unwrap();
        assert_eq!(why(2), "it is not UTF-8 text");
        assert!(read_text(Path::new("/dev/zero"), 100).is_err());
        assert!(read_text(folder.path(), 100).is_err());
    }

    #[test]
    fn a_fifo_is_read_once_somebody_writes_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fifo");
        mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR).unwrap();
        let why = read_text(&path, 100).unwrap_err().to_string();
        assert_eq!(why, "nobody writes to this FIFO");
        // Opened for both it waits for nobody, and holds what was written.
        let mut both = File::options();
        let mut writer = both.read(true).write(true).open(&path).unwrap();
        writer.write_all(b"abc").unwrap();
        let reader = std::thread::spawn(move || read_text(&path, 100));
        while !reader.is_finished() && rustix::io::ioctl_fionread(&writer).unwrap() > 0 {
            std::thread::yield_now();
        }
        // Only then does it come to its end.
        drop(writer);
        assert_eq!(reader.join().unwrap().unwrap(), "abc");
    }
}
