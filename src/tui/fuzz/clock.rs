//! How long a hunt has lasted, as the screen counts it.

use std::time::Duration;

/// The most that counts of the time between two looks: while this process was stopped
/// (SIGSTOP) nobody hunted.
const LOOK: Duration = Duration::from_secs(1);

/// Counts the time of a hunt.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HuntClock {
    ran: Duration,
    last: Duration,
}

impl HuntClock {
    /// A hunt begins now.
    pub(crate) fn begun(now: Duration) -> Self {
        HuntClock {
            ran: Duration::ZERO,
            last: now,
        }
    }

    /// Goes on to `now`; whether another second is shown.
    pub(crate) fn look(&mut self, now: Duration) -> bool {
        let before = self.ran.as_secs();
        self.ran += now.saturating_sub(self.last).min(LOOK);
        self.last = now;
        self.ran.as_secs() != before
    }

    pub(crate) fn ran(self) -> Duration {
        self.ran
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_with_time_but_not_while_the_process_is_stopped() {
        let at = Duration::from_millis;
        let mut clock = HuntClock::begun(at(5_000));
        assert!(!clock.look(at(5_600)));
        assert!(clock.look(at(6_200)));
        assert!(!clock.look(at(6_200)));
        // It was stopped for a minute.
        assert!(clock.look(at(66_200)));
        assert_eq!(clock.ran(), at(2_200));
    }
}
