//! What is where in a recording.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::timeline::{Mark, MarkKind, Timeline};
use crate::events::event::EventKind;
use crate::recording::frame::FrameKind;
use crate::recording::open::Recording;
use crate::session::explorer::change_log::LoggedChange;
use crate::session::moment::Skimmed;
use crate::session::snapshot::FoundEvent;

/// A moment, and where it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MomentAt {
    pub(crate) frame: usize,
    /// Since the session started.
    pub(crate) at: Duration,
    /// The stream of the text reader then.
    pub(crate) stream: u32,
    /// Whether it rests on none before it.
    pub(crate) is_whole: bool,
}

/// All moments, and what was found and changed at each.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) moments: Vec<MomentAt>,
    /// With the number of the moment that was the first to show it.
    pub(crate) found: Vec<(usize, FoundEvent)>,
    pub(crate) changes: Vec<(usize, LoggedChange)>,
    pub(crate) timeline: Arc<Timeline>,
}

impl Index {
    /// Reads the moments of a recording, but for the pictures in them.
    pub(crate) fn of(recording: &Recording) -> Self {
        let mut index = Index::default();
        let mut marks = Vec::new();
        let mut lost_scans = 0;
        let mut streams: BTreeMap<u32, u64> = BTreeMap::new();
        for (frame, head) in recording.heads() {
            let at = Duration::from_nanos(head.first_ns);
            match head.kind {
                FrameKind::Moment => {
                    let is_whole = head.part == 0;
                    // Nothing to begin with.
                    if index.moments.is_empty() && !is_whole {
                        continue;
                    }
                    let number = index.moments.len();
                    index.moments.push(MomentAt {
                        frame,
                        at,
                        stream: head.stream,
                        is_whole,
                    });
                    if number > 0 && index.moments[number - 1].stream != head.stream {
                        let kind = MarkKind::Scene;
                        marks.push(Mark { at, kind });
                    }
                    let bytes = recording.payload(frame).unwrap_or_default();
                    index.add(number, Skimmed::of(&bytes), &mut marks);
                }
                FrameKind::Key => marks.push(Mark {
                    at,
                    kind: MarkKind::Key,
                }),
                FrameKind::Scans => {
                    let end = head.first.saturating_add(head.count.into());
                    let expected = streams.insert(head.stream, end);
                    let lost = head.first.saturating_sub(expected.unwrap_or(head.first));
                    lost_scans = u64::saturating_add(lost_scans, lost);
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
            lost_scans,
        });
        index
    }

    fn add(&mut self, number: usize, skimmed: Skimmed, marks: &mut Vec<Mark>) {
        for found in skimmed.found {
            let kind = match found.event.kind {
                EventKind::Tear => MarkKind::Tear,
                EventKind::Blink => MarkKind::Blink,
                EventKind::SuspectedHole => MarkKind::SuspectedHole,
                EventKind::Violation => MarkKind::Violation,
            };
            marks.push(Mark { at: found.at, kind });
            self.found.push((number, found));
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

    /// The find that is `count` finds on from a moment, or the last one there is that
    /// way: when, and which scan of which stream it was found in.
    pub(crate) fn find_from(
        &self,
        at: Duration,
        scan: Option<u64>,
        count: i64,
    ) -> Option<(Duration, Option<(u32, u64)>)> {
        let stream = |moment: usize| self.moments[moment].stream;
        let is_before = |(moment, found): &(usize, FoundEvent)| {
            found.at < at
                || found.at == at
                    && scan.is_some_and(|scan| {
                        stream(*moment) == self.stream_at(at) && found.event.scan < scan
                    })
        };
        let is_here = |(_, found): &(usize, FoundEvent)| {
            found.at == at && scan.is_none_or(|scan| found.event.scan == scan)
        };
        let begin = self.found.partition_point(is_before);
        let here = self.found[begin..]
            .iter()
            .take_while(|it| is_here(it))
            .count();
        let by = usize::try_from(count.unsigned_abs()).ok()?.max(1) - 1;
        let wanted = match count < 0 {
            true => begin.checked_sub(1)?.saturating_sub(by),
            false => (begin + here)
                .checked_add(by)?
                .min(self.found.len().checked_sub(1)?),
        };
        if count > 0 && begin + here == self.found.len() {
            return None;
        }
        let (moment, found) = self.found.get(wanted)?;
        Some((found.at, Some((stream(*moment), found.event.scan))))
    }

    fn stream_at(&self, at: Duration) -> u32 {
        self.moments[self.moment_at(at)].stream
    }
}
