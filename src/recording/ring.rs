//! The latest frames, as many as are kept in memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::frame::{Frame, FrameKind};

/// How much is kept in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// What is younger is kept.
    pub time: Duration,
    /// So many bytes are kept, however old.
    pub least: usize,
    /// More than so many are not, however young.
    pub most: usize,
}

impl Default for Keep {
    /// A minute, 16 MiB at least, 64 MiB at most.
    fn default() -> Self {
        Keep {
            time: Duration::from_secs(60),
            least: 16 << 20,
            most: 64 << 20,
        }
    }
}

impl Keep {
    /// Nothing: what goes to a file only.
    pub const NOTHING: Keep = Keep {
        time: Duration::ZERO,
        least: 0,
        most: 0,
    };
}

/// Frames in the order in which they came; the oldest are forgotten.
#[derive(Debug)]
pub(crate) struct Ring {
    keep: Keep,
    frames: VecDeque<Arc<Frame>>,
    bytes: usize,
    streams: BTreeMap<u32, KeptStream>,
    /// What stands for itself: the header, observations; the last report.
    whole_run: Vec<Arc<Frame>>,
}

/// A stream of which there are scans, or may be again.
#[derive(Debug)]
struct KeptStream {
    /// What its scans are judged by.
    frame: Arc<Frame>,
    /// Frames of its scans that are kept.
    count: usize,
    has_ended: bool,
}

impl Ring {
    pub(crate) fn new(keep: Keep) -> Self {
        Ring {
            keep,
            frames: VecDeque::new(),
            bytes: 0,
            streams: BTreeMap::new(),
            whole_run: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, frame: Arc<Frame>) {
        if self.keep == Keep::NOTHING {
            return;
        }
        let head = &frame.head;
        let now_ns = head.last_ns;
        match head.kind {
            FrameKind::Stream => {
                let number = head.stream;
                let stream = KeptStream {
                    frame,
                    count: 0,
                    has_ended: false,
                };
                self.streams.insert(number, stream);
                return;
            }
            FrameKind::Header | FrameKind::Observation => {
                self.whole_run.push(frame);
                return;
            }
            FrameKind::Report => {
                self.whole_run
                    .retain(|it| it.head.kind != FrameKind::Report);
                self.whole_run.push(frame);
                return;
            }
            FrameKind::Scans => {
                if let Some(stream) = self.streams.get_mut(&head.stream) {
                    stream.count += 1;
                }
            }
            FrameKind::Moment
            | FrameKind::Key
            | FrameKind::Totals
            | FrameKind::Watch
            | FrameKind::Packed
            | FrameKind::Lab
            | FrameKind::Unknown(_) => {}
        }
        self.bytes += frame.size();
        self.frames.push_back(frame);
        self.forget(now_ns);
    }

    fn forget(&mut self, now_ns: u64) {
        let time = u64::try_from(self.keep.time.as_nanos()).unwrap_or(u64::MAX);
        while let Some(oldest) = self.frames.front() {
            let is_old = oldest.head.last_ns.saturating_add(time) < now_ns;
            let may_go = is_old && self.bytes > self.keep.least || self.bytes > self.keep.most;
            if !may_go {
                return;
            }
            self.bytes -= oldest.size();
            let (kind, stream) = (oldest.head.kind, oldest.head.stream);
            self.frames.pop_front();
            if kind == FrameKind::Scans
                && let Some(kept) = self.streams.get_mut(&stream)
            {
                kept.count -= 1;
                self.forget_stream(stream);
            }
        }
    }

    /// Nothing more comes of a stream.
    pub(crate) fn end_stream(&mut self, stream: u32) {
        if let Some(kept) = self.streams.get_mut(&stream) {
            kept.has_ended = true;
            self.forget_stream(stream);
        }
    }

    fn forget_stream(&mut self, stream: u32) {
        let kept = self.streams.get(&stream);
        if kept.is_some_and(|it| it.has_ended && it.count == 0) {
            self.streams.remove(&stream);
        }
    }

    /// All that is kept, in an order in which it can be read.
    pub(crate) fn frames(&self) -> Vec<Arc<Frame>> {
        let streams = self.streams.values().map(|stream| &stream.frame);
        let all = self.whole_run.iter().chain(streams).chain(&self.frames);
        all.cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::frame::FrameHead;

    const SECOND: u64 = 1_000_000_000;

    fn frame(kind: FrameKind, stream: u32, second: u64) -> Arc<Frame> {
        let head = FrameHead {
            stream,
            ..FrameHead::alone(kind, second * SECOND)
        };
        // Nothing that LZ4 makes smaller.
        let payload: Vec<u8> = (0..1000u32)
            .map(|i| (i.wrapping_mul(0x9e37_79b9) >> 24) as u8)
            .collect();
        Arc::new(Frame::new(head, &payload))
    }

    fn ring(least: usize, most: usize) -> Ring {
        Ring::new(Keep {
            time: Duration::from_secs(60),
            least,
            most,
        })
    }

    fn seconds(ring: &Ring) -> Vec<u64> {
        let frames = ring.frames();
        let scans = frames.iter().filter(|it| it.head.kind == FrameKind::Scans);
        scans.map(|it| it.head.last_ns / SECOND).collect()
    }

    #[test]
    fn a_minute_is_kept_and_more_where_there_is_room_and_less_where_there_is_none() {
        let size = frame(FrameKind::Scans, 0, 0).size();
        for (least, most, kept) in [(0, 1000, 61), (100, 1000, 100), (0, 10, 10)] {
            let mut ring = ring(least * size, most * size);
            ring.push(frame(FrameKind::Stream, 0, 0));
            (0..200).for_each(|second| ring.push(frame(FrameKind::Scans, 0, second)));
            let expected: Vec<u64> = (200 - kept..200).collect();
            assert_eq!(seconds(&ring), expected, "{least} {most}");
        }
    }

    #[test]
    fn what_scans_are_judged_by_stays_as_long_as_there_are_some_or_may_be() {
        let mut ring = ring(0, usize::MAX);
        ring.push(frame(FrameKind::Header, 0, 0));
        for stream in 0..10 {
            ring.push(frame(FrameKind::Stream, stream, 0));
            for second in 0..20 {
                let at = u64::from(stream) * 20 + second;
                ring.push(frame(FrameKind::Scans, stream, at));
            }
            // The first goes on, but reads nothing for a while.
            if stream > 0 {
                ring.end_stream(stream);
            }
        }
        // One that has read nothing at all.
        ring.push(frame(FrameKind::Stream, 10, 199));
        ring.end_stream(10);
        let frames = ring.frames();
        assert_eq!(frames[0].head.kind, FrameKind::Header);
        let of = |kind| {
            let all = frames.iter().filter(move |it| it.head.kind == kind);
            let mut streams: Vec<u32> = all.map(|it| it.head.stream).collect();
            streams.dedup();
            streams
        };
        assert_eq!(of(FrameKind::Scans), [6, 7, 8, 9]);
        assert_eq!(of(FrameKind::Stream), [0, 6, 7, 8, 9]);
    }
}
