//! Sets of addresses as intervals, in vectors that are reused.

use std::ops::Range;

use super::line::parse_range;
use super::scan_text::Lines;

/// Intervals of addresses, `start` and `end`, in bytes.
pub(crate) type Intervals = Vec<(u64, u64)>;

/// Makes `intervals` sorted and disjoint.
pub(crate) fn normalise(intervals: &mut Intervals) {
    intervals.retain(|(start, end)| start < end);
    if !intervals.is_sorted() {
        intervals.sort_unstable();
    }
    intervals.dedup_by(|next, previous| {
        let joined = next.0 <= previous.1;
        if joined {
            previous.1 = previous.1.max(next.1);
        }
        joined
    });
}

/// All that the lines of `text` map, sorted and disjoint.
pub(crate) fn of_text(text: &[u8], into: &mut Intervals) {
    into.clear();
    into.extend(Lines::of(text).filter_map(parse_range));
    normalise(into);
}

/// Calls `each` with every part of `range` that is in `intervals`, which are
/// sorted and disjoint, and not in it, in order: the part, and whether it is.
pub(crate) fn split(
    range: Range<u64>,
    intervals: &[(u64, u64)],
    mut each: impl FnMut(Range<u64>, bool),
) {
    let mut at = range.start;
    let first = intervals.partition_point(|(_, end)| *end <= at);
    for &(start, end) in &intervals[first..] {
        if start >= range.end {
            break;
        }
        if start > at {
            each(at..start, false);
            at = start;
        }
        let until = end.min(range.end);
        each(at..until, true);
        at = until;
    }
    if at < range.end {
        each(at..range.end, false);
    }
}

/// Whether two ranges share an address.
pub(crate) fn overlap(one: &Range<u64>, other: &Range<u64>) -> bool {
    one.start < other.end && other.start < one.end
}

/// What of ranges is left without another one, in the same order.
pub(crate) fn without(ranges: &[Range<u64>], other: &Range<u64>) -> Vec<Range<u64>> {
    let parts = |range: &Range<u64>| {
        let below = range.start..range.end.min(other.start);
        let above = range.start.max(other.end)..range.end;
        [below, above].into_iter().filter(|part| !part.is_empty())
    };
    ranges.iter().flat_map(parts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps_join_and_ranges_split() {
        let mut set = vec![(5, 7), (1, 3), (3, 4), (6, 9), (9, 9)];
        normalise(&mut set);
        assert_eq!(set, [(1, 4), (5, 9)]);
        let mut parts = Vec::new();
        split(0..8, &set, |part, inside| parts.push((part, inside)));
        let expected = [(0..1, false), (1..4, true), (4..5, false), (5..8, true)];
        assert_eq!(parts, expected);
        assert_eq!(without(&[0..8, 9..12], &(2..10)), [0..2, 10..12]);
        assert_eq!(without(&[3..5, 6..7], &(2..10)), []);
        assert!(overlap(&(1..3), &(2..4)) && !overlap(&(1..3), &(3..4)));
    }
}
