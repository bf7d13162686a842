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

/// Frames that cannot be read are passed over, up to so many at once.
const MOST_DAMAGED: usize = 256;

/// Where a step leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stepped {
    pub(crate) number: u64,
    /// How many scans that the step goes over are not there, or cannot be read.
    pub(crate) missing: u64,
}

/// One stream, and the judge of single scans of it.
#[derive(Debug)]
struct Stream {
    reader: ScanReader,
    /// The numbers of the first and the last scan of each frame.
    frames: Vec<(u64, u64)>,
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

    /// The scan that is so many scans on from one, or the next that can be read that
    /// way; none: there is no other.
    pub(crate) fn step(&mut self, stream: u32, from: u64, count: i64) -> Option<Stepped> {
        let Stream { reader, frames, .. } = self.stream(stream)?;
        let wanted = from.saturating_add_signed(count);
        let mut next = wanted;
        for _ in 0..MOST_DAMAGED {
            let found = match count < 0 {
                true => reader.at_or_before(next),
                false => reader.at_or_behind(next),
            };
            let number = found.filter(|found| *found != from)?;
            if reader.get(number).is_some() {
                let missing = number.abs_diff(wanted);
                return Some(Stepped { number, missing });
            }
            // What follows in its frame cannot be read either.
            let has_it = |(first, last): &&(u64, u64)| (*first..=*last).contains(&number);
            let frame = frames.iter().find(has_it);
            let (first, last) = frame.copied().unwrap_or((number, number));
            next = match count < 0 {
                true => first.checked_sub(1)?,
                false => last.checked_add(1)?,
            };
        }
        None
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
        let Stream {
            reader, judging, ..
        } = self.stream(stream)?;
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
        let heads = recording.heads().map(|(_, head)| head);
        let heads = heads.filter(|it| it.kind == FrameKind::Scans && it.stream == number);
        let frames = heads.map(|it| {
            let more = u64::from(it.count).saturating_sub(1);
            (it.first, it.first.saturating_add(more))
        });
        Some(Stream {
            reader,
            frames: frames.collect(),
            judging,
        })
    }
}

/// What the scans of a stream are judged by, where that is not damaged.
pub fn stream_info(recording: &Recording, number: u32) -> Option<StreamInfo> {
    let is_it = |kind, stream| kind == FrameKind::Stream && stream == number;
    let mut heads = recording.heads();
    let (frame, _) = heads.find(|(_, head)| is_it(head.kind, head.stream))?;
    from_json(&recording.payload(frame)?).ok()
}
