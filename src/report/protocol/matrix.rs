//! Case × protocol, a few characters each.

use std::io::{self, Write};

use super::human::{BAD, BOLD, DIM, GOOD};
use crate::protocol::{Cause, Study, Verdict, Violation};

/// The marks, and what they mean.
const MARKS: [(char, &str); 9] = [
    ('1', "H1, the empty tree"),
    ('2', "H2, the stale iterator"),
    ('m', "a hole: the start moved up"),
    ('t', "lost tail"),
    ('f', "foreign line"),
    ('s', "stale line"),
    ('k', "skipped line"),
    ('d', "detached structure printed"),
    ('∞', "no end"),
];

/// Columns of a cell, the space before it included.
const CELL: usize = 5;

/// The marks of a verdict; `✓` where all holds.
fn marks(verdict: &Verdict) -> String {
    let mut marks = String::new();
    for finding in verdict.violations() {
        let mark = match finding.sight.violation() {
            Some(Violation::Hole(Cause::H1)) => '1',
            Some(Violation::Hole(Cause::H2)) => '2',
            Some(Violation::Hole(Cause::MovedStart)) => 'm',
            Some(Violation::LostTail(_)) => 't',
            Some(Violation::ForeignLine) => 'f',
            Some(Violation::StaleLine) => 's',
            Some(Violation::SkippedLine) => 'k',
            Some(Violation::DetachedStructure) => 'd',
            None => continue,
        };
        marks.push(mark);
    }
    if verdict.deadlock.is_some() || verdict.endless.as_ref().is_some_and(|it| it.alone) {
        marks.push('∞');
    }
    if marks.is_empty() {
        marks.push('✓');
    }
    marks
}

/// The letter that stands for a protocol.
fn letter(at: usize) -> char {
    char::from(b'a' + (at % 26) as u8)
}

/// Prints it: a block for the readers that exist, one for the broken ones.
pub(super) fn print(study: &Study, out: &mut impl Write) -> io::Result<()> {
    let names = study.cases.iter().map(|case| case.name.len());
    let width = names.max().unwrap_or(0);
    for broken in [false, true] {
        let columns: Vec<usize> = (0..study.protocols.len())
            .filter(|&at| study.protocols[at].broken == broken)
            .collect();
        if columns.is_empty() {
            continue;
        }
        writeln!(out)?;
        for &at in &columns {
            let protocol = &study.protocols[at];
            writeln!(
                out,
                "  {BOLD}{}{BOLD:#} {:<22}{}",
                letter(at),
                protocol.name,
                textwrap::fill(
                    protocol.summary,
                    textwrap::Options::new(54).subsequent_indent(&" ".repeat(26))
                )
            )?;
        }
        write!(out, "\n  {DIM}{:<width$}", "case")?;
        for &at in &columns {
            write!(out, " {:<1$}", letter(at), CELL - 1)?;
        }
        writeln!(out, "{DIM:#}")?;
        for (case, row) in study.cases.iter().zip(&study.verdicts) {
            write!(out, "  {:<width$}", case.name)?;
            for &at in &columns {
                let text = marks(&row[at]);
                let style = if row[at].holds() { GOOD } else { BAD };
                write!(out, " {style}{text:<0$}{style:#}", CELL - 1)?;
            }
            writeln!(out)?;
        }
    }
    let shown: Vec<String> = study.verdicts.iter().flatten().map(marks).collect();
    let used = MARKS
        .iter()
        .filter(|(mark, _)| shown.iter().any(|text| text.contains(*mark)));
    let mut legend = vec!["✓ holds in every interleaving".to_owned()];
    legend.extend(used.map(|(mark, meaning)| format!("{mark} {meaning}")));
    writeln!(
        out,
        "\n{DIM}{}{DIM:#}",
        textwrap::fill(&legend.join("; "), 80)
    )
}
