//! Whether the clock and the writer's loop can be trusted.

use serde::Serialize;

use super::times::{Summary, Times};
use crate::modifier::timed_writer::TimedWriter;
use crate::modifier::timed_writer::error::TimedWriterError;
use crate::modifier::timed_writer::mailbox::Timed;

/// Times the loops are compared in, in turn.
const TURNS: u32 = 5;

/// The clock's own cost, and the writer's loop against a plain one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct ClockCheck {
    /// Two clock reads with nothing in between: each time includes this.
    pub clock: Summary,
    /// Calls in a loop that does nothing but call and read the clock.
    pub plain: Summary,
    /// Calls in the loop that all else is measured with.
    pub writer: Summary,
}

impl ClockCheck {
    /// Tries both loops in turn, while nobody reads.
    pub(crate) fn try_on(writer: &mut TimedWriter) -> Result<Self, TimedWriterError> {
        let (mut clock, mut plain, mut working) =
            (Times::default(), Times::default(), Times::default());
        writer.time_the_clock()?;
        writer.take_times(|timed, nanoseconds| {
            if timed == Timed::Clock {
                clock.add(nanoseconds);
            }
        });
        for turn in 0..=TURNS {
            writer.plain_loop()?;
            let mut count = 0u64;
            writer.take_times(|_, nanoseconds| {
                count += 1;
                plain.add(nanoseconds);
            });
            writer.work()?;
            while count > 0 {
                std::thread::sleep(std::time::Duration::from_millis(2));
                writer.take_times(|_, nanoseconds| {
                    count = count.saturating_sub(1);
                    working.add(nanoseconds);
                });
                writer.check()?;
            }
            writer.pause()?;
            writer.take_times(|_, nanoseconds| working.add(nanoseconds));
            if turn == 0 {
                // Caches were cold.
                plain.clear();
                working.clear();
            }
        }
        Ok(ClockCheck {
            clock: clock.summary(),
            plain: plain.summary(),
            writer: working.summary(),
        })
    }
}
