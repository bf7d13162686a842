//! A modifier, set up to be watched.
//!
//! A [`Stage`] lays the modifier out for one scenario so that its site stands
//! where a case wants it relative to the chunks of a reader, steps through all
//! states standing still, and compares what the kernel shows with what the
//! scenario declares. What comes out, [`Staged`], is all a judge needs to know.

mod capture;
mod cpus;
mod error;
mod evidence;
mod placement;

use std::sync::Arc;

pub use cpus::{divide, keep_apart};
pub use error::StageError;
pub use evidence::gather_evidence;

use crate::kernel::chunk::{ChunkReader, NoClock, Records, ScanText};
use crate::kernel::features::Reader;
use crate::kernel::file::{ProcFile, Which};
use crate::observation::{BoundaryView, Placement, StateInfo};
use crate::scan::{States, keep_headers};
use crate::target::layout::Site;
use crate::target::modifier::{Modifier, ModifierOptions};
use crate::target::scenario::Scenario;

/// A modifier and open files of its address space.
#[derive(Debug)]
pub struct Stage {
    modifier: Modifier,
    maps: ChunkReader<ProcFile>,
    text: ScanText,
}

/// A scenario that is laid out, in its original state, and known in all.
#[derive(Clone, Debug)]
pub struct Staged {
    /// The scenario.
    pub scenario: Scenario,
    /// Where its site is.
    pub site: Site,
    /// Where the site stands relative to the reader's chunks.
    pub placement: Placement,
    /// How much of the file is to be read each time.
    pub extent: Extent,
    /// Every state, as the kernel showed it.
    pub states: Arc<States>,
    /// The states, to show.
    pub state_infos: Vec<StateInfo>,
    /// The lines around the boundary in each state and after the restore.
    pub boundary: Vec<BoundaryView>,
}

/// How much of a text file a scan reads, and in what pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// All of it, a page at a time.
    #[default]
    Whole,
    /// Its beginning, until a line starts at or above an address: a site near
    /// the lowest addresses is then passed many times as often.
    Until {
        /// The address, in bytes.
        address: u64,
        /// The caller's buffer, in bytes: so much that one read generates the
        /// site, and hardly more.
        read_size: usize,
    },
}

impl Stage {
    /// Starts a modifier.
    ///
    /// # Errors
    /// When it cannot be started, or its files cannot be opened.
    pub fn new(options: &ModifierOptions) -> Result<Self, StageError> {
        std::fs::metadata("/proc/self/maps").map_err(StageError::NoProc)?;
        let modifier = Modifier::spawn(options)?;
        let maps = open(modifier.pid(), Reader::Maps)?;
        Ok(Stage {
            modifier,
            maps,
            text: ScanText::default(),
        })
    }

    /// The modifier.
    pub fn modifier(&mut self) -> &mut Modifier {
        &mut self.modifier
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.modifier.pid()
    }

    /// Lays `scenario` out at `placement` for `reader` and captures its
    /// states. The modifier then stands still in the original state.
    ///
    /// # Errors
    /// [`StageError`]; those that are a reason to skip the case say so.
    pub fn set(
        &mut self,
        scenario: &Scenario,
        reader: Reader,
        placement: Placement,
    ) -> Result<Staged, StageError> {
        let mut file = TextFile::open(self.pid(), reader)?;
        let low = reader == Reader::Maps && placement == Placement::Inside;
        let site = if low {
            self.modifier.layout(scenario, placement::LOW_SLOT)?
        } else {
            self.place(scenario, &mut file, placement)?
        };
        let mut staged = self.capture(scenario, site, placement, &mut file)?;
        if low {
            staged.extent = placement::low_extent(&mut file, &staged)?;
        }
        Ok(staged)
    }

    /// The whole of `maps` as it is now; the modifier must stand still.
    fn read_maps(&mut self) -> Result<&[u8], StageError> {
        self.maps.scan(&NoClock, &mut self.text)?;
        Ok(self.text.text())
    }
}

/// Opens what `reader` reads, to be read a page at a time.
///
/// # Errors
/// When it cannot be opened.
pub fn open(pid: u32, reader: Reader) -> Result<ChunkReader<ProcFile>, StageError> {
    let (which, records) = match reader {
        Reader::Smaps => (Which::Smaps, Records::Smaps),
        Reader::Maps | Reader::Query => (Which::Maps, Records::Line),
    };
    let size = crate::kernel::process::page_size() as usize;
    Ok(ChunkReader::with_records(
        ProcFile::open(pid, which)?,
        size,
        records,
    ))
}

/// A reader's file, of which only the VMA lines are kept.
#[derive(Debug)]
struct TextFile {
    file: ChunkReader<ProcFile>,
    smaps: bool,
    raw: ScanText,
    lines: ScanText,
}

impl TextFile {
    fn open(pid: u32, reader: Reader) -> Result<Self, StageError> {
        Ok(TextFile {
            file: open(pid, reader)?,
            smaps: reader == Reader::Smaps,
            raw: ScanText::default(),
            lines: ScanText::default(),
        })
    }

    /// One scan, in chunks; the modifier must stand still.
    fn scan(&mut self) -> Result<&ScanText, StageError> {
        self.file.scan(&NoClock, &mut self.raw)?;
        if !self.smaps {
            return Ok(&self.raw);
        }
        keep_headers(&self.raw, &mut self.lines);
        Ok(&self.lines)
    }
}
