//! The last way out, where the terminal or anything else hangs.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossterm::event::KeyEvent;
use rustix::termios::{Action, QueueSelector, tcflow, tcflush};
use signal_hook::consts::SIGINT;
use signal_hook::low_level;

use super::keys::bound::KeyTable;
use super::keys::quit::QuitKeys;
use super::terminal;
use crate::linux::hung_threads::hung_threads;
use crate::linux::signal_ends::end_by;
use crate::threads::time_limit;

/// After how long what a terminal does not take is dropped, if that keeps the
/// screen from being given back, and what hangs in the kernel is not waited for.
const UNBLOCK: Duration = Duration::from_secs(1);

/// How long the screen may take to be given back then.
const GIVE_BACK: Duration = Duration::from_secs(1);

/// How long all of the end may take: more than a command that is asked to end,
/// and less than the five seconds after which others kill.
const LIMIT: Duration = Duration::from_secs(4);

/// How often a blocked terminal is looked at: what is written next may block, too.
const LOOK: Duration = Duration::from_millis(20);

/// How often whoever takes messages has come to take some.
static TURNS: AtomicU64 = AtomicU64::new(0);

/// Which keys would have quit then: one of [`QuitKeys::ALL`].
static QUIT_KEYS: AtomicUsize = AtomicUsize::new(0);

/// How to end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Last {
    /// With this exit status.
    Exit(i32),
    /// As this signal asks for.
    Signal(i32),
}

/// From now on the end, by a signal or by a key, takes no longer than [`LIMIT`],
/// and less where it is the terminal that hangs, or a thread that the kernel keeps.
/// What this program has started dies with it.
pub(crate) fn open(last: Last) {
    let asked = Instant::now();
    time_limit::after(Duration::ZERO, move || {
        let before = hung_threads();
        std::thread::sleep(UNBLOCK);
        let is_free = unblock_until(terminal::is_free);
        if is_free
            && !hung_threads()
                .iter()
                .any(|thread| thread.has_hung_since(&before))
        {
            std::thread::sleep(LIMIT.saturating_sub(asked.elapsed()));
        }
        end(last);
    });
}

/// Messages are taken, by somebody whom these keys quit.
pub(crate) fn note_turn(keys: QuitKeys) {
    QUIT_KEYS.store(keys as usize, Ordering::Relaxed);
    TURNS.fetch_add(1, Ordering::Relaxed);
}

/// What tells whether messages are taken after now.
pub(crate) fn turns() -> u64 {
    TURNS.load(Ordering::Relaxed)
}

/// A key has been sent after these [`turns`] that quits, perhaps. If nobody takes
/// it, that is the end, as by a signal; if somebody does after all, `redraw` is
/// called where something of the screen was dropped.
pub(crate) fn unless_taken(
    turns_before: u64,
    key: KeyEvent,
    keys: &'static KeyTable,
    redraw: impl Fn() + Send + 'static,
) {
    let quits = move || QuitKeys::ALL[QUIT_KEYS.load(Ordering::Relaxed)].contain(&key, keys);
    let is_taken = move || turns() != turns_before || !quits();
    time_limit::after(UNBLOCK, move || {
        if is_taken() {
            return;
        }
        match unblock_until(is_taken) {
            true => redraw(),
            false => end(Last::Exit(0)),
        }
    });
}

/// Drops what the terminal does not take, until `is_over` or [`GIVE_BACK`] has
/// passed; whether it is.
fn unblock_until(is_over: impl Fn() -> bool) -> bool {
    let begin = Instant::now();
    while !is_over() {
        if begin.elapsed() >= GIVE_BACK {
            return false;
        }
        // A write waits for a terminal that is stopped, or that nobody reads. An
        // error: it is gone.
        let _ = tcflow(std::io::stdout(), Action::OOn);
        let _ = tcflush(std::io::stdout(), QueueSelector::OFlush);
        std::thread::sleep(LOOK);
    }
    true
}

fn end(last: Last) {
    terminal::wrest_back();
    match last {
        Last::Exit(status) => low_level::exit(status),
        // Ctrl-C is a key like another.
        Last::Signal(SIGINT) => low_level::exit(0),
        Last::Signal(signal) => end_by(signal),
    }
}
