//! The pause before a read.
//!
//! A reader and a writer that both run in tight loops fall into step: each
//! read then meets the same phase of the writer, over and over. A short pause
//! before each read breaks the step, and finds far more than it costs. Which
//! pause finds most differs by scenario and machine, so it is tried out.

use std::fmt;
use std::time::{Duration, Instant};

use super::interrupt_storm::InterruptStorm;
use crate::algorithms::random::Random;
use crate::text::number::nanoseconds;

/// How long to pause before a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DwellTime {
    /// As long as this each time.
    Exactly(Duration),
    /// A random time of at most this.
    UpTo(Duration),
}

impl DwellTime {
    /// No pause.
    pub const NONE: DwellTime = DwellTime::Exactly(Duration::ZERO);

    /// The pause to be taken unless there is a reason for another: a few
    /// microseconds are about as long as an operation of a writer takes, so
    /// every phase of it is met.
    pub const USUAL: DwellTime = DwellTime::UpTo(Duration::from_micros(4));

    /// The longest it may take.
    #[must_use]
    pub fn longest(self) -> Duration {
        match self {
            DwellTime::Exactly(time) | DwellTime::UpTo(time) => time,
        }
    }
}

impl fmt::Display for DwellTime {
    /// `4 µs`, `up to 4 µs`, `none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let microseconds = |time: Duration| {
            let text = format!("{:.2}", time.as_secs_f64() * 1e6);
            let text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
            format!("{text} µs")
        };
        match self {
            _ if self.longest().is_zero() => f.write_str("none"),
            DwellTime::Exactly(time) => f.write_str(&microseconds(*time)),
            DwellTime::UpTo(time) => write!(f, "up to {}", microseconds(*time)),
        }
    }
}

/// What is done before a read: a pause, spun rather than slept, and an interrupt
/// is ordered for the time of the read.
#[derive(Debug)]
pub(crate) struct DwellTimer {
    pause: DwellTime,
    storm: Option<InterruptStorm>,
    random: Random,
}

impl DwellTimer {
    #[must_use]
    pub(crate) fn new(pause: DwellTime) -> Self {
        DwellTimer {
            pause,
            storm: None,
            random: Random::new(1),
        }
    }

    pub(crate) fn set(&mut self, pause: DwellTime) {
        self.pause = pause;
    }

    /// Has interrupts come during the reads from now on.
    pub(crate) fn begin_storm(&mut self, storm: InterruptStorm) {
        self.storm = Some(storm);
    }

    pub(crate) fn wait(&mut self) {
        self.pause();
        if let Some(storm) = &mut self.storm {
            storm.arm();
        }
    }

    fn pause(&mut self) {
        let longest = self.pause.longest();
        if longest.is_zero() {
            return;
        }
        let start = Instant::now();
        let pause = match self.pause {
            DwellTime::Exactly(time) => time,
            DwellTime::UpTo(_) => self.draw(longest),
        };
        while start.elapsed() < pause {
            std::hint::spin_loop();
        }
    }

    /// A random time of at most `longest`.
    fn draw(&mut self, longest: Duration) -> Duration {
        let longest = nanoseconds(longest);
        Duration::from_nanos(self.random.below(longest.saturating_add(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_pauses_differ_and_keep_to_their_limit() {
        let longest = Duration::from_nanos(50);
        let mut dwell = DwellTimer::new(DwellTime::UpTo(longest));
        let drawn: Vec<_> = (0..100).map(|_| dwell.draw(longest)).collect();
        assert!(drawn.iter().all(|pause| *pause <= longest));
        assert!(drawn.iter().min() < drawn.iter().max());
        let before = dwell.random.clone();
        dwell.set(DwellTime::NONE);
        dwell.wait();
        assert_eq!(dwell.random, before);
    }

    #[test]
    fn pauses_are_shown_in_microseconds() {
        let nanoseconds = Duration::from_nanos;
        assert_eq!(DwellTime::NONE.to_string(), "none");
        assert_eq!(DwellTime::USUAL.to_string(), "up to 4 µs");
        assert_eq!(DwellTime::Exactly(nanoseconds(1250)).to_string(), "1.25 µs");
        assert_eq!(DwellTime::Exactly(nanoseconds(500)).to_string(), "0.5 µs");
    }
}
