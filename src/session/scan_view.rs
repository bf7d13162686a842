//! The scan that is shown, and how it came to differ from those before.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::changes::{Change, Changes, FADE};
use super::explorer::arrangement::Arrangement;
use super::explorer::history::History;
use super::locks::LockMeter;
use super::picture::{Context, Picture};
use super::trigger::{Held, Trigger, TriggerState};
use crate::linux::features::rule::Granularity;
use crate::sampling::TakenScan;
use crate::sampling::sampler::Sampler;

/// Takes scans from a sampler and makes pictures of them.
pub(crate) struct ScanView {
    pub(crate) sampler: Sampler,
    pub(crate) locks: LockMeter,
    pub(crate) hold: TriggerState,
    pub(crate) picture: Option<Arc<Picture>>,
    /// The last scan known to have had the text of that picture; 0: none yet of
    /// this address space.
    pub(crate) same_until: u64,
    changes: Changes,
    spare: Picture,
    arrangement: Arc<Arrangement>,
    pub(crate) history: History,
    /// Whether the history has changed since somebody asked.
    changed: bool,
}

impl ScanView {
    /// Shows what a sampler reads, whose reader locks `granularity` at a time.
    pub(crate) fn new(sampler: Sampler, granularity: Granularity, trigger: Trigger) -> Self {
        ScanView {
            locks: LockMeter::new(granularity),
            sampler,
            hold: TriggerState::new(trigger),
            picture: None,
            same_until: 0,
            changes: Changes::default(),
            spare: Picture::default(),
            arrangement: Arc::default(),
            history: History::default(),
            changed: true,
        }
    }

    /// Goes on with another sampler, of another address space.
    pub(crate) fn go_on_with(&mut self, sampler: Sampler) {
        self.sampler = sampler;
        self.same_until = 0;
        self.history.restart();
    }

    /// Whether the scan that is shown came with this tick.
    pub(crate) fn is_new(&self, now: Duration) -> bool {
        self.picture
            .as_ref()
            .is_some_and(|picture| picture.at == now)
    }

    /// Whether something has changed since this was asked last.
    pub(crate) fn has_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// These addresses were a suspected hole.
    pub(crate) fn suspect(&mut self, addresses: &Range<u64>, now: Duration) {
        self.changed |= self.history.suspect(addresses, now);
    }

    /// Arranges what is shown, and all that follows, in another way; whether
    /// that changes anything.
    pub(crate) fn arrange(&mut self, arrangement: &Arc<Arrangement>) -> bool {
        if self.arrangement == *arrangement {
            return false;
        }
        self.arrangement = arrangement.clone();
        if let Some(picture) = &mut self.picture {
            *picture = Arc::new(picture.arranged(arrangement.clone()));
        }
        true
    }

    /// Takes the scan that was asked for, if it came, and asks for the next;
    /// whether there is something new to show.
    pub(crate) fn update(&mut self, now: Duration, context: Context<'_>) -> bool {
        let locks = self.locks.update(now, &self.sampler);
        self.changed |= self.history.update(now, &self.sampler);
        let mut taken = std::mem::take(&mut self.spare.scan);
        let came = self.sampler.take_scan(&mut taken);
        // What looks the same need not be drawn again.
        let is_new = came && (context.site.is_some() || !self.shows(&taken));
        if is_new {
            self.show(now, taken, context);
        } else {
            if came {
                self.same_until = taken.number;
                self.hold.show(now, &taken.verdict);
            }
            self.spare.scan = taken;
        }
        if let Some(wanted) = self.hold.wanted(now) {
            self.sampler.request_scan(wanted);
        }
        is_new | locks
    }

    /// Takes what vanished long enough ago out of what is shown, though no other
    /// scan comes; whether there was such a thing.
    pub(crate) fn fade(&mut self, now: Duration) -> bool {
        let fades = |change: &Change| now >= change.at + FADE;
        let Some(old) = &self.picture else {
            return false;
        };
        if !old.changes.iter().any(fades) {
            return false;
        }
        let mut picture = (**old).clone();
        let mut changes = std::mem::take(&mut picture.changes);
        changes.retain(|change| !fades(change));
        picture.lay_out(changes);
        self.picture = Some(Arc::new(picture));
        true
    }

    /// Whether the picture is one of the same text, and nothing in it is about
    /// to fade.
    fn shows(&self, taken: &TakenScan) -> bool {
        self.picture.as_ref().is_some_and(|picture| {
            self.same_until > 0
                && picture.changes.is_empty()
                && !picture.arrangement.filter.wants_changes()
                && picture.held == Held::of(&taken.verdict)
                && picture.scan.text.chunks.len() == taken.text.chunks.len()
                && picture.scan.text.text() == taken.text.text()
        })
    }

    fn show(&mut self, now: Duration, taken: TakenScan, context: Context<'_>) {
        self.same_until = taken.number;
        self.hold.show(now, &taken.verdict);
        let mut picture = std::mem::take(&mut self.spare);
        picture.scan = taken;
        picture.at = now;
        picture.index(context);
        if let Some(old) = &self.picture {
            let old = (old.scan.text.text(), &old.lines[..]);
            let new = (picture.scan.text.text(), &picture.lines[..]);
            self.changes.compare(now, old, new);
        }
        picture.arrangement = self.arrangement.clone();
        picture.recent = self.history.recent().clone();
        picture.lay_out(self.changes.sorted());
        let old = self.picture.replace(Arc::new(picture));
        // Its buffers are used again, unless somebody still looks at it.
        self.spare = old.and_then(Arc::into_inner).unwrap_or_default();
    }
}
