//! How long each case may read, so that a whole run takes no longer than it
//! should.

use std::time::{Duration, Instant};

/// Longest time that a run takes, set-up included, unless the command line
/// says how long a case reads. What is left of the 90 seconds that are promised
/// is for the start and the end of the run.
const RUN_TIME: Duration = Duration::from_secs(76);

/// Longest time that a case reads then.
const MAX_CASE_TIME: Duration = Duration::from_secs(1);

/// Least time, however slow the set-up is: shorter cases find nothing.
const MIN_CASE_TIME: Duration = Duration::from_millis(50);

/// Shares a run's time out among its cases.
#[derive(Debug)]
pub(crate) struct Budget {
    start: Instant,
    /// Time spent reading so far.
    read: Duration,
    done: u32,
}

impl Budget {
    pub(crate) fn start() -> Self {
        Budget {
            start: Instant::now(),
            read: Duration::ZERO,
            done: 0,
        }
    }

    /// How long the next of the `left` cases that remain may read.
    pub(crate) fn share(&self, left: usize) -> Duration {
        self.share_at(self.start.elapsed(), left)
    }

    /// [`Self::share`], at `elapsed` after the start.
    fn share_at(&self, elapsed: Duration, left: usize) -> Duration {
        let left = u32::try_from(left).unwrap_or(u32::MAX).max(1);
        let set_up = elapsed.saturating_sub(self.read) / self.done.max(1);
        let whole = RUN_TIME.saturating_sub(elapsed) / left;
        whole
            .saturating_sub(set_up)
            .clamp(MIN_CASE_TIME, MAX_CASE_TIME)
    }

    /// Books the time that a case has read.
    pub(crate) fn spent(&mut self, read: Duration) {
        self.read += read;
        self.done += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The length of a run of so many cases whose set-up takes so long each.
    fn run(cases: usize, set_up: impl Fn(usize) -> Duration) -> (Duration, Duration) {
        let mut budget = Budget::start();
        let (mut now, mut shortest) = (Duration::ZERO, MAX_CASE_TIME);
        for case in 0..cases {
            let share = budget.share_at(now, cases - case);
            shortest = shortest.min(share);
            now += set_up(case) + share;
            budget.spent(share);
        }
        (now, shortest)
    }

    #[test]
    fn a_few_cases_read_as_long_as_they_may() {
        assert_eq!(run(3, |_| Duration::from_millis(100)).1, MAX_CASE_TIME);
    }

    proptest! {
        #[test]
        fn a_run_ends_in_time(
            cases in 1usize..120,
            set_ups in proptest::collection::vec(0u64..600, 120),
        ) {
            let (took, shortest) = run(cases, |case| Duration::from_millis(set_ups[case]));
            prop_assert!(took <= RUN_TIME + 2 * MAX_CASE_TIME, "{took:?}");
            prop_assert!(shortest >= MIN_CASE_TIME);
        }
    }
}
