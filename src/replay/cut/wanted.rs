//! Which scans of a stream belong to a part.

use std::ops::RangeInclusive;

use crate::recording::frame::FrameHead;
use crate::recording::record::Record;

/// The scans of a stream that are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    Nothing,
    /// Those being read in this time, in nanoseconds.
    Time(RangeInclusive<u64>),
    Numbers(RangeInclusive<u64>),
}

impl Wanted {
    /// Whether a frame may have some.
    pub(super) fn touches(&self, head: &FrameHead) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Nothing => false,
            Wanted::Time(time) => head.first_ns <= *time.end() && head.last_ns >= *time.start(),
            Wanted::Numbers(numbers) => {
                let behind = head.first.saturating_add(head.count.into());
                head.first <= *numbers.end() && behind > *numbers.start()
            }
        }
    }

    pub(super) fn has(&self, record: &Record) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Nothing => false,
            Wanted::Time(time) => {
                record.begun_ns <= *time.end() && record.ended_ns >= *time.start()
            }
            Wanted::Numbers(numbers) => numbers.contains(&record.number),
        }
    }
}
