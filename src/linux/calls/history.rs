//! The calls of the last moments, and since when none is missing.

use std::collections::VecDeque;

use super::call::Call;

/// What is known of a target's calls. Times are nanoseconds of
/// `CLOCK_MONOTONIC`.
#[derive(Clone, Debug)]
pub(crate) struct CallHistory {
    calls: VecDeque<Call>,
    most: usize,
    /// Every call that ended after this is here; none: nothing is known.
    complete_from: Option<u64>,
    /// How many there have been.
    count: u64,
}

impl CallHistory {
    /// Calls kept by default: many thousand a second, for some seconds.
    pub(crate) const MOST: usize = 65_536;

    pub(crate) fn new(most: usize) -> Self {
        CallHistory {
            calls: VecDeque::new(),
            most,
            complete_from: None,
            count: 0,
        }
    }

    /// Nothing is missing from now on; what was before is not known.
    pub(crate) fn begin(&mut self, at_ns: u64) {
        self.complete_from = self.complete_from.max(Some(at_ns));
    }

    /// Adds a call that has ended, or whose thread has.
    pub(crate) fn push(&mut self, call: Call) {
        self.count += 1;
        // First, or there would soon be room for twice as many.
        if self.calls.len() == self.most
            && let Some(oldest) = self.calls.pop_front()
            && self.complete_from.is_some()
        {
            let end = oldest.ended.map_or(oldest.begun_ns, |end| end.ns);
            self.begin(end + 1);
        }
        self.calls.push_back(call);
    }

    /// How many calls there have been.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Whether every call between two moments is here, or still runs.
    pub(crate) fn is_complete(&self, from_ns: u64) -> bool {
        self.complete_from.is_some_and(|since| since <= from_ns)
    }

    /// Calls that ran at any time between two moments, the last first.
    pub(crate) fn between(&self, from_ns: u64, to_ns: u64) -> impl Iterator<Item = &Call> {
        let ended = move |call: &&Call| call.ended.is_none_or(|end| end.ns >= from_ns);
        // They are in the order of their ends, but for a few of other threads.
        let recent = (self.calls.iter().rev()).scan(0, move |earlier, call| {
            *earlier = if ended(&call) { 0 } else { *earlier + 1 };
            (*earlier < 64).then_some(call)
        });
        recent.filter(move |call| call.overlaps(from_ns, to_ns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::calls::call::tests::munmap;

    #[test]
    fn there_is_room_for_no_more_than_are_kept() {
        let most = 64;
        let mut history = CallHistory::new(most);
        for at in 0..200 {
            history.push(munmap(0x1000..0x2000, 100 + at * 10, 105 + at * 10));
        }
        assert_eq!(
            (history.calls.len(), history.calls.capacity()),
            (most, most)
        );
    }

    #[test]
    fn what_is_forgotten_is_not_known() {
        let mut history = CallHistory::new(3);
        assert!(!history.is_complete(0));
        history.begin(100);
        assert!(history.is_complete(100) && !history.is_complete(99));
        for at in 0..5 {
            history.push(munmap(0x1000..0x2000, 100 + at * 10, 105 + at * 10));
        }
        assert_eq!(history.count(), 5);
        assert!(history.is_complete(116) && !history.is_complete(115));
        let begun = |from, to| -> Vec<u64> {
            history
                .between(from, to)
                .map(|call| call.begun_ns)
                .collect()
        };
        assert_eq!(begun(126, 1000), [140, 130]);
        assert_eq!(begun(125, 135), [130, 120]);
        assert_eq!(begun(136, 139), [0; 0]);
    }
}
