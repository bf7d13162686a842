//! `vmascope watch PID`: everything that happens, one line each.

use std::io;
use std::io::{BufWriter, Stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::Local;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::exit::{Exit, Failure};
use crate::cli::watch::{TextFormat, WatchArguments};
use crate::process::attached::AttachedTarget;
use crate::process::find::find_target;
use crate::report::watch::{WatchJson, WatchText, start_line, totals_line};
use crate::sampling::follow::{Follower, Happening};
use crate::text::number::nanoseconds;

/// The longest sleep before looking whether to end.
const NAP: Duration = Duration::from_millis(200);

/// Watches until the target, the time or the user ends it.
pub(crate) fn run(arguments: &WatchArguments) -> Result<Exit, Failure> {
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, interrupted.clone())?;
    }
    let target = AttachedTarget::attach(find_target(&arguments.target)?)?;
    let mut printer = Printer::new(arguments.format);
    let mut follower = Follower::new(target)?;
    let ended = watch(arguments, &mut follower, &mut printer, &interrupted)
        .and_then(|()| Ok(printer.end(&follower)?));
    match ended {
        // Nobody reads on: that is no error.
        Err(error) if is_broken_pipe(&error) => Ok(Exit::Held),
        ended => Ok(ended.map(|()| Exit::Held)?),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn watch(
    arguments: &WatchArguments,
    follower: &mut Follower,
    printer: &mut Printer,
    interrupted: &AtomicBool,
) -> anyhow::Result<()> {
    printer.start(arguments, follower)?;
    let start = Instant::now();
    let end = arguments.for_time.map(|time| start + time);
    let mut next = start;
    loop {
        let mut written = Ok(());
        let goes_on = follower.step(|what| {
            if written.is_ok() {
                written = printer.happening(&what);
            }
        })?;
        written?;
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
            std::thread::sleep(until.saturating_duration_since(now).min(NAP));
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

enum Printer {
    Text(WatchText<BufWriter<Stdout>>),
    Json(WatchJson<BufWriter<Stdout>>),
}

impl Printer {
    fn new(format: TextFormat) -> Self {
        let out = BufWriter::new(io::stdout());
        match format {
            TextFormat::Human => Printer::Text(WatchText::new(out)),
            TextFormat::Json => Printer::Json(WatchJson::new(out)),
        }
    }

    fn start(&mut self, arguments: &WatchArguments, follower: &Follower) -> io::Result<()> {
        let target = follower.target();
        match self {
            Printer::Text(_) => {
                let interval = arguments.interval.as_millis();
                let line = start_line(&target.info, target.thread, interval);
                crate::report::tell(&line);
                Ok(())
            }
            Printer::Json(json) => {
                let interval = nanoseconds(arguments.interval);
                json.start(Local::now(), &target.info, target.thread, interval)
            }
        }
    }

    fn happening(&mut self, what: &Happening) -> io::Result<()> {
        let now = Local::now();
        match self {
            Printer::Text(text) => text.happening(now, what),
            Printer::Json(json) => json.happening(now, what),
        }
    }

    fn end(&mut self, follower: &Follower) -> io::Result<()> {
        match self {
            Printer::Text(_) => crate::report::tell(&totals_line(follower.totals())),
            Printer::Json(json) => json.end(Local::now(), follower.totals())?,
        }
        self.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Printer::Text(text) => text.flush(),
            Printer::Json(json) => json.flush(),
        }
    }
}
