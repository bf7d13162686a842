//! The lines that the Space shows, as a file.

use std::io::Write;

use crate::maps::scan_text::Lines;
use crate::report::export::ExportFormat;
use crate::report::export::{ExportError, export};
use crate::session::picture::Picture;
use crate::session::rows::Row;

/// Writes what the picture shows, in a format: the lines that fit its filter,
/// those of folded groups too, in the order in which they were read.
pub(crate) fn export_shown(
    picture: &Picture,
    format: ExportFormat,
    out: impl Write,
) -> Result<(), ExportError> {
    if picture.arrangement.filter.is_empty() {
        return export(Lines::of(picture.scan.text.text()), format, out);
    }
    let lines = picture.rows.iter().flat_map(|row| match *row {
        Row::Line(line) => line..line + 1,
        Row::Group(first, count) => first..first + count,
        _ => 0..0,
    });
    export(lines.map(|line| picture.line_text(line)), format, out)
}
