//! How a sampler hands its scans over to be kept: it never waits, and in steady state
//! allocates nothing for each.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

use super::frame::{FrameHead, FrameKind};
use super::pass::Pass;
use super::recorder::{Recorder, Shared};
use super::scans::Unit;
use super::scans::encoder::{ReadInfo, ScanEncoder};
use crate::maps::scan_text::ScanText;
use crate::text::number::nanoseconds;

/// Bytes of a frame, or a few more.
const FRAME: usize = 64 << 10;

/// How long a segment is at least.
const SEGMENT_NS: u64 = 2_000_000_000;

/// A segment has at least so many times the bytes of its first scan, which is told
/// in full.
const TIMES_FIRST: usize = 4;

/// Buffers that may wait to be used again.
const SPARE: usize = 4;

/// Codes the scans of one stream.
#[derive(Debug)]
pub(crate) struct StreamRecorder {
    shared: Arc<Shared>,
    encoder: ScanEncoder,
    buffer: Vec<u8>,
    /// Of the frame that is filled.
    head: FrameHead,
    /// The number of the scan that was put last.
    number: u64,
    /// When this segment began; bytes of its first scan, and of all.
    segment_ns: u64,
    first_bytes: usize,
    bytes: usize,
    /// The request to hand over that was obeyed last.
    flushed: u32,
    back: SyncSender<Vec<u8>>,
    spare: Receiver<Vec<u8>>,
}

impl StreamRecorder {
    /// Begins a stream of texts of such units, of which operations of so many writers
    /// are counted. What its scans are judged by is handed over before them.
    pub(crate) fn new(recorder: &Recorder, stream: u32, unit: Unit, writers: usize) -> Self {
        let shared = recorder.shared();
        let (back, spare) = sync_channel(SPARE);
        StreamRecorder {
            shared,
            encoder: ScanEncoder::new(unit, writers),
            buffer: Vec::with_capacity(FRAME + FRAME / 8),
            head: FrameHead {
                stream,
                count: 0,
                ..FrameHead::alone(FrameKind::Scans, 0)
            },
            number: 0,
            segment_ns: 0,
            first_bytes: 0,
            bytes: 0,
            flushed: 0,
            back,
            spare,
        }
    }

    /// A moment in nanoseconds since the recording began.
    pub(crate) fn ns(&self, at: Instant) -> u64 {
        nanoseconds(at.saturating_duration_since(self.shared.start))
    }

    /// Keeps a scan.
    pub(crate) fn put_scan(&mut self, info: ReadInfo, scan: &ScanText) {
        self.begin(info);
        self.encoder.put_scan(&mut self.buffer, info, scan);
        self.end(info);
    }

    /// Keeps a pass of queries.
    pub(crate) fn put_pass(&mut self, info: ReadInfo, pass: &Pass) {
        self.begin(info);
        self.encoder.put_pass(&mut self.buffer, info, pass);
        self.end(info);
    }

    fn begin(&mut self, info: ReadInfo) {
        self.number += 1;
        if self.head.count > 0 {
            return;
        }
        if self.head.part == 0 {
            self.encoder.begin_segment();
            (self.segment_ns, self.bytes, self.first_bytes) = (info.begun_ns, 0, 0);
        }
        self.head.first = self.number;
        self.head.first_ns = info.begun_ns;
    }

    fn end(&mut self, info: ReadInfo) {
        self.head.count += 1;
        self.head.last_ns = info.ended_ns;
        if self.head.part == 0 && self.head.count == 1 {
            self.first_bytes = self.buffer.len();
        }
        if self.buffer.len() >= FRAME || self.is_asked() {
            self.hand_over();
        }
    }

    fn is_asked(&self) -> bool {
        self.shared.flush.load(Ordering::Relaxed) != self.flushed
    }

    /// Hands over what there is, if that was asked for: while nothing is scanned.
    pub(crate) fn look(&mut self) {
        if self.is_asked() {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        self.flushed = self.shared.flush.load(Ordering::Relaxed);
        if self.head.count == 0 {
            return;
        }
        self.bytes += self.buffer.len();
        let spare = self.spare.try_recv();
        let spare = spare.unwrap_or_else(|_| Vec::with_capacity(FRAME + FRAME / 8));
        let payload = std::mem::replace(&mut self.buffer, spare);
        self.buffer.clear();
        let is_kept = self.shared.put(self.head, payload, Some(self.back.clone()));
        let is_long = self.head.last_ns.saturating_sub(self.segment_ns) >= SEGMENT_NS
            && self.bytes >= TIMES_FIRST * self.first_bytes;
        self.head.count = 0;
        if is_kept && !is_long {
            self.head.part += 1;
        } else {
            // What follows a frame that was lost is not told against it.
            self.head.segment += 1;
            self.head.part = 0;
        }
    }
}

impl Drop for StreamRecorder {
    /// The rest.
    fn drop(&mut self) {
        self.hand_over();
        self.shared.end_stream(self.head.stream);
    }
}
