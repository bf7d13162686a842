//! A part of a recording as a file of its own.

use std::io::{self, Write};

use super::anonymise::Anonymiser;
use super::cut::Cut;
use crate::recording::frame::{Frame, FrameHead, FrameKind};
use crate::recording::frame_writer::FrameWriter;
use crate::recording::header::Header;
use crate::recording::json::to_json;

/// Writes a part as a file, anonymised or as it is: its bytes.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_part(cut: &Cut, anonymise: bool, out: &mut dyn Write) -> io::Result<u64> {
    let mut frames = FrameWriter::new(out)?;
    match anonymise {
        false => write_frames(cut, &mut frames)?,
        true => write_anonymised(cut, &mut frames)?,
    }
    Ok(frames.length())
}

fn write_frames(cut: &Cut, out: &mut FrameWriter<'_>) -> io::Result<()> {
    out.append(&header_frame(cut.header()))?;
    cut.frames(&mut |head, payload| out.append(&Frame::new(head, &payload)))
}

fn write_anonymised(cut: &Cut, out: &mut FrameWriter<'_>) -> io::Result<()> {
    let mut anonymiser = Anonymiser::default();
    cut.frames(&mut |head, payload| -> io::Result<()> {
        anonymiser.frame(head, &payload);
        Ok(())
    })?;
    anonymiser.change_from_now_on();
    out.append(&header_frame(&anonymiser.header(cut.header())))?;
    cut.frames(
        &mut |head, payload| match anonymiser.frame(head, &payload) {
            Some((head, payload)) => out.append(&Frame::new(head, &payload)),
            None => Ok(()),
        },
    )
}

fn header_frame(header: &Header) -> Frame {
    // Nothing in it is what JSON cannot say.
    let payload = to_json(header).unwrap_or_default();
    Frame::new(FrameHead::alone(FrameKind::Header, 0), &payload)
}
