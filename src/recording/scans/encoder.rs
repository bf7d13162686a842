//! Writes the records of a stream.

use super::dictionary::Dictionary;
use super::{Against, ExpectedEnds, Unit, changes, flags, is_new_base, is_one_unit, tokens};
use crate::maps::scan_text::{ScanText, Window};
use crate::recording::bytes::{put_bytes, put_difference, put_number};
use crate::recording::pass::Pass;
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
    /// Of this segment, in buffers that are reused.
    base: Vec<u8>,
    base_ends: Vec<usize>,
    dictionary: Dictionary,
}

impl ScanEncoder {
    /// Of texts of such units, and so many writers that are counted.
    pub(crate) fn new(unit: Unit, writers: usize) -> Self {
        ScanEncoder {
            unit,
            against: Against::new(writers),
            base: Vec::new(),
            base_ends: Vec::new(),
            dictionary: Dictionary::new(),
        }
    }

    /// The next record is told against nothing.
    pub(crate) fn begin_segment(&mut self) {
        self.against = Against::new(self.against.writers);
        self.base.clear();
        self.base_ends.clear();
        self.dictionary.clear();
    }

    /// Appends a scan; with `info.reads` and `interrupted` of the scan.
    pub(crate) fn put_scan(&mut self, out: &mut Vec<u8>, info: ReadInfo, scan: &ScanText) {
        let info = ReadInfo {
            reads: scan.reads,
            interrupted: scan.interrupted,
            ..info
        };
        let ends = scan.chunks.iter().map(|chunk| chunk.bytes.end);
        let windows = scan.chunks.iter().map(|chunk| chunk.window);
        let windows = windows.chain([scan.eof]);
        // A line that the end of a scan has cut is of no chunk.
        let covered = scan.chunks.last().map_or(0, |chunk| chunk.bytes.end);
        let text = (&scan.text()[..covered], ends);
        self.put(out, info, text, (scan.chunks.len() + 1, windows));
    }

    /// Appends a pass of queries.
    pub(crate) fn put_pass(&mut self, out: &mut Vec<u8>, info: ReadInfo, pass: &Pass) {
        let (text, windows) = (pass.text(), pass.windows());
        let info = ReadInfo {
            whole: true,
            reads: u32::try_from(windows.len()).unwrap_or(u32::MAX),
            ..info
        };
        let ends = [text.len()].into_iter();
        let windows = (windows.len(), windows);
        self.put(out, info, (text, ends), windows);
    }

    /// Appends a record.
    pub(crate) fn put_record(&mut self, out: &mut Vec<u8>, record: &Record) {
        let text = (&record.text[..], record.ends.iter().copied());
        let windows = (record.windows.len(), record.windows.iter().copied());
        self.put(out, record.into(), text, windows);
    }

    /// Appends a record of a text with these ends of chunks and so many windows.
    fn put(
        &mut self,
        out: &mut Vec<u8>,
        info: ReadInfo,
        (text, ends): (&[u8], impl ExactSizeIterator<Item = usize> + Clone),
        (window_count, windows): (usize, impl Iterator<Item = Window>),
    ) {
        let count = ends.len();
        let common = if is_one_unit(text) {
            if self.base == text { text.len() } else { 0 }
        } else {
            self.unit.common(&self.base, text)
        };
        let same_text = common == text.len() && common == self.base.len();
        let same_ends = ends.clone().eq(self.base_ends.iter().copied());
        let usual = info.interrupted == 0 && u64::from(info.reads) == count as u64 + 1;
        let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
        out.push(
            flag(info.whole, flags::WHOLE)
                | flag(!usual, flags::READS)
                | flag(!same_text, flags::TEXT)
                | flag(!same_ends, flags::ENDS)
                | flag(window_count != count + 1, flags::WINDOWS),
        );
        put_difference(out, self.against.ended_ns, info.begun_ns);
        put_difference(out, info.begun_ns, info.ended_ns);
        self.against.ended_ns = info.ended_ns;
        if !usual {
            put_number(out, info.reads.into());
            put_number(out, info.interrupted.into());
        }
        let between = if same_text {
            0
        } else {
            self.put_text(out, text, common)
        };
        if !same_ends {
            self.put_ends(out, ends.clone());
        }
        if !same_text && is_new_base(&self.base, between, text) {
            self.base.clear();
            self.base.extend_from_slice(text);
            self.base_ends.clear();
            self.base_ends.extend(ends);
        }
        if window_count != count + 1 {
            put_number(out, window_count as u64);
        }
        self.put_windows(out, windows);
    }

    /// A text that begins with so much of the base; how many bytes of it are not of the
    /// base.
    fn put_text(&mut self, out: &mut Vec<u8>, text: &[u8], mut common: usize) -> usize {
        put_number(out, text.len() as u64);
        if is_one_unit(text) {
            if !text.is_empty() {
                // Nothing of the base is in front of it.
                out.extend_from_slice(&[0, 0]);
                self.put_unit(out, text);
            }
            return text.len();
        }
        let (mut at, mut base_at, mut skipped, mut between) = (0, 0, 0, 0);
        while at < text.len() {
            put_number(out, skipped as u64);
            put_number(out, common as u64);
            at += common;
            base_at += common;
            let (begun, base_before) = (at, base_at);
            while at < text.len() {
                let unit = self.unit.first(&text[at..]);
                // What lies lower in the base is not in this text, nor what lies where
                // this unit does.
                let address = self.unit.address(unit);
                let mut before = self.unit.first(&self.base[base_at..]);
                while !before.is_empty() && self.unit.address(before) < address {
                    base_at += before.len();
                    before = self.unit.first(&self.base[base_at..]);
                }
                if unit == before {
                    break;
                }
                if !before.is_empty() && self.unit.address(before) == address {
                    base_at += before.len();
                }
                // Of a first text, all.
                let unit = if self.base.is_empty() { text } else { unit };
                self.put_unit(out, unit);
                at += unit.len();
            }
            between += at - begun;
            if at < text.len() {
                put_number(out, tokens::BASE);
            }
            skipped = base_at - base_before;
            common = self.unit.common(&self.base[base_at..], &text[at..]);
        }
        between
    }

    fn put_unit(&mut self, out: &mut Vec<u8>, unit: &[u8]) {
        match self.dictionary.find_or_keep(unit) {
            Some(slot) => put_number(out, slot as u64 + tokens::SLOTS),
            None => {
                put_number(out, tokens::NEW);
                put_bytes(out, unit);
            }
        }
    }

    /// Each by how much farther behind that of the base it lies than the one before.
    fn put_ends(&self, out: &mut Vec<u8>, ends: impl ExactSizeIterator<Item = usize>) {
        put_number(out, ends.len() as u64);
        let mut expected = ExpectedEnds::new(&self.base_ends);
        for end in ends {
            let end = end as u64;
            put_difference(out, expected.next(), end);
            expected.was(end);
        }
    }

    /// Each by how it differs from the one before it, or how many are like that.
    fn put_windows(&mut self, out: &mut Vec<u8>, windows: impl Iterator<Item = Window>) {
        let writers = self.against.writers;
        if writers == 0 {
            return;
        }
        let mut like_it = 0;
        for window in windows {
            let before = &self.against.window;
            if changes::is_like(before, &window, writers) {
                like_it += 1;
                continue;
            }
            if like_it > 0 {
                put_number(out, changes::like_it(like_it));
                like_it = 0;
            }
            let before = std::mem::replace(&mut self.against.window, window);
            if let Some(step) = changes::small_step(&before, &window, writers) {
                put_number(out, step);
                continue;
            }
            put_number(out, changes::ANY);
            for writer in 0..writers {
                put_difference(out, before.finished[writer], window.finished[writer]);
                put_difference(out, window.finished[writer], window.begun[writer]);
            }
        }
        if like_it > 0 {
            put_number(out, changes::like_it(like_it));
        }
    }
}
