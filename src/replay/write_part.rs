//! A part of a recording as a file of its own.

use std::path::Path;

use super::anonymise::Anonymiser;
use super::cut::Cut;
use crate::recording::file::{RecordError, RecordingFile};
use crate::recording::frame::{Frame, FrameHead, FrameKind};
use crate::recording::header::Header;

/// Writes a part to a new file, anonymised or as it is: its bytes.
///
/// # Errors
/// When there is such a file, or it cannot be written; then there is none.
pub(crate) fn write_part(cut: &Cut, anonymise: bool, path: &Path) -> Result<u64, RecordError> {
    let mut file = RecordingFile::create(path)?;
    let written = match anonymise {
        false => write_frames(cut, &mut file),
        true => write_anonymised(cut, &mut file),
    };
    match written {
        Ok(()) => Ok(file.length()),
        Err(error) => {
            file.discard();
            Err(error)
        }
    }
}

fn write_frames(cut: &Cut, file: &mut RecordingFile) -> Result<(), RecordError> {
    file.append(&header_frame(cut.header()))?;
    cut.frames(&mut |head, payload| file.append(&Frame::new(head, &payload)))
}

fn write_anonymised(cut: &Cut, file: &mut RecordingFile) -> Result<(), RecordError> {
    let mut anonymiser = Anonymiser::default();
    cut.frames(&mut |head, payload| {
        anonymiser.frame(head, &payload);
        Ok(())
    })?;
    anonymiser.change_from_now_on();
    file.append(&header_frame(&anonymiser.header(cut.header())))?;
    cut.frames(
        &mut |head, payload| match anonymiser.frame(head, &payload) {
            Some((head, payload)) => file.append(&Frame::new(head, &payload)),
            None => Ok(()),
        },
    )
}

fn header_frame(header: &Header) -> Frame {
    // Nothing in it is what JSON cannot say.
    let payload = serde_json::to_vec(header).unwrap_or_default();
    Frame::new(FrameHead::alone(FrameKind::Header, 0), &payload)
}
