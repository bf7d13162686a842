//! `watch` on standard output, as text or as JSON.

use std::io;
use std::io::{BufWriter, Write};

use super::output::{stdout_for, tell};
use super::safe_output::SafeOutput;
use super::watch::{ScanTimes, WatchJson, WatchText, start_line, totals_line};
use crate::sampling::sentences::calls_line;
use crate::sampling::watch_observation::WatchObservation;

/// Prints what happens.
pub(crate) struct Printer {
    out: Out,
    scans: ScanTimes,
}

/// Text has its start and its totals on standard error: who filters the lines
/// does not want them.
enum Out {
    Text(WatchText<SafeOutput<BufWriter<Box<dyn Write>>>>),
    Json(WatchJson<BufWriter<Box<dyn Write>>>),
}

impl Printer {
    pub(crate) fn new(json: bool) -> Self {
        let out = BufWriter::new(stdout_for(!json));
        Printer {
            out: match json {
                true => Out::Json(WatchJson::new(out)),
                false => Out::Text(WatchText::new(SafeOutput::new(out))),
            },
            scans: ScanTimes::default(),
        }
    }

    /// Prints what is told of.
    pub(crate) fn observe(&mut self, what: &WatchObservation) -> io::Result<()> {
        match (what, &mut self.out) {
            (WatchObservation::Started(_, start), Out::Text(_)) => tell(&start_line(start)),
            (WatchObservation::Started(at, start), Out::Json(json)) => json.start(*at, start)?,
            (WatchObservation::Calls(_, calls), Out::Text(_)) => {
                calls_line(calls).into_iter().for_each(|line| tell(&line));
            }
            (WatchObservation::Calls(at, calls), Out::Json(json)) => json.calls(*at, calls)?,
            (WatchObservation::ScanBegins(at), _) => self.scans.scan_begins(*at),
            (WatchObservation::Event(what), out) => {
                let (now, then) = (self.scans.now(), self.scans.printed_as_gone(what));
                match out {
                    Out::Text(text) => text.watch_event(now, what, then)?,
                    Out::Json(json) => json.watch_event(now, what, then)?,
                }
            }
            (WatchObservation::Ended(at, totals, calls), out) => {
                match out {
                    Out::Text(_) => tell(&totals_line(totals, calls)),
                    Out::Json(json) => json.end(*at, totals, calls)?,
                }
                self.flush()?;
            }
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match &mut self.out {
            Out::Text(text) => text.flush(),
            Out::Json(json) => json.flush(),
        }
    }
}
