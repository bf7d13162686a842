//! The steps in time.

use std::time::Duration;

use super::Player;
use super::finds::is_worst;
use super::nowhere::not_kept_between;
use crate::replay::step::{Speed, TimeStep};
use crate::text::number::nanoseconds;

impl Player {
    /// Takes a step, but for those back to live. Of one that leads nowhere there is
    /// something to say.
    pub fn step(&mut self, step: TimeStep) {
        let before = self.here();
        self.notice = None;
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
            TimeStep::Finds(count) => self.step_by_finds(count, |_| true),
            TimeStep::Violations(count) => self.step_by_finds(count, is_worst),
            TimeStep::Scans(count) => {
                self.place.playing = None;
                self.step_by_scans(count);
            }
        }
        if self.here() == before && self.notice.is_none() {
            self.notice = self.nowhere(step);
        }
    }

    /// What a step changes, if it leads anywhere.
    fn here(&self) -> impl PartialEq + use<> {
        let place = &self.place;
        let scan = (self.at, place.at, place.scan, self.find);
        (scan, place.playing, place.speed)
    }

    fn set_speed(&mut self, change: impl Fn(Speed) -> Speed) {
        self.place.speed = change(self.place.speed);
        self.place.playing = self.place.playing.map(|_| self.place.speed);
    }

    pub(super) fn stop_at(&mut self, at: Duration) {
        self.place.playing = None;
        self.go_to(at);
    }

    fn step_by_scans(&mut self, count: i64) {
        let stream = self.stream();
        let now = match self.place.scan {
            Some(number) => number,
            None => self.scan_before(count),
        };
        let is_lab = self.index.moments[self.at].is_lab;
        // The lab reads none that are kept.
        let step = self.scans.step(stream, now, count).filter(|_| !is_lab);
        if let Some(step) = step.filter(|step| self.show_scan(step.number)) {
            self.notice = not_kept_between(step.missing);
            return;
        }
        // It is not kept, or of another scenario: the next moment that way.
        let by = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        let (moments, at) = (&self.index.moments, self.place.at);
        let next = match count < 0 {
            true => {
                let before = moments.partition_point(|moment| moment.at < at);
                (before > 0).then(|| before.saturating_sub(by))
            }
            false => {
                let behind = moments.partition_point(|moment| moment.at <= at);
                (behind < moments.len()).then(|| behind.saturating_add(by.saturating_sub(1)))
            }
        };
        next.into_iter().for_each(|next| self.go_to_moment(next));
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
}
