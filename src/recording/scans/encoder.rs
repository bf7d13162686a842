//! Writes the records of a stream.

use super::dictionary::Dictionary;
use super::{Against, Unit, flags, is_new_base, tags};
use crate::maps::scan_text::{ScanText, Window};
use crate::recording::bytes::{put_bytes, put_difference, put_number};
use crate::recording::record::Record;

/// When a record was read, and how.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ReadInfo {
    /// In nanoseconds since the recording began.
    pub(crate) begun_ns: u64,
    pub(crate) ended_ns: u64,
    /// Whether it was read to the end of the file.
    pub(crate) whole: bool,
    pub(crate) reads: u32,
    pub(crate) interrupted: u32,
}

impl From<&Record> for ReadInfo {
    fn from(record: &Record) -> Self {
        ReadInfo {
            begun_ns: record.begun_ns,
            ended_ns: record.ended_ns,
            whole: record.whole,
            reads: record.reads,
            interrupted: record.interrupted,
        }
    }
}

#[derive(Debug)]
pub(crate) struct ScanEncoder {
    unit: Unit,
    against: Against,
    /// Of this segment; buffers that are reused.
    base: Vec<Vec<u8>>,
    /// How many of them there are.
    base_count: usize,
    dictionary: Dictionary,
}

impl ScanEncoder {
    /// Of texts of such units, and so many writers that are counted.
    pub(crate) fn new(unit: Unit, writers: usize) -> Self {
        ScanEncoder {
            unit,
            against: Against::new(writers),
            base: Vec::new(),
            base_count: 0,
            dictionary: Dictionary::new(),
        }
    }

    /// The next record is told against nothing.
    pub(crate) fn begin_segment(&mut self) {
        self.against = Against::new(self.against.writers);
        self.base_count = 0;
        self.dictionary.clear();
    }

    /// Appends a scan; with `info.reads` and `interrupted` of the scan.
    pub(crate) fn put_scan(&mut self, out: &mut Vec<u8>, info: ReadInfo, scan: &ScanText) {
        let info = ReadInfo {
            reads: scan.reads,
            interrupted: scan.interrupted,
            ..info
        };
        let chunks = scan.chunks.iter().map(|chunk| scan.chunk_text(chunk));
        let windows = scan.chunks.iter().map(|chunk| chunk.window);
        let windows = windows.chain([scan.eof]);
        self.put(out, info, chunks, (scan.chunks.len() + 1, windows));
    }

    /// Appends a record.
    pub(crate) fn put_record(&mut self, out: &mut Vec<u8>, record: &Record) {
        let windows = (record.windows.len(), record.windows.iter().copied());
        self.put(out, record.into(), record.chunks(), windows);
    }

    /// Appends a record of these chunks and so many windows.
    fn put<'a>(
        &mut self,
        out: &mut Vec<u8>,
        info: ReadInfo,
        chunks: impl ExactSizeIterator<Item = &'a [u8]> + Clone,
        (window_count, windows): (usize, impl Iterator<Item = Window>),
    ) {
        let count = chunks.len();
        let base = self.base.iter().take(self.base_count);
        let pairs = chunks.clone().zip(base);
        let alike = pairs.take_while(|(chunk, base)| chunk == base).count();
        let same = self.base_count == count && alike == count;
        let usual = info.interrupted == 0 && u64::from(info.reads) == count as u64 + 1;
        let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
        out.push(
            flag(info.whole, flags::WHOLE)
                | flag(!usual, flags::READS)
                | flag(!same, flags::CHUNKS)
                | flag(window_count != count + 1, flags::WINDOWS),
        );
        put_difference(out, self.against.ended_ns, info.begun_ns);
        put_difference(out, info.begun_ns, info.ended_ns);
        self.against.ended_ns = info.ended_ns;
        if !usual {
            put_number(out, info.reads.into());
            put_number(out, info.interrupted.into());
        }
        if !same {
            put_number(out, count as u64);
            self.put_chunks(out, chunks, alike);
        }
        if window_count != count + 1 {
            put_number(out, window_count as u64);
        }
        self.put_windows(out, windows);
    }

    /// Of which so many in front are known to be those of the base.
    fn put_chunks<'a>(
        &mut self,
        out: &mut Vec<u8>,
        chunks: impl ExactSizeIterator<Item = &'a [u8]> + Clone,
        alike: usize,
    ) {
        let (mut total, mut between) = (0, 0);
        for (i, chunk) in chunks.clone().enumerate() {
            total += chunk.len();
            let base = self.base.get(i).filter(|_| i < self.base_count);
            let base = base.map_or(&[][..], |base| base);
            if i < alike || i < self.base_count && chunk == base {
                out.push(tags::BASE);
                continue;
            }
            out.push(tags::PARTS);
            let (start, end) = differing(self.unit, base, chunk);
            put_number(out, start as u64);
            put_number(out, (chunk.len() - end) as u64);
            let mut rest = &chunk[start..end];
            between += rest.len();
            put_number(out, rest.len() as u64);
            while !rest.is_empty() {
                let unit = self.unit.first(rest);
                rest = &rest[unit.len()..];
                match self.dictionary.find_or_keep(unit) {
                    Some(slot) => put_number(out, slot as u64 + 1),
                    None => {
                        out.push(0);
                        put_bytes(out, unit);
                    }
                }
            }
        }
        if self.base_count == 0 || is_new_base(between, total) {
            self.become_base(chunks);
        }
    }

    fn become_base<'a>(&mut self, chunks: impl ExactSizeIterator<Item = &'a [u8]>) {
        let count = chunks.len();
        if self.base.len() < count {
            self.base.resize_with(count, Vec::new);
        }
        for (base, chunk) in self.base.iter_mut().zip(chunks) {
            base.clear();
            base.extend_from_slice(chunk);
        }
        self.base_count = count;
    }

    /// Each that differs from the one before it, after how many like that.
    fn put_windows(&mut self, out: &mut Vec<u8>, windows: impl Iterator<Item = Window>) {
        let writers = self.against.writers;
        if writers == 0 {
            return;
        }
        let mut like_it = 0;
        for window in windows {
            if window == self.against.window {
                like_it += 1;
                continue;
            }
            put_number(out, like_it);
            like_it = 0;
            let before = std::mem::replace(&mut self.against.window, window);
            for writer in 0..writers {
                put_difference(out, before.finished[writer], window.finished[writer]);
                put_difference(out, window.finished[writer], window.begun[writer]);
            }
        }
        if like_it > 0 {
            put_number(out, like_it);
        }
    }
}

/// The part of a chunk that is not in the base, in whole units: from where to where.
fn differing(unit: Unit, base: &[u8], chunk: &[u8]) -> (usize, usize) {
    let start = unit.floor(chunk, common_prefix(base, chunk));
    // What is in front is not in both ends.
    let alike = common_suffix(&base[start..], &chunk[start..]);
    (start, unit.ceiling(chunk, chunk.len() - alike))
}

const BLOCK: usize = 64;

fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let blocks = a.chunks_exact(BLOCK).zip(b.chunks_exact(BLOCK));
    let at = blocks.take_while(|(a, b)| a == b).count() * BLOCK;
    let rest = a[at..].iter().zip(&b[at..]);
    at + rest.take_while(|(a, b)| a == b).count()
}

fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    let blocks = a.rchunks_exact(BLOCK).zip(b.rchunks_exact(BLOCK));
    let at = blocks.take_while(|(a, b)| a == b).count() * BLOCK;
    let rest = a[..a.len() - at]
        .iter()
        .rev()
        .zip(b[..b.len() - at].iter().rev());
    at + rest.take_while(|(a, b)| a == b).count()
}
