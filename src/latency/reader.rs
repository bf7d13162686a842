//! Who reads the writer's address space, and the threads that do.

use std::fmt;
use std::io::{self, ErrorKind};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use rustix::thread::CpuSet;
use serde::Serialize;

use crate::kernel::MapsFile;
use crate::kernel::file::{ProcFile, Which};
use crate::kernel::locks::{LockCounter, LockCounts, LockEvidence};
use crate::kernel::procmap_query::{Lookup, Query, VmaQuery};

/// The nice value of readers that give way: that of the test which the patch
/// series cites.
pub const NICE: i32 = 15;

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
            let text = crate::kernel::sanitise::sanitise_cut(text.as_bytes(), 80).into_owned();
            format!("unknown reader \"{text}\"; choose among {names}")
        })
    }
}

/// What readers have done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadTotals {
    /// Whole files read, or whole walks of queries.
    pub scans: u64,
    /// Chunks read, or queries answered.
    pub pieces: u64,
    /// The locks taken for that, where they were counted.
    pub locks: LockCounts,
}

impl ReadTotals {
    /// What was added since `earlier`.
    #[must_use]
    pub fn since(self, earlier: ReadTotals) -> ReadTotals {
        ReadTotals {
            scans: self.scans.saturating_sub(earlier.scans),
            pieces: self.pieces.saturating_sub(earlier.pieces),
            locks: self.locks.since(earlier.locks),
        }
    }
}

/// How readers run.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// The CPUs they may use; as this thread, if none are given.
    pub cpus: Option<CpuSet>,
    /// Whether they give way to others: see [`NICE`].
    pub niced: bool,
    /// Have their locks counted.
    pub evidence: Option<LockEvidence>,
}

/// One thread that reads.
#[derive(Debug, Default)]
struct Shared {
    stop: AtomicBool,
    /// It has read everything once.
    ready: AtomicBool,
    scans: AtomicU64,
    pieces: AtomicU64,
    counter: OnceLock<LockCounter>,
    /// Why it does not read, or not as it was asked to.
    problem: Mutex<Option<String>>,
    refused: AtomicU32,
}

/// Threads that read. They stop when this is dropped.
#[derive(Debug)]
pub struct Readers {
    reader: LabReader,
    threads: Vec<(Arc<Shared>, Option<JoinHandle<()>>)>,
}

impl Readers {
    /// Starts so many threads that read the process's address space over and
    /// over.
    ///
    /// # Errors
    /// When a file cannot be opened or a thread not started.
    pub fn start(reader: LabReader, count: u16, pid: u32, manner: &Manner) -> io::Result<Self> {
        let mut readers = Readers {
            reader,
            threads: Vec::new(),
        };
        for number in 0..count {
            let Some(scanner) = Scanner::open(reader, pid)? else {
                break;
            };
            let shared = Arc::new(Shared::default());
            let thread = std::thread::Builder::new()
                .name(format!("lab-{reader}-{number}"))
                .spawn({
                    let (shared, manner) = (shared.clone(), manner.clone());
                    move || work(scanner, &manner, &shared)
                })?;
            readers.threads.push((shared, Some(thread)));
        }
        Ok(readers)
    }

    /// Who reads.
    #[must_use]
    pub fn reader(&self) -> LabReader {
        self.reader
    }

    /// Whether all have read everything once.
    #[must_use]
    pub fn are_ready(&self) -> bool {
        self.threads
            .iter()
            .all(|(shared, _)| shared.ready.load(Ordering::Acquire))
    }

    /// What they have done so far.
    #[must_use]
    pub fn totals(&self) -> ReadTotals {
        let mut totals = ReadTotals::default();
        for (shared, _) in &self.threads {
            totals.scans += shared.scans.load(Ordering::Relaxed);
            totals.pieces += shared.pieces.load(Ordering::Relaxed);
            if let Some(counter) = shared.counter.get() {
                totals.locks = totals.locks.plus(counter.counts());
            }
        }
        totals
    }

    /// Whether one may not be niced or pinned as it was asked to be; it reads
    /// all the same.
    #[must_use]
    pub fn refused(&self) -> Refused {
        let all = self.threads.iter();
        let bits = all.fold(0, |bits, (shared, _)| {
            bits | shared.refused.load(Ordering::Relaxed)
        });
        Refused {
            pin: bits & REFUSED_PIN != 0,
            nice: bits & REFUSED_NICE != 0,
        }
    }

    /// Why one does not read any more, if so.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.threads.iter().find_map(|(shared, _)| {
            let problem = shared.problem.lock();
            problem.unwrap_or_else(PoisonError::into_inner).clone()
        })
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        for (shared, _) in &self.threads {
            shared.stop.store(true, Ordering::Relaxed);
        }
        for (_, thread) in &mut self.threads {
            if let Some(thread) = thread.take() {
                // A panic there would be a bug, and shows as times that stop.
                let _ = thread.join();
            }
        }
    }
}

/// What a thread was refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// To run on those CPUs only.
    pub pin: bool,
    /// To give way.
    pub nice: bool,
}

const REFUSED_PIN: u32 = 1;
const REFUSED_NICE: u32 = 2;

fn work(mut scanner: Scanner, manner: &Manner, shared: &Shared) {
    let refuse = |what| {
        shared.refused.fetch_or(what, Ordering::Relaxed);
    };
    if let Some(cpus) = &manner.cpus
        && rustix::thread::sched_setaffinity(None, cpus).is_err()
    {
        refuse(REFUSED_PIN);
    }
    // 0 is this thread (setpriority(2): Linux has a nice value per thread).
    if manner.niced && rustix::process::setpriority_process(None, NICE).is_err() {
        refuse(REFUSED_NICE);
    }
    let mut count = |counted: bool| {
        let mut stopped = false;
        scanner.scan(|| {
            stopped = shared.stop.load(Ordering::Relaxed);
            if counted {
                shared.pieces.fetch_add(1, Ordering::Relaxed);
            }
            !stopped
        })?;
        if counted && !stopped {
            shared.scans.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    };
    let worked = count(false).and_then(|()| {
        if let Some(evidence) = manner.evidence {
            let counter = evidence.of_this_thread().map_err(io::Error::other)?;
            // Set once, by this thread.
            let _ = shared.counter.set(counter);
        }
        shared.ready.store(true, Ordering::Release);
        while !shared.stop.load(Ordering::Relaxed) {
            count(true)?;
        }
        Ok(())
    });
    if let Err(error) = worked {
        let error: io::Error = error;
        let text = format!("the reader of {} failed: {error}", scanner.reader);
        *shared
            .problem
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(text);
    }
}

/// Reads one address space as one reader does.
#[derive(Debug)]
struct Scanner {
    reader: LabReader,
    file: ProcFile,
    buffer: Vec<u8>,
}

impl Scanner {
    /// Nothing to scan with for [`LabReader::None`].
    fn open(reader: LabReader, pid: u32) -> io::Result<Option<Self>> {
        let Some(which) = reader.file() else {
            return Ok(None);
        };
        Ok(Some(Scanner {
            reader,
            file: ProcFile::open(pid, which).map_err(io::Error::other)?,
            buffer: vec![0; crate::kernel::process::page_size() as usize],
        }))
    }

    /// Reads everything once; `piece` is told of each chunk or query and says
    /// whether to go on.
    fn scan(&mut self, piece: impl FnMut() -> bool) -> io::Result<()> {
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
/// a few scans by this thread; `None` where there is nobody to read.
///
/// # Errors
/// When the file cannot be read, or the locks not be counted.
pub fn quiet_locks(
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
    let before = counter.counts();
    for _ in 0..QUIET_SCANS {
        scanner.scan(|| {
            totals.pieces += 1;
            true
        })?;
        totals.scans += 1;
    }
    totals.locks = counter.counts().since(before);
    Ok(Some(totals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

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
    fn readers_read_until_they_are_dropped() {
        let manner = Manner {
            niced: true,
            ..Manner::default()
        };
        for reader in LabReader::ALL {
            if let Err(why) = reader.try_here() {
                assert_eq!(why.lines().count(), 1, "{why}");
                continue;
            }
            let readers = Readers::start(reader, 2, std::process::id(), &manner).unwrap();
            let begin = Instant::now();
            let enough = |totals: ReadTotals| totals.scans >= 2 || reader == LabReader::None;
            while !(readers.are_ready() && enough(readers.totals())) {
                assert_eq!(readers.problem(), None);
                assert!(begin.elapsed() < Duration::from_secs(60), "{reader}");
                std::thread::yield_now();
            }
            let totals = readers.totals();
            assert!(totals.pieces >= totals.scans);
            assert!(!readers.refused().nice);
        }
    }
}
