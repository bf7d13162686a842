//! A smaller recording with a part of another: what was recorded in some time, or what
//! one find needs.
//!
//! Times and numbers stay those of the whole. Scans are coded anew from the first that is
//! wanted, and the first moment is made whole. [`find`]: which scans one find needs.

mod find;
mod moments;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use super::index::Index;
use super::recode::Recoder;
use super::scans::stream_info;
use crate::recording::frame::{FrameHead, FrameKind};
use crate::recording::header::{CutFrom, Header};
use crate::recording::open::Recording;
use crate::recording::record::Record;
use crate::session::snapshot::FoundEvent;
use crate::text::number::nanoseconds;

/// Which part of a recording is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    All,
    /// From when to when, since the recording began.
    Time(Duration, Duration),
    /// The find of this number, from 1, of all that the recording shows.
    Find(usize),
}

/// Why there is no such part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CutError {
    #[error(
        "nothing was recorded from {from:?} to {to:?}: the recording goes from {first:?} to {last:?}"
    )]
    NoTime {
        from: Duration,
        to: Duration,
        first: Duration,
        last: Duration,
    },
    #[error("there is no find {number}: the recording shows {count}")]
    NoFind { number: usize, count: usize },
}

/// The scans of a stream that are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    All,
    Nothing,
    /// Those being read in this time, in nanoseconds.
    Time(RangeInclusive<u64>),
    Numbers(RangeInclusive<u64>),
}

impl Wanted {
    /// Whether a frame may have some.
    fn touches(&self, head: &FrameHead) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Nothing => false,
            Wanted::Time(time) => head.first_ns <= *time.end() && head.last_ns >= *time.start(),
            Wanted::Numbers(numbers) => {
                let behind = head.first.saturating_add(head.count.into());
                head.first <= *numbers.end() && behind > *numbers.start()
            }
        }
    }

    fn has(&self, record: &Record) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Nothing => false,
            Wanted::Time(time) => {
                record.begun_ns <= *time.end() && record.ended_ns >= *time.start()
            }
            Wanted::Numbers(numbers) => numbers.contains(&record.number),
        }
    }
}

/// A part of a recording.
#[derive(Debug)]
pub(crate) struct Cut {
    recording: Arc<Recording>,
    header: Header,
    index: Index,
    part: Part,
    /// By stream.
    scans: BTreeMap<u32, Wanted>,
    /// The numbers of the moments.
    moments: std::ops::Range<usize>,
    /// The only find that is told of.
    find: Option<FoundEvent>,
    /// The frame of the report as of then.
    report: Option<usize>,
}

impl Cut {
    /// Finds out what belongs to a part.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn new(recording: Arc<Recording>, part: Part) -> Result<Self, CutError> {
        let index = Index::of(&recording);
        let mut cut = Cut {
            header: recording.header().clone(),
            moments: 0..index.moments.len(),
            index,
            part,
            scans: BTreeMap::new(),
            find: None,
            report: None,
            recording,
        };
        match part {
            Part::All => {
                let wanted = cut.streams().map(|stream| (stream, Wanted::All));
                cut.scans = wanted.collect();
            }
            Part::Time(from, to) => cut.take_time(from, to)?,
            Part::Find(number) => cut.take_find(number)?,
        }
        Ok(cut)
    }

    fn heads_of(&self, kind: FrameKind) -> impl DoubleEndedIterator<Item = (usize, &FrameHead)> {
        self.recording
            .heads()
            .filter(move |(_, head)| head.kind == kind)
    }

    fn streams(&self) -> impl Iterator<Item = u32> {
        self.heads_of(FrameKind::Stream)
            .map(|(_, head)| head.stream)
    }

    fn take_time(&mut self, from: Duration, to: Duration) -> Result<(), CutError> {
        let (from_ns, to_ns) = (nanoseconds(from), nanoseconds(to));
        let wanted = Wanted::Time(from_ns..=to_ns);
        let moments = &self.index.moments;
        let first = moments.partition_point(|moment| moment.at < from);
        let behind = moments.partition_point(|moment| moment.at <= to);
        self.moments = first..behind.max(first);
        let touched = self.heads_of(FrameKind::Scans);
        let touched = touched.filter(|(_, head)| wanted.touches(head));
        let shown = self.index.moments[self.moments.clone()].iter();
        let streams = touched.map(|(_, head)| head.stream);
        let streams = streams.chain(shown.map(|moment| moment.stream));
        self.scans = streams.map(|stream| (stream, wanted.clone())).collect();
        if self.scans.is_empty() {
            let times = || self.recording.heads().map(|(_, head)| head);
            let first = times().map(|head| head.first_ns).min().unwrap_or(0);
            let last = times().map(|head| head.last_ns).max().unwrap_or(0);
            return Err(CutError::NoTime {
                from,
                to,
                first: Duration::from_nanos(first),
                last: Duration::from_nanos(last),
            });
        }
        self.report = self.report_at(to_ns);
        self.header.cut = Some(CutFrom::Time { from_ns, to_ns });
        Ok(())
    }

    fn take_find(&mut self, number: usize) -> Result<(), CutError> {
        let found = number
            .checked_sub(1)
            .and_then(|at| self.index.found.get(at));
        let Some((moment, find)) = found.cloned() else {
            let count = self.index.found.len();
            return Err(CutError::NoFind { number, count });
        };
        self.moments = moment..moment + 1;
        // What is shown then is read by this one.
        let shown = self.index.moments[moment].stream;
        self.scans.insert(shown, Wanted::Nothing);
        if let Some((stream, numbers)) = find::scans(&self.recording, &find) {
            self.scans.insert(stream, Wanted::Numbers(numbers));
        }
        self.report = self.report_at(nanoseconds(self.index.moments[moment].at));
        self.find = Some(find);
        self.header.cut = Some(CutFrom::Find(number));
        Ok(())
    }

    /// The last report that was made by then, else the first one.
    fn report_at(&self, at_ns: u64) -> Option<usize> {
        let mut reports = self.heads_of(FrameKind::Report);
        let by_then = |(_, head): &(usize, &FrameHead)| head.first_ns <= at_ns;
        let before = self.heads_of(FrameKind::Report).rev().find(by_then);
        before.or_else(|| reports.next()).map(|(frame, _)| frame)
    }

    /// What it says of itself first.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// Gives `put` its frames in their order, but for the header.
    ///
    /// # Errors
    /// The first one of `put`.
    pub(crate) fn frames<E>(
        &self,
        put: &mut dyn FnMut(FrameHead, Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut recoders: BTreeMap<u32, Option<Recoder>> = BTreeMap::new();
        // Which segment of each stream has something wanted: all of it is decoded.
        let mut segments: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        for (frame, head) in self.heads_of(FrameKind::Scans) {
            let wanted = self.scans.get(&head.stream);
            if wanted.is_some_and(|wanted| wanted.touches(head)) {
                segments.insert((head.stream, head.segment), frame);
            }
        }
        let mut moment = 0;
        for (frame, head) in self.recording.heads() {
            let is_wanted = match head.kind {
                FrameKind::Header => false,
                FrameKind::Stream => self.scans.contains_key(&head.stream),
                FrameKind::Scans => {
                    let last = segments.get(&(head.stream, head.segment));
                    last.is_some_and(|last| frame <= *last)
                }
                FrameKind::Moment => {
                    let at = self.index.moments.get(moment);
                    let is_it = at.is_some_and(|at| at.frame == frame);
                    moment += usize::from(is_it);
                    is_it && self.moments.contains(&(moment - 1))
                }
                FrameKind::Report => self.part == Part::All || self.report == Some(frame),
                // What it began with is needed to understand the rest.
                FrameKind::Observation => self.is_before_end(head),
                FrameKind::Totals => self.scans.contains_key(&head.stream) && self.is_in_time(head),
                FrameKind::Key | FrameKind::Watch | FrameKind::Unknown(_) => self.is_in_time(head),
            };
            let payload = is_wanted.then(|| self.recording.payload(frame)).flatten();
            let Some(payload) = payload else {
                continue;
            };
            let made = match head.kind {
                FrameKind::Scans if self.part != Part::All => {
                    let wanted = &self.scans[&head.stream];
                    let recoder = recoders.entry(head.stream).or_insert_with(|| {
                        stream_info(&self.recording, head.stream).map(|info| Recoder::new(&info))
                    });
                    recoder.as_mut().and_then(|recoder| {
                        recoder.frame(head, &payload, &mut |record| wanted.has(record))
                    })
                }
                FrameKind::Moment => moments::cut(self, moment - 1, head, payload),
                _ => Some((*head, payload)),
            };
            if let Some((head, payload)) = made {
                put(head, payload)?;
            }
        }
        Ok(())
    }

    fn is_before_end(&self, head: &FrameHead) -> bool {
        match self.header.cut {
            Some(CutFrom::Time { to_ns, .. }) => head.first_ns <= to_ns,
            Some(CutFrom::Find(_)) => self
                .find
                .as_ref()
                .is_some_and(|find| head.first_ns <= nanoseconds(find.at)),
            None => true,
        }
    }

    fn is_in_time(&self, head: &FrameHead) -> bool {
        match self.part {
            Part::All => true,
            Part::Time(from, _) => head.first_ns >= nanoseconds(from) && self.is_before_end(head),
            Part::Find(_) => false,
        }
    }
}
