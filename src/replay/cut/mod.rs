//! A smaller recording with a part of another: what was recorded in some time, or what
//! one find needs.
//!
//! Times and numbers stay those of the whole. Scans are coded anew from the first that is
//! wanted, and the first moment is made whole. [`find`]: which scans one find needs,
//! [`of_find`]: what of a moment and a report; [`observed`]: what of a check; [`wanted`]:
//! which scans.

mod find;
mod moments;
mod observed;
mod of_find;
#[cfg(test)]
mod tests;
mod wanted;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use self::wanted::Wanted;
use super::index::Index;
use super::recode::Recoder;
use super::scans::stream_info;
use crate::recording::frame::{FrameHead, FrameKind};
use crate::recording::header::{CutFrom, Header};
use crate::recording::open::Recording;
use crate::session::snapshot::FoundEvent;
use crate::text::number::{count, nanoseconds};

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
    #[error("nothing was recorded then: the recording goes from {first:.3?} to {last:.3?}")]
    NoTime { first: Duration, last: Duration },
    #[error("there is no find {number}: the recording has {}", count(*.finds as u64, "find"))]
    NoFind { number: usize, finds: usize },
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
        let (first, last) = self.recording.span().unwrap_or_default();
        if self.scans.is_empty() {
            return Err(CutError::NoTime { first, last });
        }
        self.report = self.report_at(to_ns);
        self.header.cut = Some(CutFrom::Time {
            from_ns,
            to_ns: to_ns.min(nanoseconds(last)),
        });
        Ok(())
    }

    fn take_find(&mut self, number: usize) -> Result<(), CutError> {
        let found = number.checked_sub(1);
        let found = found.and_then(|at| Some((at, self.index.found.get(at)?.clone())));
        let Some((at, (told, find))) = found else {
            let finds = self.index.found.len();
            return Err(CutError::NoFind { number, finds });
        };
        let moment = self.index.moment_of(at).unwrap_or(told);
        let mut told_at = find.at;
        // A check shows no moments.
        if let Some(shown) = self.index.moments.get(moment) {
            self.moments = moment..moment + 1;
            // What is shown then is read by this one.
            self.scans.insert(shown.stream, Wanted::Nothing);
            told_at = shown.at;
        }
        if let Some((stream, numbers)) = find::scans(&self.recording, &find) {
            self.scans.insert(stream, Wanted::Numbers(numbers));
        }
        self.report = self.report_at(nanoseconds(told_at));
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

    /// Whether it is small, and all of it one frame: what is in it is to take few bytes
    /// together.
    pub(crate) fn is_packed(&self) -> bool {
        matches!(self.part, Part::Find(_))
    }

    /// How many scans there are to go through, at most.
    pub(crate) fn count(&self) -> u64 {
        let wanted = self.heads_of(FrameKind::Scans);
        let wanted = wanted.filter(|(_, head)| {
            let scans = self.scans.get(&head.stream);
            scans.is_some_and(|scans| scans.touches(head))
        });
        wanted.map(|(_, head)| u64::from(head.count)).sum()
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
                FrameKind::Header | FrameKind::Packed => false,
                FrameKind::Stream => self.scans.contains_key(&head.stream),
                FrameKind::Scans => {
                    let last = segments.get(&(head.stream, head.segment));
                    last.is_some_and(|last| frame <= *last)
                }
                FrameKind::Moment | FrameKind::Lab => {
                    let at = self.index.moments.get(moment);
                    let is_it = at.is_some_and(|at| at.frame == frame);
                    moment += usize::from(is_it);
                    is_it && self.moments.contains(&(moment - 1))
                }
                FrameKind::Report => self.part == Part::All || self.report == Some(frame),
                FrameKind::Observation => true,
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
                        let info = stream_info(&self.recording, head.stream)?;
                        Some(Recoder::new(&info, self.is_packed()))
                    });
                    recoder.as_mut().and_then(|recoder| {
                        recoder.frame(head, &payload, &mut |record| wanted.has(record))
                    })
                }
                FrameKind::Moment | FrameKind::Lab => moments::cut(self, moment - 1, head, payload),
                FrameKind::Report => Some((
                    *head,
                    match &self.find {
                        Some(find) => of_find::report(find, payload),
                        None => payload,
                    },
                )),
                FrameKind::Observation if !observed::is_wanted(self, head, &payload) => None,
                _ => Some((*head, payload)),
            };
            if let Some((head, payload)) = made {
                put(head, payload)?;
            }
        }
        Ok(())
    }

    fn is_in_time(&self, head: &FrameHead) -> bool {
        match self.part {
            Part::All => true,
            Part::Time(from, to) => (nanoseconds(from)..=nanoseconds(to)).contains(&head.first_ns),
            Part::Find(_) => false,
        }
    }
}
