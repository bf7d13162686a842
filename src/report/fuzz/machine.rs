//! What a hunt came to, for programs: one JSON document, or KTAP.

use std::io;
use std::io::Write;

use serde_json::{Value, json};

use super::FuzzReport;
use super::live::scenario_text;
use crate::events::document::FUZZ;
use crate::fuzz::find::Find;
use crate::linux::known_holes::KnownHole;
use crate::report::seen::seen_lines;
use crate::scenario::definition::Scenario;
use crate::text::number::grouped;

/// Writes the document.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_json(report: &FuzzReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let totals = &report.result.totals;
    let finds: Vec<Value> = report.result.finds.iter().map(find).collect();
    let violations = totals.violations.iter().map(|((key, reader), count)| {
        json!({ "title": key.title, "label": key.label, "reader": reader, "trials": count })
    });
    let covered = totals
        .coverage
        .rows()
        .map(|(step, counts)| json!({ "step": step, "counts": counts }));
    let document = json!({
        "format": FUZZ.format,
        "shape": FUZZ.shape,
        "run": report.info,
        "seed": report.seed,
        "elapsed_ms": totals.elapsed.as_millis() as u64,
        "interrupted": report.interrupted,
        "problem": report.result.problem.as_ref().map(|problem| format!("{problem:#}")),
        "sequences": { "drawn": totals.drawn, "no_cycle": totals.no_cycle, "run": totals.run },
        "operations": totals.operations,
        "tally": totals.tally,
        "fallbacks": totals.fallbacks,
        "calls": totals.calls,
        "covered": covered.collect::<Vec<_>>(),
        "violations": violations.collect::<Vec<_>>(),
        "finds": finds,
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)?;
    out.flush()
}

fn find(find: &Find) -> Value {
    json!({
        "title": find.key.title,
        "label": find.key.label,
        "reader": find.meeting.reader.to_string(),
        "after_ms": find.after.as_millis() as u64,
        "found_in": scenario(&find.scenario),
        "shortest": scenario(&find.shortest),
        "placement": find.meeting.setting.placement,
        "variant": find.meeting.setting.variant,
        "schedule": find.meeting.schedule,
        "event": find.event,
        "proven": find.is_proven,
        "result": find.result,
        "fault": find.fault,
    })
}

fn scenario(scenario: &Scenario) -> Value {
    let operations = scenario.operations.iter().map(|operation| {
        json!({ "call": operation.call.to_string(), "state": operation.state.to_string() })
    });
    json!({
        "original": scenario.original.to_string(),
        "source": scenario.source.as_ref().map(ToString::to_string),
        "last": scenario.last,
        "setup": scenario.setup.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "operations": operations.collect::<Vec<_>>(),
    })
}

/// Writes one test for each known hole, and one for all others.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_ktap(report: &FuzzReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let totals = &report.result.totals;
    writeln!(out, "KTAP version 1\n1..{}", 1 + KnownHole::ALL.len())?;
    writeln!(
        out,
        "# seed {}, {} sequences, {} scans",
        report.seed,
        grouped(totals.run),
        grouped(totals.tally.scans)
    )?;
    for find in &report.result.finds {
        writeln!(out, "# {}: {}", find.key.text(), find.event.sentence)?;
        writeln!(out, "# {}", scenario_text(&find.shortest))?;
        for line in seen_lines(&find.event.seen) {
            writeln!(out, "#   {line}")?;
        }
    }
    let result = |failed: bool| if failed { "not ok" } else { "ok" };
    let unlabelled = result(totals.unlabelled() > 0);
    writeln!(
        out,
        "{unlabelled} 1 fuzz: no violation of an unknown mechanism"
    )?;
    for (number, hole) in (2..).zip(KnownHole::ALL) {
        let mut keys = totals.violations.keys();
        let label = hole.label();
        let seen = keys.any(|(key, _)| {
            key.label
                .as_deref()
                .is_some_and(|text| text.split(" or ").any(|one| one == label))
        });
        let expected = if seen && report.allow_known {
            " # XFAIL known"
        } else {
            ""
        };
        writeln!(
            out,
            "{} {number} fuzz: not {label}, {}{expected}",
            result(seen),
            hole.name()
        )?;
    }
    out.flush()
}
