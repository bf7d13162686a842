//! How to move about in a recording.

use std::fmt;
use std::time::Duration;

/// A step in time; negative numbers go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeStep {
    /// Time stops, or goes on.
    StopOrPlay,
    /// So many scans of the text reader on.
    Scans(i64),
    /// So many finds on: tears, violations, blinks and suspected holes.
    Finds(i64),
    /// So many violations and suspected holes on.
    Violations(i64),
    /// So many seconds on.
    Seconds(i64),
    /// To this moment, since the session started.
    To(Duration),
    /// To the first moment that is kept.
    First,
    /// To the last.
    Last,
    Faster,
    Slower,
    /// Back to what happens now.
    Live,
}

/// How fast a recording plays: the real time times 10 to the power of this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speed(i8);

impl Speed {
    /// A thousandth of the real speed to a thousand times it.
    const MOST: i8 = 3;

    #[must_use]
    pub(crate) fn faster(self) -> Self {
        Speed((self.0 + 1).min(Self::MOST))
    }

    #[must_use]
    pub(crate) fn slower(self) -> Self {
        Speed((self.0 - 1).max(-Self::MOST))
    }

    /// How much of the recording plays in so much real time.
    #[must_use]
    pub(crate) fn of(self, real: Duration) -> Duration {
        real.mul_f64(10f64.powi(i32::from(self.0)))
    }

    /// In how much real time so much of the recording plays.
    #[must_use]
    pub(crate) fn real(self, recorded: Duration) -> Duration {
        let seconds = recorded.as_secs_f64() * 10f64.powi(-i32::from(self.0));
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }

    /// All there are, the slowest first, as one writes them: `1/10`, `1`, `10`.
    pub(crate) fn all() -> impl Iterator<Item = (Self, String)> {
        let speeds = (-Self::MOST..=Self::MOST).map(Speed);
        speeds.map(|speed| (speed, speed.to_string().replace('×', "")))
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let power = 10u32.pow(u32::from(self.0.unsigned_abs()));
        match self.0 {
            0.. => write!(f, "×{power}"),
            _ => write!(f, "×1/{power}"),
        }
    }
}
