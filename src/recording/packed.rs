//! Frames as one: few bytes, fit for a mail, and whole or not there.
//!
//! All of them are one stream of deflate, as the states, the scans and the moments have
//! the same lines. JSON says a newline by two bytes; here one stands for it, so that the
//! lines are the same bytes, too.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::bytes::{Malformed, Taker, put_bytes, put_difference, put_number};
use super::frame::{Frame, FrameHead, FrameKind};

/// Bytes that packed frames have together, at most.
const MOST_BYTES: u64 = 64 << 20;

/// So many frames are packed at most.
const MOST_FRAMES: usize = 4096;

/// Frames, each its head and its payload, as one; none where they are too many or too
/// large.
pub(crate) fn pack(frames: &[(FrameHead, Vec<u8>)]) -> Option<Frame> {
    let bytes = frames.iter().map(|(_, payload)| payload.len() as u64);
    // A payload may become twice as long.
    if frames.len() > MOST_FRAMES || bytes.sum::<u64>() > MOST_BYTES / 2 - (1 << 20) {
        return None;
    }
    let mut out = Vec::new();
    for (head, payload) in frames {
        out.push(head.kind.to_byte());
        for number in [head.stream, head.segment, head.part, head.count] {
            put_number(&mut out, number.into());
        }
        put_number(&mut out, head.first);
        put_number(&mut out, head.first_ns);
        put_difference(&mut out, head.first_ns, head.last_ns);
        put_bytes(&mut out, &of_one_kind(head.kind, payload.clone()));
    }
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::best());
    // Nothing fails in memory.
    deflate.write_all(&out).ok()?;
    let packed = deflate.finish().ok()?;
    Some(Frame::new(FrameHead::alone(FrameKind::Packed, 0), &packed))
}

/// The frames that were packed.
///
/// # Errors
/// When these bytes are no such frames.
pub(crate) fn unpack(packed: &[u8]) -> Result<Vec<Arc<Frame>>, Malformed> {
    let mut bytes = Vec::new();
    let mut inflate = DeflateDecoder::new(packed).take(MOST_BYTES + 1);
    inflate.read_to_end(&mut bytes).map_err(|_| Malformed)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Malformed);
    }
    let mut taker = Taker::of(&bytes);
    let mut frames = Vec::new();
    while !taker.is_empty() {
        let kind = FrameKind::from_byte(taker.byte()?);
        if kind == FrameKind::Packed || frames.len() == MOST_FRAMES {
            return Err(Malformed);
        }
        let mut short = || u32::try_from(taker.number()?).map_err(|_| Malformed);
        let (stream, segment, part, count) = (short()?, short()?, short()?, short()?);
        let (first, first_ns) = (taker.number()?, taker.number()?);
        let head = FrameHead {
            kind,
            stream,
            segment,
            part,
            count,
            first,
            first_ns,
            last_ns: taker.difference(first_ns)?,
        };
        let payload = of_one_kind(kind, taker.bytes()?.to_vec());
        frames.push(Arc::new(Frame::new(head, &payload)));
    }
    Ok(frames)
}

/// A payload as it is packed, and a packed one as it was.
fn of_one_kind(kind: FrameKind, payload: Vec<u8>) -> Vec<u8> {
    match kind {
        FrameKind::Scans => payload,
        _ => newlines_exchanged(&payload),
    }
}

/// A newline for what JSON writes for one, and the other way round: done twice it is
/// what it was, whatever it is.
fn newlines_exchanged(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return out,
            [b'\\', b'n', rest @ ..] => {
                out.push(b'\n');
                rest
            }
            [b'\n', rest @ ..] => {
                out.extend_from_slice(b"\\n");
                rest
            }
            [byte, rest @ ..] => {
                out.push(*byte);
                rest
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::recording::frame::payload;

    proptest! {
        #[test]
        fn what_is_packed_comes_back(
            frames in prop::collection::vec(
                (0u8..12, any::<(u32, u32, u32, u32)>(), any::<(u64, u64, u64)>(), r#"[\\n\n"a]{0,40}"#),
                0..6,
            )
        ) {
            let frames: Vec<(FrameHead, Vec<u8>)> = frames.into_iter().map(|(kind, short, long, text)| {
                let head = FrameHead {
                    kind: FrameKind::from_byte(kind),
                    stream: short.0,
                    segment: short.1,
                    part: short.2,
                    count: short.3,
                    first: long.0,
                    first_ns: long.1,
                    last_ns: long.2,
                };
                (head, text.into_bytes())
            }).collect();
            let packed = pack(&frames).unwrap();
            let bytes = payload(&packed.stored, &packed.lengths).unwrap();
            let unpacked = unpack(&bytes);
            if frames.iter().any(|(head, _)| head.kind == FrameKind::Packed) {
                prop_assert_eq!(unpacked.map(|_| ()), Err(Malformed));
            } else {
                let unpacked = unpacked.unwrap();
                prop_assert_eq!(unpacked.len(), frames.len());
                for (frame, (head, bytes)) in unpacked.iter().zip(&frames) {
                    prop_assert_eq!(&frame.head, head);
                    prop_assert_eq!(&payload(&frame.stored, &frame.lengths).unwrap(), bytes);
                }
            }
        }

        #[test]
        fn any_bytes_are_unpacked_or_refused(bytes: Vec<u8>) {
            let _ = unpack(&bytes);
            let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
            deflate.write_all(&bytes).unwrap();
            let _ = unpack(&deflate.finish().unwrap());
        }
    }

    #[test]
    fn a_few_bytes_do_not_take_all_memory() {
        // A frame without an end, and frames without a number.
        for byte in [b'x', 0] {
            let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
            let endless = std::io::repeat(byte).take(MOST_BYTES + 2);
            std::io::copy(&mut { endless }, &mut deflate).unwrap();
            let bytes = deflate.finish().unwrap();
            assert_eq!(unpack(&bytes).map(|_| ()), Err(Malformed));
        }
        let head = FrameHead::alone(FrameKind::Key, 0);
        assert!(pack(&vec![(head, Vec::new()); MOST_FRAMES]).is_some());
        assert!(pack(&vec![(head, Vec::new()); MOST_FRAMES + 1]).is_none());
    }
}
