//! Waiting for a 32-bit word in shared memory to change (futex(2)).

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::thread::futex;
use rustix::time::Timespec;

/// Looks at the word before sleeping: an answer mostly comes within the time
/// of one system call, far sooner than a sleeper wakes up.
const SPINS: u32 = 1_000;

/// Waits until the word is no longer `old`, or about `limit` has passed if
/// there is one, and returns the word. It may return `old` early, too (a
/// signal): callers loop. What was stored before the word changed is visible
/// after it.
pub(crate) fn wait_while(word: &AtomicU32, old: u32, limit: Option<Duration>) -> u32 {
    for _ in 0..SPINS {
        let now = word.load(Ordering::Acquire);
        if now != old {
            return now;
        }
        std::hint::spin_loop();
    }
    let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
    // Every error (changed meanwhile, interrupted, timed out) means: look again.
    let _ = futex::wait(word, futex::Flags::empty(), old, limit.as_ref());
    word.load(Ordering::Acquire)
}

/// Stores `value`, after everything stored before, and wakes whoever waits.
pub(crate) fn publish(word: &AtomicU32, value: u32) {
    word.store(value, Ordering::Release);
    // It can fail for a misaligned or unmapped word only, and this one is neither.
    let _ = futex::wake(word, futex::Flags::empty(), i32::MAX as u32);
}
