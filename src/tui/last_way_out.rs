//! The last way out, where the terminal or anything else hangs.

use std::time::Duration;

use crossterm::terminal::disable_raw_mode;
use rustix::termios::{Action, QueueSelector, tcflow, tcflush};
use signal_hook::consts::{SIGHUP, SIGINT};
use signal_hook::low_level;
use signal_hook::low_level::emulate_default_handler;

use super::terminal;
use crate::threads::time_limit;

/// After how long what a terminal does not take is dropped, if that keeps the
/// screen from being given back.
const UNBLOCK: Duration = Duration::from_secs(3);

/// How long the rest of the end may take: more than a command that is asked to
/// end, and what is waited for when threads end.
const LIMIT: Duration = Duration::from_secs(7);

/// How to end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Last {
    /// With this exit status.
    Exit(i32),
    /// As this signal asks for.
    Signal(i32),
}

/// From now on the end, by a signal or by a key, takes no longer than
/// [`UNBLOCK`] and [`LIMIT`]. What this program has started dies with it.
pub(crate) fn open(last: Last) {
    time_limit::after(UNBLOCK, move || {
        if terminal::is_taken() {
            // A write waits for a terminal that is stopped, or that nobody
            // reads. An error: it is gone.
            let _ = tcflow(std::io::stdout(), Action::OOn);
            let _ = tcflush(std::io::stdout(), QueueSelector::OFlush);
        }
        std::thread::sleep(LIMIT);
        if terminal::is_taken() {
            let _ = disable_raw_mode();
        }
        match last {
            Last::Exit(status) => low_level::exit(status),
            // Ctrl-C is a key like another.
            Last::Signal(SIGINT) => low_level::exit(0),
            Last::Signal(signal) => end_by(signal),
        }
    });
}

/// Ends this process as a signal would have ended it.
pub(crate) fn end_by(signal: i32) {
    // SIGHUP without a terminal: nobody is left to be told of an error.
    let _ = emulate_default_handler(signal);
    debug_assert!(signal != SIGHUP, "the process should have ended");
}
