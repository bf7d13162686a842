//! A part of a recording as a file of its own.

use std::io::{self, Write};

use super::anonymise::Anonymiser;
use super::cut::Cut;
use crate::recording::frame::{Frame, FrameHead, FrameKind, first_line};
use crate::recording::header::Header;

/// Where frames go, and how many bytes they were.
struct Frames<'a> {
    out: &'a mut dyn Write,
    length: u64,
}

impl Frames<'_> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    fn append(&mut self, frame: &Frame) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(frame.size());
        frame.write_to(&mut bytes);
        self.put(&bytes)
    }
}

/// Writes a part as a file, anonymised or as it is: its bytes.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_part(cut: &Cut, anonymise: bool, out: &mut dyn Write) -> io::Result<u64> {
    let mut frames = Frames { out, length: 0 };
    frames.put(first_line().as_bytes())?;
    match anonymise {
        false => write_frames(cut, &mut frames)?,
        true => write_anonymised(cut, &mut frames)?,
    }
    Ok(frames.length)
}

fn write_frames(cut: &Cut, out: &mut Frames<'_>) -> io::Result<()> {
    out.append(&header_frame(cut.header()))?;
    cut.frames(&mut |head, payload| out.append(&Frame::new(head, &payload)))
}

fn write_anonymised(cut: &Cut, out: &mut Frames<'_>) -> io::Result<()> {
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
    let payload = serde_json::to_vec(header).unwrap_or_default();
    Frame::new(FrameHead::alone(FrameKind::Header, 0), &payload)
}
