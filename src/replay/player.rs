//! Goes about in a recording: a step in time becomes a moment to show.

use std::sync::Arc;
use std::time::Duration;

use super::explored::replayed;
use super::found_until::FoundUntil;
use super::index::Index;
use super::local_time::LocalTime;
use super::moment::{Moment, Place};
use super::scans::Scans;
use super::step::{Speed, TimeStep};
use crate::recording::header::CutFrom;
use crate::recording::open::Recording;
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
        Arc::make_mut(&mut index.timeline).damaged = recording.damaged();
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
        };
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

    /// Takes a step, but for those back to live.
    pub fn step(&mut self, step: TimeStep) {
        match step {
            TimeStep::StopOrPlay => {
                self.place.playing = match self.place.playing {
                    Some(_) => None,
                    None => Some(self.place.speed),
                };
                // Whoever plays at the end wants to see it again.
                if self.place.playing.is_some() && self.at + 1 == self.count() {
                    self.go_to_moment(0);
                }
            }
            TimeStep::Faster => self.set_speed(Speed::faster),
            TimeStep::Slower => self.set_speed(Speed::slower),
            TimeStep::Live => {}
            TimeStep::First => self.stop_at(Duration::ZERO),
            TimeStep::Last => self.stop_at(Duration::MAX),
            TimeStep::To(at) => self.stop_at(at),
            TimeStep::Seconds(count) => {
                let by = Duration::from_secs(count.unsigned_abs());
                let at = self.place.at;
                self.stop_at(match count < 0 {
                    true => at.saturating_sub(by),
                    false => at.saturating_add(by),
                });
            }
            TimeStep::Finds(count) => {
                self.place.playing = None;
                self.step_by_finds(count);
            }
            TimeStep::Scans(count) => {
                self.place.playing = None;
                self.step_by_scans(count);
            }
        }
    }

    fn set_speed(&mut self, change: impl Fn(Speed) -> Speed) {
        self.place.speed = change(self.place.speed);
        self.place.playing = self.place.playing.map(|_| self.place.speed);
    }

    fn stop_at(&mut self, at: Duration) {
        self.place.playing = None;
        self.go_to(at);
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

    /// Stops at the find of this number, from 1; whether there is one.
    pub(crate) fn go_to_find(&mut self, number: u64) -> bool {
        self.place.playing = None;
        let at = number
            .checked_sub(1)
            .and_then(|at| usize::try_from(at).ok());
        let find = at.filter(|at| self.index.find(*at).is_some());
        find.into_iter().for_each(|find| self.show_find(find));
        find.is_some()
    }

    fn step_by_finds(&mut self, count: i64) {
        let Some(find) = self.index.find_from(self.find, self.place.at, count) else {
            return;
        };
        self.show_find(find);
    }

    /// Goes to the scan that shows a find.
    fn show_find(&mut self, find: usize) {
        let Some((at, (stream, number))) = self.index.find(find) else {
            return;
        };
        self.go_to(at);
        if stream != self.stream() {
            // It was told of when another was shown already.
            let mut moments = self.index.moments.iter();
            let its = moments.rposition(|moment| moment.stream == stream);
            its.into_iter().for_each(|moment| self.go_to_moment(moment));
        }
        // The scan itself, where it is kept and one of those that are shown.
        if stream == self.stream() {
            self.show_scan(number);
            // What told of it has counted it.
            let told = self.index.found[find].0;
            if self.place.scan == Some(number) && self.index.moments[told].stream == stream {
                self.at = self.at.max(told);
            }
        }
        self.find = Some(find);
    }

    fn step_by_scans(&mut self, count: i64) {
        let stream = self.stream();
        let now = match self.place.scan {
            Some(number) => number,
            None => self.scan_before(count),
        };
        match self.scans.step(stream, now, count) {
            Some(number) => self.show_scan(number),
            // It is not kept, or of another scenario: the next moment.
            None => {
                let by = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
                self.go_to_moment(match count < 0 {
                    true => self.at.saturating_sub(by),
                    false => self.at.saturating_add(by),
                });
            }
        }
    }

    /// The scan from which so many are gone on or back, where that of a moment is shown.
    /// It may have been held for a while: others have been read since.
    fn scan_before(&mut self, count: i64) -> u64 {
        self.decode();
        let shown = self.decoder.snapshot().scan_number();
        let latest = self
            .scans
            .number_at(self.stream(), nanoseconds(self.place.at));
        match latest {
            // One back is the one that was read last.
            Some(latest) if count < 0 && latest != shown => latest.saturating_add(1),
            Some(latest) => latest,
            None => shown,
        }
    }

    /// Shows a scan by itself, as of the time when it had been read.
    fn show_scan(&mut self, number: u64) {
        let stream = self.stream();
        if self.place.scan == Some(number) {
            return;
        }
        let Some(ended) = self.scans.ended(stream, number) else {
            return;
        };
        let moment = self.index.moment_at(ended);
        if self.index.moments[moment].stream == stream {
            self.at = moment;
        }
        self.decode();
        let before = self.decoder.snapshot().picture.as_deref();
        let Some(picture) = self.scans.picture(stream, number, ended, before) else {
            return;
        };
        // The totals that have it are those of the next moment.
        let next = self.index.moments.get(self.at + 1);
        if next.is_some_and(|next| next.stream == stream && next.at >= ended) {
            self.at += 1;
        }
        self.scan = Some(Arc::new(picture));
        self.find = None;
        self.place.scan = Some(number);
        self.place.at = ended;
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
        (self.index).decode(&self.recording, moments, &mut self.decoder);
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
        let place = Place {
            local: (self.index.timeline.wall_clock(self.place.at)).and_then(LocalTime::of),
            ..self.place.clone()
        };
        Moment {
            snapshot,
            found: self.found.until(&self.index.found, self.at),
            place,
            timeline: self.index.timeline.clone(),
        }
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
