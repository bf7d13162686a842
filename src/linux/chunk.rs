//! The chunk reader: reads a `maps` or `smaps` file from offset 0 to its end,
//! and says which lines the kernel generated together.

use std::io;

use rustix::io::Errno;

use super::advice::Advised;
use super::dwell::{DwellTime, DwellTimer};
use super::interrupt_storm::InterruptStorm;
use super::maps_file::MapsFile;
use crate::maps::scan_text::{Counts, Records, ScanText, Window};
use crate::text::sanitise::sanitise_cut;

/// How often one read is done again after `EINTR` before it counts as failed.
const MOST_INTERRUPTIONS: u32 = 1000;

/// How often a scan is begun anew by another thread.
const MOST_REOPENED: u32 = 100;

/// The two counters of every writer, loaded around every read.
pub trait ReadClock {
    /// Operations finished so far; loaded right before a read.
    fn finished(&self) -> Counts;
    /// Operations begun so far; loaded right after a read.
    fn begun(&self) -> Counts;
}

/// The clock of a target whose operations are unknown: every window is
/// [`Window::ANY`].
#[derive(Clone, Copy, Debug, Default)]
pub struct NoClock;

impl ReadClock for NoClock {
    #[inline]
    fn finished(&self) -> Counts {
        Window::ANY.finished
    }

    #[inline]
    fn begun(&self) -> Counts {
        Window::ANY.begun
    }
}

/// What one [`ChunkReader::step`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A read returned text.
    Read {
        /// How much, in bytes.
        bytes: usize,
    },
    /// A read returned 0: the scan is complete.
    End,
}

/// Reads one file scan by scan with a buffer of one size.
#[derive(Debug)]
pub struct ChunkReader<F> {
    file: F,
    read_size: usize,
    records: Records,
    dwell: DwellTimer,
    pause_first: bool,
}

impl<F: MapsFile> ChunkReader<F> {
    /// A reader of a file with one line a VMA (`maps`), whose reads ask for
    /// `read_size` bytes (0 counts as 1).
    ///
    /// With a page or more, one read is one chunk, unless a line longer than a
    /// page has grown the kernel's buffer; with less, the borders move to
    /// where the caller wants them.
    pub fn new(file: F, read_size: usize) -> Self {
        Self::with_records(file, read_size, Records::Line)
    }

    /// The same for a file of other records (`smaps`).
    pub fn with_records(file: F, read_size: usize, records: Records) -> Self {
        Self {
            file,
            read_size: read_size.max(1),
            records,
            dwell: DwellTimer::new(DwellTime::NONE),
            pause_first: false,
        }
    }

    /// Bytes asked for by each read.
    pub fn read_size(&self) -> usize {
        self.read_size
    }

    /// Changes the bytes asked for; takes effect with the next
    /// [`rewind`](Self::rewind) or, in the middle of a scan, the next read.
    pub fn set_read_size(&mut self, read_size: usize) {
        self.read_size = read_size.max(1);
    }

    /// Pauses in this way between the reads of a scan from now on.
    pub(crate) fn set_dwell(&mut self, pause: DwellTime) {
        self.dwell.set(pause);
    }

    /// Has interrupts come during the reads from now on.
    pub(crate) fn begin_storm(&mut self, storm: InterruptStorm) {
        self.dwell.begin_storm(storm);
    }

    /// Whether to pause before the first read of a scan, too: of use where
    /// there is only one.
    pub(crate) fn pause_first(&mut self, pause_first: bool) {
        self.pause_first = pause_first;
    }

    /// The file.
    pub fn file(&self) -> &F {
        &self.file
    }

    /// The file. Reading from it in the middle of a scan spoils the scan.
    pub fn file_mut(&mut self) -> &mut F {
        &mut self.file
    }

    /// The file, back.
    pub fn into_file(self) -> F {
        self.file
    }

    /// One whole scan, offset 0 to the end of the file. `into` is cleared and
    /// reused: nothing is allocated unless the scan is longer than any before.
    ///
    /// That the scan is complete does not say that the target still had its
    /// address space: see [`mm_is_alive`](super::process::mm_is_alive).
    ///
    /// # Errors
    /// [`ScanError`]; what was read until then is in `into`.
    pub fn scan(&mut self, clock: &impl ReadClock, into: &mut ScanText) -> Result<(), ScanError> {
        self.scan_again(clock, into, None).map(drop)
    }

    /// The beginning of a scan: reads until a line has been read that starts
    /// at or above `address`, or to the end of the file; whether that came
    /// first, so that the scan is whole.
    ///
    /// # Errors
    /// [`ScanError`]; what was read until then is in `into`.
    pub fn scan_until(
        &mut self,
        clock: &impl ReadClock,
        into: &mut ScanText,
        address: u64,
    ) -> Result<bool, ScanError> {
        self.scan_again(clock, into, Some(address))
    }

    /// A scan, from the start as often as the thread that it is read by ends while
    /// others live on.
    fn scan_again(
        &mut self,
        clock: &impl ReadClock,
        into: &mut ScanText,
        until: Option<u64>,
    ) -> Result<bool, ScanError> {
        let mut tries = 0;
        loop {
            match self.scan_once(clock, into, until) {
                Err(ScanError::TargetGone) if tries < MOST_REOPENED && self.file.reopen() => {
                    tries += 1;
                }
                done => return done,
            }
        }
    }

    fn scan_once(
        &mut self,
        clock: &impl ReadClock,
        into: &mut ScanText,
        until: Option<u64>,
    ) -> Result<bool, ScanError> {
        self.rewind(into)?;
        while self.step(clock, into)? != Step::End {
            let Some(address) = until else {
                continue;
            };
            let last = into.chunks.last().and_then(|chunk| into.last_vma(chunk));
            if last.is_some_and(|(start, _)| start >= address) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Starts a scan that is then done with [`step`](Self::step): seeks to
    /// offset 0 and clears `into`.
    ///
    /// # Errors
    /// [`ScanError::Rewind`].
    pub fn rewind(&mut self, into: &mut ScanText) -> Result<(), ScanError> {
        into.clear();
        self.file
            .rewind()
            .map_err(|error| match Errno::from_io_error(&error) {
                Some(Errno::SRCH) => ScanError::TargetGone,
                _ => ScanError::Rewind { error },
            })
    }

    /// One `read()`, taken into `into`, which must be that of the last
    /// [`rewind`](Self::rewind).
    ///
    /// # Errors
    /// [`ScanError`].
    pub fn step(&mut self, clock: &impl ReadClock, into: &mut ScanText) -> Result<Step, ScanError> {
        if self.pause_first || into.reads > 0 {
            self.dwell.wait();
        }
        let mut tries = 0;
        let (bytes, window) = loop {
            let room = into.room(self.read_size);
            let finished = clock.finished();
            let result = self.file.read(room);
            let begun = clock.begun();
            match result {
                Ok(bytes) => break (bytes.min(self.read_size), Window { finished, begun }),
                Err(error) => match Errno::from_io_error(&error) {
                    Some(Errno::INTR) if tries < MOST_INTERRUPTIONS => {
                        tries += 1;
                        into.interrupted = into.interrupted.saturating_add(1);
                    }
                    Some(Errno::INTR) => return Err(ScanError::Interrupted { tries }),
                    Some(Errno::SRCH) => return Err(ScanError::TargetGone),
                    _ => return Err(ScanError::Read { error }),
                },
            }
        };
        into.absorb(bytes, self.read_size, window, self.records);
        if bytes > 0 {
            return Ok(Step::Read { bytes });
        }
        match into.partial() {
            [] => Ok(Step::End),
            partial => Err(ScanError::MidLine {
                partial: sanitise_cut(partial, 120).into_owned(),
            }),
        }
    }
}

/// Why a scan could not be completed.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// `ESRCH`: the process has been reaped.
    #[error(
        "cannot read the target's memory map: the process is gone (ESRCH); start or attach again"
    )]
    TargetGone,
    /// The file ended within a line: the target died or ran another program.
    #[error(
        "the memory map ended in the middle of a line, so the target has died or called exec; attach again; the last text was \"{partial}\""
    )]
    MidLine {
        /// The unfinished line, sanitised and cut.
        partial: String,
    },
    /// Signals interrupted one read again and again.
    #[error(
        "cannot read the target's memory map: interrupted {tries} times in a row (EINTR); stop what sends this process signals"
    )]
    Interrupted {
        /// How often it was tried again.
        tries: u32,
    },
    /// `read` failed in another way.
    #[error("cannot read the target's memory map: {}", Advised(error))]
    Read {
        /// What `read` returned.
        error: io::Error,
    },
    /// `lseek` failed.
    #[error(
        "cannot go back to the start of the target's memory map: {}",
        Advised(error)
    )]
    Rewind {
        /// What `lseek` returned.
        error: io::Error,
    },
}

#[cfg(test)]
#[path = "chunk_tests.rs"]
mod tests;
