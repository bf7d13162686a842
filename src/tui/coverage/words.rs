//! What one reader has seen of a scenario: as a glyph, and in words.

use crate::oracle::tally::Tally;
use crate::session::coverage::{CoverageRow, CoverageState};
use crate::text::number::{count, grouped, short};
use crate::tui::theme::Role;

/// In a few columns.
pub(crate) fn mark(row: &CoverageRow) -> (String, Role) {
    let tally = &row.tally;
    match &row.state {
        CoverageState::Skipped(_) => ("-".into(), Role::Dim),
        _ if tally.violation_count() > 0 => (format!("✗ {}", labels(tally)), Role::Violation),
        _ if tally.scans == 0 => ("·".into(), Role::Dim),
        _ if tally.torn > 0 => ("≈ torn".into(), Role::Duplicate),
        _ => ("✓".into(), Role::Good),
    }
}

/// The labels of what was found; `?` is of no known mechanism.
fn labels(tally: &Tally) -> String {
    let mut labels: Vec<String> = (tally.named())
        .map(|(_, known, _)| {
            known
                .label()
                .map_or_else(|| "?".into(), |it| it.to_string())
        })
        .collect();
    labels.sort();
    labels.dedup();
    // That which may be one or another says little beside that which is one.
    let certain: Vec<String> = labels.iter().filter(|it| it.len() <= 2).cloned().collect();
    let labels = if certain.is_empty() { labels } else { certain };
    labels.join(" ")
}

/// In a sentence.
pub(crate) fn sentence(row: &CoverageRow) -> String {
    let tally = &row.tally;
    if let CoverageState::Skipped(why) = &row.state {
        return format!("cannot run here: {why}");
    }
    if tally.scans == 0 {
        return "has not run yet".into();
    }
    let seen = match &*row.case.reader {
        // A query is one answer: it is not torn, and duplicates nothing.
        "query" => format!("{}, {} answers", passes(tally.scans), short(tally.lines)),
        _ => format!(
            "{}, {} torn: {} between chunks, {} inside one, {} backward, allowed",
            count(tally.scans, "scan"),
            short(tally.torn),
            duplicates(tally.duplicates_at_boundary),
            short(tally.duplicates_inside),
            short(tally.backward),
        ),
    };
    match tally.bound() {
        Some(bound) => format!("{seen}; no hole, so < {bound:.1e} a scan (95 %)"),
        None => format!("{}: forbidden; {seen}", violations(tally)),
    }
}

fn duplicates(number: u64) -> String {
    match number {
        1 => "1 duplicate".into(),
        _ => format!("{} duplicates", short(number)),
    }
}

fn passes(number: u64) -> String {
    match number {
        1 => "1 pass".into(),
        _ => format!("{} passes", grouped(number)),
    }
}

/// The violations by label.
fn violations(tally: &Tally) -> String {
    let named = tally.named().map(|(kind, known, number)| {
        let number = grouped(number);
        match known.label() {
            Some(known) => format!("{kind} {known} ({number})"),
            None => format!("{kind} of no known mechanism ({number})"),
        }
    });
    named.collect::<Vec<_>>().join(", ")
}
