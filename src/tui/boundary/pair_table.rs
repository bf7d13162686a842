//! How often two neighbouring lines had which form.

use ratatui::text::{Line, Span};

use super::addresses::{common_prefix, range};
use crate::maps::line::parse_range;
use crate::session::snapshot::ShownPair;
use crate::text::number::grouped;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::{cut, whole};

pub(crate) fn pair_table(theme: Theme, rows: &[ShownPair], width: usize) -> Vec<Line<'static>> {
    let addresses = rows
        .iter()
        .flat_map(|row| [&row.previous, &row.line])
        .filter_map(|text| parse_range(text.as_bytes()))
        .flat_map(|(start, end)| [start, end]);
    let elided = common_prefix(addresses);
    let pair = width.saturating_sub(20);
    let heading = format!(
        "   {:<pair$}{:>7}{:>10}",
        "two lines, one after the other", "between", "seen"
    );
    let mut lines = vec![Line::styled(heading, theme.style(Role::Dim))];
    let any = rows.iter().any(|row| row.count > 0);
    lines.extend(
        rows.iter()
            .map(|row| pair_row(theme, row, any, elided, pair)),
    );
    let forbidden = rows.iter().filter(|row| row.must_never);
    let (text, role) = if forbidden.clone().any(|row| row.count > 0) {
        (" ✗ must never happen, and has", Role::Violation)
    } else if any {
        (" ✓ must never happen, and has not", Role::Dim)
    } else {
        (" no two lines were seen yet", Role::Dim)
    };
    if forbidden.count() > 0 {
        lines.push(Line::styled(text, theme.style(role)));
    }
    lines
}

/// How often each form was seen, in a line: where there is no room for the table.
pub(crate) fn pair_summary(theme: Theme, rows: &[ShownPair], width: u16) -> Line<'static> {
    let any = rows.iter().any(|row| row.count > 0);
    let mut spans = vec![Span::styled(" pairs of lines:", theme.style(Role::Dim))];
    for form in rows.chunk_by(|one, next| one.form == next.form) {
        let count: u64 = form.iter().map(|row| row.count).sum();
        let must_never = form.iter().any(|row| row.must_never);
        let (sign, role) = match (must_never, count) {
            (true, 0) if any => ("✓ ", Role::Good),
            (true, 1..) => ("✗ ", Role::Violation),
            _ => ("", Role::Plain),
        };
        let text = format!("  {sign}{} {}", form[0].form, grouped(count));
        spans.push(Span::styled(text, theme.style(role)));
    }
    whole(spans, width, 2)
}

/// `any`: some pair was seen; else it is no merit that this one was not.
fn pair_row(
    theme: Theme,
    row: &ShownPair,
    any: bool,
    elided: usize,
    width: usize,
) -> Line<'static> {
    let (glyph, role) = match (row.must_never, row.count > 0) {
        (true, true) => ("✗", Role::ViolationBanner),
        (true, false) if any => ("✓", Role::Good),
        (false, true) if row.form.starts_with("duplicate") => ("≈", Role::Duplicate),
        (false, true) if row.form.starts_with("backward") => ("◄", Role::Duplicate),
        (false, true) => (" ", Role::Plain),
        (_, false) => (" ", Role::Dim),
    };
    let short = |text: &str| match parse_range(text.as_bytes()) {
        Some((start, end)) => {
            // Without the letter for private or shared.
            let permissions = text.split(' ').nth(1).and_then(|letters| letters.get(..3));
            let permissions = permissions.unwrap_or_default();
            format!("{} {permissions}", range(start, end, elided))
        }
        None => text.to_owned(),
    };
    let pair = match (&*row.previous, &*row.line) {
        ("", "") => row.form.clone(),
        (previous, line) => format!("{:<9} {}, {}", row.form, short(previous), short(line)),
    };
    let between = if row.across_boundary {
        "chunks"
    } else {
        "lines"
    };
    let text = format!(
        " {glyph} {:<width$}{between:>7}{:>10}",
        cut(&pair, width),
        grouped(row.count)
    );
    Line::styled(text, theme.style(role))
}
