//! Saves what the screen shows.

pub(crate) mod capture;
pub(crate) mod export;
pub(crate) mod kit;
pub(crate) mod recording;

use std::io;
use std::path::Path;

use ratatui::buffer::Buffer;

use crate::report::export::{ExportError, ExportFormat};
use crate::report::new_files::save_new;
use crate::report::save::{SaveError, WriteAll, text_of};
use crate::session::picture::Picture;
use crate::tui::theme::Background;
use export::export_shown;

/// Saves the screen as SVG and as text; gives the name of the files.
pub(crate) fn save_screen(
    view: &str,
    buffer: &Buffer,
    background: Background,
) -> Result<String, SaveError> {
    let files = capture::save(
        Path::new("."),
        view,
        chrono::Local::now().naive_local(),
        buffer,
        background,
    )?;
    Ok(format!("{} and .txt", files.svg.display()))
}

/// Saves a report; gives the name of the file.
pub(crate) fn save_report(report: &str) -> Result<String, SaveError> {
    save_one("report", "txt", &text_of(report))
}

/// Saves the lines that are shown; gives the name of the file, or why not.
pub(crate) fn save_lines(picture: &Picture, format: ExportFormat) -> Result<String, SaveError> {
    save_one("maps", format.extension(), &|out| {
        export_shown(picture, format, out).map_err(|error| match error {
            ExportError::Write(error) => error,
            ExportError::Line(error) => io::Error::other(error),
        })
    })
}

/// Saves a file under a name of its own, which it gives.
fn save_one(what: &str, extension: &str, write: &WriteAll<'_>) -> Result<String, SaveError> {
    let now = chrono::Local::now().format("%Y%m%d-%H%M%S%.3f");
    let paths = save_new(
        Path::new(""),
        &format!("vmascope-{what}-{now}"),
        &[(extension, write)],
    )?;
    let names: Vec<_> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    Ok(names.concat())
}
