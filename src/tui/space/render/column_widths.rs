//! How wide the columns of the list are, and which of them fit.

use crate::tui::space::columns::{Column, Columns};

/// Columns of the screen from which sizes are shown.
const SIZES_FROM: usize = 76;
/// Columns of the screen from which changes are told at length.
pub(crate) const LONG: usize = 110;

/// Columns that a column takes, the blank before it included; of the name,
/// which takes what is left, none.
pub(crate) fn column_width(column: Column, exact: bool, width: usize) -> usize {
    match column {
        Column::Size if exact => 20,
        Column::Size => 10,
        Column::Offset => 10,
        Column::Device => 7,
        Column::Inode => 10,
        Column::Query => 2,
        Column::Change if width >= LONG => 27,
        Column::Change => 15,
        Column::Name => 0,
    }
}

/// Those of the chosen columns for which there is room: the name is worth
/// more than the rest.
pub(crate) fn fitting(chosen: Columns, width: usize, range_width: usize) -> Columns {
    let mut columns = chosen;
    let fixed = 4 + range_width + 6;
    let name = if chosen.has(Column::Name) { 14 } else { 0 };
    for column in [
        Column::Inode,
        Column::Device,
        Column::Offset,
        Column::Change,
        Column::Size,
        Column::Query,
    ] {
        let used: usize = Column::ALL
            .into_iter()
            .filter(|other| columns.has(*other))
            .map(|other| column_width(other, false, width))
            .sum();
        // Narrow screens need the room for the text beside the lines.
        let narrow = column == Column::Size && width < SIZES_FROM;
        if (narrow || fixed + name + used > width) && columns.has(column) {
            columns.toggle(column);
        }
    }
    columns
}
