//! What a hunt came to, for people.

use std::io;
use std::io::Write;

use clap::ValueEnum as _;

use super::FuzzReport;
use super::find_text::{met_text, proof_text};
use super::live::scenario_text;
use crate::fuzz::coverage::{cells_of, columns};
use crate::fuzz::find::Find;
use crate::fuzz::ingredients::word;
use crate::fuzz::totals::Totals;
use crate::fuzz::transition::Shape;
use crate::report::page::wrapped;
use crate::report::seen::seen_lines;
use crate::report::style::{BAD, BOLD, DIM, GOOD};
use crate::text::number::{count, few, grouped};

/// Writes it up.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_human(report: &FuzzReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let totals = &report.result.totals;
    for find in &report.result.finds {
        write_find(find, out)?;
    }
    write_covered(totals, out)?;
    write_calls(totals, out)?;
    writeln!(out, "\n{BOLD}Violations{BOLD:#}, trials that showed them")?;
    for ((key, reader), count) in &totals.violations {
        writeln!(
            out,
            "  {:<44} {reader:<11} {:>8}",
            key.text(),
            grouped(*count)
        )?;
    }
    if totals.violations.is_empty() {
        writeln!(out, "  none")?;
    }
    let tally = &totals.tally;
    let sequences = format!(
        "{} sequences run of {} drawn ({} were no cycle here or changed nothing), \
         {} operations",
        grouped(totals.run),
        grouped(totals.drawn),
        grouped(totals.no_cycle),
        grouped(totals.operations),
    );
    writeln!(out, "\n{}", wrapped(&sequences, 0).join("\n"))?;
    writeln!(
        out,
        "{} scans, {} lines, {} scans torn",
        grouped(tally.scans),
        grouped(tally.lines),
        grouped(tally.torn),
    )?;
    if let Some(fallbacks) = totals.fallbacks {
        let each = few(fallbacks.per_scan());
        writeln!(
            out,
            "{each} fallbacks to mmap_lock a scan of the readers that lock one VMA at a time"
        )?;
    }
    if totals.restarts > 0 {
        let why = totals.restarted_for.as_deref().unwrap_or("unknown");
        let text = format!("The modifier was started anew {}: {why}", totals.restarts);
        writeln!(out, "{}", wrapped(&text, 0).join("\n"))?;
    }
    if report.interrupted {
        writeln!(out, "Interrupted: these are the totals so far.")?;
    }
    writeln!(out)?;
    let unlabelled = totals.unlabelled();
    if unlabelled > 0 {
        let count = count(unlabelled, "trial");
        writeln!(
            out,
            "{BAD}FAILED{BAD:#}: {count} with violations of no known mechanism"
        )?;
    } else if tally.scans == 0 {
        writeln!(out, "No sequence could be run: nothing is known")?;
    } else {
        let bound = 3.0 / tally.scans.max(1) as f64;
        writeln!(
            out,
            "{GOOD}No violation of an unknown mechanism{GOOD:#}: fewer than {bound:.1e} a scan (95 %)"
        )?;
    }
    let labelled = totals.labelled();
    if labelled > 0 {
        let verdict = if report.allow_known {
            "allowed"
        } else {
            "FAILED"
        };
        let count = count(labelled, "trial");
        writeln!(
            out,
            "{verdict}: {count} with violations that bear the signature of a known hole"
        )?;
    }
    out.flush()
}

fn write_find(find: &Find, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\n{BAD}{}{BAD:#} by {}, seen first after {:.1} s",
        find.key.text(),
        find.meeting.reader,
        find.after.as_secs_f64()
    )?;
    let mut paragraph = |head: &str, text: &str| -> io::Result<()> {
        for line in wrapped(&format!("{head}{text}"), 4) {
            writeln!(out, "    {DIM}{line}{DIM:#}")?;
        }
        Ok(())
    };
    paragraph("found in ", &scenario_text(&find.scenario))?;
    paragraph("shortest ", &scenario_text(&find.shortest))?;
    paragraph("read     ", &met_text(find))?;
    for line in seen_lines(&find.event.seen) {
        writeln!(out, "      {line}")?;
    }
    let mut paragraph = |text: &str| -> io::Result<()> {
        for line in wrapped(text, 4) {
            writeln!(out, "    {DIM}{line}{DIM:#}")?;
        }
        Ok(())
    };
    paragraph(&find.event.sentence)?;
    paragraph(&proof_text(find))
}

/// A row a shape, a column a part of a VMA: sequences, and a mark where they showed a
/// violation.
fn write_covered(totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
    let cells = totals.coverage.summed(cells_of);
    let heading = format!(
        "{BOLD}Covered{BOLD:#}: sequences with such a step, ! where one showed a violation; \
         {} different steps",
        totals.coverage.len()
    );
    writeln!(out, "\n{}", wrapped(&heading, 0).join("\n"))?;
    write!(out, "  {:<9}", "")?;
    for part in columns() {
        let name = part.map_or_else(|| "at the end".to_owned(), |part| word(&part));
        write!(out, "{name:>11}")?;
    }
    writeln!(out)?;
    for shape in Shape::value_variants() {
        write!(out, "  {:<9}", word(shape))?;
        for part in columns() {
            let text = match cells.get(&(*shape, part)) {
                None => "-".to_owned(),
                Some(counts) if counts.violations == 0 => grouped(counts.sequences),
                Some(counts) => format!("{}!", grouped(counts.sequences)),
            };
            write!(out, "{text:>11}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Columns before the reason for which a call was refused.
const BEFORE_REASON: usize = 39;

fn write_calls(totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\n{BOLD}Calls{BOLD:#}, drawn and refused by this kernel"
    )?;
    for (call, counts) in &totals.calls {
        let refused = match &counts.reason {
            Some(reason) if counts.refused > 0 => {
                let all = if counts.refused >= counts.tried {
                    "each time, "
                } else {
                    ""
                };
                let text = format!("{all}last: {reason}");
                let indent = " ".repeat(BEFORE_REASON);
                let lines = wrapped(&text, BEFORE_REASON);
                let lines = lines.join(&format!("{DIM:#}\n{indent}{DIM}"));
                format!("{:>7}  {DIM}{lines}{DIM:#}", grouped(counts.refused))
            }
            _ => format!("{:>7}", 0),
        };
        writeln!(out, "  {call:<18} {:>8} {refused}", grouped(counts.tried))?;
    }
    Ok(())
}
