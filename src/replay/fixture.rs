//! Recordings of scans that nobody read.

use std::sync::Arc;
use std::time::Duration;

use super::judging::Judging;
use crate::events::case::CaseKey;
use crate::linux::features::rule::Rule;
use crate::linux::reader::Reader;
use crate::maps::scan_text::ScanText;
use crate::oracle::states::States;
use crate::recording::frame::{Frame, FrameHead, FrameKind};
use crate::recording::header::{Header, RecordedSubject};
use crate::recording::open::Recording;
use crate::recording::raw::Raw;
use crate::recording::record::Record;
use crate::recording::scans::encoder::{ReadInfo, ScanEncoder};
use crate::recording::stream::StreamInfo;
use crate::sampling::TakenScan;
use crate::scenario::catalogue::scenarios;
use crate::session::explorer::change_log::ChangeLog;
use crate::session::moment::MomentEncoder;
use crate::session::picture::{Context, Picture};
use crate::session::snapshot::{FoundEvent, ShownTarget, Snapshot};
use crate::simulated::Locking;
use crate::simulated::fault::Fault;
use crate::simulated::run::SimulatedCase;
use crate::simulated::writer::Workload;

/// Scans of a frame, frames of a segment, and moments between two whole ones.
const EACH: usize = 8;

/// A simulated seq_file buffer, in bytes: a few lines.
const BUFFER: usize = 250;

/// The scans of a stream.
pub(super) struct Scans {
    pub(super) info: StreamInfo,
    pub(super) records: Vec<Record>,
}

fn record(number: u64, text: &ScanText) -> Record {
    let mut record = Record {
        number,
        begun_ns: number * 1_000_000,
        ended_ns: number * 1_000_000 + 500_000,
        ..Record::default()
    };
    Raw::Scan { text, whole: true }.put_into(&mut record);
    record
}

/// Scans of a simulated kernel that may have all known holes.
pub(super) fn simulated(scenario: usize, fault: Option<Fault>, seed: u64, lines: u64) -> Scans {
    let scenario = &scenarios()[scenario % scenarios().len()];
    let workload = Workload::of_scenario(scenario);
    let case = SimulatedCase::new(&workload, Locking::LineLastEnd, fault, BUFFER, seed);
    let mut case = case
        .expect("nothing but the site changes")
        .judged_by(Rule::LINE_END);
    let states = case.states().clone();
    let mut records = Vec::new();
    case.scan_text_with(lines, false, |text, _| {
        records.push(record(records.len() as u64 + 1, text));
    });
    let info = info(&scenario.name, &states);
    Scans { info, records }
}

fn info(scenario: &str, states: &States) -> StreamInfo {
    let case = CaseKey {
        scenario: scenario.into(),
        reader: Reader::Maps.to_string(),
    };
    StreamInfo::new(case, Reader::Maps, Rule::LINE_END, states)
}

/// A process that is not ours: of these lines.
pub(super) const LINES: [&str; 7] = [
    "00400000-00452000 r-xp 00000000 fe:01 173521                             /home/alice/secret project/tool\n",
    "55d0a1b2c000-55d0a1b4d000 rw-p 00000000 00:00 0                          [heap]\n",
    "7f3a5c021000-7f3a5c189000 r-xp 00022000 fe:01 1835287                    /usr/lib/libmine.so.6\n",
    "7f3a5c189000-7f3a5c18a000 rw-p 0018a000 fe:01 1835287                    /usr/lib/libmine.so.6\n",
    "7f3a5c1a0000-7f3a5c1a1000 rw-p 00000000 00:00 0                          [anon:alices]\n",
    "7f3a5c1b0000-7f3a5c1b1000 rw-s 00000000 00:2a 77                         /memfd:alicemem (deleted)\n",
    "7ffd4c1e2000-7ffd4c203000 rw-p 00000000 00:00 0                          [stack]\n",
];

/// Scans of such a process: of its lines some are missing now and then.
pub(super) fn foreign(count: u64) -> Scans {
    let records = (1..=count).map(|number| {
        let is_there = |line: &usize| (number + *line as u64) % 9 != 5;
        let lines = (0..LINES.len()).filter(is_there).map(|line| LINES[line]);
        let (first, second): (Vec<&str>, Vec<&str>) = {
            let all: Vec<&str> = lines.collect();
            (all[..3].to_vec(), all[3..].to_vec())
        };
        let chunks = [first.concat(), second.concat()];
        let window = crate::maps::scan_text::Window::ANY;
        let chunks = chunks.iter().map(|chunk| (chunk.as_bytes(), window));
        record(number, &ScanText::from_chunks(chunks, window))
    });
    Scans {
        records: records.collect(),
        info: info("tool (PID 4711)", &States::unknown()),
    }
}

impl Scans {
    /// The same in frames, with moments that show them.
    pub(super) fn frames(&self) -> Vec<Frame> {
        let is_foreign = self.info.states.is_none();
        let header = Header {
            command_line: "/home/alice/bin/vmascope run --record /tmp/a -- /home/alice/tool".into(),
            subject: match is_foreign {
                true => RecordedSubject::Target,
                false => RecordedSubject::Modifier,
            },
            ..Header::unknown()
        };
        let json = |kind, value: Vec<u8>| Frame::new(FrameHead::alone(kind, 0), &value);
        let mut frames = vec![
            json(FrameKind::Header, serde_json::to_vec(&header).unwrap()),
            json(FrameKind::Stream, serde_json::to_vec(&self.info).unwrap()),
        ];
        let mut scans = ScanEncoder::new(self.info.unit(), self.info.writers);
        let mut moments = MomentEncoder::default();
        let mut judging = Judging::new(&self.info, None).unwrap();
        let name = if is_foreign {
            "tool, PID 4711"
        } else {
            "modifier 7"
        };
        let target = Arc::new(ShownTarget {
            name: name.into(),
            ..ShownTarget::default()
        });
        for (i, records) in self.records.chunks(EACH).enumerate() {
            let (segment, part) = ((i / EACH) as u32, (i % EACH) as u32);
            if part == 0 {
                scans.begin_segment();
            }
            let mut payload = Vec::new();
            let mut found = Vec::new();
            for record in records {
                let info = ReadInfo {
                    begun_ns: record.begun_ns,
                    ended_ns: record.ended_ns,
                    whole: true,
                    ..ReadInfo::default()
                };
                scans.put_scan(&mut payload, info, &scan_text(record));
                judging.judge(record, &mut |it| found.push(it)).unwrap();
            }
            let (first, last) = (&records[0], &records[records.len() - 1]);
            let head = FrameHead {
                segment,
                part,
                count: records.len() as u32,
                first: first.number,
                first_ns: first.begun_ns,
                last_ns: last.ended_ns,
                ..FrameHead::alone(FrameKind::Scans, 0)
            };
            frames.push(Frame::new(head, &payload));
            let at = Duration::from_nanos(last.ended_ns);
            let found = found.into_iter().map(|it| FoundEvent {
                at,
                event: Arc::new(judging.describe(it)),
            });
            let snapshot = Snapshot {
                at,
                target: target.clone(),
                tally: judging.tally().clone(),
                picture: Some(Arc::new(picture(last, &judging))),
                found: found.collect(),
                missing: is_foreign.then(|| judging.missing()),
                ..Snapshot::default()
            };
            payload = moments.encode(&snapshot, &ChangeLog::default(), part == 0);
            let head = FrameHead {
                segment,
                part,
                first: i as u64 + 1,
                ..FrameHead::alone(FrameKind::Moment, last.ended_ns)
            };
            frames.push(Frame::new(head, &payload));
        }
        frames
    }

    pub(super) fn recording(&self) -> Arc<Recording> {
        recording(self.frames())
    }
}

fn scan_text(record: &Record) -> ScanText {
    let mut text = ScanText::default();
    record.put_into(&mut text);
    text
}

pub(super) fn recording(frames: Vec<Frame>) -> Arc<Recording> {
    let frames = frames.into_iter().map(Arc::new).collect();
    Arc::new(Recording::in_memory(frames).unwrap())
}

fn picture(record: &Record, judging: &Judging) -> Picture {
    let mut picture = Picture {
        scan: TakenScan {
            text: scan_text(record),
            number: record.number,
            verdict: judging.verdict().unwrap().clone(),
        },
        at: Duration::from_nanos(record.ended_ns),
        ..Picture::default()
    };
    let states = judging.states().clone();
    let site = states.sites().first().map(|site| (&site.range, &*states));
    picture.index(Context { site });
    picture.lay_out(Vec::new());
    picture
}
