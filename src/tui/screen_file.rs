//! Saves what the screen shows.

use std::path::PathBuf;

use ratatui::buffer::Buffer;

use crate::report::{SaveError, Saved};

/// Saves the screen as text; gives the name of the file.
pub(super) fn save_screen(buffer: &Buffer) -> Result<String, SaveError> {
    let path = PathBuf::from(format!("vmascope-{}.txt", stamp()));
    Saved::create(&path)?.keep(&text(buffer))?;
    Ok(path.display().to_string())
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

/// The text on a screen, a line for each row, without trailing spaces.
pub(super) fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let row: String = (buffer.area.left()..buffer.area.right())
            .map(|x| buffer[(x, y)].symbol())
            .collect();
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}
