//! Which scans show a find: found out by judging them.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::events::event::{Event, EventKind};
use crate::recording::frame::FrameKind;
use crate::recording::open::Recording;
use crate::recording::read_scans::ScanReader;
use crate::recording::stream::StreamInfo;
use crate::replay::judging::Judging;
use crate::replay::scans::stream_info;
use crate::session::snapshot::FoundEvent;

/// Scans around it that are always there.
const AROUND: u64 = 2;

/// Scans around it that are looked at, at most.
const MOST: u64 = 512;

/// The stream in which something was found, and as few scans around it as show it when
/// they are judged by themselves; none where its scan was not kept.
pub(super) fn scans(
    recording: &Arc<Recording>,
    find: &FoundEvent,
) -> Option<(u32, RangeInclusive<u64>)> {
    let streams = recording.heads();
    let streams = streams.filter(|(_, head)| head.kind == FrameKind::Stream);
    let mut found = streams.filter_map(|(_, head)| {
        let info = stream_info(recording, head.stream)?;
        let (reader, found_in) = reader_of(recording, &info, &find.event)?;
        Some((info, reader, found_in))
    });
    let (info, mut reader, found_in) = found.next()?;
    let (first, last) = reader.numbers()?;
    let scan = find.event.scan;
    let to = found_in.max(scan.saturating_add(AROUND)).min(last);
    let mut around = AROUND;
    loop {
        // What was missing may be so from many scans up to the one that is named.
        let from = scan.saturating_sub(around).max(first);
        let is_all = from == first || around >= MOST;
        if is_all || shows(&info, &mut reader, from..=to, &find.event) {
            return Some((info.stream, from..=to));
        }
        around *= 2;
    }
}

/// Reads the stream, if it is the one in which that was found, with the number of the
/// scan that showed it: of what was missing and came back the one in which it is back.
fn reader_of(
    recording: &Arc<Recording>,
    info: &StreamInfo,
    event: &Event,
) -> Option<(ScanReader, u64)> {
    if info.case != event.case || info.reader_index != event.reader_index {
        return None;
    }
    let mut reader = ScanReader::new(recording.clone(), info.stream, info.writers);
    let found_ns = info.started_ns.saturating_add(event.at_ns);
    let number = match info.reader.queries() {
        true => event.scan,
        false => reader.number_at(found_ns)?,
    };
    let record = reader.get(number)?;
    let at = match info.reader.queries() {
        true => record.begun_ns,
        false => record.ended_ns,
    };
    (at == found_ns && number >= event.scan).then_some((reader, number))
}

/// Whether these scans show it by themselves.
fn shows(
    info: &StreamInfo,
    reader: &mut ScanReader,
    numbers: RangeInclusive<u64>,
    event: &Event,
) -> bool {
    let Ok(mut judging) = Judging::new(info, None) else {
        return false;
    };
    let mut found = Vec::new();
    // From one that is kept to the next: the numbers are those of a file, and may be any.
    let mut next = Some(*numbers.start());
    while let Some(number) = next.and_then(|it| reader.at_or_behind(it)) {
        if number > *numbers.end() {
            break;
        }
        let Some(record) = reader.get(number) else {
            // Damaged: nothing behind it can be read in one piece.
            return false;
        };
        if judging.judge(record, &mut |find| found.push(find)).is_err() {
            return false;
        }
        next = number.checked_add(1);
    }
    let mut found = found.into_iter().map(|find| judging.describe(find));
    found.any(|it| is_same(&it, event))
}

/// Whether judging afresh found the same. Calls of a target are not recorded, so that
/// a suspected hole is a blink then.
fn is_same(afresh: &Event, event: &Event) -> bool {
    let kind = match event.kind {
        EventKind::SuspectedHole => EventKind::Blink,
        kind => kind,
    };
    (afresh.scan, afresh.kind, &afresh.seen) == (event.scan, kind, &event.seen)
}
