//! The file that a text reader reads.

use super::error::SetupError;
use crate::linux::chunk::{ChunkReader, NoClock};
use crate::linux::file::ProcFile;
use crate::linux::reader::Reader;
use crate::maps::line::{is_smaps_header, parse_range};
use crate::maps::scan_text::{Lines, Records, ScanText};

/// Opens what `reader` reads, to be read a page at a time.
///
/// # Errors
/// When it cannot be opened.
pub fn open(pid: u32, reader: Reader) -> Result<ChunkReader<ProcFile>, SetupError> {
    let records = match reader {
        Reader::Smaps => Records::Smaps,
        Reader::Maps
        | Reader::Query
        | Reader::QueryWalk
        | Reader::SmapsRollup
        | Reader::NumaMaps => Records::Line,
    };
    let size = crate::linux::process::page_size() as usize;
    Ok(ChunkReader::with_records(
        ProcFile::open(pid, reader.file())?,
        size,
        records,
    ))
}

/// A file of `maps`, or of `smaps` with what `maps` would show.
#[derive(Debug)]
pub(crate) struct TextFile {
    pub(crate) file: ChunkReader<ProcFile>,
    pub(super) smaps: bool,
    pub(crate) raw: ScanText,
    /// Of `smaps`, the lines that `maps` has too.
    lines: ScanText,
}

impl TextFile {
    pub(super) fn open(pid: u32, reader: Reader) -> Result<Self, SetupError> {
        Ok(Self::of(open(pid, reader)?, reader == Reader::Smaps))
    }

    pub(crate) fn of(file: ChunkReader<ProcFile>, smaps: bool) -> Self {
        TextFile {
            file,
            smaps,
            raw: ScanText::default(),
            lines: ScanText::default(),
        }
    }

    /// Takes the VMA lines out of what was read: after each read, and before
    /// [`text`](Self::text).
    pub(crate) fn keep_vma_lines(&mut self) {
        if self.smaps {
            self.lines.copy_headers_of(&self.raw);
        }
    }

    /// The VMA lines of what was read last.
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

    /// One scan, in chunks; the modifier must stand still.
    pub(super) fn scan(&mut self) -> Result<&ScanText, SetupError> {
        self.file.scan(&NoClock, &mut self.raw)?;
        self.keep_vma_lines();
        Ok(self.text())
    }

    /// Bytes of the file, as it stands still, before the VMA lines at or above
    /// an address (in bytes), and of so many of those with all that is printed
    /// of them.
    pub(super) fn bytes_up_to(&mut self, address: u64, lines: usize) -> Result<usize, SetupError> {
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
