//! `vmascope watch PID`: everything that happens, one line each.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::Local;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::exit::{Exit, Failure, unless_unread};
use super::record::FileRecording;
use super::settings;
use super::signals::stop_flag;
use crate::cli::watch::{TextFormat, WatchArguments};
use crate::process::attached::AttachedTarget;
use crate::process::find_target::find_target;
use crate::recording::frame::FrameKind;
use crate::recording::header::{Header, RecordedSubject};
use crate::recording::recorder::Recorder;
use crate::report::watch_printer::Printer;
use crate::sampling::follow::Follower;
use crate::sampling::scanned_calls::CallsSeen;
use crate::sampling::watch_observation::WatchObservation;

/// The longest sleep before looking whether to end.
const NAP: Duration = Duration::from_millis(200);

/// The same where the target's calls are seen: there is room for a moment of them.
const NAP_BETWEEN_CALLS: Duration = Duration::from_millis(20);

/// Watches until the target, the time or the user ends it.
pub(crate) fn run(arguments: &WatchArguments) -> Result<Exit, Failure> {
    let settings = settings::load(&arguments.config)?;
    let interval = arguments.interval.unwrap_or(settings.rates.watch);
    let interrupted = stop_flag()?;
    let target = AttachedTarget::attach(find_target(&arguments.target)?)?;
    let mut follower = Follower::new(target, !arguments.calls.no_calls)?;
    let header = || Header::of_now(RecordedSubject::Watch);
    let recording = FileRecording::start(&arguments.record, header)?;
    if let Some(recorder) = recording.recorder() {
        follower.record(recorder);
    }
    let mut outputs = Outputs {
        printer: Printer::new(arguments.format == TextFormat::Json),
        recorder: recording.recorder(),
    };
    let ended = watch(
        arguments,
        interval,
        &mut follower,
        &mut outputs,
        &interrupted,
    )
    .and_then(|()| Ok(outputs.observe(&WatchObservation::ended(&follower))?));
    // The rest of its scans, before the recording ends.
    drop(follower);
    unless_unread(ended, ())?;
    Ok(Exit::Held)
}

/// All that is made of what is told.
struct Outputs {
    printer: Printer,
    recorder: Option<Recorder>,
}

impl Outputs {
    fn observe(&mut self, what: &WatchObservation) -> io::Result<()> {
        if let Some(recorder) = &self.recorder {
            recorder.put_json_patiently(FrameKind::Watch, 0, what);
        }
        self.printer.observe(what)
    }
}

fn watch(
    arguments: &WatchArguments,
    interval: Duration,
    follower: &mut Follower,
    outputs: &mut Outputs,
    interrupted: &AtomicBool,
) -> anyhow::Result<()> {
    outputs.observe(&WatchObservation::started(follower, interval))?;
    let start = Instant::now();
    let end = arguments.for_time.map(|time| start + time);
    let mut next = start;
    let mut said_calls = false;
    let mut nap = NAP;
    loop {
        let mut written = outputs.observe(&WatchObservation::ScanBegins(Local::now()));
        let goes_on = follower.step(|what| {
            if written.is_ok() {
                written = outputs.observe(&WatchObservation::Event(Box::new(what)));
            }
        })?;
        written?;
        if !said_calls {
            said_calls = true;
            let calls = follower.calls_seen();
            if matches!(calls, CallsSeen::Yes { .. }) {
                nap = NAP_BETWEEN_CALLS;
            }
            outputs.observe(&WatchObservation::Calls(Local::now(), calls))?;
        }
        outputs.printer.flush()?;
        if !goes_on {
            return Ok(());
        }
        // Scans that take longer than the interval follow each other at once.
        next = (next + interval).max(Instant::now());
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
