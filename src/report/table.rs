//! The table of cases.

use super::number::short;
use crate::observation::{CaseResult, Outcome};

/// The columns of counts, each six wide with a space before it.
const COLUMNS: [&str; 7] = ["scans", "lines", "ops", "torn", "dup at", "dup in", "back"];

/// The heading over the rows.
pub(super) fn heading(name_width: usize) -> String {
    let mut line = format!("  {:<name_width$} {:<6}", "scenario", "reader");
    for column in COLUMNS {
        line.push_str(&format!(" {column:>6}"));
    }
    line.push_str(" bound/scan");
    line
}

/// The row of one case.
pub(super) fn row(result: &CaseResult, name_width: usize) -> String {
    let glyph = match &result.outcome {
        Outcome::Held => '✓',
        Outcome::KnownViolations | Outcome::Violations => '✗',
        Outcome::Skipped { .. } | Outcome::NotRun => '-',
    };
    let mut line = format!(
        "{glyph} {:<name_width$} {:<6}",
        result.case.scenario, result.case.reader
    );
    if let Outcome::Skipped { reason } = &result.outcome {
        line.push_str(&format!(" skipped: {reason}"));
        return line;
    }
    let tally = &result.tally;
    let is_query = result.case.reader == "query";
    let counts = [
        Some(tally.scans),
        Some(tally.lines),
        Some(result.operations),
        (!is_query).then_some(tally.torn),
        (!is_query).then_some(tally.duplicates_at_boundary),
        (!is_query).then_some(tally.duplicates_inside),
        (!is_query).then_some(tally.backward),
    ];
    for count in counts {
        let text = count.map_or("-".into(), short);
        line.push_str(&format!(" {text:>6}"));
    }
    if let Some(bound) = tally.bound() {
        line.push_str(&format!("   <{bound:.1e}"));
    }
    line
}
