//! Scans, operations and finds as tracks on one clock, for Perfetto.
//!
//! A recording knows when a scan began and when it had been read, and of each of its
//! chunks the operations finished before and begun after it, but not when it was
//! read. So scans are slices, and what is known of their chunks is told of them. Of
//! an operation it is known for certain that it was under way from the end of a scan
//! in which it had begun to the beginning of one in which it had not finished: that is
//! a slice, and all else is counters.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::stream_tracks::StreamTracks;
use super::track_event::{Arguments, TraceWriter, Track};
use crate::events::event::Event;
use crate::recording::frame::FrameKind;
use crate::recording::json::from_json;
use crate::recording::open::Recording;
use crate::recording::stream::StreamInfo;
use crate::replay::index::Index;
use crate::session::kept::RecordedKey;
use crate::session::snapshot::FoundEvent;
use crate::text::number::nanoseconds;
use crate::text::sanitise::one_line;

const FINDS: u64 = 1;
const SCENES: u64 = 2;
const KEYS: u64 = 3;

/// Writes what a recording holds of a time, from and to moments since it began.
///
/// # Errors
/// When `out` takes no more.
pub(crate) fn write_trace(
    recording: &Arc<Recording>,
    (from, to): (Duration, Duration),
    out: &mut dyn Write,
) -> io::Result<()> {
    let times = (nanoseconds(from), nanoseconds(to));
    let began = recording.header().began.timestamp_nanos_opt();
    let began = began.and_then(|began| u64::try_from(began).ok());
    let mut writer = TraceWriter::begin(out, began.unwrap_or(0))?;
    let streams = streams(recording);
    let finds = finds(recording);
    for (uuid, name) in [(FINDS, "finds"), (SCENES, "scenes"), (KEYS, "keys")] {
        let rank = uuid;
        let parent = None;
        writer.track(Track { uuid, parent, rank }, name)?;
    }
    let is_inside = |at: &u64| (times.0..=times.1).contains(at);
    for find in finds.iter().filter(|find| is_inside(&find.at)) {
        let name = one_line(&find.event.title());
        writer.instant(FINDS, &name, find.at, &told(&find.event))?;
    }
    for info in streams.values() {
        // The others of a scene are read beside it.
        if is_inside(&info.started_ns) && !info.reader.queries() {
            let placement = info.placement.description().to_string();
            let arguments = Arguments::default().text("placement", &placement);
            let name = one_line(&info.case.to_string());
            writer.instant(SCENES, &name, info.started_ns, &arguments)?;
        }
    }
    for (frame, head) in recording.heads() {
        if head.kind != FrameKind::Key || !is_inside(&head.first_ns) {
            continue;
        }
        let bytes = recording.payload(frame).unwrap_or_default();
        if let Ok(RecordedKey { what }) = from_json(&bytes) {
            let none = Arguments::default();
            writer.instant(KEYS, &one_line(&what), head.first_ns, &none)?;
        }
    }
    for (number, info) in &streams {
        let mut names = BTreeMap::new();
        for find in finds.iter().filter(|find| find.stream == Some(*number)) {
            names.entry(find.event.scan).or_insert(&*find.event);
        }
        // What is damaged has no states to be judged by: its scans are still slices.
        StreamTracks::new(info).write(recording, times, &names, &mut writer)?;
    }
    Ok(())
}

/// What was found, where and when.
#[derive(Debug)]
struct Find {
    at: u64,
    stream: Option<u32>,
    event: Arc<Event>,
}

fn streams(recording: &Recording) -> BTreeMap<u32, StreamInfo> {
    let heads = recording.heads();
    let numbers = heads.filter(|(_, head)| head.kind == FrameKind::Stream);
    let infos = numbers.filter_map(|(frame, head)| {
        let info = from_json(&recording.payload(frame)?).ok()?;
        Some((head.stream, info))
    });
    infos.collect()
}

/// All finds, with their streams.
fn finds(recording: &Recording) -> Vec<Find> {
    let index = Index::of(recording);
    let find = |(_, found): &(usize, FoundEvent)| {
        let told_at = nanoseconds(found.at);
        let read = index.read(&found.event, told_at);
        Find {
            at: read.map_or(told_at, |(_, at)| at),
            stream: read.map(|(stream, _)| stream),
            event: found.event.clone(),
        }
    };
    index.found.iter().map(find).collect()
}

/// What is told of a find.
fn told(event: &Event) -> Arguments {
    let mut arguments = Arguments::default()
        .text("sentence", &one_line(&event.sentence))
        .text("case", &one_line(&event.case.to_string()))
        .number("scan", event.scan);
    if let Some(known) = &event.known {
        arguments = arguments.text("known hole", &one_line(known));
    }
    if !event.under_way.is_empty() {
        let under_way = event.under_way.join(", ");
        arguments = arguments.text("under way", &one_line(&under_way));
    }
    arguments
}
