//! What came of walks that were drawn, as a table with traces, or as JSON.

use std::io;
use std::io::Write;

use serde_json::{Value, json};

use super::json::one_finding;
use super::listing;
use crate::events::document::PROTOCOL_WALKS;
use crate::model::machine::ProtocolModel;
use crate::model::verdict_table::VerdictTable;
use crate::model::walk::{Broken, DEPTH, Drawn, WalksVerdict};
use crate::report::page::wrapped;
use crate::report::style::{BAD, BOLD, DIM};
use crate::text::number::{count, grouped};

/// Whether no walk broke a promise.
pub(crate) fn holds(study: &VerdictTable<WalksVerdict>) -> bool {
    study.verdicts.iter().flatten().all(|it| it.found.is_none())
}

/// Prints a row for each case and reader (of many, those in which something was
/// found), and with one reader the traces.
pub(crate) fn print_human(
    study: &VerdictTable<WalksVerdict>,
    drawn: Drawn,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(
        out,
        "{BOLD}The model{BOLD:#}, not this kernel: {} and a writer that goes on for ever,\n\
         at most {} of each case and reader, drawn by priorities from seed {} on.",
        count(study.readers.into(), "reader"),
        count(drawn.most, "walk"),
        drawn.seed,
    )?;
    print_table(study, out)?;
    let depth = drawn.depth;
    let promise = format!(
        "promised: a violation of depth {depth} that k steps can show is met once in \
         n·k^{} walks on average, or sooner; n threads, k steps at most of a walk (Burckhardt \
         et al., ASPLOS 2010).",
        depth - 1
    );
    writeln!(out, "\n{DIM}{}{DIM:#}", wrapped(&promise, 0).join("\n"))?;
    if study.protocols.len() == 1 {
        print_traces(study, drawn, out)?;
    }
    writeln!(
        out,
        "\nWalks that find nothing prove nothing; without --walks every interleaving is visited."
    )?;
    out.flush()
}

fn print_table(study: &VerdictTable<WalksVerdict>, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "\n  {DIM}{:<20}{:<22}{:>9}  {:>11}  {:>14}  first violation{DIM:#}",
        "case", "reader", "walks", "steps", "promised"
    )?;
    let only_found = study.cases.len() > 1 && study.protocols.len() > 1;
    let mut nothing = 0;
    for (case, row) in study.cases.iter().zip(&study.verdicts) {
        for (protocol, verdict) in study.protocols.iter().zip(row) {
            nothing += u64::from(verdict.found.is_none());
            if only_found && verdict.found.is_none() {
                continue;
            }
            let figures = format!(
                "{:<20}{:<22}{:>9}  {:>11}  {:>14}",
                case.name,
                protocol.name,
                grouped(verdict.walks),
                grouped(verdict.steps),
                grouped(verdict.promised),
            );
            match &verdict.found {
                None => writeln!(out, "  {figures}  none found")?,
                Some((seed, broken)) => writeln!(
                    out,
                    "{BAD}✗{BAD:#} {figures}  {BAD}{}{BAD:#}, seed {seed}",
                    broken.word()
                )?,
            }
        }
    }
    if only_found {
        writeln!(
            out,
            "  {DIM}none found in {}{DIM:#}",
            count(nothing, "other")
        )?;
    }
    Ok(())
}

/// For each kind of violation the first walk in which it was found.
fn print_traces(
    study: &VerdictTable<WalksVerdict>,
    drawn: Drawn,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut words = Vec::new();
    for (case, row) in study.verdicts.iter().enumerate() {
        let found = row.first().and_then(|verdict| verdict.found.as_ref());
        let Some((seed, broken)) = found.filter(|(_, it)| !words.contains(&it.word())) else {
            continue;
        };
        words.push(broken.word());
        let model = study.model(case, 0);
        if let Broken::Violation(finding) = broken {
            listing::print(&model, finding, &format!("drawn by seed {seed}"), out)?;
        }
        writeln!(
            out,
            "\nThe same again: vmascope {}",
            again(&model, drawn.depth, *seed)
        )?;
        if let Some(stepper) = in_the_stepper(&model, drawn.depth, *seed) {
            writeln!(out, "Step by step:   vmascope {stepper}")?;
        }
    }
    Ok(())
}

/// The command that prints this walk.
fn again(model: &ProtocolModel<'_>, depth: u32, seed: u64) -> String {
    let (case, reader) = (&model.case.name, model.protocol.name);
    let mut command = format!("protocol --case {case} --reader {reader}");
    // A case that the catalogue has at the end is there without being asked to.
    if model.case.last && !model.case.catalogued {
        command += " --last";
    }
    if model.readers > 1 {
        command += &format!(" --readers {}", model.readers);
    }
    format!("{command} --walks 1 --seed {seed}{}", depth_option(depth))
}

/// The command that opens this walk in the application, where it has the case.
fn in_the_stepper(model: &ProtocolModel<'_>, depth: u32, seed: u64) -> Option<String> {
    let (case, reader) = (&model.case.name, model.protocol.name);
    let depth = depth_option(depth);
    (model.case.catalogued && model.readers == 1)
        .then(|| format!("demo --scenario {case} --protocol {reader} --seed {seed}{depth}"))
}

fn depth_option(depth: u32) -> String {
    match depth {
        DEPTH => String::new(),
        depth => format!(" --depth {depth}"),
    }
}

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
