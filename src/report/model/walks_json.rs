//! What came of walks that were drawn, as JSON.

use std::io;
use std::io::Write;

use serde_json::{Value, json};

use super::json::one_finding;
use super::walks::{again, holds, in_the_stepper};
use crate::events::document::PROTOCOL_WALKS;
use crate::model::machine::ProtocolModel;
use crate::model::verdict_table::VerdictTable;
use crate::model::walk::{Broken, Drawn, WalksVerdict};

/// Writes a document with a result for each case and reader.
pub(crate) fn print_json(
    study: &VerdictTable<WalksVerdict>,
    drawn: Drawn,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut results = Vec::new();
    for (case, row) in study.verdicts.iter().enumerate() {
        for (protocol, verdict) in row.iter().enumerate() {
            results.push(result(&study.model(case, protocol), drawn.depth, verdict));
        }
    }
    let document = json!({
        "format": PROTOCOL_WALKS.format,
        "shape": PROTOCOL_WALKS.shape,
        "readers_at_once": study.readers,
        "seed": drawn.seed,
        "depth": drawn.depth,
        "most_walks": drawn.most,
        "found": !holds(study),
        "results": results,
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)?;
    out.flush()
}

fn result(model: &ProtocolModel<'_>, depth: u32, verdict: &WalksVerdict) -> Value {
    let found = verdict.found.as_ref().map(|(seed, broken)| {
        let mut value = match broken {
            Broken::Violation(finding) => one_finding(model, finding),
            Broken::Deadlock => json!({}),
        };
        value["seed"] = json!(seed);
        value["verdict"] = json!(broken.word());
        value["again"] = json!(again(model, depth, *seed));
        value["stepper"] = json!(in_the_stepper(model, depth, *seed));
        value
    });
    json!({
        "case": model.case.name,
        "reader": model.protocol.name,
        "broken_on_purpose": model.protocol.broken,
        "at_the_end": model.case.last,
        "threads": verdict.threads,
        "most_steps": verdict.most_steps,
        "promised_walks": verdict.promised,
        "walks": verdict.walks,
        "steps": verdict.steps,
        "found": found,
    })
}
