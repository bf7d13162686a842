//! The pause before a read.
//!
//! A reader and a writer that both run in tight loops fall into step: each
//! read then meets the same phase of the writer, over and over. A short pause
//! of random length before each read breaks the step, and finds far more than
//! it costs.

use std::time::{Duration, Instant};

/// Pauses of random length, spun rather than slept.
#[derive(Clone, Debug)]
pub struct Dwell {
    longest_ns: u64,
    /// xorshift64* (Vigna 2016).
    random: u64,
}

impl Dwell {
    /// The longest pause to be taken unless there is a reason for another: a
    /// few microseconds are about as long as an operation of a writer takes,
    /// so every phase of it is met.
    pub const USUAL: Duration = Duration::from_micros(4);

    /// Pauses between nothing and `longest`.
    #[must_use]
    pub fn up_to(longest: Duration) -> Self {
        Dwell {
            longest_ns: u64::try_from(longest.as_nanos()).unwrap_or(u64::MAX),
            random: 0x9e37_79b9_7f4a_7c15,
        }
    }

    /// Pauses.
    pub fn wait(&mut self) {
        if self.longest_ns == 0 {
            return;
        }
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        let drawn = self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        let pause = (u128::from(drawn) * u128::from(self.longest_ns)) >> 32;
        let pause = Duration::from_nanos(u64::try_from(pause).unwrap_or(self.longest_ns));
        let start = Instant::now();
        while start.elapsed() < pause {
            std::hint::spin_loop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_differ_and_none_is_none() {
        let mut dwell = Dwell::up_to(Duration::ZERO);
        let before = dwell.random;
        dwell.wait();
        assert_eq!(dwell.random, before);
        let mut dwell = Dwell::up_to(Duration::from_nanos(50));
        dwell.wait();
        assert_ne!(dwell.random, before);
    }
}
