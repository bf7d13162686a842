//! The whole address space in one row of cells: large gaps are cut out, what
//! is left is divided among the cells. Below it, which part the list shows.

use std::ops::Range;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::put;
use crate::kernel::line::parse_range;
use crate::session::explore::VmaKind;
use crate::session::{FADE, LineRef, Picture, Snapshot};
use crate::tui::app::App;
use crate::tui::format::bytes;
use crate::tui::theme::{Role, Theme};

/// Gaps that are smaller are drawn as they are.
const LEAST_GAP: u64 = 1 << 20;
/// Gaps cut out at most.
const MOST_GAPS: usize = 24;

const KINDS: usize = VmaKind::ALL.len();

/// A row of cells for an address space.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Map {
    parts: Vec<Part>,
    cells: Vec<Cell>,
}

/// Addresses between two gaps that are cut out, and their cells.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    addresses: Range<u64>,
    cells: Range<usize>,
}

impl Part {
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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cell {
    /// Bytes of each kind.
    of_kind: [u64; KINDS],
    changed: bool,
    torn: bool,
    /// A gap that is cut out.
    cut: bool,
}

/// Draws it, in as many rows as there are: the map, the part that is on the
/// screen, the legend.
pub(super) fn render(
    app: &App,
    snapshot: &Snapshot,
    picture: &Picture,
    visible: &Range<usize>,
    area: Rect,
    buffer: &mut Buffer,
) {
    if area.height == 0 || picture.lines.is_empty() {
        return;
    }
    let theme = app.theme;
    let inner = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    };
    let mut map = Map::of(&picture.lines, usize::from(inner.width));
    let now = app.frozen.unwrap_or(app.now);
    for range in flashing(snapshot, picture, now) {
        map.each_cell(&range, |cell| cell.changed = true);
    }
    for line in picture.lines.iter().filter(|line| line.duplicate) {
        map.each_cell(&(line.start..line.end), |cell| cell.torn = true);
    }
    let spans: Vec<_> = map.cells.iter().map(|cell| span(theme, cell)).collect();
    put(buffer, inner, 0, &Line::from(spans));
    put(
        buffer,
        inner,
        1,
        &window(theme, &map, picture, visible, inner.width),
    );
    put(buffer, inner, 2, &legend(theme, &map));
}

/// What has just changed.
fn flashing<'a>(
    snapshot: &'a Snapshot,
    picture: &'a Picture,
    now: Duration,
) -> impl Iterator<Item = Range<u64>> + 'a {
    let range_at = move |start: u64| {
        let at = picture
            .lines
            .binary_search_by_key(&start, |line| line.start);
        at.map(|at| picture.lines[at].start..picture.lines[at].end)
    };
    let recent = snapshot.explored.recent.iter();
    let recent = recent
        .filter(move |recent| now < recent.at + FADE)
        .filter_map(move |recent| range_at(recent.start).ok());
    let seen = picture.changes.iter();
    let seen = seen
        .filter(move |change| now < change.at + FADE)
        .filter_map(move |change| {
            let was = parse_range(&change.was).map(|(start, end)| start..end);
            was.or_else(|| range_at(change.start).ok())
        });
    recent.chain(seen)
}

impl Map {
    fn of(lines: &[LineRef], width: usize) -> Self {
        let gaps = largest_gaps(lines, (width / 6).clamp(1, MOST_GAPS));
        let first = lines.iter().map(|line| line.start).min().unwrap_or(0);
        let last = lines.iter().map(|line| line.end).max().unwrap_or(0);
        let starts = std::iter::once(first).chain(gaps.iter().map(|gap| gap.end));
        let ends = gaps.iter().map(|gap| gap.start).chain([last]);
        let ranges: Vec<_> = starts.zip(ends).map(|(start, end)| start..end).collect();
        let sizes = shares(&ranges, width.saturating_sub(gaps.len()).max(ranges.len()));
        let mut map = Map::default();
        for (addresses, size) in ranges.into_iter().zip(sizes) {
            if !map.cells.is_empty() {
                let cut = Cell {
                    cut: true,
                    ..Cell::default()
                };
                map.cells.push(cut);
            }
            let at = map.cells.len();
            map.cells.resize(at + size, Cell::default());
            map.parts.push(Part {
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
    fn find(&self, range: &Range<u64>) -> Option<(&Part, usize, usize)> {
        let at = self
            .parts
            .partition_point(|part| part.addresses.end <= range.start);
        let part = self.parts.get(at)?;
        let first = part.cell(range.start);
        let last = part.cell(range.end.saturating_sub(1));
        Some((part, first, last.max(first)))
    }

    fn each_cell(&mut self, range: &Range<u64>, mut act: impl FnMut(&mut Cell)) {
        if let Some((_, first, last)) = self.find(range) {
            self.cells[first..=last].iter_mut().for_each(&mut act);
        }
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

fn span(theme: Theme, cell: &Cell) -> Span<'static> {
    if cell.cut {
        return Span::styled("┊", theme.style(Role::Dim));
    }
    let most = (0..KINDS).max_by_key(|&kind| cell.of_kind[kind]);
    let kind = most.filter(|&kind| cell.of_kind[kind] > 0).map(kind_of);
    match kind {
        _ if cell.torn => Span::styled("≈", theme.style(Role::DuplicateBadge)),
        _ if cell.changed => Span::styled("*", theme.style(Role::MapChanged)),
        Some(kind) => Span::styled(letter(kind), theme.style(Role::Map(kind))),
        None => Span::styled("·", theme.style(Role::Dim)),
    }
}

/// The kind of this number.
fn kind_of(number: usize) -> VmaKind {
    let found = VmaKind::ALL
        .into_iter()
        .find(|kind| *kind as usize == number);
    found.unwrap_or_default()
}

fn letter(kind: VmaKind) -> &'static str {
    match kind {
        VmaKind::Anonymous => "a",
        VmaKind::Code => "x",
        VmaKind::File => "f",
        VmaKind::Heap => "h",
        VmaKind::Stack => "s",
        VmaKind::Kernel => "k",
        VmaKind::NoAccess => "-",
    }
}

/// Where in the map the rows of the list are, and their addresses.
fn window(
    theme: Theme,
    map: &Map,
    picture: &Picture,
    visible: &Range<usize>,
    width: u16,
) -> Line<'static> {
    let rows = picture.rows.get(visible.clone()).unwrap_or_default();
    let ranges = || rows.iter().filter_map(|row| picture.range_of(*row));
    let start = ranges().map(|range| range.start).min();
    let end = ranges().map(|range| range.end).max();
    let (Some(start), Some(end)) = (start, end) else {
        return Line::default();
    };
    let from = map.find(&(start..start + 1)).map_or(0, |found| found.1);
    let to = map
        .find(&(end - 1..end))
        .map_or(from, |found| found.1)
        .max(from);
    let marks = match to - from {
        0 => "▲".to_owned(),
        cells => format!("╰{}╯", "─".repeat(cells - 1)),
    };
    let label = format!("{start:x}-{end:x}");
    let (left, right) = (from, usize::from(width).saturating_sub(to + 1));
    let mut spans = vec![
        Span::raw(" ".repeat(from)),
        Span::styled(marks, theme.style(Role::Key)),
    ];
    if label.len() < right {
        spans.push(Span::styled(format!(" {label}"), theme.style(Role::Dim)));
    } else if label.len() < left {
        spans[0] = Span::styled(
            format!("{label:>w$} ", w = left - 1),
            theme.style(Role::Dim),
        );
    }
    Line::from(spans)
}

fn legend(theme: Theme, map: &Map) -> Line<'static> {
    let mut spans = Vec::new();
    for kind in VmaKind::ALL {
        let total: u64 = map.cells.iter().fold(0, |sum, cell| {
            sum.saturating_add(cell.of_kind[kind as usize])
        });
        if total > 0 {
            spans.push(Span::styled(letter(kind), theme.style(Role::Map(kind))));
            let text = format!(" {} {}  ", kind.name(), bytes(total));
            spans.push(Span::styled(text, theme.style(Role::Dim)));
        }
    }
    spans.push(Span::styled("*", theme.style(Role::MapChanged)));
    spans.push(Span::styled(" changed  ", theme.style(Role::Dim)));
    spans.push(Span::styled("┊ gap", theme.style(Role::Dim)));
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::chunk::{ScanText, Window};
    use crate::session::Context;
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
        let map = Map::of(&lines, 12);
        let row: String = map
            .cells
            .iter()
            .map(|cell| span(Theme::default(), cell).content)
            .collect();
        // The gap of a MiB is worth a cut where there is room for two.
        assert_eq!(row, "aaa┊aaa┊aaaa");
        assert_eq!(map.cells.iter().filter(|cell| cell.cut).count(), 2);
        let map = Map::of(&lines, 10);
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
            let map = Map::of(&lines, width);
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
