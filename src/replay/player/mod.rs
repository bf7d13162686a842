//! Goes about in a recording: a step in time becomes a moment to show.
//!
//! * [`steps`]: the steps; [`finds`]: from find to find; [`nowhere`]: what is said of those that lead nowhere;
//! * [`report`]: the report of a moment.

pub(crate) mod finds;
pub(crate) mod nowhere;
pub(crate) mod report;
pub(crate) mod steps;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use crate::latency::live::LabSnapshot;
use crate::latency::live::recorded::decode;
use crate::recording::bytes::Malformed;
use crate::recording::header::CutFrom;
use crate::recording::open::Recording;
use crate::replay::explored::replayed;
use crate::replay::found_until::FoundUntil;
use crate::replay::index::{Index, MomentAt};
use crate::replay::local_time::LocalTime;
use crate::replay::moment::{Moment, Place};
use crate::replay::scans::Scans;
use crate::replay::step::Speed;
use crate::session::explorer::change_log::ChangeLog;
use crate::session::explorer::request::ExplorerRequest;
use crate::session::moment::MomentDecoder;
use crate::session::picture::Picture;
use crate::session::snapshot::Snapshot;
use crate::text::number::nanoseconds;

/// Why a recording cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum PlayerError {
    /// It has what was read, but nothing that was shown.
    #[error(
        "this recording has no moments to show: it was made without a screen; --format prints what it holds"
    )]
    NoMoments,
}

/// Where in a recording one is, and what is shown there.
#[derive(Debug)]
pub struct Player {
    recording: Arc<Recording>,
    index: Arc<Index>,
    scans: Scans,
    decoder: MomentDecoder,
    /// The moment that the decoder is at.
    decoded: Option<usize>,
    /// The moment that is shown.
    at: usize,
    place: Place,
    /// The scan that is shown in place of that of the moment.
    scan: Option<Arc<Picture>>,
    found: FoundUntil,
    /// The find that was come to.
    find: Option<usize>,
    log: ChangeLog,
    /// Changes that are in the log.
    logged: usize,
    request: Arc<ExplorerRequest>,
    /// What there is to say of the step taken last, or of the recording.
    notice: Option<String>,
    opening: Option<String>,
}

impl Player {
    /// At the first moment of a recording.
    ///
    /// # Errors
    /// When there is none.
    pub fn new(recording: Arc<Recording>, has_live: bool) -> Result<Self, PlayerError> {
        let mut index = Index::of(&recording);
        if index.moments.is_empty() {
            return Err(PlayerError::NoMoments);
        }
        // Not only what an index reads.
        let timeline = Arc::make_mut(&mut index.timeline);
        timeline.damaged = timeline.damaged.max(recording.damaged());
        let mut player = Player {
            scans: Scans::new(recording.clone()),
            recording,
            index: Arc::new(index),
            decoder: MomentDecoder::default(),
            decoded: None,
            at: 0,
            place: Place {
                has_live,
                ..Place::default()
            },
            scan: None,
            found: FoundUntil::default(),
            find: None,
            log: ChangeLog::default(),
            logged: 0,
            request: Arc::default(),
            notice: None,
            opening: None,
        };
        player.opening = player.cut_off();
        player.go_to_moment(0);
        Ok(player)
    }

    /// How many moments there are.
    pub fn count(&self) -> usize {
        self.index.moments.len()
    }

    pub(crate) fn index(&self) -> &Arc<Index> {
        &self.index
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// What the explorer asks for from now on.
    pub(crate) fn explore(&mut self, request: Arc<ExplorerRequest>) {
        self.request = request;
    }

    /// Goes to the moment of this number, from 0, or the last.
    pub fn go_to_moment(&mut self, number: usize) {
        self.at = number.min(self.count() - 1);
        (self.scan, self.find) = (None, None);
        self.place.scan = None;
        self.place.at = self.index.moments[self.at].at;
    }

    /// Goes to the last moment that was shown by then.
    pub(crate) fn go_to(&mut self, at: Duration) {
        self.go_to_moment(self.index.moment_at(at));
    }

    /// Lets so much real time pass, if it plays: whether there is something else to
    /// show.
    pub(crate) fn pass(&mut self, real: Duration) -> bool {
        let Some(speed) = self.place.playing else {
            return false;
        };
        let at = self.place.at.saturating_add(speed.of(real));
        let end = self.index.moments[self.count() - 1].at;
        if at >= end {
            self.stop_at(end);
            return true;
        }
        let before = (self.at, self.place.scan);
        // Between two moments there are many scans, where time goes slowly.
        if speed < Speed::default()
            && let Some(number) = self.scans.number_at(self.stream(), nanoseconds(at))
        {
            self.show_scan(number);
        } else {
            self.go_to(at);
        }
        self.place.at = at;
        before != (self.at, self.place.scan)
    }

    fn stream(&self) -> u32 {
        self.index.moments[self.at].stream
    }

    /// Plays from here on.
    pub(crate) fn play(&mut self, speed: Speed) {
        self.place.speed = speed;
        self.place.playing = Some(speed);
    }

    /// Stops at a scan: of the first stream that is shown and has one of this number.
    /// Whether there is one.
    pub(crate) fn go_to_scan(&mut self, number: u64) -> bool {
        self.place.playing = None;
        let index = self.index.clone();
        let mut tried = None;
        (0..index.moments.len()).any(|moment| {
            let stream = index.moments[moment].stream;
            if tried.replace(stream) == Some(stream) {
                return false;
            }
            self.go_to_moment(moment);
            self.show_scan(number);
            self.place.scan == Some(number)
        })
    }

    /// Shows a scan by itself, as of the time when it had been read;
    /// whether it could be.
    fn show_scan(&mut self, number: u64) -> bool {
        let stream = self.stream();
        if self.place.scan == Some(number) {
            return true;
        }
        let Some(ended) = self.scans.ended(stream, number) else {
            return false;
        };
        let moment = self.index.moment_at(ended);
        if self.index.moments[moment].stream == stream {
            self.at = moment;
        }
        self.decode();
        let before = self.decoder.snapshot().picture.as_deref();
        let Some(picture) = self.scans.picture(stream, number, ended, before) else {
            return false;
        };
        // The totals that have it are those of the next moment.
        let next = self.index.next_shown(self.at);
        let is_its = |next: &usize| {
            let next = &self.index.moments[*next];
            next.stream == stream && next.at >= ended
        };
        self.at = next.filter(is_its).unwrap_or(self.at);
        self.scan = Some(Arc::new(picture));
        self.find = None;
        self.place.scan = Some(number);
        self.place.at = ended;
        true
    }

    /// Has the decoder be at the moment that is shown.
    fn decode(&mut self) {
        if self.decoded == Some(self.at) {
            return;
        }
        let whole = self.index.whole_before(self.at);
        let from = match self.decoded {
            Some(decoded) if decoded >= whole && decoded < self.at => decoded + 1,
            _ => whole,
        };
        let moments = from..=self.at;
        let index = &self.index;
        let is_sound = index.decode(&self.recording, moments, &mut self.decoder);
        if let Some(is_sound) = is_sound {
            self.place.is_damaged = !is_sound;
        }
        self.decoded = Some(self.at);
    }

    /// What is shown now.
    pub fn moment(&mut self) -> Moment {
        self.decode();
        self.keep_log();
        let mut snapshot = self.decoder.snapshot().clone();
        if let Some(picture) = &self.scan {
            snapshot.picture = Some(picture.clone());
            snapshot.same_until = 0;
            snapshot.at = self.place.at;
        } else if snapshot.picture.is_none() {
            snapshot.picture = self.picture_of_find(snapshot.same_until);
        }
        self.explored(&mut snapshot);
        let lab = self.lab(&snapshot);
        let place = Place {
            is_damaged: self.place.is_damaged || lab.is_err(),
            local: (self.index.timeline.wall_clock(self.place.at)).and_then(LocalTime::of),
            ..self.place.clone()
        };
        Moment {
            snapshot,
            lab: lab.unwrap_or_default(),
            found: self.found.until(&self.index.found, self.at),
            place,
            timeline: self.index.timeline.clone(),
            notice: None,
        }
    }

    /// What the lab told last, while the session stood still.
    fn lab(&self, snapshot: &Snapshot) -> Result<Option<Arc<LabSnapshot>>, Malformed> {
        let lab = self.index.lab_of(self.at).filter(|_| self.scan.is_none());
        let stands_still = snapshot.rates.is_none();
        let is_its = |_: &&MomentAt| self.index.moments[self.at].is_lab || stands_still;
        let Some(lab) = lab.filter(is_its) else {
            return Ok(None);
        };
        let payload = self.recording.payload(lab.frame).ok_or(Malformed)?;
        let told = decode(&payload, lab.at)?;
        Ok(Some(Arc::new(told)))
    }

    /// What there is to say besides, once.
    pub(crate) fn notice(&self) -> Option<String> {
        self.notice.clone().or_else(|| self.opening.clone())
    }

    /// It has been said.
    pub(crate) fn has_told(&mut self) {
        (self.notice, self.opening) = (None, None);
    }

    /// The picture of a part that was made for one find, which has it as a scan only.
    fn picture_of_find(&mut self, scan: u64) -> Option<Arc<Picture>> {
        let Some(CutFrom::Find(_)) = self.recording.header().cut else {
            return None;
        };
        let stream = self.stream();
        let ended = self.scans.ended(stream, scan)?;
        let picture = self.scans.picture(stream, scan, ended, None)?;
        Some(Arc::new(picture))
    }

    /// Has the log of changes be as it was at this moment.
    fn keep_log(&mut self) {
        let changes = &self.index.changes;
        let end = changes.partition_point(|(moment, _)| *moment <= self.at);
        if end < self.logged {
            (self.log, self.logged) = (ChangeLog::default(), 0);
        }
        for (_, change) in &changes[self.logged..end] {
            self.log.replay(change);
        }
        self.logged = end;
    }

    /// What the explorer asks for, of this moment.
    fn explored(&self, snapshot: &mut Snapshot) {
        if let Some(picture) = &snapshot.picture
            && picture.arrangement != self.request.arrangement
        {
            let arranged = picture.arranged(self.request.arrangement.clone());
            snapshot.picture = Some(Arc::new(arranged));
        }
        replayed(snapshot, &self.request, &self.log);
    }
}
