//! Saves what the screen shows.

pub(crate) mod capture;
pub(crate) mod export;
pub(crate) mod new_files;

use std::path::Path;

use ratatui::buffer::Buffer;

use crate::report::export::ExportFormat;
use crate::report::save::SaveError;
use crate::session::picture::Picture;
use export::exported;
use new_files::save_new;

/// Saves the screen as SVG and as text; gives the name of the files.
pub(crate) fn save_screen(view: &str, buffer: &Buffer) -> Result<String, SaveError> {
    let files = capture::save(
        Path::new("."),
        view,
        chrono::Local::now().naive_local(),
        buffer,
    )?;
    Ok(format!("{} and .txt", files.svg.display()))
}

/// Saves a report; gives the name of the file.
pub(crate) fn save_report(report: &str) -> Result<String, SaveError> {
    save_one("report", "txt", report)
}

/// Saves the lines that are shown; gives the name of the file, or why not.
pub(crate) fn save_lines(picture: &Picture, format: ExportFormat) -> Result<String, String> {
    let bytes = exported(picture, format).map_err(|error| error.to_string())?;
    // What is exported is sanitised, and so it is UTF-8.
    let text = String::from_utf8_lossy(&bytes);
    let saved = save_one("maps", format.extension(), &text);
    saved.map_err(|error| error.to_string())
}

/// Saves a text under a name of its own, which it gives.
fn save_one(what: &str, extension: &str, text: &str) -> Result<String, SaveError> {
    let now = chrono::Local::now().format("%Y%m%d-%H%M%S%.3f");
    let paths = save_new(
        Path::new(""),
        &format!("vmascope-{what}-{now}"),
        &[(extension, text)],
    )?;
    let names: Vec<_> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    Ok(names.concat())
}
