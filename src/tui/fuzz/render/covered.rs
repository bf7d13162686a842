//! What is covered: the steps by shape and part, and by what is mapped.

use clap::ValueEnum as _;
use ratatui::text::{Line, Span};

use super::heading;
use crate::fuzz::coverage::{cells_of, columns};
use crate::fuzz::ingredients::{MapKind, word};
use crate::fuzz::live::HuntSnapshot;
use crate::fuzz::transition::{Part, Shape};
use crate::text::number::short;
use crate::tui::theme::{Role, Theme};

/// Rows of the table, its headings included; of the map by kinds.
pub(super) const ROWS: u16 = 9;
pub(super) const KIND_ROWS: u16 = 12;
/// Columns of the table where there is little room, and of a cell then.
pub(super) const NARROW: u16 = 46;
const CELL: (usize, usize) = (8, 6);
/// Columns of a shape's name.
const SHAPE: usize = 8;
/// Columns of a kind of mapping.
const KIND: usize = 8;

/// A row a shape, a column a part of a VMA: sequences; `✗` where one showed a
/// violation, `+` where it is new.
pub(super) fn table(theme: Theme, snapshot: &HuntSnapshot, width: u16) -> Vec<Line<'static>> {
    let coverage = &snapshot.totals.coverage;
    let new = snapshot.new.len();
    let text = match new {
        0 => format!("covered: {} steps, in sequences", coverage.len()),
        _ => format!("covered: {} steps, {new} new", coverage.len()),
    };
    let mut lines = vec![heading(theme, &text, width)];
    let is_narrow = width <= NARROW;
    let cell = if is_narrow { CELL.1 } else { CELL.0 };
    let name = |part: Option<Part>| match part {
        // The words of a narrow column.
        Some(Part::Several) if is_narrow => "more".to_owned(),
        Some(Part::Middle) if is_narrow => "mid".to_owned(),
        Some(part) => word(&part),
        None if is_narrow => "end".to_owned(),
        None => "at end".to_owned(),
    };
    let names: String = columns()
        .into_iter()
        .map(|part| format!("{:>room$} ", name(part), room = cell - 1))
        .collect();
    lines.push(Line::styled(
        format!(" {:<SHAPE$}{names}", "").trim_end().to_owned(),
        theme.style(Role::Dim),
    ));
    let cells = coverage.summed(cells_of);
    let is_new = |cell| {
        snapshot
            .new
            .iter()
            .any(|step| cells_of(step).contains(&cell))
    };
    for shape in Shape::value_variants() {
        let mut spans = vec![Span::raw(format!(" {:<SHAPE$}", word(shape)))];
        for part in columns() {
            let (text, mark, role) = match cells.get(&(*shape, part)) {
                None => ("·".to_owned(), ' ', Role::Dim),
                Some(counts) => {
                    let text = short(counts.sequences);
                    match (counts.violations, is_new((*shape, part))) {
                        (0, false) => (text, ' ', Role::Plain),
                        (0, true) => (text, '+', Role::New),
                        _ => (text, '✗', Role::Violation),
                    }
                }
            };
            let text = format!("{text:>room$}", room = cell - 1);
            // What is marked is the number, not the room before it.
            let start = text.len() - text.trim_start().len();
            spans.push(Span::raw(text[..start].to_owned()));
            spans.push(Span::styled(
                format!("{}{mark}", &text[start..]).trim_end().to_owned(),
                theme.style(role),
            ));
            if mark == ' ' {
                spans.push(Span::raw(" "));
            }
        }
        lines.push(Line::from(spans));
    }
    lines
}

/// The same by what is mapped: a sign for each part of a VMA.
pub(super) fn kinds(theme: Theme, snapshot: &HuntSnapshot) -> Vec<Line<'static>> {
    let cells = snapshot
        .totals
        .coverage
        .summed(|step| vec![(step.shape, step.kind, step.part)]);
    let dim = theme.style(Role::Dim);
    // Each above so many kinds.
    let row = |texts: &[(&str, usize)]| {
        let text = |(text, kinds): &(&str, usize)| format!("{text:<width$}", width = kinds * KIND);
        let texts: String = texts.iter().map(text).collect();
        Line::styled(format!(" {:<SHAPE$}  {}", "", texts.trim_end()), dim)
    };
    let (private, shared) = (("private", 1), ("shared", 1));
    let mut lines = vec![
        heading(theme, "by what is mapped", super::LEFT),
        row(&[("anonymous", 2), ("memfd", 2), ("file", 1), ("hugetlb", 1)]),
        row(&[private, shared, private, shared, private, private]),
    ];
    for shape in Shape::value_variants() {
        let mut spans = vec![Span::raw(format!(" {:<SHAPE$}  ", word(shape)))];
        for kind in MapKind::value_variants() {
            for part in Part::value_variants() {
                let counts = cells.get(&(*shape, *kind, *part));
                let (sign, role) = match counts {
                    None => ("·", Role::Dim),
                    Some(counts) if counts.violations > 0 => ("✗", Role::Violation),
                    Some(counts) => (sign(counts.sequences), Role::Original),
                };
                spans.push(Span::styled(sign, theme.style(role)));
            }
            spans.push(Span::raw(" ".repeat(KIND - 5)));
        }
        spans.pop();
        lines.push(Line::from(spans));
    }
    lines.push(Line::styled(
        " each: head middle tail whole several; ▂ 1  ▄ 3  ▆ 10  █ 100",
        dim,
    ));
    lines
}

/// The more sequences, the taller.
fn sign(sequences: u64) -> &'static str {
    match sequences {
        0..3 => "▂",
        3..10 => "▄",
        10..100 => "▆",
        _ => "█",
    }
}
