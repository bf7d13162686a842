//! Reads a text file of an address space, scan by scan.

use crate::linux::chunk::{ChunkReader, ReadClock, ScanError};
use crate::linux::dwell::DwellTime;
use crate::linux::file::ProcFile;
use crate::linux::process::mm_is_alive;
use crate::maps::scan_text::ScanText;
use crate::setup::read_range::ReadRange;

/// Reads `maps`, or of `smaps` what `maps` would show.
#[derive(Debug)]
pub(crate) struct TextReader {
    file: ChunkReader<ProcFile>,
    smaps: bool,
    /// Where to stop, in bytes; none: at the end of the file.
    until: Option<u64>,
    raw: ScanText,
    /// Of `smaps`, the lines that `maps` has too.
    lines: ScanText,
}

impl TextReader {
    pub(crate) fn new(mut file: ChunkReader<ProcFile>, smaps: bool, extent: ReadRange) -> Self {
        if let Some(size) = extent.read_size {
            file.set_read_size(size);
        }
        file.pause_first(extent.one_read);
        TextReader {
            file,
            smaps,
            until: extent.until,
            raw: ScanText::default(),
            lines: ScanText::default(),
        }
    }

    /// One scan; whether it is one of the whole file.
    pub(crate) fn scan(&mut self, clock: &impl ReadClock) -> Result<bool, ScanError> {
        let whole = match self.until {
            None => {
                self.file.scan(clock, &mut self.raw)?;
                true
            }
            Some(address) => self.file.scan_until(clock, &mut self.raw, address)?,
        };
        if self.smaps {
            self.lines.copy_headers_of(&self.raw);
        }
        Ok(whole)
    }

    /// What was read last.
    pub(crate) fn text(&self) -> &ScanText {
        if self.smaps { &self.lines } else { &self.raw }
    }

    /// The same, for those who take it and leave another.
    pub(crate) fn text_mut(&mut self) -> &mut ScanText {
        if self.smaps {
            &mut self.lines
        } else {
            &mut self.raw
        }
    }

    pub(crate) fn set_dwell(&mut self, pause: DwellTime) {
        self.file.set_dwell(pause);
    }

    /// Whether the address space that is read still exists. What cannot be read
    /// at all is not alive either.
    pub(crate) fn is_alive(&mut self) -> bool {
        mm_is_alive(self.file.file_mut()).unwrap_or(false)
    }
}
