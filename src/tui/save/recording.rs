//! The black box as a file.

use crate::recording::frame::FrameKind;
use crate::recording::open::Recording;
use crate::report::save::SaveError;
use crate::text::number::{bytes, grouped, seconds};

use super::save_one;

/// Saves a recording; gives the name of the file, its size, the time from the first of
/// its scans, moments and measurements to the last, and how many scans it has.
pub(crate) fn save_recording(recording: &Recording) -> Result<String, SaveError> {
    let name = save_one("recording", "rec", &|out| recording.write_to(out))?;
    // It was written just now.
    let size = std::fs::metadata(&name).map_or(0, |it| it.len());
    Ok(format!("{name}: {}, {}", bytes(size), figures(recording)))
}

fn figures(recording: &Recording) -> String {
    let (mut scans, mut first, mut last) = (0, u64::MAX, 0);
    for (_, head) in recording.heads() {
        if !matches!(
            head.kind,
            FrameKind::Scans | FrameKind::Moment | FrameKind::Lab
        ) {
            continue;
        }
        if head.kind == FrameKind::Scans {
            scans += u64::from(head.count);
        }
        (first, last) = (first.min(head.first_ns), last.max(head.last_ns));
    }
    let span = seconds(last.saturating_sub(first));
    format!("{span}, {} scans", grouped(scans))
}
