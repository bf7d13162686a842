//! Scans coded anew, frame by frame: some of them, or changed.

use crate::recording::bytes::Taker;
use crate::recording::frame::FrameHead;
use crate::recording::record::Record;
use crate::recording::scans::Unit;
use crate::recording::scans::decoder::ScanDecoder;
use crate::recording::scans::encoder::ScanEncoder;
use crate::recording::stream::StreamInfo;

/// Bytes of a text of which deflate still has the beginning where another like it ends.
const SHORT: usize = 14 << 10;

/// Takes the frames of one stream in their order.
#[derive(Debug)]
pub(super) struct Recoder {
    decoder: ScanDecoder,
    /// None before the first scan.
    encoder: Option<ScanEncoder>,
    unit: Unit,
    writers: usize,
    is_packed: bool,
    /// The segment and the part that can be decoded next, besides the beginning of any
    /// segment.
    follows: Option<(u32, u32)>,
    /// The scan that was decoded last.
    record: Record,
    /// The same, to be changed.
    changed: Record,
    /// Frames made of this segment.
    parts: u32,
}

impl Recoder {
    /// Of frames that are perhaps packed later.
    pub(super) fn new(info: &StreamInfo, is_packed: bool) -> Self {
        Recoder {
            decoder: ScanDecoder::new(info.writers),
            encoder: None,
            unit: info.unit(),
            writers: info.writers,
            is_packed,
            follows: None,
            record: Record::default(),
            changed: Record::default(),
            parts: 0,
        }
    }

    /// A frame of the scans of another that are wanted, as `change` leaves them; none
    /// where there is no such scan.
    pub(super) fn frame(
        &mut self,
        head: &FrameHead,
        payload: &[u8],
        change: &mut dyn FnMut(&mut Record) -> bool,
    ) -> Option<(FrameHead, Vec<u8>)> {
        if head.part == 0 {
            self.decoder.begin_segment();
            self.parts = 0;
        } else if self.follows.take() != Some((head.segment, head.part)) {
            return None;
        }
        let mut out = Vec::new();
        let mut made = FrameHead { count: 0, ..*head };
        let mut taker = Taker::of(payload);
        self.record.number = head.first.saturating_sub(1);
        let mut is_whole = true;
        for _ in 0..head.count {
            if self.decoder.take(&mut taker, &mut self.record).is_err() {
                is_whole = false;
                break;
            }
            self.changed.clone_from(&self.record);
            if change(&mut self.changed) {
                self.put(&mut made, &mut out);
            }
        }
        // What follows what is damaged is told against it.
        self.follows = is_whole.then_some((head.segment, head.part.wrapping_add(1)));
        if made.count == 0 {
            return None;
        }
        made.part = self.parts;
        self.parts += 1;
        Some((made, out))
    }

    fn put(&mut self, head: &mut FrameHead, out: &mut Vec<u8>) {
        let record = &self.changed;
        let is_short = record.text.len() <= SHORT;
        let unit = match self.unit {
            // Deflate finds the lines of its own accord, if they are one behind the other.
            Unit::Line if self.is_packed && is_short => Unit::Fixed(SHORT),
            unit => unit,
        };
        let new = || ScanEncoder::new(unit, self.writers);
        let encoder = self.encoder.get_or_insert_with(new);
        if head.count == 0 {
            (head.first, head.first_ns) = (record.number, record.begun_ns);
            if self.parts == 0 {
                encoder.begin_segment();
            }
        }
        head.count += 1;
        head.last_ns = record.ended_ns;
        encoder.put_record(out, record);
    }
}
