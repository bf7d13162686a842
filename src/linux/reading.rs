//! Every way to read an address space that this program knows, judged or not,
//! and which locks it takes.

use std::fmt;
use std::io;
use std::io::ErrorKind;
use std::str::FromStr;

use serde::Serialize;

use super::features::rule::{Granularity, Reader};
use super::file::{ProcFile, Which};
use super::locks::{LockCounts, LockEvidence};
use super::maps_file::MapsFile;
use super::procmap_query::{Lookup, Query, VmaQuery};

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LabReader {
    /// Nobody: what all others are compared with.
    None,
    /// `/proc/PID/maps`, a page at a time.
    Maps,
    /// `PROCMAP_QUERY`, from the lowest VMA to the highest.
    Query,
    /// `/proc/PID/smaps`.
    Smaps,
    /// `/proc/PID/smaps_rollup`.
    SmapsRollup,
    /// `/proc/PID/numa_maps`.
    NumaMaps,
}

impl LabReader {
    /// All of them, in the order of what they are expected to cost.
    pub const ALL: [Self; 6] = [
        Self::None,
        Self::Maps,
        Self::Query,
        Self::Smaps,
        Self::SmapsRollup,
        Self::NumaMaps,
    ];

    /// Its name on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Maps => "maps",
            Self::Query => "query",
            Self::Smaps => "smaps",
            Self::SmapsRollup => "smaps_rollup",
            Self::NumaMaps => "numa_maps",
        }
    }

    /// What a kernel without it lacks.
    #[must_use]
    pub const fn needs(self) -> &'static str {
        match self {
            Self::None | Self::Maps => "/proc",
            Self::Query => "PROCMAP_QUERY, Linux 6.11",
            Self::Smaps | Self::SmapsRollup => "CONFIG_PROC_PAGE_MONITOR",
            Self::NumaMaps => "CONFIG_NUMA",
        }
    }

    /// What its locks are counted by: what the kernel does at once.
    #[must_use]
    pub const fn piece(self) -> &'static str {
        match self {
            Self::Query => "query",
            _ => "chunk",
        }
    }

    /// The one that reads as a judged reader does.
    #[must_use]
    pub const fn of(reader: Reader) -> Self {
        match reader {
            Reader::Maps => Self::Maps,
            Reader::Smaps => Self::Smaps,
            Reader::Query | Reader::QueryWalk => Self::Query,
        }
    }

    /// The file it reads.
    const fn file(self) -> Option<Which> {
        match self {
            Self::None => None,
            Self::Maps | Self::Query => Some(Which::Maps),
            Self::Smaps => Some(Which::Smaps),
            Self::SmapsRollup => Some(Which::SmapsRollup),
            Self::NumaMaps => Some(Which::NumaMaps),
        }
    }

    /// Whether this kernel has it, tried on this process.
    ///
    /// # Errors
    /// Why not, in one line.
    pub fn try_here(self) -> Result<(), String> {
        let Some(which) = self.file() else {
            return Ok(());
        };
        let reason = |why: String| format!("{self} does not work here: {why} ({})", self.needs());
        let mut file =
            ProcFile::open(std::process::id(), which).map_err(|error| reason(error.to_string()))?;
        if self == Self::Query {
            let first = Query {
                lookup: Lookup::CoveringOrNext,
                ..Query::default()
            };
            return file
                .query(&first)
                .map(drop)
                .map_err(|error| reason(error.to_string()));
        }
        // Some files open but cannot be read.
        file.read(&mut [0; 64])
            .map(drop)
            .map_err(|error| reason(error.to_string()))
    }
}

impl fmt::Display for LabReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for LabReader {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|reader| reader.name() == text);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            let text = crate::text::sanitise::sanitise_cut(text.as_bytes(), 80).into_owned();
            format!("unknown reader \"{text}\"; choose among {names}")
        })
    }
}

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

/// Reads one address space as one reader does.
#[derive(Debug)]
pub(crate) struct Scanner {
    reader: LabReader,
    file: ProcFile,
    buffer: Vec<u8>,
}

impl Scanner {
    /// Opens what the reader reads; nothing for [`LabReader::None`].
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn open(reader: LabReader, pid: u32) -> io::Result<Option<Self>> {
        let Some(which) = reader.file() else {
            return Ok(None);
        };
        Ok(Some(Scanner {
            reader,
            file: ProcFile::open(pid, which).map_err(io::Error::other)?,
            buffer: vec![0; super::process::page_size() as usize],
        }))
    }

    /// Who reads.
    #[must_use]
    pub(crate) fn reader(&self) -> LabReader {
        self.reader
    }

    /// Reads everything once; `piece` is told of each chunk or query and says
    /// whether to go on.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn scan(&mut self, piece: impl FnMut() -> bool) -> io::Result<()> {
        match self.reader {
            LabReader::Query => self.walk(piece),
            _ => self.read(piece),
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
/// a few scans by this thread; `None` where there is nobody to read. The read
/// that finds the end of the file is left out: it is no chunk, and whether it
/// takes mmap_lock depends on whether there is a gate VMA (`m_start()`,
/// fs/proc/task_mmu.c).
///
/// # Errors
/// When the file cannot be read, or the locks not be counted.
pub(crate) fn quiet_locks(
    reader: LabReader,
    pid: u32,
    evidence: LockEvidence,
) -> io::Result<Option<ReadTotals>> {
    let Some(mut scanner) = Scanner::open(reader, pid)? else {
        return Ok(None);
    };
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
    Ok(Some(totals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::Resting;
    use crate::support::skip;

    #[test]
    fn names_come_back() {
        for reader in LabReader::ALL {
            assert_eq!(reader.to_string().parse(), Ok(reader));
        }
        let error = "pagemap\n".parse::<LabReader>().unwrap_err();
        assert!(
            error.contains("smaps_rollup") && error.lines().count() == 1,
            "{error}"
        );
    }

    #[test]
    fn locks_at_rest_are_all_or_nothing() {
        let evidence = match LockEvidence::find() {
            Ok(evidence) => evidence,
            Err(missing) => return skip(missing),
        };
        for reader in LabReader::ALL {
            if let Err(why) = reader.try_here() {
                skip(format!("{reader}: {why}"));
                continue;
            }
            // This process's own threads map memory meanwhile, so another one.
            let target = Resting::start();
            let totals = quiet_locks(reader, target.pid(), evidence).unwrap();
            let Some(totals) = totals else {
                assert_eq!(reader, LabReader::None);
                continue;
            };
            assert!(
                [0, totals.pieces].contains(&totals.locks.read),
                "{reader}: {totals:?}"
            );
        }
    }
}
