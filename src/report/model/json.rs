//! The verdicts as one JSON document.

use std::io;
use std::io::Write;

use serde_json::{Value, json};

use super::checked_by;
use crate::events::document::PROTOCOL;
use crate::model::case::SITE;
use crate::model::machine::{ModelStep, ProtocolModel};
use crate::model::reader::Line;
use crate::model::trace::{Trace, explain, tree_strip};
use crate::model::verdict::{Finding, ProtocolVerdict};
use crate::model::verdict_table::VerdictTable;

/// Writes the document: a result for each case and reader, each violation with
/// a shortest trace. Pages count from the start of the site; the fence before
/// it starts at -1.
pub(crate) fn print_json(study: &VerdictTable, out: &mut impl Write) -> io::Result<()> {
    let mut results = Vec::new();
    for (case, row) in study.verdicts.iter().enumerate() {
        for (protocol, verdict) in row.iter().enumerate() {
            results.push(result(&study.model(case, protocol), verdict));
        }
    }
    let document = json!({
        "format": PROTOCOL.format,
        "shape": PROTOCOL.shape,
        "readers_at_once": study.readers,
        "holds": study.holds(),
        "results": results,
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)?;
    out.flush()
}

fn result(model: &ProtocolModel<'_>, verdict: &ProtocolVerdict) -> Value {
    let endless = verdict.endless.as_ref().map(|endless| {
        json!({
            "steps_before": endless.steps.len(),
            "steps_a_round": endless.round.len(),
            "by_itself": endless.alone,
        })
    });
    let findings: Vec<Value> = verdict
        .findings
        .iter()
        .map(|finding| one_finding(model, finding))
        .collect();
    json!({
        "case": model.case.name,
        "reader": model.protocol.name,
        "broken_on_purpose": model.protocol.broken,
        "at_the_end": model.case.last,
        "scenario_of_check": model.case.catalogued.then_some(&model.case.name),
        "reader_of_check": checked_by(&model.protocol).map(|it| it.reader),
        "kernels_of_check": checked_by(&model.protocol).map(|it| it.kernels),
        "holds": verdict.holds(),
        "verdict": verdict.words(),
        "states": verdict.states,
        "transitions": verdict.transitions,
        "most_fallbacks": verdict.most_fallbacks,
        "deadlock": verdict.deadlock.is_some(),
        "endless": endless,
        "findings": findings,
    })
}

pub(super) fn one_finding(model: &ProtocolModel<'_>, finding: &Finding) -> Value {
    let violation = finding.kind.violation();
    let mut value = json!({
        "sight": finding.kind.name(),
        "violation": violation.is_some(),
        "cause": violation.and_then(|one| one.cause()).map(|cause| cause.label()),
        "previous": finding.previous.map(line),
        "line": finding.printed.line.map(line),
        "steps": finding.steps.len(),
    });
    if violation.is_some() {
        let trace = Trace::of(model, &finding.steps);
        let hole = trace
            .diagram(model, finding.printed.reader)
            .and_then(|picture| picture.hole);
        value["hole"] = json!(hole.map(|(start, end)| [page(start), page(end)]));
        value["explanation"] = json!(explain(&finding.printed, hole));
        value["trace"] = trace
            .rows
            .iter()
            .map(|row| {
                json!({
                    "who": who(row.step),
                    "function": row.description.place.function,
                    "file": row.description.place.file,
                    "text": row.description.text,
                    "tree": tree_strip(model, &row.state),
                })
            })
            .collect();
    }
    value
}

fn who(step: ModelStep) -> String {
    match step {
        ModelStep::Reader(0) | ModelStep::NewChunk(0) => "reader".into(),
        ModelStep::Reader(i) | ModelStep::NewChunk(i) => format!("reader {}", i + 1),
        ModelStep::Writer | ModelStep::WriterReuses(_) => "writer".into(),
        ModelStep::OtherTakes(_) => "another process".into(),
    }
}

fn page(page: u8) -> i16 {
    i16::from(page) - i16::from(SITE)
}

fn line((start, end, letter): Line) -> Value {
    json!({
        "start": page(start),
        "end": page(end),
        "protection": char::from(letter).to_string(),
    })
}
