//! The lines on both sides of chunk boundaries, of a target whose states nobody
//! knows: where its scans may tear on any kernel.

use serde::{Deserialize, Serialize};

use crate::maps::line::parse_range;
use crate::maps::scan_text::ScanText;
use crate::maps::text_lines::{line_at, line_start};

/// Boundaries of a scan that are looked at, from the lowest addresses up.
const BOUNDARIES: usize = 64;

/// Pairs that are remembered.
const PAIRS: usize = 512;

/// A line beside a boundary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BoundaryLine {
    /// `vm_start`, in bytes.
    pub start: u64,
    /// `vm_end`, in bytes.
    pub end: u64,
    /// `rw-p`, as printed.
    pub permissions: [u8; 4],
}

/// Two lines with a boundary between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundaryPair {
    /// The last of a chunk, and the first of the next.
    pub lines: (BoundaryLine, BoundaryLine),
    /// In how many scans they stood so.
    pub count: u64,
    /// The last of these, from 1.
    pub last: u64,
}

/// The pairs seen so far. Counting allocates only until it has room for all.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BoundaryPairs {
    pub scans: u64,
    /// Boundaries of the latest scan, looked at or not.
    pub boundaries: usize,
    /// Pairs that were forgotten for want of room.
    pub forgotten: u64,
    /// Sorted by their lines.
    pub pairs: Vec<BoundaryPair>,
}

impl BoundaryPair {
    /// The second line starts before the first ends.
    pub(crate) fn is_duplicate(&self) -> bool {
        self.lines.1.start < self.lines.0.end
    }

    /// It even starts before the first starts.
    pub(crate) fn is_backward(&self) -> bool {
        self.lines.1.start < self.lines.0.start
    }
}

impl BoundaryPairs {
    /// Counts those of a scan.
    pub(crate) fn add(&mut self, scan: &ScanText) {
        self.scans += 1;
        let text = scan.text();
        let borders = || {
            let chunks = scan.chunks.iter().skip(1);
            let starts = chunks.filter(|chunk| !chunk.bytes.is_empty());
            starts.map(|chunk| chunk.bytes.start).filter(|at| *at > 0)
        };
        self.boundaries = borders().count();
        for at in borders().take(BOUNDARIES) {
            let before = &text[line_start(text, at - 1)..at];
            if let Some(lines) = boundary_line(before).zip(boundary_line(line_at(text, at))) {
                self.count(lines);
            }
        }
    }

    fn count(&mut self, lines: (BoundaryLine, BoundaryLine)) {
        let last = self.scans;
        let at = match self.pairs.binary_search_by_key(&lines, |pair| pair.lines) {
            Ok(at) => {
                let pair = &mut self.pairs[at];
                (pair.count, pair.last) = (pair.count + 1, last);
                return;
            }
            Err(at) => at,
        };
        let pair = BoundaryPair {
            lines,
            count: 1,
            last,
        };
        self.pairs.insert(at, pair);
        if self.pairs.len() > PAIRS {
            let oldest = self.pairs.iter().enumerate();
            if let Some((oldest, _)) = oldest.min_by_key(|(_, pair)| pair.last) {
                self.pairs.remove(oldest);
                self.forgotten += 1;
            }
        }
    }
}

fn boundary_line(line: &[u8]) -> Option<BoundaryLine> {
    let (start, end) = parse_range(line)?;
    let space = memchr::memchr(b' ', line)?;
    let permissions = line.get(space + 1..space + 5)?.try_into().ok()?;
    Some(BoundaryLine {
        start,
        end,
        permissions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::scan_text::Window;

    fn scan(chunks: &[&[(u64, u64)]]) -> ScanText {
        let texts: Vec<String> = chunks
            .iter()
            .map(|vmas| {
                let line = |(start, end): &(u64, u64)| format!("{start:08x}-{end:08x} rw-p 0 \n");
                vmas.iter().map(line).collect()
            })
            .collect();
        let chunks = texts.iter().map(|text| (text.as_bytes(), Window::ANY));
        ScanText::from_chunks(chunks, Window::ANY)
    }

    #[test]
    fn pairs_are_counted_where_a_chunk_ends_and_nowhere_else() {
        let mut pairs = BoundaryPairs::default();
        let whole = scan(&[&[(0x1000, 0x2000), (0x3000, 0x4000)], &[(0x4000, 0x6000)]]);
        let torn = scan(&[&[(0x1000, 0x2000), (0x3000, 0x4000)], &[(0x2000, 0x6000)]]);
        for scan in [&whole, &whole, &torn] {
            pairs.add(scan);
        }
        pairs.add(&scan(&[&[(0x1000, 0x2000), (0x3000, 0x4000)]]));
        assert_eq!((pairs.scans, pairs.boundaries), (4, 0));
        let seen: Vec<_> = pairs.pairs.iter().map(|it| (it.count, it.last)).collect();
        assert_eq!(seen, [(1, 3), (2, 2)]);
        let [torn, whole] = &pairs.pairs[..] else {
            panic!("{pairs:?}")
        };
        assert!(torn.is_duplicate() && torn.is_backward() && !whole.is_duplicate());
        assert_eq!(&whole.lines.1.permissions, b"rw-p");
    }

    #[test]
    fn a_target_that_never_rests_takes_no_more_room() {
        let mut pairs = BoundaryPairs::default();
        for i in 0..2_000 {
            let at = 0x10_0000 + i * 0x1000;
            pairs.add(&scan(&[&[(0x1000, 0x2000)], &[(at, at + 0x1000)]]));
        }
        assert_eq!(pairs.pairs.len(), PAIRS);
        assert_eq!(pairs.forgotten, 2_000 - PAIRS as u64);
        assert!(pairs.pairs.iter().any(|pair| pair.last == 2_000));
    }
}
