//! The plain-text report of a process that is not ours: what was counted, some of
//! what was seen, and what of it is a claim.

use std::fmt;
use std::fmt::Write as _;

use serde_json::json;

use super::page::{MAIL, hanging};
use super::seen::seen_lines;
use crate::events::document::TARGET;
use crate::events::event::Event;
use crate::sampling::scanned_calls::CallsSeen;
use crate::session::foreign_report::{ForeignReport, ForeignSeen};
use crate::text::number::{grouped, nanoseconds, seconds};

/// A count, and what it says.
struct Row {
    what: &'static str,
    count: u64,
    meaning: &'static str,
}

pub(crate) fn foreign(report: &ForeignReport) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write(report, &mut out);
    out
}

/// The same as a JSON document.
///
/// # Errors
/// Never, but for what the format cannot say.
pub(crate) fn foreign_json(report: &ForeignReport) -> serde_json::Result<String> {
    let document = json!({
        "format": TARGET.format,
        "shape": TARGET.shape,
        "report": report,
    });
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn write(report: &ForeignReport, out: &mut String) -> fmt::Result {
    let ForeignReport { run, seen, .. } = report;
    writeln!(
        out,
        "Reads of /proc/PID/maps of a process that is not vmascope's own."
    )?;
    writeln!(out, "Counted, not judged: its states are not known.\n")?;
    let mut head = |name: &str, text: &str| {
        let name = format!("{name:<10}");
        writeln!(out, "{}", hanging(text, MAIL, &name, "          "))
    };
    head("Target:", &report.target)?;
    head("Runs:", &report.command)?;
    if let Some(ended) = &report.ended {
        head("Ended:", ended)?;
    }
    head("Kernel:", &run.kernel)?;
    head("Config:", &run.per_vma_lock)?;
    head("Page:", &format!("{} bytes", run.page_size))?;
    head("Tool:", &format!("vmascope {}", run.version))?;
    head("Command:", &run.command_line)?;
    head("Started:", &run.started)?;
    for rule in &run.rules {
        head(
            "Rule:",
            &format!("{} {}: {}", rule.reader, rule.rule, rule.why),
        )?;
    }
    let programs = match seen.execs {
        0 => String::new(),
        execs => format!(
            ", over {} execs, each with an address space of its own",
            grouped(execs)
        ),
    };
    head(
        "Read:",
        &format!(
            "{} scans of {} lines in all, in {}{programs}",
            grouped(seen.tally.scans),
            grouped(seen.tally.lines),
            seconds(nanoseconds(report.watched)),
        ),
    )?;
    head("Calls:", &calls(&report.calls))?;
    writeln!(out, "\n== Counted ==\n")?;
    for row in rows(seen, &report.calls) {
        let head = format!("{:>13}  {:<16} ", grouped(row.count), row.what);
        let indent = " ".repeat(head.len());
        writeln!(out, "{}", hanging(row.meaning, MAIL, &head, &indent))?;
    }
    writeln!(out, "\n== Claimed ==\n")?;
    writeln!(out, "{}", textwrap::fill(&claim(report), MAIL))?;
    if !seen.events.is_empty() {
        writeln!(out, "\n== Seen, some of each ==")?;
    }
    seen.events
        .iter()
        .try_for_each(|event| write_event(out, event))
}

/// Whether its calls are seen, and what of them.
fn calls(calls: &CallsSeen) -> String {
    match calls {
        CallsSeen::No => "not looked at".to_owned(),
        CallsSeen::Refused(why) => format!("not seen: {why}"),
        CallsSeen::Yes { calls, losses: 0 } => {
            format!(
                "{} that change its address space, all but those of the first second after it was \
                 attached to, or ran another program, if it ran then",
                grouped(*calls)
            )
        }
        CallsSeen::Yes { calls, losses } => format!(
            "{} that change its address space; some were lost {} times, and nothing is claimed of \
             what was missing until a second after that",
            grouped(*calls),
            grouped(*losses),
        ),
    }
}

fn claim(report: &ForeignReport) -> String {
    let certain = "Duplicates, where any were counted, are certain: a scan shows them by itself, and they are \
        allowed.";
    let holes = match (&report.calls, report.seen.missing.suspected) {
        (_, 1..) => {
            "Holes are suspected: addresses were missing from scans that begin and end after \
             and before scans that have them, and of all calls of the target in that time none \
             unmapped them. That rests on the target's calls, not on its states: what changes an \
             address space without a call of the target's is not seen."
        }
        (CallsSeen::Yes { .. }, 0) => {
            "No hole is suspected: whatever was missing, was followed and came back while all calls were \
             seen, a call of the target had unmapped. No bound can be given."
        }
        (CallsSeen::No | CallsSeen::Refused(_), 0) => {
            "No hole is claimed, and none is excluded: that takes the target's calls, or its \
             states, which only the built-in modifier's are. No bound can be given."
        }
    };
    format!("{certain} {holes}")
}

/// The counts, those that are certain first.
fn rows(seen: &ForeignSeen, calls: &CallsSeen) -> Vec<Row> {
    let row = |what, count, meaning| Row {
        what,
        count,
        meaning,
    };
    let (tally, missing) = (&seen.tally, seen.missing);
    let mut rows = vec![
        row("scans", tally.scans, "from offset 0 to the end of the file"),
        row(
            "torn scans",
            tally.torn,
            "certain, allowed: they mix states",
        ),
        row(
            "duplicates",
            tally.duplicates(),
            "certain, allowed: a line that starts before the end of the line before it",
        ),
        row(
            "at a boundary",
            tally.duplicates_at_boundary,
            "of these, the first line of a chunk",
        ),
        row(
            "inside a chunk",
            tally.duplicates_inside,
            "of these, generated by the same read()",
        ),
        row(
            "backward",
            tally.backward,
            "of these, with a start even before that of the line before",
        ),
        row(
            "remapped",
            missing.remapped,
            "normal: missing from a scan, and another line was there in the next",
        ),
        row(
            "blinks",
            missing.blinks,
            match calls {
                CallsSeen::Yes { .. } => {
                    "normal: missing from a scan, and the same line before and after it; where a \
                     call is named, that unmapped it or may have, else nobody can tell"
                }
                CallsSeen::No | CallsSeen::Refused(_) => {
                    "no claim: missing from a scan, and the same line before and after it; \
                     unmapped and mapped again, or skipped by the reader, from outside nobody can \
                     tell"
                }
            },
        ),
        row(
            "not followed",
            missing.not_followed,
            "missing from a scan, but too much at once to be looked for in the next",
        ),
    ];
    // Without the calls nothing was looked for.
    if missing.suspected > 0 || matches!(calls, CallsSeen::Yes { .. }) {
        rows.push(row(
            "suspected holes",
            missing.suspected,
            "missing, and there before and after, and no call of the target unmapped them",
        ));
    }
    rows
}

fn write_event(out: &mut String, event: &Event) -> fmt::Result {
    writeln!(
        out,
        "\n{}, {}, scan {}:\n",
        event.title(),
        event.case,
        grouped(event.scan)
    )?;
    for line in seen_lines(&event.seen) {
        writeln!(out, "    {line}")?;
    }
    writeln!(out, "\n{}", textwrap::fill(&event.sentence, MAIL))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::events::run_info::RunInfo;
    use crate::maps::scan_text::{ScanText, Window};
    use crate::session::foreign_fixture::{watch, watched};
    use crate::session::foreign_report::Report;
    use crate::session::{SessionCommand, Update};
    use crate::support::Resting;

    fn scan(vmas: &[(u64, u64)]) -> ScanText {
        let line = |(start, end): &(u64, u64)| format!("{start:08x}-{end:08x} rw-p 0 00:00 0 \n");
        let text: String = vmas.iter().map(line).collect();
        ScanText::from_chunks([(text.as_bytes(), Window::ANY)], Window::ANY)
    }

    /// A target that unmaps, maps again and tears.
    fn seen() -> ForeignSeen {
        let all = [(0x1000, 0x2000), (0x5000, 0x9000)];
        let torn = [(0x1000, 0x2000), (0x5000, 0x6000), (0x5000, 0x9000)];
        let scans: Vec<ScanText> = (1..1_000)
            .map(|number| match number % 3 {
                0 => scan(&torn),
                1 => scan(&all),
                _ => scan(&all[1..]),
            })
            .collect();
        watched(&scans).0
    }

    #[test]
    fn a_blink_with_its_call_is_not_what_nobody_can_tell() {
        let meaning = |calls| {
            let rows = rows(&ForeignSeen::default(), &calls);
            let blinks = rows.into_iter().find(|row| row.what == "blinks");
            blinks.unwrap().meaning
        };
        let (calls, losses) = (1, 0);
        assert!(meaning(CallsSeen::Yes { calls, losses }).starts_with("normal: "));
        assert!(meaning(CallsSeen::No).starts_with("no claim: "));
    }

    #[test]
    fn what_was_counted_is_there_and_nothing_is_claimed() {
        let text = foreign(&ForeignReport {
            run: RunInfo {
                version: "0".into(),
                command_line: "vmascope attach 4242".into(),
                kernel: "Linux".into(),
                per_vma_lock: "unknown".into(),
                preemption: "unknown".into(),
                cpus: 2,
                schedules: String::new(),
                page_size: 4096,
                populated: None,
                started: "now".into(),
                cases: 1,
                readers_at_once: 1,
                placements: Vec::new(),
                placed_last: Vec::new(),
                rules: Vec::new(),
            },
            target: "target, PID 4242".into(),
            command: "target --at work".into(),
            ended: Some("it has exited (exit status 1)".into()),
            watched: Duration::from_secs(90),
            calls: CallsSeen::No,
            seen: ForeignSeen { execs: 2, ..seen() },
        });
        insta::assert_snapshot!(text);
        for claim in ["No violation", "18446744073709551615", "18,446,744"] {
            assert!(!text.contains(claim), "{claim} in:\n{text}");
        }
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
    }

    #[test]
    fn a_session_has_it_of_a_real_process_over_an_exec() {
        let mut target = Resting::before_exec("cat");
        let (session, mut told) = watch(&target);
        let (mut scans, mut told_to_exec) = (0, false);
        let report = told.find_map(|update| match update {
            Update::Report(Report::Foreign(report)) if report.target.starts_with("cat") => {
                Some(report)
            }
            Update::Failed(why) => panic!("{why}"),
            Update::Snapshot(snapshot) => {
                assert!(snapshot.overall.scans >= scans, "it counts on");
                scans = snapshot.overall.scans;
                if scans > 1_000 && !told_to_exec {
                    target.say("\n");
                    told_to_exec = true;
                }
                session.send(SessionCommand::Report);
                None
            }
            _ => None,
        });
        let report = report.unwrap();
        assert_eq!(report.seen.execs, 1);
        assert!(report.seen.tally.scans > 1_000);
        let text = foreign(&report);
        let target = format!("Target:   cat, PID {}", target.pid());
        assert!(text.contains(&target), "{text}");
    }
}
