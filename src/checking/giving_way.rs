//! A reader of SCHED_IDLE that must not starve: where others are busy on its CPU it
//! would get next to nothing of it.

use std::time::{Duration, Instant};

use super::readers::Readers;
use crate::linux::thread_schedule::Policy;

/// How long it may take for a scan before it gives way no longer.
const STARVED: Duration = Duration::from_millis(50);

/// Gives readers that give way to all others the usual policy as long as they do not
/// get on.
#[derive(Debug)]
pub(super) struct GivingWay {
    starved: Duration,
    /// Scans that had ended when that was last seen to grow, and since when.
    scans: u64,
    since: Instant,
    /// Whether they have the usual policy now.
    is_lifted: bool,
}

impl GivingWay {
    /// Of readers that need so long for a scan where nobody disturbs them.
    pub(super) fn new(scan_time: Duration) -> Self {
        GivingWay {
            starved: STARVED.max(scan_time * 8),
            scans: 0,
            since: Instant::now(),
            is_lifted: false,
        }
    }

    /// Looks whether they get on; call it over and over.
    pub(super) fn look(&mut self, readers: &Readers) {
        if let Some(policy) = self.next(readers.total().scans) {
            readers.give_policy(policy);
        }
    }

    /// The policy they are to have from now on, if it is another one.
    fn next(&mut self, scans: u64) -> Option<Policy> {
        if std::mem::replace(&mut self.scans, scans) != scans {
            self.since = Instant::now();
            return std::mem::take(&mut self.is_lifted).then_some(Policy::Idle);
        }
        if self.since.elapsed() < self.starved || std::mem::replace(&mut self.is_lifted, true) {
            return None;
        }
        Some(Policy::Usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_that_do_not_get_on_have_the_usual_policy_until_they_do() {
        let mut giving_way = GivingWay::new(Duration::from_millis(1));
        let mut next = |scans, waited: u64| {
            giving_way.since -= Duration::from_millis(waited);
            giving_way.next(scans)
        };
        assert_eq!(next(3, 0), None);
        assert_eq!(next(3, 49), None);
        assert_eq!(next(3, 1), Some(Policy::Usual));
        assert_eq!(next(3, 500), None);
        assert_eq!(next(4, 0), Some(Policy::Idle));
        assert_eq!(next(5, 500), None);
        assert_eq!(next(5, 50), Some(Policy::Usual));
    }
}
