//! Frames: what a recording is made of, in memory and in a file.
//!
//! A file begins with a line, [`FIRST_LINE`] with its two versions, and goes on with
//! frames, each a head of [`HEAD`] bytes and its payload. Head and payload have a
//! checksum (CRC-32) of their own: what was written last may be cut off anywhere,
//! and all before it is still read.

use super::bytes::Malformed;

/// What a file of this format begins with, but for the versions and the newline.
pub(crate) const FIRST_LINE: &str = "vmascope recording";

/// A reader of another major version understands nothing.
pub(crate) const MAJOR: u32 = 1;

/// A later minor version has frames or fields that an earlier reader passes over.
pub(crate) const MINOR: u32 = 2;

/// What a file of this version begins with.
pub(crate) fn first_line() -> String {
    format!("{FIRST_LINE} {MAJOR}.{MINOR}\n")
}

/// Bytes of the head of a frame.
pub(crate) const HEAD: usize = 64;

/// Bytes of the largest payload: what is larger was not written by us.
const LARGEST: usize = 256 << 20;

/// LZ4 makes at most so many bytes of one.
const LZ4_MOST: usize = 255;

/// What a head begins with.
pub(super) const MARK: [u8; 4] = *b"VMA\n";

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FrameKind {
    /// [`Header`](super::header::Header), as JSON: the first frame.
    Header,
    /// What the scans of a stream are judged by, as JSON.
    Stream,
    /// Scans of a stream, as [`scans`](super::scans).
    Scans,
    /// What was shown at one moment.
    Moment,
    /// Something that happened in a run, as JSON.
    Observation,
    /// What the user asked for, as JSON.
    Key,
    /// What a report is made from, as JSON: the last one counts.
    Report,
    /// What was counted of a stream so far ([`StreamTotals`](super::stream_totals::StreamTotals)),
    /// as JSON.
    Totals,
    /// What `watch` told of, as JSON.
    Watch,
    /// Other frames ([`packed`](super::packed)): the only one there is then.
    Packed,
    /// What the latency lab told.
    Lab,
    /// Of a later version.
    Unknown(u8),
}

impl FrameKind {
    const KNOWN: [FrameKind; 11] = [
        FrameKind::Header,
        FrameKind::Stream,
        FrameKind::Scans,
        FrameKind::Moment,
        FrameKind::Observation,
        FrameKind::Key,
        FrameKind::Report,
        FrameKind::Totals,
        FrameKind::Watch,
        FrameKind::Packed,
        FrameKind::Lab,
    ];

    pub(super) fn from_byte(byte: u8) -> Self {
        let known = Self::KNOWN.get(usize::from(byte));
        known.copied().unwrap_or(FrameKind::Unknown(byte))
    }

    pub(super) fn to_byte(self) -> u8 {
        match self {
            FrameKind::Unknown(byte) => byte,
            known => Self::KNOWN.iter().position(|it| *it == known).unwrap_or(0) as u8,
        }
    }
}

/// What a frame is, without what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHead {
    pub(crate) kind: FrameKind,
    /// Whose scans it holds.
    pub(crate) stream: u32,
    /// Which of the segments of the stream, or of the moments, it belongs to: each is
    /// decoded by itself.
    pub(crate) segment: u32,
    /// Which of the frames of that segment, from 0.
    pub(crate) part: u32,
    /// How many scans it holds.
    pub(crate) count: u32,
    /// The number of the first scan, or of the moment.
    pub(crate) first: u64,
    /// When the first scan in it began, in nanoseconds since the recording did.
    pub(crate) first_ns: u64,
    /// When the last one ended, the same.
    pub(crate) last_ns: u64,
}

impl FrameHead {
    /// Of what stands for itself and happened at a moment.
    pub(crate) fn alone(kind: FrameKind, at_ns: u64) -> Self {
        FrameHead {
            kind,
            stream: 0,
            segment: 0,
            part: 0,
            count: 1,
            first: 0,
            first_ns: at_ns,
            last_ns: at_ns,
        }
    }
}

/// The length of a payload, as it is stored and as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lengths {
    pub(crate) stored: usize,
    /// None: it is stored as it is.
    pub(crate) raw: Option<usize>,
    pub(crate) checksum: u32,
}

/// A frame in memory.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) head: FrameHead,
    /// The payload, perhaps compressed.
    pub(crate) stored: Box<[u8]>,
    pub(crate) lengths: Lengths,
}

impl Frame {
    /// With this payload, compressed by LZ4 where that saves an eighth.
    pub(crate) fn new(head: FrameHead, payload: &[u8]) -> Self {
        let compressed = lz4_flex::block::compress(payload);
        let pays = compressed.len() < payload.len() - payload.len() / 8;
        let raw = pays.then_some(payload.len());
        let stored: Box<[u8]> = match pays {
            true => compressed.into(),
            false => payload.into(),
        };
        let lengths = Lengths {
            stored: stored.len(),
            raw,
            checksum: crc32fast::hash(&stored),
        };
        Frame {
            head,
            stored,
            lengths,
        }
    }

    /// Bytes that it takes in a file, and about as many in memory.
    pub(crate) fn size(&self) -> usize {
        HEAD + self.stored.len()
    }

    /// As it stands in a file.
    pub(crate) fn write_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&head_bytes(&self.head, &self.lengths));
        out.extend_from_slice(&self.stored);
    }
}

fn head_bytes(head: &FrameHead, lengths: &Lengths) -> [u8; HEAD] {
    let mut bytes = [0; HEAD];
    let mut at = 0;
    let mut put = |part: &[u8]| {
        bytes[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    };
    put(&MARK);
    put(&[head.kind.to_byte(), u8::from(lengths.raw.is_some()), 0, 0]);
    put(&head.stream.to_le_bytes());
    put(&head.segment.to_le_bytes());
    put(&head.part.to_le_bytes());
    put(&head.count.to_le_bytes());
    put(&head.first.to_le_bytes());
    put(&head.first_ns.to_le_bytes());
    put(&head.last_ns.to_le_bytes());
    put(&(lengths.raw.unwrap_or(lengths.stored) as u32).to_le_bytes());
    put(&(lengths.stored as u32).to_le_bytes());
    put(&lengths.checksum.to_le_bytes());
    let checksum = crc32fast::hash(&bytes[..HEAD - 4]);
    bytes[HEAD - 4..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// What the head of a frame says.
///
/// # Errors
/// When these bytes are not such a head.
pub(crate) fn parse_head(bytes: &[u8; HEAD]) -> Result<(FrameHead, Lengths), Malformed> {
    let short = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| bytes[at + i]));
    let long = |at: usize| u64::from(short(at + 4)) << 32 | u64::from(short(at));
    let is_sound = bytes[..4] == MARK && short(HEAD - 4) == crc32fast::hash(&bytes[..HEAD - 4]);
    let (raw, stored) = (short(48) as usize, short(52) as usize);
    let is_compressed = bytes[5] != 0;
    let possible = match is_compressed {
        true => raw / LZ4_MOST <= stored,
        false => raw == stored,
    };
    if !is_sound || !possible || raw > LARGEST || stored > LARGEST {
        return Err(Malformed);
    }
    let head = FrameHead {
        kind: FrameKind::from_byte(bytes[4]),
        stream: short(8),
        segment: short(12),
        part: short(16),
        count: short(20),
        first: long(24),
        first_ns: long(32),
        last_ns: long(40),
    };
    let lengths = Lengths {
        stored,
        raw: is_compressed.then_some(raw),
        checksum: short(56),
    };
    Ok((head, lengths))
}

/// Whether these are the bytes that were stored.
pub(super) fn is_sound(stored: &[u8], lengths: &Lengths) -> bool {
    stored.len() == lengths.stored && crc32fast::hash(stored) == lengths.checksum
}

/// The payload as it was.
///
/// # Errors
/// When these are not the bytes that were stored.
pub(crate) fn payload(stored: &[u8], lengths: &Lengths) -> Result<Vec<u8>, Malformed> {
    if !is_sound(stored, lengths) {
        return Err(Malformed);
    }
    match lengths.raw {
        None => Ok(stored.to_vec()),
        Some(raw) => lz4_flex::block::decompress(stored, raw).map_err(|_| Malformed),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn frames_come_back(
            numbers: (u8, u32, u32, u32, u32), long: (u64, u64, u64), payload: Vec<u8>, times in 1usize..400
        ) {
            let (kind, stream, segment, part, count) = numbers;
            let (first, first_ns, last_ns) = long;
            let kind = FrameKind::from_byte(kind);
            let head = FrameHead { kind, stream, segment, part, count, first, first_ns, last_ns };
            let payload = payload.repeat(times);
            let frame = Frame::new(head, &payload);
            let mut bytes = Vec::new();
            frame.write_to(&mut bytes);
            prop_assert_eq!(bytes.len(), frame.size());
            let (parsed, lengths) = parse_head(bytes[..HEAD].try_into().unwrap()).unwrap();
            prop_assert_eq!(parsed, head);
            prop_assert_eq!(super::payload(&bytes[HEAD..], &lengths).unwrap(), payload);
        }

        #[test]
        fn a_changed_bit_is_noticed(payload: Vec<u8>, at: prop::sample::Index, bit in 0u8..8) {
            let frame = Frame::new(FrameHead::alone(FrameKind::Key, 7), &payload);
            let mut bytes = Vec::new();
            frame.write_to(&mut bytes);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let parsed = parse_head(bytes[..HEAD].try_into().unwrap());
            let read = parsed.and_then(|(_, lengths)| super::payload(&bytes[HEAD..], &lengths));
            prop_assert_eq!(read, Err(Malformed));
        }
    }
}
