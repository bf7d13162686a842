//! Where a command's output goes, as the terminal is ours.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

/// How much of the output is kept, in bytes: the end of it.
const KEPT: usize = 64 * 1024;

/// Where standard output and standard error go, both to the same place.
#[derive(Debug)]
pub enum CommandOutput {
    /// The null device.
    Nowhere,
    /// This file.
    File(File),
    /// A pipe that is always read; what came last is kept.
    Kept(OutputTail),
}

impl CommandOutput {
    pub(super) fn into_stdio(self) -> io::Result<[Stdio; 2]> {
        Ok(match self {
            CommandOutput::Nowhere => [Stdio::null(), Stdio::null()],
            CommandOutput::File(file) => [file.try_clone()?.into(), file.into()],
            CommandOutput::Kept(tail) => {
                let (mut reader, writer) = io::pipe()?;
                // Ends when the command and all that inherited its output have.
                std::thread::Builder::new()
                    .name("output".into())
                    .spawn(move || tail.take_in(&mut reader))?;
                [writer.try_clone()?.into(), writer.into()]
            }
        })
    }
}

/// The last 64 KiB of a command's output.
#[derive(Clone, Debug, Default)]
pub struct OutputTail(Arc<Mutex<VecDeque<u8>>>);

impl OutputTail {
    /// What is kept, as the command wrote it: *not* sanitised. What is before
    /// the first whole line is left out if something is missing before it.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = kept.iter().copied().collect();
        match memchr::memchr(b'\n', &bytes) {
            Some(newline) if bytes.len() >= KEPT => bytes[newline + 1..].to_vec(),
            _ => bytes,
        }
    }

    fn take_in(&self, from: &mut impl Read) {
        let mut buffer = [0; 8192];
        loop {
            let count = match from.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return,
            };
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend(&buffer[..count]);
            let excess = kept.len().saturating_sub(KEPT);
            kept.drain(..excess);
        }
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
