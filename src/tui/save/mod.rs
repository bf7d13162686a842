//! Saves what the screen shows.

pub(crate) mod capture;
pub(crate) mod export;

use std::io;
use std::path::{Path, PathBuf};

use ratatui::buffer::Buffer;

use crate::report::export::{ExportError, ExportFormat};
use crate::report::save::{SaveError, Saved};
use crate::session::picture::Picture;
use export::export_shown;

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
    let path = PathBuf::from(format!("vmascope-report-{}.txt", stamp()));
    Saved::create(&path)?.keep(report)?;
    Ok(path.display().to_string())
}

/// Saves the lines that are shown; gives the name of the file, or why not.
pub(crate) fn save_lines(picture: &Picture, format: ExportFormat) -> Result<String, String> {
    let extension = format.extension();
    let path = PathBuf::from(format!("vmascope-maps-{}.{extension}", stamp()));
    let mut no_line = None;
    let saved = Saved::create(&path).and_then(|file| {
        file.keep_written(|out| match export_shown(picture, format, out) {
            Ok(()) => Ok(()),
            Err(ExportError::Write(error)) => Err(error),
            Err(other) => {
                no_line = Some(other.to_string());
                Err(io::ErrorKind::InvalidData.into())
            }
        })
    });
    saved.map_err(|error| no_line.unwrap_or_else(|| error.to_string()))?;
    Ok(path.display().to_string())
}

fn stamp() -> String {
    chrono::Local::now().format("%Y%m%d-%H%M%S%.3f").to_string()
}
