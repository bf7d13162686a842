//! A call of the writer that does not come back, and where both threads are
//! meanwhile.

use std::time::{Duration, Instant};

use super::outcome::Caught;
use crate::latency::bench::Bench;
use crate::linux::thread_place::ThreadPlace;
use crate::text::number::nanoseconds;

/// After how long without a call that came back it is looked where the threads
/// are.
pub(crate) const CATCH: Duration = Duration::from_millis(20);

/// The most that counts of the time between two looks: while this process itself
/// was stopped, nobody waited.
const LOOK: Duration = Duration::from_millis(100);

/// Since when no call has come back.
pub(crate) struct Silence {
    timed: u64,
    last: Instant,
    pub(crate) lasts: Duration,
}

impl Silence {
    /// `timed` calls have come back so far.
    pub(crate) fn since(timed: u64) -> Self {
        Silence {
            timed,
            last: Instant::now(),
            lasts: Duration::ZERO,
        }
    }

    pub(crate) fn look(&mut self, timed: u64) {
        let now = Instant::now();
        self.lasts += (now - self.last).min(LOOK);
        self.last = now;
        if timed != self.timed {
            *self = Silence::since(timed);
        }
    }
}

impl Bench {
    /// Where the writer and a thread that reads are, if the writer waits for
    /// something else than a CPU.
    pub(crate) fn catch(&self, reader: Option<u32>, silent: Duration) -> Option<Caught> {
        let reader = reader_at(reader?)?;
        let writer = ThreadPlace::of(self.writer.pid(), self.writer.pid())?;
        writer.is_asleep().then(|| Caught {
            after_ns: nanoseconds(silent),
            writer,
            reader,
        })
    }
}

/// Where a thread of this process is.
pub(super) fn reader_at(thread: u32) -> Option<ThreadPlace> {
    ThreadPlace::of(std::process::id(), thread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_that_come_back_end_a_silence() {
        let mut silence = Silence::since(7);
        for _ in 0..20 {
            // As if time went by.
            silence.last -= LOOK;
            silence.look(7);
        }
        assert!(silence.lasts >= LOOK * 20 && silence.lasts < LOOK * 30);
        silence.look(8);
        assert_eq!(silence.lasts, Duration::ZERO);
    }

    #[test]
    fn while_this_process_was_stopped_nobody_waited() {
        let mut silence = Silence::since(7);
        silence.last -= Duration::from_secs(60);
        silence.look(7);
        assert_eq!(silence.lasts, LOOK);
    }
}
