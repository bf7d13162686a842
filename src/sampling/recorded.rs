//! Scans that go to a recording.

use std::time::Instant;

use super::describe::FindContext;
use super::options::SamplerOptions;
use super::scan_sink::{ReadScan, ScanSink};
use crate::recording::frame::FrameKind;
use crate::recording::pass::put_answers;
use crate::recording::raw::Raw;
use crate::recording::record::Record;
use crate::recording::recorder::Recorder;
use crate::recording::scans::encoder::ReadInfo;
use crate::recording::stream::StreamInfo;
use crate::recording::stream_recorder::StreamRecorder;

/// The scans of one sampler as a stream of a recording.
#[derive(Debug)]
pub struct RecordedScans {
    recorder: Recorder,
    /// What it is judged by, until the sampler starts.
    info: Option<StreamInfo>,
    stream: StreamRecorder,
    number: u32,
    started_ns: u64,
    /// Answers as bytes.
    pass: Record,
}

impl RecordedScans {
    /// Of a sampler with these options, whose finds are found there.
    pub fn begin(
        recorder: &Recorder,
        options: &SamplerOptions,
        found_in: &FindContext<'_>,
    ) -> Self {
        let number = recorder.next_stream();
        Self::of(recorder, options.stream_info((number, 0), found_in))
    }

    /// Of scans that are judged by this.
    pub(crate) fn of(recorder: &Recorder, info: StreamInfo) -> Self {
        RecordedScans {
            stream: recorder.stream(info.stream, info.unit(), info.writers),
            recorder: recorder.clone(),
            number: info.stream,
            info: Some(info),
            started_ns: 0,
            pass: Record::default(),
        }
    }

    /// The number of the stream.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// What was read from `begun_ns` to `ended_ns`, in nanoseconds since the sampler
    /// started.
    pub(crate) fn put(&mut self, (begun_ns, ended_ns): (u64, u64), raw: Raw<'_>) {
        let info = ReadInfo {
            begun_ns: self.started_ns.saturating_add(begun_ns),
            ended_ns: self.started_ns.saturating_add(ended_ns),
            ..ReadInfo::default()
        };
        match raw {
            Raw::Scan { text, whole } => {
                self.stream.put_scan(ReadInfo { whole, ..info }, text);
            }
            Raw::Pass(answers) => {
                put_answers(&mut self.pass, answers);
                self.stream.put_pass(info, &self.pass);
            }
        }
    }
}

impl ScanSink for RecordedScans {
    fn begin(&mut self, start: Instant) {
        self.started_ns = self.stream.ns(start);
        if let Some(info) = self.info.take() {
            let info = StreamInfo {
                started_ns: self.started_ns,
                ..info
            };
            self.recorder
                .put_json(FrameKind::Stream, self.number, &info);
        }
    }

    fn take(&mut self, scan: &ReadScan<'_>) {
        self.put((scan.begun_ns, scan.ended_ns), scan.raw);
    }

    fn look(&mut self) {
        self.stream.look();
    }
}
