//! The scans of a recording as pictures.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::judging::Judging;
use crate::recording::frame::FrameKind;
use crate::recording::json::from_json;
use crate::recording::open::Recording;
use crate::recording::read_scans::ScanReader;
use crate::recording::stream::StreamInfo;
use crate::session::changes::Changes;
use crate::session::picture::{Context, Picture};

/// Finds scans by their numbers, stream by stream.
#[derive(Debug)]
pub(crate) struct Scans {
    recording: Arc<Recording>,
    streams: BTreeMap<u32, Option<Stream>>,
}

/// One stream, and the judge of single scans of it.
#[derive(Debug)]
struct Stream {
    reader: ScanReader,
    judging: Judging,
}

impl Scans {
    pub(crate) fn new(recording: Arc<Recording>) -> Self {
        Scans {
            recording,
            streams: BTreeMap::new(),
        }
    }

    fn stream(&mut self, number: u32) -> Option<&mut Stream> {
        let recording = &self.recording;
        let open = || Stream::open(recording, number);
        self.streams.entry(number).or_insert_with(open).as_mut()
    }

    /// The scan that is so many scans on from one, or the last one kept that way; none:
    /// there is no other.
    pub(crate) fn step(&mut self, stream: u32, from: u64, count: i64) -> Option<u64> {
        let reader = &self.stream(stream)?.reader;
        let wanted = from.saturating_add_signed(count);
        let found = match count < 0 {
            true => reader.at_or_before(wanted),
            false => reader.at_or_behind(wanted),
        };
        found.filter(|found| *found != from)
    }

    /// The last scan that had been read by then.
    pub(crate) fn number_at(&mut self, stream: u32, at_ns: u64) -> Option<u64> {
        self.stream(stream)?.reader.number_at(at_ns)
    }

    /// When a scan had been read, since the recording began.
    pub(crate) fn ended(&mut self, stream: u32, number: u64) -> Option<Duration> {
        let record = self.stream(stream)?.reader.get(number)?;
        Some(Duration::from_nanos(record.ended_ns))
    }

    /// A scan as it would have been shown then, after that of `before`.
    pub(crate) fn picture(
        &mut self,
        stream: u32,
        number: u64,
        at: Duration,
        before: Option<&Picture>,
    ) -> Option<Picture> {
        let Stream { reader, judging } = self.stream(stream)?;
        let record = reader.get(number)?;
        let mut picture = Picture::default();
        // What it finds is known from when it was read.
        judging.judge(record, &mut |_| ()).ok()?;
        picture.scan.verdict = judging.verdict()?.clone();
        record.put_into(&mut picture.scan.text);
        picture.scan.number = number;
        picture.at = at;
        let states = judging.states().clone();
        let site = states.sites().first().map(|site| (&site.range, &*states));
        picture.index(Context { site });
        let mut changes = Changes::default();
        if let Some(before) = before {
            let old = (before.scan.text.text(), &before.lines[..]);
            changes.compare(at, old, (picture.scan.text.text(), &picture.lines));
            picture.recent = before.recent.clone();
        }
        picture.lay_out(changes.sorted());
        Some(picture)
    }
}

impl Stream {
    fn open(recording: &Arc<Recording>, number: u32) -> Option<Self> {
        let info = stream_info(recording, number)?;
        let judging = Judging::new(&info, None).ok()?;
        let reader = ScanReader::new(recording.clone(), number, info.writers);
        Some(Stream { reader, judging })
    }
}

/// What the scans of a stream are judged by, where that is not damaged.
pub fn stream_info(recording: &Recording, number: u32) -> Option<StreamInfo> {
    let is_it = |kind, stream| kind == FrameKind::Stream && stream == number;
    let mut heads = recording.heads();
    let (frame, _) = heads.find(|(_, head)| is_it(head.kind, head.stream))?;
    from_json(&recording.payload(frame)?).ok()
}
