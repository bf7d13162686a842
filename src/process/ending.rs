//! How a command of ours ended, as its supervisor tells.

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::supervisor_words::Told;
use crate::linux::pid_handle::ExitStatus;

/// How a command ended; any thread may ask.
#[derive(Clone, Debug)]
pub(crate) struct Ending(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    heard: Mutex<Heard>,
    /// How it was in the end, and whether that was our doing.
    last: OnceLock<(Option<ExitStatus>, bool)>,
}

#[derive(Debug)]
struct Heard {
    supervisor: UnixStream,
    line: Vec<u8>,
    /// None while it is not known; nothing in it where nobody will ever say.
    ended: Option<Option<ExitStatus>>,
}

impl Ending {
    pub(crate) fn new(supervisor: UnixStream) -> Self {
        let heard = Heard {
            supervisor,
            line: Vec::new(),
            ended: None,
        };
        Ending(Arc::new(Shared {
            heard: Mutex::new(heard),
            last: OnceLock::new(),
        }))
    }

    /// How it ended; none if that is not told within that time, and nothing in
    /// it where nobody will ever say, as the supervisor is gone.
    pub(crate) fn within(&self, limit: Duration) -> Option<Option<ExitStatus>> {
        let mut heard = self.heard();
        let deadline = Instant::now() + limit;
        while heard.ended.is_none() {
            let left = deadline.saturating_duration_since(Instant::now());
            let ended = match heard.next(left) {
                Next::Told(Told::Ended(how)) => Some(how),
                Next::Told(_) => continue,
                Next::Nobody => None,
                Next::NotYet => return None,
            };
            heard.ended = Some(ended);
        }
        heard.ended
    }

    /// What is told first: whether the command runs. None if nothing is told
    /// within that time.
    pub(crate) fn beginning(&self, limit: Duration) -> Option<Told> {
        match self.heard().next(limit) {
            Next::Told(told) => Some(told),
            Next::Nobody | Next::NotYet => None,
        }
    }

    /// That this was its end, and whether it was our doing.
    pub(crate) fn note_last(&self, how: Option<ExitStatus>, by_us: bool) {
        // Nobody else sets it.
        let _ = self.0.last.set((how, by_us));
    }

    /// How it ended, as the end of "the command …"; none before
    /// [`note_last`](Self::note_last).
    #[must_use]
    pub(crate) fn describe(&self) -> Option<String> {
        let (how, by_us) = self.0.last.get()?;
        let how = how.map_or_else(|| "nobody knows how".to_owned(), |how| how.to_string());
        Some(match by_us {
            true => format!("still ran and was ended by vmascope ({how})"),
            false => format!("has ended ({how})"),
        })
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        let heard = self.0.heard.lock();
        heard.unwrap_or_else(PoisonError::into_inner)
    }
}

enum Next {
    Told(Told),
    /// Nothing within that time.
    NotYet,
    /// The supervisor is gone.
    Nobody,
}

impl Heard {
    fn next(&mut self, limit: Duration) -> Next {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.line) {
                let line: Vec<u8> = self.line.drain(..=end).collect();
                match Told::from_line(&String::from_utf8_lossy(&line)) {
                    Some(told) => return Next::Told(told),
                    None => continue,
                }
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).unwrap_or_default();
            let mut fds = [PollFd::new(&self.supervisor, PollFlags::IN)];
            match poll(&mut fds, Some(&left)) {
                Ok(0) => return Next::NotYet,
                // A signal: look again, if there is time.
                Err(Errno::INTR) => continue,
                Err(_) => return Next::Nobody,
                Ok(_) => {}
            }
            let mut bytes = [0; 64];
            match self.supervisor.read(&mut bytes) {
                Ok(0) | Err(_) => return Next::Nobody,
                Ok(count) => self.line.extend(&bytes[..count]),
            }
        }
    }
}
