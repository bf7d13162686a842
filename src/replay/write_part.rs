//! A part of a recording as a file of its own.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use super::anonymise::Anonymiser;
use super::cut::Cut;
use crate::recording::frame::{Frame, FrameHead, FrameKind};
use crate::recording::frame_writer::FrameWriter;
use crate::recording::json::to_json;
use crate::recording::packed::pack;

/// Writes a part as a file, anonymised or as it is, and counts its scans in `progress`:
/// its bytes.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_part(
    cut: &Cut,
    anonymise: bool,
    progress: &AtomicU64,
    out: &mut dyn Write,
) -> io::Result<u64> {
    let mut frames = FrameWriter::new(out)?;
    let mut put = |head, payload: Vec<u8>| frames.append(&Frame::new(head, &payload));
    if !cut.is_packed() {
        make(cut, anonymise, progress, &mut put)?;
        return Ok(frames.length());
    }
    let mut all = Vec::new();
    make(cut, anonymise, progress, &mut |head, payload| {
        all.push((head, payload));
        Ok(())
    })?;
    match pack(&all) {
        Some(packed) => frames.append(&packed)?,
        None => all
            .into_iter()
            .try_for_each(|(head, payload)| put(head, payload))?,
    }
    Ok(frames.length())
}

type Put<'a> = dyn FnMut(FrameHead, Vec<u8>) -> io::Result<()> + 'a;

/// Gives `put` all frames of a part.
fn make(cut: &Cut, anonymise: bool, progress: &AtomicU64, put: &mut Put<'_>) -> io::Result<()> {
    let mut anonymiser = anonymise.then(|| Anonymiser::new(cut.is_packed()));
    // Of what is gone through twice each time is half of it.
    let mut scans = 0;
    let mut count = |head: &FrameHead| {
        if head.kind == FrameKind::Scans {
            scans += u64::from(head.count);
            let done = if anonymise { scans / 2 } else { scans };
            progress.store(done, Ordering::Relaxed);
        }
    };
    let mut header = cut.header().clone();
    if let Some(anonymiser) = &mut anonymiser {
        cut.frames(&mut |head, payload| -> io::Result<()> {
            anonymiser.frame(head, &payload);
            count(&head);
            Ok(())
        })?;
        anonymiser.change_from_now_on();
        header = anonymiser.header(&header);
    }
    // Nothing in it is what JSON cannot say.
    let payload = to_json(&header).unwrap_or_default();
    put(FrameHead::alone(FrameKind::Header, 0), payload)?;
    cut.frames(&mut |head, payload| {
        count(&head);
        let made = match &mut anonymiser {
            Some(anonymiser) => anonymiser.frame(head, &payload),
            None => Some((head, payload)),
        };
        made.map_or(Ok(()), |(head, payload)| put(head, payload))
    })
}
