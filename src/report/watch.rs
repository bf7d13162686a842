//! What `watch` prints: one line for everything that happens.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::io::Write;

use chrono::{DateTime, Local, SecondsFormat};
use serde::Serialize;
use serde_json::json;

use super::changes::{ChangeRecord, made_change_line};
use crate::events::document::WATCH;
use crate::linux::calls::call::Call;
use crate::maps::diff::change::AddressSpaceChangeKind;
use crate::oracle::changed_by::ChangedBy;
use crate::oracle::evidence::Cause;
use crate::oracle::missing::CameBack;
use crate::sampling::follow::{WatchEvent, WatchTotals};
use crate::sampling::scanned_calls::{CallsSeen, MOST_SCANS};
use crate::sampling::sentences::{came_back_sentence, cause_text, tear_name};
use crate::sampling::watch_observation::WatchStart;

/// When the latest scans began: what happened is printed with the time of the scan
/// that shows it.
#[derive(Debug, Default)]
pub(crate) struct ScanTimes(VecDeque<DateTime<Local>>);

impl ScanTimes {
    pub(crate) fn scan_begins(&mut self, at: DateTime<Local>) {
        self.0.push_back(at);
        // The scan that has it again, and those that lack it.
        if self.0.len() as u64 > MOST_SCANS + 1 {
            self.0.pop_front();
        }
    }

    /// Of the scan of now.
    pub(crate) fn now(&self) -> DateTime<Local> {
        self.0.back().copied().unwrap_or_else(Local::now)
    }

    /// The time with which a suspected hole was printed as a change.
    pub(crate) fn printed_as_gone(&self, what: &WatchEvent) -> Option<DateTime<Local>> {
        let WatchEvent::CameBack(CameBack { scans, .. }, Cause::NoCall { .. }) = what else {
            return None;
        };
        let behind = usize::try_from(*scans).ok()?;
        let first = self.0.len().checked_sub(behind + 1)?;
        self.0.get(first).copied()
    }
}

/// The time of day, as each line begins.
fn time_of_day(at: DateTime<Local>) -> impl fmt::Display {
    at.format("%H:%M:%S%.3f")
}

fn rfc3339(at: DateTime<Local>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, false)
}

/// Writes lines of text, each with the wall-clock time.
#[derive(Debug)]
pub(crate) struct WatchText<W> {
    out: W,
}

impl<W: Write> WatchText<W> {
    pub(crate) fn new(out: W) -> Self {
        WatchText { out }
    }

    /// What happened, and when it was printed as a change that it was not.
    pub(crate) fn watch_event(
        &mut self,
        at: DateTime<Local>,
        what: &WatchEvent,
        printed_as_gone: Option<DateTime<Local>>,
    ) -> io::Result<()> {
        write!(self.out, "{} {}", time_of_day(at), watch_event_line(what))?;
        if let Some(then) = printed_as_gone {
            let then = time_of_day(then);
            write!(self.out, "; what was printed as gone at {then} was this")?;
        }
        writeln!(self.out)
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What happened, in one line of text.
pub fn watch_event_line(what: &WatchEvent) -> String {
    match what {
        WatchEvent::Change(change, by) => made_change_line(change, by),
        WatchEvent::Tear(tear) => format!(
            "{:<9} {}: {:08x}-{:08x}, then {:08x}-{:08x} (chunk {})",
            "tear",
            tear_name(tear),
            tear.previous.0,
            tear.previous.1,
            tear.line.0,
            tear.line.1,
            tear.chunk + 1,
        ),
        WatchEvent::CameBack(came_back, cause) => format!(
            "{:<9} {:08x}-{:08x}: {}",
            came_back_name(cause),
            came_back.range.start,
            came_back.range.end,
            cause_text(cause, came_back)
                .unwrap_or_else(|| "unmapped and mapped again, or skipped by the reader".into()),
        ),
        WatchEvent::Stopped => format!("{:<9} the target is stopped", "stop"),
        WatchEvent::Continued => format!("{:<9} the target runs again", "continue"),
        WatchEvent::Exec { comm, counts } => format!(
            "{:<9} the target has run another program: {comm}, {counts}",
            "exec"
        ),
        WatchEvent::End { how } => format!("{:<9} the target {how}", "exit"),
    }
}

/// What it is called where something was missing.
fn came_back_name(cause: &Cause) -> &'static str {
    match cause.is_suspected_hole() {
        true => "suspected-hole",
        false => "blink",
    }
}

/// A system call of the target in JSON.
#[derive(Debug, Serialize)]
struct CallRecord {
    name: &'static str,
    /// As it would be written in C.
    text: String,
    process: u32,
    thread: u32,
    /// None while it runs.
    result: Option<i64>,
    /// Nanoseconds of `CLOCK_MONOTONIC`.
    begun_ns: u64,
    ended_ns: Option<u64>,
}

impl From<&Call> for CallRecord {
    fn from(call: &Call) -> Self {
        CallRecord {
            name: call.name(),
            text: call.to_string(),
            process: call.process,
            thread: call.thread,
            result: call.ended.map(|end| end.result),
            begun_ns: call.begun_ns,
            ended_ns: call.ended.map(|end| end.ns),
        }
    }
}

/// Who is watched, in one line of text.
pub(crate) fn start_line(start: &WatchStart) -> String {
    format!(
        "watching process {}{}, {}: {}, a scan every {} ms",
        start.pid,
        start.remark,
        start.name,
        start.counts,
        start.interval_ns / 1_000_000,
    )
}

/// What was counted, in one line of text.
pub fn totals_line(totals: &WatchTotals, calls: &CallsSeen) -> String {
    let kinds: Vec<String> = AddressSpaceChangeKind::ALL
        .into_iter()
        .filter(|kind| totals.changes.of(*kind) > 0)
        .map(|kind| format!("{} {kind}", totals.changes.of(kind)))
        .collect();
    let kinds = match kinds.is_empty() {
        true => String::new(),
        false => format!(" ({})", kinds.join(", ")),
    };
    let suspected = match totals.missing.suspected {
        0 => String::new(),
        count => format!(", {count} suspected holes"),
    };
    let not_followed = match totals.missing.not_followed {
        0 => String::new(),
        count => format!(" ({count} more missing ranges were too many to follow)"),
    };
    let calls = match calls {
        CallsSeen::Yes { calls, losses } => {
            let lost = match losses {
                0 => String::new(),
                1.. => format!(", more were lost {losses} times"),
            };
            format!("; {calls} calls of the target seen{lost}")
        }
        CallsSeen::No | CallsSeen::Refused(_) => String::new(),
    };
    format!(
        "{} scans, {} changes{kinds}, {} tears, {} blinks, {} remapped{suspected}{not_followed}{calls}",
        totals.scans,
        totals.changes.total(),
        totals.tears,
        totals.missing.blinks,
        totals.missing.remapped,
    )
}

/// Writes JSON Lines: one object for everything that happens, and one each for
/// the start and the end of the watch.
#[derive(Debug)]
pub struct WatchJson<W> {
    out: W,
}

/// What every object begins with.
#[derive(Serialize)]
struct Line<'a> {
    event: &'a str,
    /// RFC 3339.
    at: String,
    #[serde(flatten)]
    rest: serde_json::Value,
}

impl<W: Write> WatchJson<W> {
    pub fn new(out: W) -> Self {
        WatchJson { out }
    }

    pub(crate) fn start(&mut self, at: DateTime<Local>, start: &WatchStart) -> io::Result<()> {
        let rest = json!({
            "format": WATCH.format,
            "shape": WATCH.shape,
            "pid": start.pid,
            "asked_for_thread": start.thread,
            "name": start.name,
            "command": start.command,
            "role": start.role,
            "vmas": start.counts.vmas,
            "lines": start.counts.lines,
            "interval_ns": start.interval_ns,
        });
        self.line("start", at, rest)
    }

    /// Whether the target's calls are seen.
    pub(crate) fn calls(&mut self, at: DateTime<Local>, calls: &CallsSeen) -> io::Result<()> {
        let (seen, why) = match calls {
            CallsSeen::Yes { .. } => (true, None),
            CallsSeen::No => (false, None),
            CallsSeen::Refused(why) => (false, Some(why)),
        };
        self.line(
            "calls",
            at,
            json!({ "seen": seen, "why": why.map(|why| &**why) }),
        )
    }

    /// What happened, and when it was printed as a change that it was not.
    pub fn watch_event(
        &mut self,
        at: DateTime<Local>,
        what: &WatchEvent,
        printed_as_gone: Option<DateTime<Local>>,
    ) -> io::Result<()> {
        let range = |(start, end): (u64, u64)| json!([format!("{start:#x}"), format!("{end:#x}")]);
        let (event, rest) = match what {
            WatchEvent::Change(change, by) => {
                let mut record = serde_json::to_value(ChangeRecord::from(change))?;
                record["by"] = match by {
                    ChangedBy::Call { last, others } => json!({
                        "call": CallRecord::from(last),
                        "other_calls": others,
                    }),
                    ChangedBy::NoCall => json!({ "call": null, "other_calls": 0 }),
                    ChangedBy::Unknown => serde_json::Value::Null,
                };
                ("change", record)
            }
            WatchEvent::Tear(tear) => (
                "tear",
                json!({
                    "kind": tear_name(tear),
                    "previous": range(tear.previous),
                    "line": range(tear.line),
                    "chunk": tear.chunk + 1,
                }),
            ),
            WatchEvent::CameBack(came_back, cause) => (
                came_back_name(cause),
                json!({
                    "range": range((came_back.range.start, came_back.range.end)),
                    "previous": came_back.previous.map(range),
                    "line": came_back.line.map(range),
                    "scans": came_back.scans,
                    "printed_as_gone": printed_as_gone.map(rfc3339),
                    "call": cause.call().map(CallRecord::from),
                    "sentence": came_back_sentence(came_back, cause),
                }),
            ),
            WatchEvent::Stopped => ("stop", json!({})),
            WatchEvent::Continued => ("continue", json!({})),
            WatchEvent::Exec { comm, counts } => (
                "exec",
                json!({ "name": comm, "vmas": counts.vmas, "lines": counts.lines }),
            ),
            WatchEvent::End { how } => ("exit", json!({ "how": how })),
        };
        self.line(event, at, rest)
    }

    pub fn end(
        &mut self,
        at: DateTime<Local>,
        totals: &WatchTotals,
        calls: &CallsSeen,
    ) -> io::Result<()> {
        // Without the calls nothing was looked for.
        let (suspected, seen, losses) = match *calls {
            CallsSeen::Yes { calls, losses } => {
                (Some(totals.missing.suspected), Some(calls), Some(losses))
            }
            CallsSeen::No | CallsSeen::Refused(_) => (None, None, None),
        };
        let kinds: serde_json::Map<_, _> = AddressSpaceChangeKind::ALL
            .into_iter()
            .map(|kind| (kind.name().to_owned(), totals.changes.of(kind).into()))
            .collect();
        let rest = json!({
            "scans": totals.scans,
            "changes": kinds,
            "tears": totals.tears,
            "blinks": totals.missing.blinks,
            "remapped": totals.missing.remapped,
            "suspected_holes": suspected,
            "calls_seen": seen,
            "calls_lost": losses,
            "not_followed": totals.missing.not_followed,
            "execs": totals.execs,
        });
        self.line("end", at, rest)
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn line(
        &mut self,
        event: &str,
        at: DateTime<Local>,
        rest: serde_json::Value,
    ) -> io::Result<()> {
        let at = rfc3339(at);
        serde_json::to_writer(&mut self.out, &Line { event, at, rest })?;
        writeln!(self.out)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_suspected_hole_says_what_was_printed_before() {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let start = start.with_timezone(&Local);
        let at = |scan: u32| start + Duration::from_millis(100) * scan;
        let missing = |scans, cause| {
            let came_back = CameBack {
                range: 0x1000..0x2000,
                by_same_line: true,
                scans,
                previous: None,
                line: None,
                at: 0,
            };
            WatchEvent::CameBack(came_back, cause)
        };
        let no_call = Cause::NoCall {
            addresses: 0x1000..0x2000,
            replaced_by: None,
        };
        let mut times = ScanTimes::default();
        for scan in 0..1000 {
            times.scan_begins(at(scan));
        }
        assert_eq!(times.now(), at(999));
        for scans in [1, 2, 17, MOST_SCANS] {
            let hole = missing(scans, no_call.clone());
            let then = times.printed_as_gone(&hole);
            assert_eq!(then, Some(at(999 - scans as u32)), "{scans}");
            let mut text = WatchText::new(Vec::new());
            text.watch_event(times.now(), &hole, then).unwrap();
            let text = String::from_utf8(text.out).unwrap();
            let then = time_of_day(then.unwrap());
            let line = format!(
                "{} suspected-hole 00001000-00002000: no call touched it; \
                 what was printed as gone at {then} was this\n",
                time_of_day(times.now())
            );
            assert_eq!(text, line);
        }
        let mut json = WatchJson::new(Vec::new());
        let hole = missing(2, no_call);
        json.watch_event(at(999), &hole, times.printed_as_gone(&hole))
            .unwrap();
        let json: serde_json::Value = serde_json::from_slice(&json.out).unwrap();
        assert_eq!(json["printed_as_gone"], rfc3339(at(997)));
        // Nothing is said of what is normal.
        assert_eq!(times.printed_as_gone(&missing(1, Cause::Unknown)), None);
    }
}
