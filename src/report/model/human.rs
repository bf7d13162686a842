//! What a person reads.

use std::io;
use std::io::Write;

use super::{Checked, checked_by, listing, matrix};
use crate::model::case::ModelCase;
use crate::model::verdict::{Finding, ProtocolVerdict};
use crate::model::verdict_table::VerdictTable;
use crate::report::page::wrapped;
use crate::report::style::{BAD, BOLD, DIM, GOOD};
use crate::text::number::grouped;

/// Why a trace has the steps that it has.
const SHORTEST: &str = "none shorter";

/// Prints a matrix of many readers in many cases, else a table; and with one
/// reader the shortest traces.
pub(crate) fn print_human(study: &VerdictTable, out: &mut impl Write) -> io::Result<()> {
    let states: usize = study.verdicts.iter().flatten().map(|one| one.states).sum();
    let readers = if study.readers == 1 {
        "one reader"
    } else {
        "two readers"
    };
    writeln!(
        out,
        "{BOLD}The model{BOLD:#}, not this kernel: {readers} and a writer that goes on for ever,\n\
         every interleaving. {} explored, {} states.",
        match (study.cases.len(), study.protocols.len()) {
            (1, 1) => "1 case and reader".into(),
            (cases, protocols) => format!("{cases} × {protocols} cases and readers"),
        },
        grouped(states as u64)
    )?;
    if study.cases.len() > 1 && study.protocols.len() > 1 {
        matrix::print(study, out)?;
        print_totals(study, out)?;
        writeln!(
            out,
            "\nWith one reader, such as --reader merged, the shortest traces are printed."
        )?;
    } else {
        print_table(study, out)?;
    }
    if let [protocol] = &study.protocols[..] {
        writeln!(out, "\n{}: {}", protocol.name, protocol.summary)?;
        print_traces(study, out)?;
        print_endless(study, out)?;
        let can_be_checked = study.cases.iter().all(|case| case.catalogued);
        if let Some(Checked { reader, kernels }) = checked_by(protocol)
            && can_be_checked
        {
            let names: Vec<&str> = study.cases.iter().map(|case| &*case.name).collect();
            let names = if names.len() == 1 { names[0] } else { "all" };
            writeln!(
                out,
                "\nOn a kernel {kernels}: vmascope check --scenario {names} --reader {reader}"
            )?;
        }
    }
    out.flush()
}

/// A row for each reader: all its cases.
fn print_totals(study: &VerdictTable, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "\n  {DIM}{:<22}{:>9}  {:>9}  {:<16}shortest violation{DIM:#}",
        "reader", "states", "fallbacks", "worst allowed"
    )?;
    for (at, protocol) in study.protocols.iter().enumerate() {
        let verdicts = || study.of_protocol(at).map(|(_, verdict)| verdict);
        let states: usize = verdicts().map(|verdict| verdict.states).sum();
        let mut fallbacks = verdicts().map(|verdict| verdict.most_fallbacks);
        let fallbacks = fallbacks.try_fold(0, |most: u32, one| Some(most.max(one?)));
        let worst = verdicts().filter_map(ProtocolVerdict::worst_allowed);
        let worst = worst.map(|finding| finding.kind).max();
        let shortest = shortest(study, at);
        writeln!(
            out,
            "  {:<22}{:>9}  {:>9}  {:<16}{}",
            protocol.name,
            grouped(states as u64),
            fallbacks_text(fallbacks),
            worst.map_or("-", |sight| sight.name()),
            shortest.map_or("none".into(), |(case, finding)| format!(
                "{} in {}, {} steps",
                finding.label(),
                case.name,
                finding.steps.len()
            ))
        )?;
    }
    Ok(())
}

fn shortest(study: &VerdictTable, protocol: usize) -> Option<(&ModelCase, &Finding)> {
    study
        .of_protocol(protocol)
        .flat_map(|(case, verdict)| verdict.violations().map(move |finding| (case, finding)))
        .min_by_key(|(_, finding)| finding.steps.len())
}

fn fallbacks_text(most: Option<u32>) -> String {
    most.map_or("no limit".into(), |most| most.to_string())
}

/// A row for each case and reader.
fn print_table(study: &VerdictTable, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "\n  {DIM}{:<20}{:<22}{:>8}  {:>9}  verdict and worst allowed{DIM:#}",
        "case", "reader", "states", "fallbacks"
    )?;
    for (case, row) in study.cases.iter().zip(&study.verdicts) {
        for (protocol, verdict) in study.protocols.iter().zip(row) {
            let (glyph, style) = if verdict.holds() {
                ('✓', GOOD)
            } else {
                ('✗', BAD)
            };
            let worst = verdict.worst_allowed().map_or(String::new(), Finding::text);
            writeln!(
                out,
                "{style}{glyph}{style:#} {:<20}{:<22}{:>8}  {:>9}  {style}{}{style:#}; {worst}",
                case.name,
                protocol.name,
                grouped(verdict.states as u64),
                fallbacks_text(verdict.most_fallbacks),
                verdict.words(),
            )?;
        }
    }
    Ok(())
}

/// For each kind of violation the shortest trace of all cases.
fn print_traces(study: &VerdictTable, out: &mut impl Write) -> io::Result<()> {
    let mut found: Vec<(usize, &Finding)> = Vec::new();
    for (case, row) in study.verdicts.iter().enumerate() {
        for finding in row.iter().flat_map(ProtocolVerdict::violations) {
            let same = found.iter_mut().find(|(_, one)| one.kind == finding.kind);
            match same {
                Some(one) if one.1.steps.len() > finding.steps.len() => *one = (case, finding),
                Some(_) => {}
                None => found.push((case, finding)),
            }
        }
    }
    for (case, finding) in found {
        listing::print(&study.model(case, 0), finding, SHORTEST, out)?;
    }
    if let [row] = &study.verdicts[..]
        && row.iter().all(ProtocolVerdict::holds)
        && let Some(worst) = row[0].worst_allowed()
    {
        listing::print(&study.model(0, 0), worst, SHORTEST, out)?;
    }
    Ok(())
}

/// What is known about the end of the walk.
fn print_endless(study: &VerdictTable, out: &mut impl Write) -> io::Result<()> {
    let endless = study.of_protocol(0).find_map(|(case, verdict)| {
        let endless = verdict.endless.as_ref()?;
        Some((case, endless))
    });
    let text = match endless {
        None => "Every walk ends, however long the writer goes on.".to_owned(),
        Some((case, endless)) if endless.alone => format!(
            "A walk need not end: after {} steps ({}) the reader goes round by itself, {} steps \
             a round.",
            endless.steps.len(),
            case.name,
            endless.round.len()
        ),
        Some((case, endless)) => format!(
            "A walk ends unless a writer gets in its way for ever: such a round takes {} steps \
             ({}), {} of them the writer's, who must hit the same few steps of the reader each \
             time.",
            endless.round.len(),
            case.name,
            listing::writer_steps(&endless.round)
        ),
    };
    writeln!(out, "\n{}", wrapped(&text, 0).join("\n"))
}
