//! What one thread asks of another that never waits.

use std::sync::atomic::{AtomicU64, Ordering};

/// The lowest byte of a request says what is asked for, 0 nothing; the rest
/// counts the requests, so that no two of them are equal.
const KIND: u64 = 0xff;

/// At most one request at a time: a new one takes the place of the one before.
#[derive(Debug, Default)]
pub(crate) struct RequestCell(AtomicU64);

/// A request as it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked(u64);

impl Asked {
    pub(crate) fn kind(self) -> u8 {
        (self.0 & KIND) as u8
    }
}

impl RequestCell {
    /// Asks for what `kind` stands for, which is not 0.
    pub(crate) fn ask(&self, kind: u8) {
        debug_assert_ne!(kind, 0, "0 is no request");
        let next = |old: u64| Some((old & !KIND).wrapping_add(KIND + 1) | u64::from(kind));
        // It never fails: `next` always has an answer.
        let _ = self
            .0
            .fetch_update(Ordering::Release, Ordering::Relaxed, next);
    }

    /// The request that is not answered yet, if there is one.
    pub(crate) fn asked(&self) -> Option<Asked> {
        let asked = Asked(self.0.load(Ordering::Acquire));
        (asked.kind() != 0).then_some(asked)
    }

    /// This one is answered. Another that was made since stays.
    pub(crate) fn answered(&self, asked: Asked) {
        let none = asked.0 & !KIND;
        // An error: there is another.
        let _ = self
            .0
            .compare_exchange(asked.0, none, Ordering::Relaxed, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_answered_once() {
        let cell = RequestCell::default();
        assert_eq!(cell.asked(), None);
        cell.ask(2);
        let asked = cell.asked().unwrap();
        assert_eq!(asked.kind(), 2);
        cell.answered(asked);
        assert_eq!(cell.asked(), None);
    }

    #[test]
    fn a_request_made_while_another_is_answered_is_not_lost() {
        for kind in [1, 3] {
            let cell = RequestCell::default();
            cell.ask(1);
            let asked = cell.asked().unwrap();
            cell.ask(kind);
            cell.answered(asked);
            assert_eq!(cell.asked().map(Asked::kind), Some(kind));
        }
    }

    #[test]
    fn the_last_of_several_requests_counts() {
        let cell = RequestCell::default();
        for kind in [1, 2, 255] {
            cell.ask(kind);
        }
        assert_eq!(cell.asked().map(Asked::kind), Some(255));
        cell.answered(cell.asked().unwrap());
        assert_eq!(cell.asked(), None);
    }
}
