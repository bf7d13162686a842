//! How Ctrl-C ends what has no screen.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::{flag, low_level};

use super::exit::Exit;
use crate::linux::advice::Advised;
use crate::modifier::child_process::patience::Patience;
use crate::report::output::tell;
use crate::threads::time_limit;

/// A file that may not grow is an error of the write then, like any other,
/// instead of the end of the program. A handler, unlike an ignored signal, is
/// not inherited by the commands that we run.
///
/// # Errors
/// When the handler cannot be set up.
pub(crate) fn survive_full_files() -> io::Result<()> {
    flag::register(Signal::SIGXFSZ as i32, Arc::default()).map(drop)
}

const ENDING: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// How long the program may take to end, and to say what it has so far, after
/// the first signal.
const LIMIT: Duration = Duration::from_secs(10);

/// The same while nobody takes its output, which is all that it can be waiting for
/// then: less than the five seconds after which others kill.
const UNREAD: Duration = Duration::from_millis(1500);

/// How often it is looked whether somebody does.
const LOOK: Duration = Duration::from_millis(100);

/// How long it may take to say that it took too long.
const LAST_WORD: Duration = Duration::from_millis(200);

/// How soon after the first a signal is the same one: `timeout` sends two.
const SAME: Duration = Duration::from_millis(500);

/// A flag that SIGINT, SIGTERM and SIGHUP set. Another one ends the program at
/// once, and so does [`LIMIT`] or [`UNREAD`], whatever it waits for.
///
/// # Errors
/// When the handlers cannot be set up.
pub(crate) fn stop_flag() -> anyhow::Result<Arc<AtomicBool>> {
    set_up().map_err(|error| anyhow::anyhow!("cannot take signals: {}", Advised(&error)))
}

fn set_up() -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in ENDING {
        flag::register(signal, stop.clone())?;
    }
    let mut signals = Signals::new(ENDING)?;
    let thread = std::thread::Builder::new().name("signals".into());
    let watched = thread.spawn(move || {
        let mut first = None;
        for _ in signals.forever() {
            let first = first.get_or_insert_with(|| {
                time_limit::after(Duration::ZERO, end_within_limits);
                Instant::now()
            });
            if first.elapsed() >= SAME {
                low_level::exit(Exit::CouldNotRun as i32);
            }
        }
    });
    if watched.is_err() {
        // Then the first one ends it at once.
        for signal in ENDING {
            flag::register_conditional_shutdown(signal, Exit::CouldNotRun as i32, stop.clone())?;
        }
    }
    Ok(stop)
}

/// Ends the program when its time to end by itself is over.
fn end_within_limits() {
    let begin = Instant::now();
    let mut unread_since = None;
    let why = loop {
        std::thread::sleep(LOOK);
        let now = Instant::now();
        let unread = is_full(io::stdout()) || is_full(io::stderr());
        unread_since = unread_since.filter(|_| unread).or(unread.then_some(now));
        if unread_since.is_some_and(|since| now - since >= UNREAD) {
            break "nobody reads what it writes (a full pipe, or a stopped terminal)";
        }
        if now - begin >= LIMIT {
            break "something that it waits for hangs";
        }
    };
    // Standard error may be what it waits for.
    time_limit::after(Duration::ZERO, move || {
        tell(&format!(
            "vmascope: it could not end by itself after the signal, as {why}; ended as it was"
        ));
    });
    std::thread::sleep(LAST_WORD);
    low_level::exit(Exit::CouldNotRun as i32);
}

/// Whether a write would have to wait for a reader.
fn is_full(output: impl AsFd) -> bool {
    let mut fds = [PollFd::new(&output, PollFlags::OUT)];
    poll(&mut fds, Some(&Timespec::default())) == Ok(0)
}

/// How long the children of a command are waited for: until `stop` is set, or
/// some time. That one does not answer is said once.
pub(crate) fn patience(stop: &Arc<AtomicBool>) -> Patience {
    let told = AtomicBool::new(false);
    Patience::new(stop.clone(), move |text| {
        if !told.swap(true, Ordering::Relaxed) {
            tell(&format!("vmascope: {text}"));
        }
    })
}
