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
    /// The number of the next moment, and of the next that the lab told.
    next: Option<u64>,
    next_of_lab: Option<u64>,
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
        let missing = before(&mut self.next, head);
        self.moments_before(missing, head, marks);
    }

    /// The same of what the lab told.
    pub(crate) fn measurement(&mut self, head: &FrameHead, marks: &mut Vec<Mark>) {
        let missing = before(&mut self.next_of_lab, head);
        self.moments_before(missing, head, marks);
    }

    fn moments_before(&mut self, count: u64, head: &FrameHead, marks: &mut Vec<Mark>) {
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

/// How many numbers are missing before this one.
fn before(next: &mut Option<u64>, head: &FrameHead) -> u64 {
    let next = next.replace(head.first.saturating_add(1));
    head.first.saturating_sub(next.unwrap_or(head.first))
}

fn missing(at: Duration) -> Mark {
    let kind = MarkKind::Missing;
    Mark { at, kind }
}
