//! What happened, by its time: a screen asks for each of its columns.

use std::ops::Range;
use std::time::Duration;

use crate::replay::timeline::{Mark, MarkKind, Timeline};

/// The kinds, the worst first.
const WORST_FIRST: [MarkKind; 8] = [
    MarkKind::Violation,
    MarkKind::SuspectedHole,
    MarkKind::Tear,
    MarkKind::Missing,
    MarkKind::Blink,
    MarkKind::Key,
    MarkKind::Scene,
    MarkKind::Change,
];

/// The times of the marks of each kind, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    times: [Vec<Duration>; WORST_FIRST.len()],
    /// How many there are, the first and the last: what tells whether a timeline
    /// only goes on.
    count: usize,
    ends: Option<(Mark, Mark)>,
}

impl Marks {
    /// Takes the marks of a timeline: where it goes on, only those that are new.
    pub(crate) fn follow(&mut self, timeline: &Timeline) {
        let marks = &timeline.marks;
        let goes_on = self.ends.is_some_and(|(first, last)| {
            marks.first() == Some(&first) && marks.get(self.count - 1) == Some(&last)
        });
        if !goes_on {
            *self = Marks::default();
        }
        for mark in &marks[self.count..] {
            let kind = WORST_FIRST.iter().position(|kind| *kind == mark.kind);
            self.times[kind.unwrap_or(0)].push(mark.at);
        }
        self.count = marks.len();
        self.ends = marks.first().copied().zip(marks.last().copied());
    }

    /// The worst mark of these times, the first of its kind. By binary search: there
    /// may be a hundred thousand marks.
    pub(crate) fn worst(&self, times: &Range<Duration>) -> Option<Mark> {
        let found = |(kind, at): (&MarkKind, &Vec<Duration>)| {
            let next = at.partition_point(|at| *at < times.start);
            let at = at.get(next).copied().filter(|at| *at < times.end)?;
            Some(Mark { at, kind: *kind })
        };
        WORST_FIRST.iter().zip(&self.times).find_map(found)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn timeline(at: &[(u64, usize)]) -> Timeline {
        let mark = |&(at, kind): &(u64, usize)| Mark {
            at: Duration::from_nanos(at),
            kind: WORST_FIRST[kind],
        };
        let mut marks: Vec<Mark> = at.iter().map(mark).collect();
        marks.sort_by_key(|mark| mark.at);
        Timeline {
            marks,
            ..Timeline::default()
        }
    }

    #[test]
    fn the_kinds_go_from_bad_to_good() {
        assert!(WORST_FIRST.is_sorted_by(|worse, better| worse > better));
    }

    proptest! {
        #[test]
        fn the_worst_is_that_of_all_of_them(
            at in prop::collection::vec((0..50_u64, 0..WORST_FIRST.len()), 0..60),
            kept in 0..60_usize,
            dropped in 0..5_usize,
            (start, end) in (0..50_u64, 0..50_u64),
        ) {
            let all = timeline(&at);
            let mut before = all.clone();
            before.marks.truncate(kept);
            before.marks.drain(..dropped.min(before.marks.len()));
            let mut marks = Marks::default();
            marks.follow(&before);
            marks.follow(&all);
            let times = Duration::from_nanos(start)..Duration::from_nanos(end);
            let inside = all.marks.iter().filter(|mark| times.contains(&mark.at));
            // Of several of a kind the first.
            let worst = inside.rev().max_by_key(|mark| mark.kind).copied();
            prop_assert_eq!(marks.worst(&times), worst);
        }
    }
}
