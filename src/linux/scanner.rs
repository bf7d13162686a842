//! Reads an address space as one reader does, without looking at what it reads,
//! and counts the locks that takes.

use std::io;
use std::io::ErrorKind;

use super::features::rule::Granularity;

use super::file::ProcFile;
use super::locks::{LockCounts, LockEvidence};
use super::maps_file::MapsFile;
use super::procmap_query::{Lookup, Query, VmaQuery};
use super::reader::Reader;

/// What readers have done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReadTotals {
    /// Whole files read, or whole walks of queries.
    pub scans: u64,
    /// Chunks read, or queries answered.
    pub pieces: u64,
    /// The locks taken for that, where they were counted.
    pub locks: LockCounts,
}

impl ReadTotals {
    /// mmap_lock read acquisitions for each chunk or query.
    #[must_use]
    pub(crate) fn locks_per_piece(&self) -> f64 {
        match self.pieces {
            0 => 0.0,
            pieces => self.locks.read as f64 / pieces as f64,
        }
    }

    /// What they say of a reader while nothing moves: 0 a chunk or query, and
    /// it locks one VMA at a time; 1, and it holds mmap_lock.
    #[must_use]
    pub(crate) fn granularity(&self) -> Granularity {
        if self.locks_per_piece() < 0.5 {
            Granularity::Line
        } else {
            Granularity::Chunk
        }
    }

    /// What was added since `earlier`.
    #[must_use]
    pub(crate) fn since(self, earlier: ReadTotals) -> ReadTotals {
        ReadTotals {
            scans: self.scans.saturating_sub(earlier.scans),
            pieces: self.pieces.saturating_sub(earlier.pieces),
            locks: self.locks.since(earlier.locks),
        }
    }
}

/// Reads one address space as one reader does. Both readers that query ask for
/// one VMA after the other.
#[derive(Debug)]
pub(crate) struct Scanner {
    reader: Reader,
    file: ProcFile,
    buffer: Vec<u8>,
}

impl Scanner {
    /// Whether this kernel has a reader, tried on this process.
    ///
    /// # Errors
    /// Why not, in one line.
    pub(crate) fn try_here(reader: Reader) -> Result<(), String> {
        Self::open(reader, std::process::id())
            // Some files open but cannot be read.
            .and_then(|mut scanner| scanner.scan(|| false))
            .map_err(|error| format!("{reader} does not work here: {error} ({})", reader.needs()))
    }

    /// Opens what the reader reads.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn open(reader: Reader, pid: u32) -> io::Result<Self> {
        Ok(Scanner {
            reader,
            file: ProcFile::open(pid, reader.file()).map_err(io::Error::other)?,
            buffer: vec![0; super::process::page_size() as usize],
        })
    }

    /// For whoever ends each scan after its first piece: that is no more than the
    /// first VMA then, as the kernel generates no more lines than the buffer
    /// takes.
    #[must_use]
    pub(crate) fn of_the_first_vma(mut self) -> Self {
        self.buffer.truncate(1);
        self
    }

    #[must_use]
    pub(crate) fn reader(&self) -> Reader {
        self.reader
    }

    /// Reads everything once; `piece` is told of each chunk or query and says
    /// whether to go on.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn scan(&mut self, piece: impl FnMut() -> bool) -> io::Result<()> {
        if self.reader.queries() {
            self.walk(piece)
        } else {
            self.read(piece)
        }
    }

    /// The whole file, a page at a time.
    fn read(&mut self, mut piece: impl FnMut() -> bool) -> io::Result<()> {
        self.file.rewind()?;
        loop {
            match self.file.read(&mut self.buffer) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            if !piece() {
                return Ok(());
            }
        }
    }

    /// Every VMA, from the lowest to the highest.
    fn walk(&self, mut piece: impl FnMut() -> bool) -> io::Result<()> {
        let mut query = Query {
            lookup: Lookup::CoveringOrNext,
            ..Query::default()
        };
        loop {
            let answer = (&self.file).query(&query).map_err(io::Error::other)?;
            let go_on = piece();
            match answer {
                Some(vma) if go_on => query.address = vma.end,
                _ => return Ok(()),
            }
        }
    }
}

/// Scans that are counted while nothing moves.
const QUIET_SCANS: u64 = 10;

/// What a reader locks while nothing in the address space moves, counted over
/// a few scans by this thread. The read that finds the end of the file is left
/// out: it is no chunk, and whether it takes mmap_lock depends on whether there
/// is a gate VMA (`m_start()`, fs/proc/task_mmu.c).
///
/// # Errors
/// When the file cannot be read, or the locks not be counted.
pub(crate) fn quiet_locks(
    reader: Reader,
    pid: u32,
    evidence: LockEvidence,
) -> io::Result<ReadTotals> {
    let mut scanner = Scanner::open(reader, pid)?;
    // Whatever is done the first time only is done.
    scanner.scan(|| true)?;
    let counter = evidence.of_this_thread().map_err(io::Error::other)?;
    let mut totals = ReadTotals::default();
    for _ in 0..QUIET_SCANS {
        let mut last = counter.counts();
        scanner.scan(|| {
            let now = counter.counts();
            totals.locks = totals.locks.plus(now.since(last));
            totals.pieces += 1;
            last = now;
            true
        })?;
        totals.scans += 1;
    }
    Ok(totals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::Resting;
    use crate::support::skip;

    #[test]
    fn locks_at_rest_are_all_or_nothing() {
        let evidence = match LockEvidence::find() {
            Ok(evidence) => evidence,
            Err(missing) => return skip(missing),
        };
        for reader in Reader::ALL {
            if let Err(why) = Scanner::try_here(reader) {
                skip(format!("{reader}: {why}"));
                continue;
            }
            // This process's own threads map memory meanwhile, so another one.
            let target = Resting::start();
            let totals = quiet_locks(reader, target.pid(), evidence).unwrap();
            assert!(
                [0, totals.pieces].contains(&totals.locks.read),
                "{reader}: {totals:?}"
            );
        }
    }
}
