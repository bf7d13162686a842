//! Reads what the terminal sends.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, IsTerminal, Stdin};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::decoder::Decoder;
use super::event::Input;

/// The terminal as it is read.
#[derive(Debug)]
enum Source {
    Stdin(Stdin),
    Terminal(File),
}

/// What was read and not taken yet.
#[derive(Debug)]
pub(crate) struct InputReader {
    source: Source,
    decoder: Decoder,
    ready: VecDeque<Input>,
}

impl InputReader {
    /// Of standard input, or where that is something else, of our terminal.
    ///
    /// # Errors
    /// When there is no terminal.
    pub(crate) fn open() -> io::Result<Self> {
        let stdin = io::stdin();
        let source = if stdin.is_terminal() {
            Source::Stdin(stdin)
        } else {
            Source::Terminal(File::open("/dev/tty")?)
        };
        Ok(InputReader {
            source,
            decoder: Decoder::new(Instant::now()),
            ready: VecDeque::new(),
        })
    }

    /// The next input; none: there was none for so long.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn next(&mut self, patience: Duration) -> io::Result<Option<Input>> {
        let until = Instant::now() + patience;
        loop {
            if let Some(input) = self.ready.pop_front() {
                return Ok(Some(input));
            }
            let now = Instant::now();
            let left = until.saturating_duration_since(now);
            let wait = self.decoder.deadline();
            let wait = wait.map(|deadline| deadline.saturating_duration_since(now));
            if self.wait(wait.map_or(left, |wait| wait.min(left)))? {
                self.read()?;
            } else if wait.is_some_and(|wait| wait <= left) {
                self.ready.extend(self.decoder.rest());
            } else {
                return Ok(None);
            }
        }
    }

    fn fd(&self) -> BorrowedFd<'_> {
        match &self.source {
            Source::Stdin(stdin) => stdin.as_fd(),
            Source::Terminal(file) => file.as_fd(),
        }
    }

    /// Whether there is something to read, within so long.
    fn wait(&self, patience: Duration) -> io::Result<bool> {
        let mut fds = [PollFd::from_borrowed_fd(self.fd(), PollFlags::IN)];
        let patience = Timespec::try_from(patience).ok();
        match poll(&mut fds, patience.as_ref()) {
            Ok(ready) => Ok(ready > 0),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn read(&mut self) -> io::Result<()> {
        let mut bytes = [0; 1024];
        let read = match rustix::io::read(self.fd(), &mut bytes) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => read,
            Err(Errno::INTR | Errno::AGAIN) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let mut found = Vec::new();
        self.decoder
            .feed(&bytes[..read], Instant::now(), &mut found);
        self.ready.extend(found);
        Ok(())
    }
}
