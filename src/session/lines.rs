//! The lines of a scan, indexed.

use std::ops::Range;

use super::explorer::kind::VmaKind;
use crate::maps::line::{is_smaps_header, parse_range};
use crate::maps::scan_text::{Lines, ScanText};

/// One line of the scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRef {
    pub start: u64,
    pub end: u64,
    /// Where it starts in the text, in bytes.
    at: u32,
    /// Bytes, without the newline.
    length: u32,
    /// The chunk it is in, from 0.
    pub chunk: u32,
    /// It starts before the line before it ends.
    pub duplicate: bool,
    /// It starts even before the line before it starts.
    pub backward: bool,
    /// It is the last of its chunk with another chunk behind it, or the first
    /// of any chunk but the first.
    pub boundary: bool,
    /// What the VMA is for.
    pub kind: VmaKind,
}

impl LineRef {
    #[must_use]
    pub(crate) fn range(&self) -> Range<u64> {
        self.start..self.end
    }

    #[must_use]
    pub(crate) fn overlaps(&self, addresses: &Range<u64>) -> bool {
        self.start < addresses.end && addresses.start < self.end
    }

    /// The line in the text of its scan, without the newline.
    #[must_use]
    pub(crate) fn text<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        let at = self.at as usize;
        text.get(at..at + self.length as usize).unwrap_or_default()
    }

    /// Where it starts in the text of its scan, in bytes.
    pub(crate) fn position(&self) -> usize {
        self.at as usize
    }
}

/// The lines of a scan, into a buffer that is reused.
pub(crate) fn index_lines(scan: &ScanText, into: &mut Vec<LineRef>) {
    into.clear();
    let text = scan.text();
    let (mut previous_start, mut previous_end) = (0, 0);
    for (number, chunk) in (0u32..).zip(&scan.chunks) {
        let mut at = chunk.bytes.start;
        let first = into.len();
        for line in Lines::of(text.get(chunk.bytes.clone()).unwrap_or_default()) {
            let body = line.strip_suffix(b"\n").unwrap_or(line);
            let range = parse_range(line).filter(|(start, end)| start <= end);
            if let Some((start, end)) = range.filter(|_| is_smaps_header(line)) {
                into.push(LineRef {
                    start,
                    end,
                    at: at as u32,
                    length: body.len() as u32,
                    chunk: number,
                    duplicate: start < previous_end,
                    backward: start < previous_start,
                    boundary: false,
                    kind: VmaKind::of_line(body),
                });
                (previous_start, previous_end) = (start, end);
            }
            at += line.len();
        }
        if let Some([before, line]) = first
            .checked_sub(1)
            .and_then(|before| into.get_mut(before..=first))
        {
            before.boundary = true;
            line.boundary = true;
        }
    }
}
