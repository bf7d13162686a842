//! The latest value that one thread leaves for another. Left by `try_write`, it
//! never waits; by `lock`, only as long as it takes to copy or to swap. Where the
//! value keeps its buffers, nothing is allocated.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::request::{Asked, RequestCell};

/// The latest value of something that changes all the time.
#[derive(Debug, Default)]
pub(crate) struct Latest<T>(Mutex<T>);

impl<T> Latest<T> {
    /// Writes the value, unless somebody is just reading it; whether it did.
    pub(crate) fn try_write(&self, write: impl FnOnce(&mut T)) -> bool {
        let Ok(mut value) = self.0.try_lock() else {
            return false;
        };
        write(&mut value);
        true
    }

    /// The value, held for no longer than it takes to copy or to swap it.
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        // A panic elsewhere leaves a whole value behind, or an old one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A value that is left when it is asked for, and taken once.
#[derive(Debug, Default)]
pub(crate) struct OnRequest<T> {
    request: RequestCell,
    /// Whether it has been left since it was last taken, and the value.
    left: Latest<(bool, T)>,
}

impl<T> OnRequest<T> {
    /// Asks for the next value, of the kind that this number (not 0) stands
    /// for.
    pub(crate) fn ask(&self, kind: u8) {
        self.request.ask(kind);
    }

    pub(crate) fn asked(&self) -> Option<Asked> {
        self.request.asked()
    }

    /// Answers a request, unless somebody is just taking what was left before.
    pub(crate) fn leave(&self, asked: Asked, write: impl FnOnce(&mut T)) {
        let left = self.left.try_write(|(is_new, value)| {
            write(value);
            *is_new = true;
        });
        if left {
            self.request.answered(asked);
        }
    }

    /// Swaps `other` with what was left, if something was; whether it was.
    pub(crate) fn take(&self, other: &mut T) -> bool {
        let mut left = self.left.lock();
        let is_new = std::mem::take(&mut left.0);
        if is_new {
            std::mem::swap(&mut left.1, other);
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_left_and_taken_once() {
        let cell = OnRequest::<u32>::default();
        let mut mine = 7;
        assert!(cell.asked().is_none() && !cell.take(&mut mine));
        cell.ask(1);
        cell.leave(cell.asked().unwrap(), |value| *value = 9);
        assert!(cell.asked().is_none());
        assert!(cell.take(&mut mine));
        assert_eq!(mine, 9);
        assert!(!cell.take(&mut mine));
    }

    #[test]
    fn nothing_is_left_while_it_is_held() {
        let cell = OnRequest::<u32>::default();
        cell.ask(1);
        let held = cell.left.lock();
        cell.leave(cell.asked().unwrap(), |value| *value = 9);
        drop(held);
        // It is still wanted.
        assert!(cell.asked().is_some() && !cell.take(&mut 0));
    }
}
