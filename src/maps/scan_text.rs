//! The text of one scan, and which of its lines were generated together.
//!
//! `read()` boundaries are not chunk boundaries. The kernel
//! (`seq_read_iter()`, fs/seq_file.c) first copies out what an earlier read
//! left over, and then generates anew in the same read. What is left over is
//! always the rest of one record, because generating stops at the first record
//! that fills the caller's buffer. One case leaves a whole record behind: when
//! the left-over fills the caller's buffer exactly, the kernel generates one
//! record more and copies nothing of it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::line::{is_smaps_header, parse_range};

/// Most writers of one address space whose operations are counted.
pub(crate) const MAX_WRITERS: usize = 4;

/// How many operations each writer has begun, or finished.
pub type Counts = [u64; MAX_WRITERS];

/// What the modifier had done around one read: the states between the two
/// counts are those a reader may have seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// Operations finished, by writer, loaded before the generating read.
    pub finished: Counts,
    /// Operations begun, by writer, loaded after it.
    pub begun: Counts,
}

impl Window {
    /// The window that allows every state: nothing is known of the writers.
    pub const ANY: Self = Self {
        finished: [0; MAX_WRITERS],
        begun: [u64::MAX; MAX_WRITERS],
    };

    /// The window of an address space with one writer.
    #[must_use]
    pub const fn of_one(finished: u64, begun: u64) -> Self {
        let mut window = Self {
            finished: [0; MAX_WRITERS],
            begun: [0; MAX_WRITERS],
        };
        window.finished[0] = finished;
        window.begun[0] = begun;
        window
    }

    /// Whether the writers stood still: no operation was under way.
    #[must_use]
    pub fn stands_still(self) -> bool {
        self.finished == self.begun
    }
}

/// The lines that one `read()` generated, under one `start()`/`stop()` of the
/// seq_file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Where its lines lie in [`ScanText::text`], in bytes: whole lines only
    /// (in `smaps` whole records). Empty only in the middle of a scan, for a
    /// chunk of which no whole line has been delivered yet.
    pub bytes: Range<usize>,
    /// The window of the read that generated it, which may be an earlier one
    /// than the read that delivered it.
    pub window: Window,
}

/// What a seq_file generates as one piece.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Records {
    /// One line a VMA: `maps`, `numa_maps`.
    #[default]
    Line,
    /// A header line and its details, the last of which is `VmFlags:`: `smaps`
    /// (`show_smap()`, fs/proc/task_mmu.c, since Linux 3.8).
    Smaps,
}

impl Records {
    /// The end of the first record in `text[whole..]`, of which `text[..fresh]`
    /// has been searched before.
    fn first_end(self, text: &[u8], whole: usize, fresh: usize) -> Option<usize> {
        match self {
            Self::Line => memchr::memchr(b'\n', &text[fresh..]).map(|at| fresh + at + 1),
            Self::Smaps => {
                let mut end = whole;
                for line in Lines::of(&text[whole..]) {
                    end += line.len();
                    if is_last_of_smaps(line) {
                        return Some(end);
                    }
                }
                None
            }
        }
    }

    /// The end of the last record in `text[fresh..]`, else `fresh`.
    fn last_end(self, text: &[u8], fresh: usize) -> usize {
        let mut end = match memchr::memrchr(b'\n', &text[fresh..]) {
            Some(at) => fresh + at + 1,
            None => return fresh,
        };
        if self == Self::Smaps {
            while end > fresh {
                let start = memchr::memrchr(b'\n', &text[fresh..end - 1]);
                let start = start.map_or(fresh, |at| fresh + at + 1);
                if is_last_of_smaps(&text[start..end]) {
                    break;
                }
                end = start;
            }
        }
        end
    }
}

fn is_last_of_smaps(line: &[u8]) -> bool {
    line.starts_with(b"VmFlags:") && line.ends_with(b"\n")
}

/// The text of one scan, offset 0 to end of file, in buffers that are reused:
/// a [`ChunkReader`](crate::linux::chunk::ChunkReader) fills it.
#[derive(Clone, Debug, Default)]
pub struct ScanText {
    /// Initialised as far as any scan went, so that reads need no zeroing.
    buffer: Vec<u8>,
    /// Bytes read so far.
    used: usize,
    /// End of the last whole record.
    whole: usize,
    /// Whether the kernel holds generated text that is not delivered yet.
    left_over: bool,
    /// The chunks, in the order of the file; they adjoin and cover the text.
    pub chunks: Vec<Chunk>,
    /// The window of the read that returned 0. The end was *decided* earlier: a
    /// seq_file looks for the next VMA right behind showing one.
    pub eof: Window,
    /// Reads that returned, the one at the end of the file included.
    pub reads: u32,
    /// Reads that failed with `EINTR` and were done again.
    pub interrupted: u32,
}

impl ScanText {
    /// Everything read so far.
    #[inline]
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.buffer[..self.used]
    }

    /// Bytes read after the last whole line (in `smaps`, record): not empty
    /// only in the middle of a scan, or where the file ended so.
    #[must_use]
    pub fn partial(&self) -> &[u8] {
        &self.buffer[self.whole..self.used]
    }

    /// The text of one chunk; empty if the chunk is not of this scan.
    #[inline]
    #[must_use]
    pub fn chunk_text(&self, chunk: &Chunk) -> &[u8] {
        self.text().get(chunk.bytes.clone()).unwrap_or_default()
    }

    /// `vm_start` and `vm_end` of the last VMA printed in a chunk.
    pub(crate) fn last_vma(&self, chunk: &Chunk) -> Option<(u64, u64)> {
        let mut text = self.chunk_text(chunk);
        while let Some(body) = text.strip_suffix(b"\n") {
            let at = memchr::memrchr(b'\n', body).map_or(0, |newline| newline + 1);
            if is_smaps_header(&text[at..]) {
                return parse_range(&text[at..]);
            }
            text = &text[..at];
        }
        None
    }

    /// The lines of one chunk, each with its newline.
    #[inline]
    #[must_use]
    pub fn lines(&self, chunk: &Chunk) -> Lines<'_> {
        Lines::of(self.chunk_text(chunk))
    }

    /// A finished scan made of the given chunks of whole lines: for simulated
    /// kernels and tests.
    #[must_use]
    pub fn from_chunks<'a>(
        chunks: impl IntoIterator<Item = (&'a [u8], Window)>,
        eof: Window,
    ) -> Self {
        let mut scan = Self {
            eof,
            ..Self::default()
        };
        for (text, window) in chunks {
            let start = scan.buffer.len();
            scan.buffer.extend_from_slice(text);
            scan.chunks.push(Chunk {
                bytes: start..scan.buffer.len(),
                window,
            });
            scan.reads += 1;
        }
        scan.reads += 1;
        scan.used = scan.buffer.len();
        scan.whole = scan.used;
        scan
    }

    /// Appends a chunk of whole lines, into buffers that are reused: for scans
    /// that are made of parts of others.
    pub fn push_chunk<'a>(&mut self, lines: impl IntoIterator<Item = &'a [u8]>, window: Window) {
        let start = self.used;
        for line in lines {
            self.room(line.len()).copy_from_slice(line);
            self.used += line.len();
        }
        self.whole = self.used;
        self.chunks.push(Chunk {
            bytes: start..self.used,
            window,
        });
    }

    /// A text of chunks, by their lengths in bytes, and what was read behind them;
    /// none where they are longer than the text.
    pub(crate) fn of_parts(text: Vec<u8>, chunks: Vec<(usize, Window)>) -> Option<Self> {
        let mut scan = Self {
            used: text.len(),
            buffer: text,
            ..Self::default()
        };
        for (length, window) in chunks {
            let bytes = scan.whole..scan.whole.checked_add(length)?;
            scan.whole = bytes.end;
            scan.chunks.push(Chunk { bytes, window });
        }
        (scan.whole <= scan.used).then_some(scan)
    }

    /// Becomes a copy of `other`, in buffers that are reused.
    pub fn copy_from(&mut self, other: &ScanText) {
        self.clear();
        self.room(other.used).copy_from_slice(other.text());
        self.chunks.extend_from_slice(&other.chunks);
        *self = Self {
            buffer: std::mem::take(&mut self.buffer),
            chunks: std::mem::take(&mut self.chunks),
            ..*other
        };
    }

    /// Becomes the VMA header lines of an `smaps` scan, chunk by chunk: they are
    /// the lines of `maps`, and judged like them.
    pub fn copy_headers_of(&mut self, smaps: &ScanText) {
        self.clear();
        for chunk in &smaps.chunks {
            let headers = smaps.lines(chunk).filter(|line| is_smaps_header(line));
            self.push_chunk(headers, chunk.window);
        }
        self.eof = smaps.eof;
    }

    /// Forgets the scan, keeps the buffers.
    pub fn clear(&mut self) {
        self.used = 0;
        self.whole = 0;
        self.left_over = false;
        self.chunks.clear();
        self.eof = Window::default();
        self.reads = 0;
        self.interrupted = 0;
    }

    /// Room for one read of `size` bytes behind the text.
    pub(crate) fn room(&mut self, size: usize) -> &mut [u8] {
        let end = self.used + size;
        if self.buffer.len() < end {
            // Ahead by a half, so that a growing target costs few copies.
            let length = end.max(self.buffer.len() + self.buffer.len() / 2);
            self.buffer.reserve_exact(length - self.buffer.len());
            self.buffer.resize(length, 0);
        }
        &mut self.buffer[self.used..end]
    }

    /// Takes in what a read put into [`room`](Self::room): `count` bytes of
    /// the `requested`; 0 at the end of the file.
    pub(crate) fn absorb(&mut self, count: usize, requested: usize, window: Window, of: Records) {
        let before = self.used;
        self.used += count;
        self.reads = self.reads.saturating_add(1);
        if count == 0 {
            self.eof = window;
            self.left_over = false;
            if self.chunks.last().is_some_and(|last| last.bytes.is_empty()) {
                self.chunks.pop();
            }
            return;
        }
        if self.left_over {
            let Some(end) = of.first_end(&self.buffer[..self.used], self.whole, before) else {
                return;
            };
            if let Some(last) = self.chunks.last_mut() {
                last.bytes.end = end;
            }
            self.whole = end;
            if end == self.used {
                // Drained. Exactly as much as was asked for: then one record
                // has been generated already. Less: the file has ended.
                self.left_over = count == requested;
                if self.left_over {
                    self.begin_chunk(window);
                }
                return;
            }
        }
        // From here on, all is this read's own.
        self.begin_chunk(window);
        let end = of.last_end(&self.buffer[..self.used], self.whole);
        if let Some(last) = self.chunks.last_mut() {
            last.bytes.end = end;
        }
        self.whole = end;
        self.left_over = end != self.used;
    }

    fn begin_chunk(&mut self, window: Window) {
        self.chunks.push(Chunk {
            bytes: self.whole..self.whole,
            window,
        });
    }
}

/// Lines of a text, each with its newline (the last one perhaps without).
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Lines<'a> {
    /// The lines of `text`.
    #[inline]
    #[must_use]
    pub fn of(text: &'a [u8]) -> Self {
        Self { rest: text }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest).map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(line)
    }
}
