//! The table of cases.

use super::left_out::why_not_judged;
use crate::events::case::{CaseResult, Outcome, PlacementResult, place_name};
use crate::setup::schedule::Schedule;
use crate::text::number::short;

/// The columns of counts, each six wide with a space before it.
const COLUMNS: [&str; 7] = ["scans", "lines", "ops", "torn", "dup at", "dup in", "back"];

/// Columns of the names in front.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Widths {
    pub scenario: usize,
    pub reader: usize,
}

/// The heading over the rows.
pub(crate) fn heading(widths: Widths) -> String {
    let Widths { scenario, reader } = widths;
    let mut line = format!("  {:<scenario$} {:<reader$}", "scenario", "reader");
    for column in COLUMNS {
        line.push_str(&format!(" {column:>6}"));
    }
    line.push_str(" bound/scan");
    line
}

pub(crate) fn row(result: &CaseResult, widths: Widths) -> String {
    let Widths { scenario, reader } = widths;
    let glyph = match &result.outcome {
        Outcome::Held => '✓',
        Outcome::KnownViolations | Outcome::Violations => '✗',
        Outcome::Skipped { .. } | Outcome::NotRun => '-',
        Outcome::Failed { .. } => '!',
    };
    let mut line = format!(
        "{glyph} {:<scenario$} {:<reader$}",
        result.case.scenario, result.case.reader
    );
    if let Some(why) = why_not_judged(&result.outcome)
        && result.tally.scans == 0
    {
        let what = match result.outcome {
            Outcome::Skipped { .. } => "skipped",
            _ => "not run",
        };
        line.push_str(&format!(" {what}: {why}"));
        return line;
    }
    let tally = &result.tally;
    // Answers about single addresses are not in order.
    let is_query = result.case.reader == "query";
    let counts = [
        Some(tally.scans),
        Some(tally.lines),
        Some(result.operations),
        Some(tally.torn),
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

/// What one placement came to, and how it was read.
pub(crate) fn placement(result: &PlacementResult) -> String {
    let place = place_name(result.placement, result.variant);
    let schedule = result.schedule;
    let sites = match result.sites {
        1 => "1 site".to_owned(),
        sites => format!("{sites} sites"),
    };
    let size = result
        .read_size
        .map_or(String::new(), |bytes| format!(", {bytes} bytes a read"));
    let pause = match result.dwell.as_deref() {
        _ if schedule != Schedule::Dwell => String::new(),
        Some(pause) => format!(", pause {pause}"),
        None => ", the best pause was not found in time".into(),
    };
    format!(
        "{place:<10} {schedule:<12} {sites}{size}{pause}: {} scans, {} torn, {} violations",
        short(result.tally.scans),
        short(result.tally.torn),
        short(result.tally.violation_count()),
    )
}
