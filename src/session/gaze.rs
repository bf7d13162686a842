//! What is looked at: the scan that is shown, and how it came to differ.

use std::sync::Arc;
use std::time::Duration;

use super::changes::Changes;
use super::locks::LockMeter;
use super::picture::{Context, Picture};
use super::trigger::{Hold, Trigger};
use crate::kernel::features::Granularity;
use crate::sampler::{Sampler, TakenScan};

/// Takes scans from a sampler and makes pictures of them.
pub(super) struct Gaze {
    pub(super) sampler: Sampler,
    pub(super) locks: LockMeter,
    pub(super) hold: Hold,
    pub(super) picture: Option<Arc<Picture>>,
    /// The number of the scan taken last from this sampler.
    last: u64,
    changes: Changes,
    spare: Picture,
}

impl Gaze {
    /// Looks at what a sampler reads that holds so much still.
    pub(super) fn new(sampler: Sampler, granularity: Granularity, trigger: Trigger) -> Self {
        Gaze {
            locks: LockMeter::new(granularity),
            sampler,
            hold: Hold::new(trigger),
            picture: None,
            last: 0,
            changes: Changes::default(),
            spare: Picture::default(),
        }
    }

    /// Goes on with another sampler, of another address space.
    pub(super) fn go_on_with(&mut self, sampler: Sampler) {
        self.sampler = sampler;
        self.last = 0;
    }

    /// Takes the scan that was asked for, if it came, and asks for the next;
    /// whether there is a new picture.
    pub(super) fn look(&mut self, now: Duration, context: Context<'_>) -> bool {
        let mut taken = std::mem::take(&mut self.spare.scan);
        taken.number = self.last;
        let came = self.sampler.take_scan(&mut taken);
        if came {
            self.last = taken.number;
            self.show(now, taken, context);
        } else {
            self.spare.scan = taken;
        }
        if let Some(wanted) = self.hold.wanted(now) {
            self.sampler.request_scan(wanted);
        }
        came
    }

    fn show(&mut self, now: Duration, taken: TakenScan, context: Context<'_>) {
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
        picture.lay_out(self.changes.sorted());
        let old = self.picture.replace(Arc::new(picture));
        // Its buffers are used again, unless somebody still looks at it.
        self.spare = old.and_then(Arc::into_inner).unwrap_or_default();
    }
}
