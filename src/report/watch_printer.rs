//! `watch` on standard output, as text or as JSON.

use std::io;
use std::io::{BufWriter, Write};
use std::time::Duration;

use chrono::Local;

use super::output::{stdout_for, tell};
use super::watch::{ScanTimes, WatchJson, WatchText, start_line, totals_line};
use crate::sampling::follow::{Follower, WatchEvent};
use crate::sampling::scanned_calls::CallsSeen;
use crate::sampling::sentences::calls_line;
use crate::text::number::nanoseconds;

/// Prints what happens.
pub(crate) struct Printer {
    out: Out,
    scans: ScanTimes,
}

/// Text has its start and its totals on standard error: who filters the lines
/// does not want them.
enum Out {
    Text(WatchText<BufWriter<Box<dyn Write>>>),
    Json(WatchJson<BufWriter<Box<dyn Write>>>),
}

impl Printer {
    pub(crate) fn new(json: bool) -> Self {
        let out = BufWriter::new(stdout_for(!json));
        Printer {
            out: match json {
                true => Out::Json(WatchJson::new(out)),
                false => Out::Text(WatchText::new(out)),
            },
            scans: ScanTimes::default(),
        }
    }

    /// Says who is watched, a scan every `interval`.
    pub(crate) fn start(&mut self, follower: &Follower, interval: Duration) -> io::Result<()> {
        let target = follower.target();
        match &mut self.out {
            Out::Text(_) => {
                let line = start_line(target, interval.as_millis());
                tell(&line);
                Ok(())
            }
            Out::Json(json) => {
                let interval = nanoseconds(interval);
                json.start(Local::now(), target, interval)
            }
        }
    }

    /// Says whether the target's calls are seen.
    pub(crate) fn calls(&mut self, calls: &CallsSeen) -> io::Result<()> {
        match &mut self.out {
            Out::Text(_) => {
                calls_line(calls).into_iter().for_each(|line| tell(&line));
                Ok(())
            }
            Out::Json(json) => json.calls(Local::now(), calls),
        }
    }

    /// What the next scan shows is printed with the time of now.
    pub(crate) fn scan_begins(&mut self) {
        self.scans.scan_begins(Local::now());
    }

    pub(crate) fn watch_event(&mut self, what: &WatchEvent) -> io::Result<()> {
        let (now, then) = (self.scans.now(), self.scans.printed_as_gone(what));
        match &mut self.out {
            Out::Text(text) => text.watch_event(now, what, then),
            Out::Json(json) => json.watch_event(now, what, then),
        }
    }

    /// Says what was counted.
    pub(crate) fn end(&mut self, follower: &Follower) -> io::Result<()> {
        match &mut self.out {
            Out::Text(_) => tell(&totals_line(follower.totals(), &follower.calls_seen())),
            Out::Json(json) => json.end(Local::now(), follower.totals(), &follower.calls_seen())?,
        }
        self.flush()
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match &mut self.out {
            Out::Text(text) => text.flush(),
            Out::Json(json) => json.flush(),
        }
    }
}
