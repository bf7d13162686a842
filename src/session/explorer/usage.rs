//! What `smaps` says of one VMA. The file has no index: everything below the
//! address is read too, and the kernel counts the pages of all of it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::linux::maps_file::MapsFile;
use crate::maps::line::{is_smaps_header, parse_range};
use crate::text::sanitise::sanitise;

/// Room for one read, in bytes. The kernel generates about a page at a time
/// whatever the room.
const READ: usize = 64 * 1024;

/// The figures of one VMA.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The address asked for, in bytes.
    pub address: u64,
    /// When it was read, since the session started.
    pub at: Duration,
    /// How long that took.
    pub took: Duration,
    /// VMAs whose figures were counted to get there.
    pub passed: u64,
    /// The figures as they are printed, `Rss` and `12 kB`, sanitised; none
    /// where nothing covers the address.
    pub figures: Vec<(String, String)>,
    /// Why there are none.
    pub error: Option<String>,
}

impl Usage {
    /// Reads until the address is passed, or `stop` is set.
    ///
    /// # Errors
    /// What reading returned.
    pub(crate) fn read(
        file: &mut impl MapsFile,
        address: u64,
        stop: &AtomicBool,
    ) -> io::Result<Self> {
        let begin = Instant::now();
        let mut usage = Usage {
            address,
            ..Usage::default()
        };
        file.rewind()?;
        let mut buffer = vec![0; READ];
        let mut pending = Vec::new();
        let mut inside = false;
        'reading: while !stop.load(Ordering::Relaxed) {
            let count = match file.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if count == 0 {
                break;
            }
            pending.extend_from_slice(&buffer[..count]);
            let mut done = 0;
            while let Some(length) = memchr::memchr(b'\n', &pending[done..]) {
                let line = &pending[done..done + length];
                done += length + 1;
                if is_smaps_header(line) {
                    let (start, end) = parse_range(line).unwrap_or_default();
                    if inside || start > address {
                        break 'reading;
                    }
                    usage.passed += 1;
                    inside = (start..end).contains(&address);
                } else if inside {
                    usage.figures.extend(figure(line));
                }
            }
            pending.drain(..done);
        }
        usage.took = begin.elapsed();
        Ok(usage)
    }
}

/// `Rss:                  12 kB`.
fn figure(line: &[u8]) -> Option<(String, String)> {
    let colon = memchr::memchr(b':', line)?;
    let text = |bytes: &[u8]| sanitise(bytes.trim_ascii()).into_owned();
    Some((text(&line[..colon]), text(&line[colon + 1..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a text a few bytes at a time.
    struct Piecemeal(Vec<u8>, usize);

    impl MapsFile for Piecemeal {
        fn rewind(&mut self) -> io::Result<()> {
            self.1 = 0;
            Ok(())
        }

        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let rest = &self.0[self.1..];
            let count = rest.len().min(7).min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            self.1 += count;
            Ok(count)
        }
    }

    const SMAPS: &str = "\
00001000-00002000 rw-p 00000000 00:00 0 \nRss:   4 kB\nVmFlags: rd wr\n\
00003000-00005000 r--p 00000000 00:00 0 \nRss:   8 kB\nSize:  16 kB\nVmFlags: rd mr\n\
00005000-00006000 r--p 00000000 00:00 0 \nRss:   12 kB\n";

    #[test]
    fn the_figures_are_those_of_the_vma_that_covers_the_address() {
        let stop = AtomicBool::new(false);
        let mut file = Piecemeal(SMAPS.into(), 0);
        let mut read = |address| Usage::read(&mut file, address, &stop).unwrap();
        let usage = read(0x3000);
        let figure = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            usage.figures,
            [
                figure("Rss", "8 kB"),
                figure("Size", "16 kB"),
                figure("VmFlags", "rd mr")
            ]
        );
        assert_eq!(usage.passed, 2);
        assert_eq!(read(0x5fff).figures, [figure("Rss", "12 kB")]);
        for unmapped in [0, 0x2000, 0x6000] {
            assert_eq!(read(unmapped).figures, []);
        }
    }
}
