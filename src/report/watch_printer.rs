//! `watch` on standard output, as text or as JSON.

use std::io;
use std::io::{BufWriter, Write};
use std::time::Duration;

use chrono::Local;

use super::output::{stdout_for, tell};
use super::watch::{WatchJson, WatchText, start_line, totals_line};
use crate::sampling::follow::{Follower, WatchEvent};
use crate::sampling::scanned_calls::CallsSeen;
use crate::sampling::sentences::calls_line;
use crate::text::number::nanoseconds;

/// Text has its start and its totals on standard error: who filters the lines
/// does not want them.
pub(crate) enum Printer {
    Text(WatchText<BufWriter<Box<dyn Write>>>),
    Json(WatchJson<BufWriter<Box<dyn Write>>>),
}

impl Printer {
    pub(crate) fn new(json: bool) -> Self {
        let out = BufWriter::new(stdout_for(!json));
        if json {
            Printer::Json(WatchJson::new(out))
        } else {
            Printer::Text(WatchText::new(out))
        }
    }

    /// Says who is watched, a scan every `interval`.
    pub(crate) fn start(&mut self, follower: &Follower, interval: Duration) -> io::Result<()> {
        let target = follower.target();
        match self {
            Printer::Text(_) => {
                let line = start_line(target, interval.as_millis());
                tell(&line);
                Ok(())
            }
            Printer::Json(json) => {
                let interval = nanoseconds(interval);
                json.start(Local::now(), target, interval)
            }
        }
    }

    /// Says whether the target's calls are seen.
    pub(crate) fn calls(&mut self, calls: &CallsSeen) -> io::Result<()> {
        match self {
            Printer::Text(_) => {
                calls_line(calls).into_iter().for_each(|line| tell(&line));
                Ok(())
            }
            Printer::Json(json) => json.calls(Local::now(), calls),
        }
    }

    pub(crate) fn watch_event(&mut self, what: &WatchEvent) -> io::Result<()> {
        let now = Local::now();
        match self {
            Printer::Text(text) => text.watch_event(now, what),
            Printer::Json(json) => json.watch_event(now, what),
        }
    }

    /// Says what was counted.
    pub(crate) fn end(&mut self, follower: &Follower) -> io::Result<()> {
        match self {
            Printer::Text(_) => tell(&totals_line(follower.totals(), &follower.calls_seen())),
            Printer::Json(json) => {
                json.end(Local::now(), follower.totals(), &follower.calls_seen())?
            }
        }
        self.flush()
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match self {
            Printer::Text(text) => text.flush(),
            Printer::Json(json) => json.flush(),
        }
    }
}
