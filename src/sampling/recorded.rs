//! Scans that go to a recording.

use std::time::Instant;

use super::Published;
use super::describe::FindContext;
use super::options::SamplerOptions;
use crate::oracle::missing::MissingCounts;
use crate::oracle::tally::Tally;
use crate::recording::frame::FrameKind;
use crate::recording::raw::Raw;
use crate::recording::recorder::Recorder;
use crate::recording::scans::encoder::ReadInfo;
use crate::recording::stream::StreamInfo;
use crate::recording::stream_recorder::StreamRecorder;
use crate::recording::stream_totals::StreamTotals;

/// How often it is told what was counted.
const TOTALS_NS: u64 = 1_000_000_000;

/// The scans of one sampler as a stream of a recording.
#[derive(Debug)]
pub struct RecordedScans {
    recorder: Recorder,
    /// What it is judged by, until the sampler starts.
    info: Option<StreamInfo>,
    stream: StreamRecorder,
    number: u32,
    writers: usize,
    started_ns: u64,
    /// When the scan that was put last had been read, in nanoseconds since the
    /// recording began.
    ended_ns: u64,
    /// When the totals are told next, the same.
    totals_due_ns: u64,
}

impl RecordedScans {
    /// Of a sampler with these options, whose finds are found there.
    pub fn new(recorder: &Recorder, options: &SamplerOptions, found_in: &FindContext<'_>) -> Self {
        let number = recorder.next_stream();
        Self::of(recorder, options.stream_info((number, 0), found_in))
    }

    /// Of scans that are judged by this.
    pub(crate) fn of(recorder: &Recorder, info: StreamInfo) -> Self {
        RecordedScans {
            stream: StreamRecorder::new(recorder, info.stream, info.unit(), info.writers),
            recorder: recorder.clone(),
            number: info.stream,
            writers: info.writers,
            info: Some(info),
            started_ns: 0,
            ended_ns: 0,
            totals_due_ns: 0,
        }
    }

    /// The number of the stream.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// Of how many writers operations are counted.
    pub(crate) fn writers(&self) -> usize {
        self.writers
    }

    /// What was read from `begun_ns` to `ended_ns`, in nanoseconds since the sampler
    /// started.
    pub(crate) fn put(&mut self, (begun_ns, ended_ns): (u64, u64), raw: Raw<'_>) {
        let info = ReadInfo {
            begun_ns: self.started_ns.saturating_add(begun_ns),
            ended_ns: self.started_ns.saturating_add(ended_ns),
            ..ReadInfo::default()
        };
        self.ended_ns = info.ended_ns;
        match raw {
            Raw::Scan { text, whole } => {
                self.stream.put_scan(ReadInfo { whole, ..info }, text);
            }
            Raw::Pass(pass) => {
                self.stream.put_pass(info, pass);
            }
        }
    }

    /// Tells what was counted so far, if it is time to.
    pub(crate) fn put_totals(&mut self, tally: &Tally, missing: MissingCounts) {
        if self.ended_ns >= self.totals_due_ns {
            self.totals_due_ns = self.ended_ns + TOTALS_NS;
            let tally = tally.clone();
            let counted = StreamTotals { tally, missing };
            (self.recorder).put_json(FrameKind::Totals, self.number, &counted);
        }
    }

    /// Tells what was counted at the end: nothing is held up that would be read.
    pub(crate) fn put_last_totals(&mut self, tally: &Tally, missing: MissingCounts) {
        let tally = tally.clone();
        let counted = StreamTotals { tally, missing };
        (self.recorder).put_json_patiently(FrameKind::Totals, self.number, &counted);
    }

    /// The sampler starts now; no scan has been read.
    pub(crate) fn begin(&mut self, start: Instant) {
        self.started_ns = self.stream.ns(start);
        self.totals_due_ns = self.started_ns + TOTALS_NS;
        if let Some(info) = self.info.take() {
            let info = StreamInfo {
                started_ns: self.started_ns,
                ..info
            };
            // Without it no scan of the stream can be judged; none is read yet.
            let (recorder, stream) = (&self.recorder, FrameKind::Stream);
            recorder.put_json_patiently(stream, self.number, &info);
        }
    }

    /// So much was counted, the scan that was put last included.
    pub(crate) fn counted(&mut self, published: &Published) {
        self.put_totals(&published.tally, published.missing);
    }

    /// Nothing more is read; so much was counted.
    pub(crate) fn end(&mut self, published: &Published) {
        self.put_last_totals(&published.tally, published.missing);
    }

    /// Nothing is read for a while.
    pub(crate) fn look(&mut self) {
        self.stream.look();
    }
}
