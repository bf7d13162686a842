//! An address space divided among cells: large gaps are cut out, what is left
//! gets cells by its size.

use std::ops::Range;

use crate::session::explorer::kind::VmaKind;
use crate::session::lines::LineRef;

/// Gaps that are smaller are drawn as they are.
const LEAST_GAP: u64 = 1 << 20;
/// Gaps cut out at most.
const MOST_GAPS: usize = 24;

pub(crate) const KINDS: usize = VmaKind::ALL.len();

/// A row of cells for an address space.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AddressMap {
    pub(crate) parts: Vec<MapPart>,
    pub(crate) cells: Vec<MapCell>,
}

/// Addresses between two gaps that are cut out, and their cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MapPart {
    pub(crate) addresses: Range<u64>,
    pub(crate) cells: Range<usize>,
}

impl MapPart {
    /// The cell of an address, or of the nearest that it has.
    fn cell(&self, address: u64) -> usize {
        let Range { start, end } = self.addresses;
        let offset = address.clamp(start, end.saturating_sub(1).max(start)) - start;
        // The last cell whose first address is not above it.
        let count = self.cells.len() as u128;
        let guess = u128::from(offset) * count / u128::from(end - start).max(1);
        let guess = self.cells.start + guess as usize;
        let next = guess + 1;
        if next < self.cells.end && self.border(next) <= address {
            next
        } else {
            guess.min(self.cells.end - 1)
        }
    }

    /// The first address of a cell.
    fn border(&self, cell: usize) -> u64 {
        let size = u128::from(self.addresses.end - self.addresses.start);
        let offset = size * (cell - self.cells.start) as u128 / self.cells.len() as u128;
        self.addresses.start + offset as u64
    }
}

/// What is marked in a cell: of several the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MapMark {
    #[default]
    None,
    Changed,
    Duplicate,
    Suspected,
    Violation,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MapCell {
    /// Bytes of each kind.
    pub(crate) of_kind: [u64; KINDS],
    /// What is to be seen before all else.
    pub(crate) mark: MapMark,
    /// A gap that is cut out.
    pub(crate) cut: bool,
}

impl AddressMap {
    pub(crate) fn of(lines: &[LineRef], width: usize) -> Self {
        let gaps = largest_gaps(lines, (width / 6).clamp(1, MOST_GAPS));
        let first = lines.iter().map(|line| line.start).min().unwrap_or(0);
        let last = lines.iter().map(|line| line.end).max().unwrap_or(0);
        let starts = std::iter::once(first).chain(gaps.iter().map(|gap| gap.end));
        let ends = gaps.iter().map(|gap| gap.start).chain([last]);
        let ranges: Vec<_> = starts.zip(ends).map(|(start, end)| start..end).collect();
        let sizes = shares(&ranges, width.saturating_sub(gaps.len()).max(ranges.len()));
        let mut map = AddressMap::default();
        for (addresses, size) in ranges.into_iter().zip(sizes) {
            if !map.cells.is_empty() {
                let cut = MapCell {
                    cut: true,
                    ..MapCell::default()
                };
                map.cells.push(cut);
            }
            let at = map.cells.len();
            map.cells.resize(at + size, MapCell::default());
            map.parts.push(MapPart {
                addresses,
                cells: at..at + size,
            });
        }
        // Nearly all lines are in the cell of the line before.
        let (mut of_cell, mut last) = (0..0, 0);
        for line in lines {
            if of_cell.start <= line.start && line.end <= of_cell.end {
                map.cells[last].of_kind[line.kind as usize] += line.end - line.start;
            } else {
                (of_cell, last) = map.add(line).unwrap_or((0..0, 0));
            }
        }
        map
    }

    /// Adds a line; gives the addresses of the last cell it is in, and which
    /// cell that is.
    fn add(&mut self, line: &LineRef) -> Option<(Range<u64>, usize)> {
        let kind = line.kind as usize;
        let (part, first, last) = self.find(&(line.start..line.end))?;
        let part = part.clone();
        for cell in first..=last {
            let from = part.border(cell).max(line.start);
            // Some lines that were read while they changed go on behind the
            // last cell.
            let to = if cell == last {
                line.end
            } else {
                part.border(cell + 1)
            };
            self.cells[cell].of_kind[kind] += to.saturating_sub(from);
        }
        Some((part.border(last)..part.border(last + 1), last))
    }

    /// The part that has the beginning of a range, and the first and the last
    /// of its cells that the range touches.
    pub(crate) fn find(&self, range: &Range<u64>) -> Option<(&MapPart, usize, usize)> {
        let at = self
            .parts
            .partition_point(|part| part.addresses.end <= range.start);
        let part = self.parts.get(at)?;
        let first = part.cell(range.start);
        let last = part.cell(range.end.saturating_sub(1));
        Some((part, first, last.max(first)))
    }

    /// Marks the cells of a range, which need not be mapped: where it has none
    /// the nearest.
    pub(crate) fn mark(&mut self, range: &Range<u64>, mark: MapMark) {
        let found = self.find(range).map(|(_, first, last)| (first, last));
        let end = self.cells.len().checked_sub(1).map(|last| (last, last));
        if let Some((first, last)) = found.or(end) {
            for cell in &mut self.cells[first..=last] {
                cell.mark = cell.mark.max(mark);
            }
        }
    }

    /// The first address of a cell; none: a gap that is cut out.
    pub(crate) fn address(&self, cell: usize) -> Option<u64> {
        let part = self.parts.iter().find(|part| part.cells.contains(&cell))?;
        Some(part.border(cell))
    }
}

/// The largest gaps between lines, by address.
fn largest_gaps(lines: &[LineRef], most: usize) -> Vec<Range<u64>> {
    let mut largest: Vec<Range<u64>> = Vec::with_capacity(most + 1);
    let size = |gap: &Range<u64>| gap.end - gap.start;
    let mut least = LEAST_GAP;
    let mut end = lines.first().map_or(0, |line| line.end);
    for line in lines {
        if line.start > end && line.start - end >= least {
            largest.push(end..line.start);
            if largest.len() > most {
                let smallest = (0..largest.len()).min_by_key(|&at| size(&largest[at]));
                largest.remove(smallest.unwrap_or(0));
                least = largest.iter().map(size).min().unwrap_or(LEAST_GAP);
            }
        }
        end = end.max(line.end);
    }
    largest
}

/// How many of `cells` each range gets: at least one, and more the larger it
/// is, but by far not in proportion.
fn shares(ranges: &[Range<u64>], cells: usize) -> Vec<usize> {
    let weight = |range: &Range<u64>| ((range.end - range.start) as f64 / 4096.0 + 2.0).log2();
    let total: f64 = ranges.iter().map(weight).sum();
    let spare = cells.saturating_sub(ranges.len()) as f64;
    let mut shares: Vec<usize> = ranges
        .iter()
        .map(|range| 1 + (weight(range) / total.max(1.0) * spare) as usize)
        .collect();
    let used: usize = shares.iter().sum();
    let largest = (0..ranges.len()).max_by_key(|&at| ranges[at].end - ranges[at].start);
    if let Some(largest) = largest {
        shares[largest] += cells.saturating_sub(used);
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::scan_text::{ScanText, Window};
    use crate::session::picture::{Context, Picture};
    use crate::tui::space::render::minimap::span;
    use crate::tui::theme::Theme;
    use proptest::prelude::*;

    fn lines(ranges: &[(u64, u64)]) -> Vec<LineRef> {
        let text: String = ranges
            .iter()
            .map(|(start, end)| format!("{start:08x}-{end:08x} rw-p 00000000 00:00 0 \n"))
            .collect();
        let mut picture = Picture::default();
        let chunk = (text.as_bytes(), Window::ANY);
        picture.scan.text = ScanText::from_chunks([chunk], Window::ANY);
        picture.index(Context::default());
        picture.lines
    }

    #[test]
    fn large_gaps_are_cut_and_small_ones_are_drawn() {
        let lines = lines(&[
            (0x0040_0000, 0x0050_0000),
            (0x0060_0000, 0x0070_0000),
            (0x7f00_0000_0000, 0x7f00_0010_0000),
        ]);
        let map = AddressMap::of(&lines, 12);
        let row: String = map
            .cells
            .iter()
            .map(|cell| span(Theme::default(), cell).content)
            .collect();
        // The gap of a MiB is worth a cut where there is room for two.
        assert_eq!(row, "aaa┊aaa┊aaaa");
        assert_eq!(map.cells.iter().filter(|cell| cell.cut).count(), 2);
        let map = AddressMap::of(&lines, 10);
        assert_eq!(map.parts.len(), 2);
        assert!(
            map.cells
                .iter()
                .any(|cell| !cell.cut && cell.of_kind == [0; KINDS])
        );
        let anonymous = VmaKind::Anonymous as usize;
        let drawn: u64 = map.cells.iter().map(|cell| cell.of_kind[anonymous]).sum();
        assert_eq!(drawn, 3 << 20);
    }

    proptest! {
        #[test]
        fn every_byte_is_in_some_cell(starts in prop::collection::btree_set(1u64..1 << 35, 1..60), width in 1usize..250) {
            let ranges: Vec<_> = starts.iter().map(|page| (page << 12, (page + 1) << 12)).collect();
            let lines = lines(&ranges);
            let map = AddressMap::of(&lines, width);
            let drawn: u64 = map.cells.iter().flat_map(|cell| cell.of_kind).sum();
            prop_assert_eq!(drawn, (ranges.len() as u64) << 12);
            for line in &lines {
                let (part, first, last) = map.find(&(line.start..line.end)).unwrap();
                prop_assert!(part.cells.contains(&first) && part.cells.contains(&last));
                prop_assert!(map.cells[first..=last].iter().all(|cell| !cell.cut));
            }
        }
    }
}
