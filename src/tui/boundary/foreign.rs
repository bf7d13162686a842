//! The lines on both sides of the chunk boundaries of a target that is not ours.

use std::cmp::Reverse;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::oracle::boundary_pairs::{BoundaryLine, BoundaryPair, BoundaryPairs};
use crate::text::number::{count, grouped, short};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::wrapped;

/// Columns of a line's addresses and permissions.
const LINE: usize = 38;
/// Columns of a count.
const COUNT: usize = 8;
/// Columns below which there is little room for rows, too.
const NARROW: u16 = 80;
/// Columns from which a pair is a row.
const ONE_ROW: u16 = 100;

/// What is said of them, and then a pair after the other: those of the latest
/// scan, then those of earlier ones, the newest first.
pub(super) fn boundary_lines(theme: Theme, seen: &BoundaryPairs, width: u16) -> Vec<Line<'static>> {
    let scans = count(seen.scans, "scan");
    let boundaries = match seen.boundaries {
        0 => "no chunk boundary".into(),
        1 => "1 chunk boundary".into(),
        many => format!("{} chunk boundaries", grouped(many as u64)),
    };
    let has_pairs = !seen.pairs.is_empty();
    let narrow = width < NARROW;
    let text = match (seen.scans, has_pairs, narrow) {
        (0, ..) => "no scan is counted yet".to_owned(),
        (_, false, _) => format!(
            "{scans}, all of one chunk: one read() gave every line, so there are no two sides of a \
             boundary to show. A target with more VMAs has some."
        ),
        // Room for the lines comes first.
        (_, true, true) => format!(
            "{scans}, {boundaries} in the latest; the lines at both sides. ≈: what changed \
             meanwhile shows twice."
        ),
        (_, true, false) => format!(
            "{scans}, {boundaries} in the latest. These lines stood on both sides of one. What \
             changes between the two reads may show twice: that is certain, and allowed. Whether \
             anything was left out there nobody can tell, for the states of this target are not \
             known."
        ),
    };
    let dim = theme.style(Role::Dim);
    let mut lines = wrapped(&text, width.saturating_sub(2), dim);
    for line in &mut lines {
        line.spans.insert(0, Span::raw(" "));
    }
    if !has_pairs {
        return lines;
    }
    if !narrow {
        lines.push(Line::default());
    }
    let head = if width < ONE_ROW {
        format!(
            "   {:<LINE$} {:>COUNT$} {:>COUNT$}",
            "last, first", "in scans", "last in"
        )
    } else {
        format!(
            "   {:<LINE$}  {:<LINE$} {:>COUNT$} {:>COUNT$}",
            "last of a chunk", "first of the next", "in scans", "last in"
        )
    };
    lines.push(Line::styled(head, dim));
    let mut pairs: Vec<&BoundaryPair> = seen.pairs.iter().collect();
    pairs.sort_by_key(|pair| Reverse(pair.last));
    for pair in pairs {
        lines.extend(pair_lines(theme, seen, pair, width));
    }
    if seen.forgotten > 0 {
        let text = format!("   and {} that were forgotten", grouped(seen.forgotten));
        lines.push(Line::styled(text, dim));
    }
    lines
}

fn pair_lines(
    theme: Theme,
    seen: &BoundaryPairs,
    pair: &BoundaryPair,
    width: u16,
) -> Vec<Line<'static>> {
    let is_now = pair.last == seen.scans;
    let (glyph, role) = match (pair.is_backward(), pair.is_duplicate(), is_now) {
        (true, ..) => ("◄", Role::Duplicate),
        (_, true, _) => ("≈", Role::Duplicate),
        (_, _, true) => (" ", Role::Plain),
        (_, _, false) => (" ", Role::Dim),
    };
    let last = if is_now {
        "now".to_owned()
    } else {
        format!("#{}", short(pair.last))
    };
    let figures = format!("{:>COUNT$} {last:>COUNT$}", short(pair.count));
    let (before, behind) = (text(pair.lines.0), text(pair.lines.1));
    let style: Style = theme.style(role);
    if width < ONE_ROW {
        return vec![
            Line::styled(format!("   {before:<LINE$} {figures}"), style),
            Line::styled(format!(" {glyph} {behind}"), style),
        ];
    }
    let row = format!(" {glyph} {before:<LINE$}  {behind:<LINE$} {figures}");
    vec![Line::styled(row, style)]
}

fn text(line: BoundaryLine) -> String {
    // As the kernel prints them, they are letters.
    let permissions = line.permissions.map(|byte| match byte {
        b'a'..=b'z' | b'-' => char::from(byte),
        _ => '?',
    });
    let permissions: String = permissions.iter().collect();
    format!("{:08x}-{:08x} {permissions}", line.start, line.end)
}
