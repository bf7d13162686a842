//! Saves what the screen shows.

use std::path::{Path, PathBuf};

use ratatui::buffer::Buffer;

use super::capture;
use crate::report::{SaveError, Saved};

/// Saves the screen as SVG and as text; gives the name of the files.
pub(super) fn save_screen(view: &str, buffer: &Buffer) -> Result<String, SaveError> {
    let files = capture::save(
        Path::new("."),
        view,
        chrono::Local::now().naive_local(),
        buffer,
    )?;
    Ok(format!("{} and .txt", files.svg.display()))
}

/// Saves a report; gives the name of the file.
pub(super) fn save_report(report: &str) -> Result<String, SaveError> {
    let path = PathBuf::from(format!("vmascope-report-{}.txt", stamp()));
    Saved::create(&path)?.keep(report)?;
    Ok(path.display().to_string())
}

fn stamp() -> String {
    chrono::Local::now().format("%Y%m%d-%H%M%S%.3f").to_string()
}
