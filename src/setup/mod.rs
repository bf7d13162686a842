//! A modifier, set up to be watched.
//!
//! A [`Stage`] lays the modifier out for one scenario so that its site stands
//! where a case wants it relative to the chunks of a reader, steps through all
//! states standing still, and compares what the kernel shows with what the
//! scenario declares. What comes out, [`Staged`], is all a judge needs to know.

pub(crate) mod capture;
pub(crate) mod case_setup;
pub(crate) mod cpus;
pub(crate) mod declared;
pub(crate) mod error;
pub(crate) mod evidence;
pub(crate) mod place_sites;
pub(crate) mod placement;
pub(crate) mod read_range;
pub(crate) mod state_info;

use std::sync::Arc;
use std::time::{Duration, Instant};

use error::StageError;

use case_setup::Setting;
use read_range::Extent;

use read_range::{last_extent, low_extent};

use crate::linux::chunk::{ChunkReader, NoClock};
use crate::linux::features::rule::Reader;
use crate::linux::file::ProcFile;
use crate::maps::line::{is_smaps_header, parse_range};
use crate::maps::scan_text::{Lines, Records, ScanText};
use crate::maps::smaps::keep_headers;
use crate::modifier::handle::Modifier;
use crate::modifier::options::{ModifierOptions, Pace};
use crate::oracle::states::States;
use crate::scenario::arena::Site;
use crate::scenario::definition::Scenario;
use placement::Placement;
use state_info::{BoundaryView, StateInfo};

/// Scans that are timed: the shortest was not interrupted.
const SCANS_TIMED: u32 = 5;

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
    /// Where its first site is.
    pub site: Site,
    /// Where all its sites are, in address order.
    pub sites: Vec<Site>,
    /// Where the site stands relative to the reader's chunks.
    pub placement: Placement,
    /// How much of the file is to be read each time.
    pub extent: Extent,
    /// How long a scan took while the modifier stood still.
    pub scan_time: Duration,
    /// Every state, as the kernel showed it.
    pub states: Arc<States>,
    /// The states, to show.
    pub state_infos: Vec<StateInfo>,
    /// The lines around the boundary in each state and after the restore.
    pub boundary: Vec<BoundaryView>,
}

impl Staged {
    /// How writers work unless something else is asked for.
    ///
    /// Where scans are short, a writer without rests makes the reader wait for
    /// mmap_lock most of the time; with one operation between two rests of up
    /// to a scan far more scans are torn (`cargo bench --bench finding`).
    #[must_use]
    pub fn usual_pace(&self) -> Pace {
        match self.placement {
            Placement::Low => self.bursts_of(1),
            _ => Pace::Steady,
        }
    }

    /// Bursts of at most so many operations, with rests of up to a scan.
    #[must_use]
    pub fn bursts_of(&self, operations: u32) -> Pace {
        Pace::Burst {
            operations,
            rest_ns: u64::try_from(self.scan_time.as_nanos()).unwrap_or(u64::MAX),
        }
    }
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
        self.set_up(scenario, &Setting::new(reader, placement))
    }

    /// The same with all there is to choose.
    ///
    /// # Errors
    /// [`StageError`]; those that are a reason to skip the case say so.
    pub fn set_up(&mut self, scenario: &Scenario, setting: &Setting) -> Result<Staged, StageError> {
        let setting = &setting.for_scenario(scenario);
        let mut file = TextFile::open(self.pid(), setting.reader)?;
        if let Some(size) = setting.read_size {
            file.file.set_read_size(size);
        }
        let sites = self.place(scenario, &mut file, setting)?;
        let mut staged = self.capture(scenario, sites, setting.placement, &mut file)?;
        staged.extent.read_size = setting.read_size;
        match setting.placement {
            Placement::Low => staged.extent = low_extent(&mut file, &staged, setting)?,
            Placement::Last => staged.extent = last_extent(&mut file, &staged, setting)?,
            _ => {}
        }
        staged.scan_time = Duration::MAX;
        for _ in 0..SCANS_TIMED {
            let start = Instant::now();
            match staged.extent.until {
                None => file.file.scan(&NoClock, &mut file.raw)?,
                Some(address) => {
                    file.file.scan_until(&NoClock, &mut file.raw, address)?;
                }
            }
            staged.scan_time = staged.scan_time.min(start.elapsed());
        }
        Ok(staged)
    }

    /// One operation at every site; the modifier stands still then.
    ///
    /// # Errors
    /// When an operation fails, or the modifier has died.
    pub fn step_sites(&mut self, staged: &Staged) -> Result<(), StageError> {
        // A writer makes an operation at each of its sites in turn.
        for site in staged.states.sites() {
            self.modifier.step_writer(site.clock.writer)?;
        }
        Ok(())
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
    let records = match reader {
        Reader::Smaps => Records::Smaps,
        _ => Records::Line,
    };
    let size = crate::linux::process::page_size() as usize;
    Ok(ChunkReader::with_records(
        ProcFile::open(pid, reader.file())?,
        size,
        records,
    ))
}

/// A reader's file, of which only the VMA lines are kept.
#[derive(Debug)]
pub(crate) struct TextFile {
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

    /// Bytes of the file, as it stands still, before the VMA lines at or above
    /// an address (in bytes), and of so many of those with all that is printed
    /// of them.
    fn bytes_up_to(&mut self, address: u64, lines: usize) -> Result<usize, StageError> {
        self.file.scan(&NoClock, &mut self.raw)?;
        let text = self.raw.text();
        let mut left = lines;
        let mut at = 0;
        for line in Lines::of(text) {
            let start = parse_range(line).filter(|_| is_smaps_header(line));
            if start.is_some_and(|(start, _)| start >= address) {
                if left == 0 {
                    return Ok(at);
                }
                left -= 1;
            }
            at += line.len();
        }
        Ok(text.len())
    }
}
