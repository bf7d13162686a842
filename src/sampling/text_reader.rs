//! Reads a text file of an address space, scan by scan.

use crate::linux::chunk::{ChunkReader, ReadClock, ScanError};
use crate::linux::dwell::DwellTime;
use crate::linux::file::ProcFile;
use crate::linux::interrupt_storm::InterruptStorm;
use crate::linux::process::mm_is_alive;
use crate::maps::scan_text::ScanText;
use crate::setup::read_range::ReadRange;
use crate::setup::text_file::TextFile;

/// Reads a [`TextFile`], all of it or a part.
#[derive(Debug)]
pub(crate) struct TextReader {
    text: TextFile,
    /// Where to stop, in bytes; none: at the end of the file.
    until: Option<u64>,
}

impl TextReader {
    pub(crate) fn new(mut file: ChunkReader<ProcFile>, smaps: bool, extent: ReadRange) -> Self {
        if let Some(size) = extent.read_size {
            file.set_read_size(size);
        }
        file.pause_first(extent.one_read);
        TextReader {
            text: TextFile::of(file, smaps),
            until: extent.until,
        }
    }

    /// One scan; whether it is one of the whole file.
    pub(crate) fn scan(&mut self, clock: &impl ReadClock) -> Result<bool, ScanError> {
        let TextFile { file, raw, .. } = &mut self.text;
        let whole = match self.until {
            None => {
                file.scan(clock, raw)?;
                true
            }
            Some(address) => file.scan_until(clock, raw, address)?,
        };
        self.text.keep_vma_lines();
        Ok(whole)
    }

    /// The VMA lines that were read last.
    pub(crate) fn text(&self) -> &ScanText {
        self.text.text()
    }

    /// The same, for those who take it and leave another.
    pub(crate) fn text_mut(&mut self) -> &mut ScanText {
        self.text.text_mut()
    }

    pub(crate) fn set_dwell(&mut self, pause: DwellTime) {
        self.text.file.set_dwell(pause);
    }

    pub(crate) fn begin_storm(&mut self, storm: InterruptStorm) {
        // A scan may be a single read.
        self.text.file.pause_first(true);
        self.text.file.begin_storm(storm);
    }

    /// Whether the address space that is read still exists.
    pub(crate) fn is_alive(&mut self) -> Result<bool, ScanError> {
        mm_is_alive(self.text.file.file_mut()).map_err(|error| ScanError::Read { error })
    }
}
