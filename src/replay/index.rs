//! What is where in a recording.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::lost::Lost;
use super::timeline::{Mark, MarkKind, Timeline};
use crate::events::Observation;
use crate::events::case::CaseKey;
use crate::events::event::{Event, EventKind};
use crate::recording::frame::FrameKind;
use crate::recording::json::from_json;
use crate::recording::open::Recording;
use crate::session::explorer::change_log::LoggedChange;
use crate::session::moment::{MomentDecoder, Skimmed};
use crate::session::snapshot::FoundEvent;
use crate::text::number::nanoseconds;

/// How long what a lab told is shown, where the session stands still: it tells
/// something more often.
const LAB: Duration = Duration::from_secs(1);

/// A moment, and where it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MomentAt {
    pub(crate) frame: usize,
    /// Since the session started.
    pub(crate) at: Duration,
    /// The stream of the text reader then.
    pub(crate) stream: u32,
    /// Whether it is what the lab told, while the session stood still.
    pub(crate) is_lab: bool,
    /// Whether it rests on none before it.
    pub(crate) is_whole: bool,
    /// Whether the one that it rests on is the one before it.
    follows: bool,
}

/// All moments, and what was found and changed at each.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) moments: Vec<MomentAt>,
    /// With the number of the moment that was the first to show it; of a check, which
    /// shows none, 0.
    pub(crate) found: Vec<(usize, FoundEvent)>,
    /// When each was read, since the session started; those of several streams in the
    /// order in which they were told of: never less than the one before.
    pub(crate) read_at: Vec<Duration>,
    pub(crate) changes: Vec<(usize, LoggedChange)>,
    pub(crate) timeline: Arc<Timeline>,
    /// In the order in which they began.
    streams: Vec<StreamStart>,
}

/// Whose scans a stream holds, and since when.
#[derive(Debug, Deserialize)]
struct StreamStart {
    stream: u32,
    case: CaseKey,
    reader_index: usize,
    started_ns: u64,
}

impl Index {
    /// Reads the moments of a recording, but for the pictures in them.
    pub(crate) fn of(recording: &Recording) -> Self {
        let mut index = Index::default();
        let mut marks = Vec::new();
        let mut lost = Lost::default();
        // The place of the moment that follows.
        let mut expected = (0, 0);
        let mut has_shown = false;
        let mut streams: BTreeMap<u32, u64> = BTreeMap::new();
        for (frame, head) in recording.heads() {
            let at = Duration::from_nanos(head.first_ns);
            match head.kind {
                FrameKind::Moment => {
                    let is_whole = head.part == 0;
                    // Nothing to begin with.
                    if !has_shown && !is_whole {
                        continue;
                    }
                    has_shown = true;
                    lost.moment(head, &mut marks);
                    let number = index.moments.len();
                    let place = (head.segment, head.part);
                    index.moments.push(MomentAt {
                        frame,
                        at,
                        stream: head.stream,
                        is_lab: false,
                        is_whole,
                        follows: is_whole || place == expected,
                    });
                    expected = (head.segment, head.part.wrapping_add(1));
                    let before = index.moments[..number].last();
                    if before.is_some_and(|before| before.stream != head.stream) {
                        let kind = MarkKind::Scene;
                        marks.push(Mark { at, kind });
                    }
                    let bytes = recording.payload(frame);
                    lost.read(bytes.is_some(), at, &mut marks);
                    index.add(number, Skimmed::of(&bytes.unwrap_or_default()), &mut marks);
                }
                FrameKind::Lab => {
                    lost.measurement(head, &mut marks);
                    let before = index.moments.last();
                    index.moments.push(MomentAt {
                        frame,
                        at,
                        stream: before.map_or(0, |before| before.stream),
                        is_lab: true,
                        is_whole: false,
                        follows: false,
                    });
                }
                FrameKind::Stream => {
                    let bytes = recording.payload(frame).unwrap_or_default();
                    let start = serde_json::from_slice::<StreamStart>(&bytes);
                    lost.read(start.is_ok(), at, &mut marks);
                    index.streams.extend(start);
                }
                FrameKind::Observation => {
                    let bytes = recording.payload(frame).unwrap_or_default();
                    if let Ok(Observation::Event(event)) = from_json(&bytes) {
                        let event = Arc::from(event);
                        index.add_find(0, FoundEvent { at, event }, &mut marks);
                    }
                }
                FrameKind::Key => marks.push(Mark {
                    at,
                    kind: MarkKind::Key,
                }),
                FrameKind::Scans => {
                    let end = head.first.saturating_add(head.count.into());
                    let expected = streams.insert(head.stream, end);
                    let count = head.first.saturating_sub(expected.unwrap_or(head.first));
                    lost.scans_before(count, at, &mut marks);
                }
                _ => {}
            }
        }
        marks.sort_by_key(|mark| mark.at);
        let at = |moment: Option<&MomentAt>| moment.map_or(Duration::ZERO, |it| it.at);
        index.timeline = Arc::new(Timeline {
            began: Some(recording.header().began),
            first: at(index.moments.first()),
            last: at(index.moments.last()),
            marks,
            lost_scans: lost.scans,
            lost_moments: lost.moments,
            damaged: lost.damaged,
            is_part: recording.header().cut.is_some(),
        });
        index
    }

    fn add(&mut self, number: usize, skimmed: Skimmed, marks: &mut Vec<Mark>) {
        for found in skimmed.found {
            self.add_find(number, found, marks);
        }
        for change in skimmed.changes {
            // One that is told again has turned out to be a suspected hole.
            if !change.is_suspected_hole {
                let kind = MarkKind::Change;
                marks.push(Mark {
                    at: change.at,
                    kind,
                });
            }
            self.changes.push((number, change));
        }
    }

    fn add_find(&mut self, number: usize, found: FoundEvent, marks: &mut Vec<Mark>) {
        let kind = match found.event.kind {
            EventKind::Tear => MarkKind::Tear,
            EventKind::Blink => MarkKind::Blink,
            EventKind::SuspectedHole => MarkKind::SuspectedHole,
            EventKind::Violation => MarkKind::Violation,
        };
        marks.push(Mark { at: found.at, kind });
        let read = self.read(&found.event, nanoseconds(found.at));
        let read_at = read.map_or(found.at, |(_, at_ns)| Duration::from_nanos(at_ns));
        let last = self.read_at.last().copied().unwrap_or_default();
        self.read_at.push(read_at.max(last));
        self.found.push((number, found));
    }

    /// The case whose scans a stream holds.
    pub(crate) fn case_of(&self, stream: u32) -> Option<&CaseKey> {
        let its = self.streams.iter().find(|it| it.stream == stream);
        its.map(|it| &it.case)
    }

    /// The last moment that was shown by then, else the first.
    pub(crate) fn moment_at(&self, at: Duration) -> usize {
        let behind = self.moments.partition_point(|moment| moment.at <= at);
        behind.saturating_sub(1)
    }

    /// The whole moment at or before one.
    pub(crate) fn whole_before(&self, moment: usize) -> usize {
        let before = &self.moments[..=moment];
        before.iter().rposition(|it| it.is_whole).unwrap_or(0)
    }

    /// Has a decoder that is at the moment before these go on to the last of them. From one
    /// that is damaged, or not there, to the next whole one there is nothing to show:
    /// whether there is something now; none: the lab told all of them.
    pub(crate) fn decode(
        &self,
        recording: &Recording,
        moments: RangeInclusive<usize>,
        decoder: &mut MomentDecoder,
    ) -> Option<bool> {
        let mut is_sound = None;
        let shown = self.moments[moments].iter().filter(|it| !it.is_lab);
        for moment in shown {
            let bytes = recording.payload(moment.frame);
            let bytes = bytes.filter(|_| moment.follows);
            let applied = bytes.is_some_and(|bytes| decoder.apply(&bytes).is_ok());
            is_sound = Some(applied);
            if !applied {
                *decoder = MomentDecoder::default();
            }
        }
        is_sound
    }

    /// The find that is `count` of those that are wanted on from one, or else from a
    /// time, or the last one that way; none: there is none.
    pub(crate) fn find_from(
        &self,
        find: Option<usize>,
        at: Duration,
        count: i64,
        is_wanted: impl Fn(EventKind) -> bool,
    ) -> Option<usize> {
        let by = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        let (back, on) = match find {
            Some(find) => (find, find + 1),
            None => (
                self.read_at.partition_point(|read| *read < at),
                self.read_at.partition_point(|read| *read <= at),
            ),
        };
        let is_wanted = |at: &usize| is_wanted(self.found[*at].1.event.kind);
        match count < 0 {
            true => (0..back).rev().filter(is_wanted).take(by).last(),
            false => (on..self.found.len()).filter(is_wanted).take(by).last(),
        }
    }

    /// The moment at which a find is shown: the one that told of it, or the first behind
    /// its scan, whose totals have it.
    pub(crate) fn moment_of(&self, find: usize) -> Option<usize> {
        let (told, found) = self.found.get(find)?;
        let (stream, read_ns) = self.read(&found.event, nanoseconds(found.at))?;
        let next = self.next_shown(self.moment_at(Duration::from_nanos(read_ns)));
        let its = next.filter(|next| self.moments[*next].stream == stream);
        Some(its.map_or(*told, |next| next.max(*told)))
    }

    /// The moment behind one that the session showed.
    pub(crate) fn next_shown(&self, moment: usize) -> Option<usize> {
        let mut behind = moment + 1..self.moments.len();
        behind.find(|it| !self.moments[*it].is_lab)
    }

    /// The moment at which the lab told what is shown at one: that, or the last before it
    /// that is not too old.
    pub(crate) fn lab_of(&self, moment: usize) -> Option<&MomentAt> {
        let at = self.moments.get(moment)?.at;
        let before = self.moments[..=moment].iter().rev();
        let mut young = before.take_while(|it| it.at.saturating_add(LAB) >= at);
        young.find(|it| it.is_lab)
    }

    /// When a find was told of, and in which scan of which stream it was made.
    pub(crate) fn find(&self, at: usize) -> Option<(Duration, (u32, u64))> {
        let (moment, found) = self.found.get(at)?;
        let read = self.read(&found.event, nanoseconds(found.at));
        let stream = read.map_or(self.moments[*moment].stream, |(stream, _)| stream);
        Some((found.at, (stream, found.event.scan)))
    }

    /// The stream in which something was read that was told of by then, and when it was
    /// read, in nanoseconds since the recording began: what is shown at that moment may
    /// be another stream already.
    pub(crate) fn read(&self, event: &Event, told_ns: u64) -> Option<(u32, u64)> {
        let reads = self.streams.iter().rev().filter_map(|it| {
            let is_its = it.case == event.case && it.reader_index == event.reader_index;
            is_its.then_some((it.stream, it.started_ns.saturating_add(event.at_ns)))
        });
        let mut reads = reads.filter(|(_, at)| *at <= told_ns);
        reads.next()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::tui::fixture::snapshot::{Kind, snapshot};

    #[test]
    fn finds_are_gone_through_one_by_one() {
        let event: Arc<_> = snapshot(Kind::Hole).found[0].event.clone();
        let found = [1, 2, 2, 5].map(|second| FoundEvent {
            at: Duration::from_secs(second),
            event: event.clone(),
        });
        let index = Index {
            read_at: found.iter().map(|found| found.at).collect(),
            found: (0..).zip(found).collect(),
            ..Index::default()
        };
        let from = |find, second, count| {
            index.find_from(find, Duration::from_secs(second), count, |_| true)
        };
        // From a time: what is at it is neither before nor behind.
        assert_eq!([from(None, 0, 1), from(None, 1, 1)], [Some(0), Some(1)]);
        assert_eq!([from(None, 2, 1), from(None, 2, -1)], [Some(3), Some(0)]);
        assert_eq!([from(None, 5, 1), from(None, 0, -1)], [None, None]);
        // From a find: also of several at one time each.
        assert_eq!(
            [from(Some(1), 2, 1), from(Some(2), 2, -1)],
            [Some(2), Some(1)]
        );
        assert_eq!(
            [from(Some(0), 1, 9), from(Some(3), 5, -2)],
            [Some(3), Some(1)]
        );
        assert_eq!([from(Some(3), 5, 1), from(Some(0), 1, -1)], [None, None]);
        let none = Index::default();
        assert_eq!(none.find_from(None, Duration::ZERO, 1, |_| true), None);
    }

    #[test]
    fn some_finds_are_passed_over_for_those_that_are_wanted() {
        let kinds = [Kind::Hole, Kind::Duplicate, Kind::Hole, Kind::Duplicate];
        let found: Vec<FoundEvent> = kinds.map(|kind| snapshot(kind).found[0].clone()).into();
        let index = Index {
            read_at: (1..=4).map(Duration::from_secs).collect(),
            found: (0..).zip(found).collect(),
            ..Index::default()
        };
        let from = |find, count| {
            let is_violation = |kind| kind == EventKind::Violation;
            index.find_from(find, Duration::from_secs(4), count, is_violation)
        };
        assert_eq!([from(None, -1), from(Some(3), -1)], [Some(2); 2]);
        assert_eq!([from(Some(2), -1), from(Some(3), -9)], [Some(0); 2]);
        assert_eq!([from(Some(0), -1), from(Some(2), 1)], [None, None]);
        assert_eq!([from(Some(0), 1), from(Some(1), 7)], [Some(2); 2]);
    }
}
