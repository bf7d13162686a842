//! What a recording should have and has not.

use std::time::Duration;

use super::timeline::{Mark, MarkKind};
use crate::recording::frame::FrameHead;

/// What is not there, as far as it shows.
#[derive(Debug, Default)]
pub(crate) struct Lost {
    pub(crate) scans: u64,
    pub(crate) moments: u64,
    pub(crate) damaged: u64,
    /// The number of the next moment.
    next: Option<u64>,
}

impl Lost {
    /// Notes that so many scans are missing before those that were read then.
    pub(crate) fn scans_before(&mut self, count: u64, at: Duration, marks: &mut Vec<Mark>) {
        self.scans = self.scans.saturating_add(count);
        if count > 0 {
            marks.push(missing(at));
        }
    }

    /// Moments have numbers: whether some are missing before this one.
    pub(crate) fn moment(&mut self, head: &FrameHead, marks: &mut Vec<Mark>) {
        let next = self.next.replace(head.first.saturating_add(1));
        let count = head.first.saturating_sub(next.unwrap_or(head.first));
        self.moments = self.moments.saturating_add(count);
        if count > 0 {
            marks.push(missing(Duration::from_nanos(head.first_ns)));
        }
    }

    /// Notes whether a moment or a stream could be read.
    pub(crate) fn read(&mut self, could_be: bool, at: Duration, marks: &mut Vec<Mark>) {
        if !could_be {
            self.damaged += 1;
            marks.push(missing(at));
        }
    }
}

fn missing(at: Duration) -> Mark {
    let kind = MarkKind::Missing;
    Mark { at, kind }
}
