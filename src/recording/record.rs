//! One scan, or one pass of queries, as it was read.

use crate::maps::scan_text::{ScanText, Window};

/// What was read in one scan of a text file, or in one pass of queries. Its buffers
/// are reused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Its number, from 1, in its stream.
    pub(crate) number: u64,
    /// When reading began, in nanoseconds since the recording did.
    pub(crate) begun_ns: u64,
    /// When it had been read, the same.
    pub(crate) ended_ns: u64,
    /// Whether it was read to the end of the file.
    pub(crate) whole: bool,
    /// Reads that returned.
    pub(crate) reads: u32,
    /// Reads that failed with `EINTR` and were done again.
    pub(crate) interrupted: u32,
    /// The chunks, one behind the other; of a pass the answers, as one chunk.
    pub(crate) text: Vec<u8>,
    /// Where each chunk ends in `text`, in bytes.
    pub(crate) ends: Vec<usize>,
    /// The window of each chunk, and that of the end of the file; of a pass that
    /// of each answer.
    pub(crate) windows: Vec<Window>,
}

impl Record {
    /// The bytes of each chunk.
    pub(crate) fn chunks(&self) -> impl ExactSizeIterator<Item = &[u8]> + Clone {
        let start = |i: usize| i.checked_sub(1).map_or(0, |before| self.ends[before]);
        let range = move |i: usize| start(i)..self.ends[i];
        (0..self.ends.len()).map(move |i| self.text.get(range(i)).unwrap_or_default())
    }

    /// The chunks as one scan, into buffers that are reused.
    pub(crate) fn put_into(&self, scan: &mut ScanText) {
        scan.clear();
        for (i, chunk) in self.chunks().enumerate() {
            let window = self.windows.get(i).copied().unwrap_or_default();
            scan.push_chunk([chunk], window);
        }
        scan.eof = self.windows.last().copied().unwrap_or_default();
        scan.reads = self.reads;
        scan.interrupted = self.interrupted;
    }

    /// The bytes and the window of each chunk of a scan.
    #[cfg(test)]
    pub(crate) fn take(&mut self, scan: &ScanText) {
        self.text.clear();
        self.text.extend_from_slice(scan.text());
        self.ends.clear();
        self.windows.clear();
        for crate::maps::scan_text::Chunk { bytes, window } in &scan.chunks {
            self.ends.push(bytes.end);
            self.windows.push(*window);
        }
        self.windows.push(scan.eof);
        (self.reads, self.interrupted) = (scan.reads, scan.interrupted);
    }
}
