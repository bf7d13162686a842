//! The time in which this process was stopped (SIGSTOP) while its modifier was not:
//! nobody read then, so neither that time nor those operations count.

use std::time::{Duration, Instant};

/// A longer time between two looks is no delay of a busy machine.
const STOPPED: Duration = Duration::from_secs(1);

/// What does not count.
#[derive(Debug)]
pub(super) struct Away {
    last: Instant,
    last_operations: u64,
    pub(super) time: Duration,
    pub(super) operations: u64,
}

impl Away {
    /// Begins to look, after so many operations.
    pub(super) fn new(operations: u64) -> Self {
        Away {
            last: Instant::now(),
            last_operations: operations,
            time: Duration::ZERO,
            operations: 0,
        }
    }

    /// Call it over and over, with the operations so far.
    pub(super) fn look(&mut self, operations: u64) {
        let passed = self.last.elapsed();
        let made = operations.saturating_sub(self.last_operations);
        if passed >= STOPPED {
            self.time += passed;
            self.operations += made;
        }
        (self.last, self.last_operations) = (Instant::now(), operations);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_while_this_process_is_stopped_does_not_count() {
        let mut away = Away::new(100);
        away.look(130);
        away.last -= Duration::from_secs(9);
        away.look(50_130);
        away.look(50_160);
        assert_eq!((away.time.as_secs(), away.operations), (9, 50_000));
    }
}
