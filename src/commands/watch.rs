//! `vmascope watch PID`: everything that happens, one line each.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::exit::{Exit, Failure, unless_unread};
use super::signals::stop_flag;
use crate::cli::watch::{TextFormat, WatchArguments};
use crate::process::attached::AttachedTarget;
use crate::process::find_target::find_target;
use crate::report::watch_printer::Printer;
use crate::sampling::follow::Follower;
use crate::sampling::scanned_calls::CallsSeen;

/// The longest sleep before looking whether to end.
const NAP: Duration = Duration::from_millis(200);

/// The same where the target's calls are seen: there is room for a moment of them.
const NAP_BETWEEN_CALLS: Duration = Duration::from_millis(20);

/// Watches until the target, the time or the user ends it.
pub(crate) fn run(arguments: &WatchArguments) -> Result<Exit, Failure> {
    let interrupted = stop_flag()?;
    let target = AttachedTarget::attach(find_target(&arguments.target)?)?;
    let mut printer = Printer::new(arguments.format == TextFormat::Json);
    let mut follower = Follower::new(target, !arguments.calls.no_calls)?;
    let ended = watch(arguments, &mut follower, &mut printer, &interrupted)
        .and_then(|()| Ok(printer.end(&follower)?));
    unless_unread(ended, ())?;
    Ok(Exit::Held)
}

fn watch(
    arguments: &WatchArguments,
    follower: &mut Follower,
    printer: &mut Printer,
    interrupted: &AtomicBool,
) -> anyhow::Result<()> {
    printer.start(follower, arguments.interval)?;
    let start = Instant::now();
    let end = arguments.for_time.map(|time| start + time);
    let mut next = start;
    let mut said_calls = false;
    let mut nap = NAP;
    loop {
        let mut written = Ok(());
        printer.scan_begins();
        let goes_on = follower.step(|what| {
            if written.is_ok() {
                written = printer.watch_event(&what);
            }
        })?;
        written?;
        if !said_calls {
            said_calls = true;
            let calls = follower.calls_seen();
            if matches!(calls, CallsSeen::Yes { .. }) {
                nap = NAP_BETWEEN_CALLS;
            }
            printer.calls(&calls)?;
        }
        printer.flush()?;
        if !goes_on {
            return Ok(());
        }
        // Scans that take longer than the interval follow each other at once.
        next = (next + arguments.interval).max(Instant::now());
        loop {
            let now = Instant::now();
            let over = end.is_some_and(|end| now >= end);
            if over || interrupted.load(Ordering::Relaxed) || is_unread() {
                return Ok(());
            }
            if now >= next {
                break;
            }
            let until = end.map_or(next, |end| end.min(next));
            std::thread::sleep(until.saturating_duration_since(now).min(nap));
            follower.meanwhile();
        }
    }
}

/// Whether standard output is a pipe that nobody reads any more: without
/// looking, a watch in which nothing happens would never notice.
fn is_unread() -> bool {
    let stdout = io::stdout();
    let mut fds = [PollFd::new(&stdout, PollFlags::empty())];
    match poll(&mut fds, Some(&Timespec::default())) {
        Ok(_) => fds[0].revents().intersects(PollFlags::ERR),
        Err(_) => false,
    }
}
