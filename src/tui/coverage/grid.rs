//! Where the scenarios stand: in columns, one below the other.

use ratatui::layout::Rect;

/// Columns of the mark of what runs and the name of a scenario.
pub(crate) const NAME: u16 = 22;
/// Columns of what one reader has seen.
pub(crate) const CELL: u16 = 9;
/// The least rows of the matrix.
const LEAST: u16 = 4;

/// A matrix in several blocks, side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grid {
    area: Rect,
    count: usize,
    /// Columns of a block.
    width: u16,
    /// Scenarios below each other, and blocks.
    pub(crate) rows: u16,
    pub(crate) blocks: u16,
    /// The first scenario that is shown.
    top: usize,
}

impl Grid {
    /// For so many scenarios, with so many readers each, of which one is certainly shown.
    /// Each reader has a row of words below, and one more.
    pub(crate) fn new(area: Rect, count: usize, readers: usize, shown: usize) -> Self {
        let width = NAME + CELL * readers as u16;
        let most = (area.width / width.max(1)).max(1);
        let words = 2 + readers as u16;
        let room = area
            .height
            .saturating_sub(1 + words)
            .max(LEAST.min(area.height));
        let rows = (count.div_ceil(usize::from(most)) as u16).clamp(1, room.max(1));
        let blocks = (count.div_ceil(usize::from(rows)) as u16).clamp(1, most);
        let fitting = usize::from(rows) * usize::from(blocks);
        let last = count.saturating_sub(fitting);
        Grid {
            area,
            count,
            width,
            rows,
            blocks,
            top: shown.saturating_sub(fitting / 2).min(last),
        }
    }

    /// The headings of the blocks.
    pub(crate) fn headings(self) -> impl Iterator<Item = Rect> {
        (0..self.blocks).map(move |block| self.cell(block, 0))
    }

    /// The scenarios that are shown, and where.
    pub(crate) fn cells(self) -> impl Iterator<Item = (usize, Rect)> {
        let of_block = move |block| (0..self.rows).map(move |row| self.cell(block, row + 1));
        let cells = (0..self.blocks).flat_map(of_block);
        (self.top..self.count).zip(cells)
    }

    /// How many are above those that are shown, and below.
    pub(crate) fn hidden(self) -> (usize, usize) {
        let fitting = usize::from(self.rows) * usize::from(self.blocks);
        (self.top, self.count.saturating_sub(self.top + fitting))
    }

    /// What is below it.
    pub(crate) fn below(self) -> Rect {
        let rows = (self.rows + 1).min(self.area.height);
        Rect {
            y: self.area.y + rows,
            height: self.area.height - rows,
            ..self.area
        }
    }

    fn cell(self, block: u16, row: u16) -> Rect {
        let cell = Rect {
            x: self.area.x + block * self.width,
            y: self.area.y + row,
            width: self.width,
            height: 1,
        };
        cell.intersection(self.area)
    }
}
