//! Where a command's output goes, as the terminal is ours.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::io::Read;
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How much of the output is kept, in bytes: the end of it.
const KEPT: usize = 64 * 1024;

/// Where standard output and standard error go, both to the same place.
#[derive(Debug)]
pub enum CommandOutput {
    File(File),
    /// A pipe that is always read; what came last is kept.
    Kept(OutputTail),
}

impl CommandOutput {
    pub(crate) fn into_stdio(self) -> io::Result<[Stdio; 2]> {
        Ok(match self {
            CommandOutput::File(file) => [file.try_clone()?.into(), file.into()],
            CommandOutput::Kept(tail) => {
                let (mut reader, writer) = io::pipe()?;
                tail.lock().is_read = true;
                // Ends when the command and all that inherited its output have.
                std::thread::Builder::new()
                    .name("output".into())
                    .spawn(move || tail.take_in(&mut reader))?;
                [writer.try_clone()?.into(), writer.into()]
            }
        })
    }
}

/// How long to wait for the end of the output of a command that has ended:
/// what it leaves behind may go on writing.
const END: Duration = Duration::from_millis(500);

/// The last 64 KiB of a command's output.
#[derive(Clone, Debug, Default)]
pub struct OutputTail(Arc<(Mutex<Kept>, Condvar)>);

#[derive(Debug, Default)]
struct Kept {
    bytes: VecDeque<u8>,
    /// Whether there is a thread that reads on.
    is_read: bool,
}

impl OutputTail {
    /// What is kept of a command that has ended, as the command wrote it: *not*
    /// sanitised. What is before the first whole line is left out if something
    /// is missing before it. Waits a moment for what is still in the pipe.
    #[must_use]
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (kept, _) = (self.0.1)
            .wait_timeout_while(self.lock(), END, |kept| kept.is_read)
            .unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = kept.bytes.iter().copied().collect();
        match memchr::memchr(b'\n', &bytes) {
            Some(newline) if bytes.len() >= KEPT => bytes[newline + 1..].to_vec(),
            _ => bytes,
        }
    }

    fn take_in(&self, from: &mut impl Read) {
        let mut buffer = [0; 8192];
        loop {
            let count = match from.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Ok(0) | Err(_) => break,
                Ok(count) => count,
            };
            let mut kept = self.lock();
            kept.bytes.extend(&buffer[..count]);
            let excess = kept.bytes.len().saturating_sub(KEPT);
            kept.bytes.drain(..excess);
        }
        self.lock().is_read = false;
        self.0.1.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept_in_whole_lines() {
        let tail = OutputTail::default();
        tail.take_in(&mut &b"one\ntwo"[..]);
        assert_eq!(tail.bytes(), b"one\ntwo");
        let lines: String = (0..40_000).map(|i| format!("line {i}\n")).collect();
        tail.take_in(&mut lines.as_bytes());
        let kept = String::from_utf8(tail.bytes()).unwrap();
        assert!(kept.starts_with("line ") && kept.ends_with("line 39999\n"));
        assert!(kept.len() <= KEPT && kept.len() > KEPT - 100);
    }
}
