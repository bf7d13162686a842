//! Case × protocol, a few characters each.

use std::io;
use std::io::Write;

use crate::model::judge::{HoleCause, ModelViolation};
use crate::model::verdict::ProtocolVerdict;
use crate::model::verdict_table::VerdictTable;
use crate::report::page::wrapped;
use crate::report::style::{BAD, BOLD, DIM, GOOD};

/// The marks, and what they mean.
const MARKS: [(char, &str); 9] = [
    ('1', "H1, the empty tree"),
    ('2', "H2, the stale iterator"),
    ('3', "H3, the believed end"),
    ('m', "a hole: the start moved up"),
    ('f', "foreign line"),
    ('s', "stale line"),
    ('k', "skipped line"),
    ('d', "detached structure printed"),
    ('∞', "no end"),
];

/// The marks of a verdict; `✓` where all holds.
fn marks(verdict: &ProtocolVerdict) -> String {
    let mut marks = String::new();
    for finding in verdict.violations() {
        let mark = match finding.kind.violation() {
            Some(ModelViolation::Hole(cause) | ModelViolation::LostTail(cause)) => match cause {
                HoleCause::H1 => '1',
                HoleCause::H2 => '2',
                HoleCause::H3 => '3',
                HoleCause::MovedStart => 'm',
            },
            Some(ModelViolation::ForeignLine) => 'f',
            Some(ModelViolation::StaleLine) => 's',
            Some(ModelViolation::SkippedLine) => 'k',
            Some(ModelViolation::DetachedStructure) => 'd',
            None => continue,
        };
        if !marks.contains(mark) {
            marks.push(mark);
        }
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
pub(crate) fn print(study: &VerdictTable, out: &mut impl Write) -> io::Result<()> {
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
        let cells: Vec<Vec<(String, bool)>> = study
            .verdicts
            .iter()
            .map(|row| columns.iter().map(|&at| (marks(&row[at]), row[at].holds())))
            .map(Iterator::collect)
            .collect();
        let longest = cells.iter().flatten().map(|(text, _)| text.chars().count());
        let cell = longest.max().unwrap_or(1);
        // The last column is not padded: nothing stands behind it.
        let padding = |k: usize, text: &str| match columns.len() - 1 {
            last if k == last => String::new(),
            _ => " ".repeat(cell - text.chars().count()),
        };
        write!(out, "\n  {DIM}{:<width$}", "case")?;
        for (k, &at) in columns.iter().enumerate() {
            let text = letter(at).to_string();
            write!(out, " {text}{}", padding(k, &text))?;
        }
        writeln!(out, "{DIM:#}")?;
        for (case, row) in study.cases.iter().zip(&cells) {
            write!(out, "  {:<width$}", case.name)?;
            for (k, (text, holds)) in row.iter().enumerate() {
                let style = if *holds { GOOD } else { BAD };
                write!(out, " {style}{text}{style:#}{}", padding(k, text))?;
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
        wrapped(&legend.join("; "), 0).join("\n")
    )
}
