//! Saves what the screen shows.

pub(crate) mod capture;
pub(crate) mod export;

use std::path::{Path, PathBuf};

use ratatui::buffer::Buffer;

use crate::report::export::ExportFormat;
use crate::report::save::{SaveError, Saved};
use crate::session::picture::Picture;
use export::exported;

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
    let bytes = exported(picture, format).map_err(|error| error.to_string())?;
    // What is exported is sanitised, and so it is UTF-8.
    let text = String::from_utf8_lossy(&bytes);
    let saved = Saved::create(&path).and_then(|file| file.keep(&text));
    saved.map_err(|error| error.to_string())?;
    Ok(path.display().to_string())
}

fn stamp() -> String {
    chrono::Local::now().format("%Y%m%d-%H%M%S%.3f").to_string()
}
