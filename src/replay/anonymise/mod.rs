//! A recording that does not say whose it was, and is judged the same.
//!
//! Other [`addresses`] in the same order, as far apart within a region and with as many
//! digits; other [`names`] as long as those that were there, the same for the same. So
//! every line keeps its length, every chunk its borders. [`text`]: both in lines and
//! sentences, [`known`]: what became of them; [`json`]: in all that is written as JSON. What nobody knows how to read is
//! left out.
//!
//! All frames are looked through first, for addresses and names, and changed then.

mod addresses;
mod json;
mod known;
mod names;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;

use serde_json::Value;

use self::addresses::Addresses;
use self::known::Known;
use self::names::Names;
use super::recode::Recoder;
use crate::latency::live::recorded::with_state;
use crate::recording::frame::{FrameHead, FrameKind};
use crate::recording::header::Header;
use crate::recording::json::from_json;
use crate::recording::pass::{put_pass, read_answers};
use crate::recording::record::Record;
use crate::recording::stream::StreamInfo;
use crate::session::moment::{fields, holds_bytes, is_known, put};

/// Changes the frames of one recording.
#[derive(Debug, Default)]
pub(crate) struct Anonymiser {
    addresses: Addresses,
    names: Names,
    /// What became of each line, without its newline, and of each chunk of lines.
    known: Known,
    known_chunks: Known,
    /// Whether all frames will be packed.
    is_packed: bool,
    /// Whether it has seen all frames, and changes them now.
    changes: bool,
    streams: BTreeMap<u32, Stream>,
}

#[derive(Debug)]
struct Stream {
    recoder: Recoder,
    is_pass: bool,
}

impl Anonymiser {
    /// Changes the frames of a recording, of which all are packed later, perhaps.
    pub(crate) fn new(is_packed: bool) -> Self {
        Anonymiser {
            is_packed,
            ..Anonymiser::default()
        }
    }

    /// Has seen all frames: from now on they are changed.
    pub(crate) fn change_from_now_on(&mut self) {
        self.addresses.settle();
        self.changes = true;
        self.known.clear();
        self.known_chunks.clear();
        self.streams.clear();
    }

    /// The header as it is to be.
    pub(crate) fn header(&mut self, header: &Header) -> Header {
        Header {
            command_line: self.names.command_line(&header.command_line),
            is_anonymised: true,
            ..header.clone()
        }
    }

    /// A frame as it is to be; none where it cannot be told what it holds.
    pub(crate) fn frame(
        &mut self,
        head: FrameHead,
        payload: &[u8],
    ) -> Option<(FrameHead, Vec<u8>)> {
        match head.kind {
            FrameKind::Scans => self.scans(&head, payload),
            FrameKind::Moment => self.moment(payload).map(|payload| (head, payload)),
            FrameKind::Stream => {
                let info: StreamInfo = from_json(payload).ok()?;
                let stream = Stream {
                    recoder: Recoder::new(&info, self.is_packed),
                    is_pass: info.reader.queries(),
                };
                self.streams.insert(head.stream, stream);
                self.json(payload, false).map(|payload| (head, payload))
            }
            FrameKind::Report | FrameKind::Observation | FrameKind::Key | FrameKind::Totals => {
                self.json(payload, false).map(|payload| (head, payload))
            }
            FrameKind::Lab => {
                let state = |bytes: &[u8]| self.json(bytes, false);
                let payload = with_state(payload, state).ok()?;
                Some((head, payload))
            }
            FrameKind::Watch => self.json(payload, true).map(|payload| (head, payload)),
            FrameKind::Header | FrameKind::Packed | FrameKind::Unknown(_) => None,
        }
    }

    fn json(&mut self, bytes: &[u8], holds_bytes: bool) -> Option<Vec<u8>> {
        let mut value: Value = serde_json::from_slice(bytes).ok()?;
        self.value(&mut value, holds_bytes);
        serde_json::to_vec(&value).ok()
    }

    fn moment(&mut self, payload: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        for field in fields(payload) {
            let (number, bytes) = field.ok()?;
            if bytes.is_empty() {
                put(&mut out, number, bytes);
            } else if is_known(number) {
                put(&mut out, number, &self.json(bytes, holds_bytes(number))?);
            }
        }
        Some(out)
    }

    fn scans(&mut self, head: &FrameHead, payload: &[u8]) -> Option<(FrameHead, Vec<u8>)> {
        let mut stream = self.streams.remove(&head.stream)?;
        let made = stream.recoder.frame(head, payload, &mut |record| {
            match stream.is_pass {
                true => self.pass(record),
                false => self.chunks(record),
            }
            self.changes
        });
        self.streams.insert(head.stream, stream);
        made
    }

    /// The text of a scan. Most chunks are those of a scan before.
    fn chunks(&mut self, record: &mut Record) {
        let mut text = Vec::with_capacity(record.text.len());
        let mut begin = 0;
        for end in record.ends.iter().copied().chain([record.text.len()]) {
            // A line that goes on is one with the rest.
            let chunk = record.text.get(begin..end).unwrap_or_default();
            if !chunk.ends_with(b"\n") && end != record.text.len() {
                continue;
            }
            begin = end;
            match self.known_chunks.get(chunk) {
                Some(known) => text.extend_from_slice(known),
                None => {
                    let changed = self.lines(chunk);
                    text.extend_from_slice(&changed);
                    self.known_chunks.keep(chunk, &changed);
                }
            }
        }
        record.text = text;
    }

    fn pass(&mut self, record: &mut Record) {
        let mut answers = Vec::new();
        if read_answers(record, &mut answers).is_err() {
            // Nothing that could be judged is left of it.
            record.text.clear();
            record.ends.clear();
            return;
        }
        for vma in answers.iter_mut().filter_map(|(answer, _)| answer.as_mut()) {
            vma.start = self.address(vma.start);
            vma.end = self.address(vma.end);
            vma.inode = self.names.inode(vma.inode);
            vma.device = self.names.device(vma.device);
        }
        let (whole, reads, interrupted) = (record.whole, record.reads, record.interrupted);
        put_pass(record, &answers.iter().collect());
        (record.whole, record.reads, record.interrupted) = (whole, reads, interrupted);
    }

    /// An address that certainly is one.
    fn address(&mut self, address: u64) -> u64 {
        if !self.changes {
            self.addresses.see(address, address);
        }
        self.addresses.changed(address).unwrap_or(address)
    }
}
