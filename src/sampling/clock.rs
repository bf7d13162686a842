//! The counters of the modifier's writers as the clock of a reader.

use crate::linux::chunk::{NoClock, ReadClock};
use crate::maps::scan_text::Counts;
use crate::modifier::counters::Counters;

impl ReadClock for Counters {
    #[inline]
    fn finished(&self) -> Counts {
        Counters::finished(self)
    }

    #[inline]
    fn begun(&self) -> Counts {
        Counters::begun(self)
    }
}

/// The clock of a reader: what the modifier has begun and finished.
#[derive(Clone, Debug)]
pub(crate) enum Clock {
    Modifier(Counters),
    /// A target whose operations are unknown.
    Unknown(NoClock),
}

impl ReadClock for Clock {
    #[inline]
    fn finished(&self) -> Counts {
        match self {
            Clock::Modifier(counters) => counters.finished(),
            Clock::Unknown(none) => none.finished(),
        }
    }

    #[inline]
    fn begun(&self) -> Counts {
        match self {
            Clock::Modifier(counters) => counters.begun(),
            Clock::Unknown(none) => none.begun(),
        }
    }
}
