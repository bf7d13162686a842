//! The whole address space in one row of cells, below it which part the list
//! shows, and what the letters mean.

use std::ops::Range;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::address_map::{AddressMap, KINDS, MapCell};
use crate::maps::line::parse_range;
use crate::session::changes::FADE;
use crate::session::explorer::kind::VmaKind;
use crate::session::picture::Picture;
use crate::session::snapshot::Snapshot;
use crate::text::number::bytes;
use crate::tui::shown::Shown;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::put;

/// Draws it, in as many rows as there are: the map, the part that is on the
/// screen, the legend.
pub(crate) fn render(
    shown: &Shown,
    snapshot: &Snapshot,
    picture: &Picture,
    visible: &Range<usize>,
    area: Rect,
    buffer: &mut Buffer,
) {
    if area.height == 0 || picture.lines.is_empty() {
        return;
    }
    let theme = shown.theme;
    let inner = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    };
    let mut map = AddressMap::of(&picture.lines, usize::from(inner.width));
    let now = shown.time();
    for range in flashing(snapshot, picture, now) {
        map.each_cell(&range, |cell| cell.changed = true);
    }
    for line in picture.lines.iter().filter(|line| line.duplicate) {
        map.each_cell(&(line.start..line.end), |cell| cell.torn = true);
    }
    let spans: Vec<_> = map.cells.iter().map(|cell| span(theme, cell)).collect();
    put(buffer, inner, 0, &Line::from(spans));
    put(
        buffer,
        inner,
        1,
        &window(theme, &map, picture, visible, inner.width),
    );
    put(buffer, inner, 2, &legend(theme, &map));
}

/// The first address of the cell in a column of the screen.
pub(crate) fn address_at(picture: &Picture, area: Rect, column: u16) -> Option<u64> {
    let map = AddressMap::of(&picture.lines, usize::from(area.width.saturating_sub(2)));
    map.address(usize::from(column.checked_sub(area.x + 1)?))
}

/// What has just changed.
fn flashing<'a>(
    snapshot: &'a Snapshot,
    picture: &'a Picture,
    now: Duration,
) -> impl Iterator<Item = Range<u64>> + 'a {
    let range_at = move |start: u64| {
        let at = picture
            .lines
            .binary_search_by_key(&start, |line| line.start);
        at.map(|at| picture.lines[at].start..picture.lines[at].end)
    };
    let recent = snapshot.explored.recent.iter();
    let recent = recent
        .filter(move |recent| now < recent.at + FADE)
        .filter_map(move |recent| range_at(recent.start).ok());
    let seen = picture.changes.iter();
    let seen = seen
        .filter(move |change| now < change.at + FADE)
        .filter_map(move |change| {
            let was = parse_range(&change.was).map(|(start, end)| start..end);
            was.or_else(|| range_at(change.start).ok())
        });
    recent.chain(seen)
}

pub(crate) fn span(theme: Theme, cell: &MapCell) -> Span<'static> {
    if cell.cut {
        return Span::styled("┊", theme.style(Role::Dim));
    }
    let most = (0..KINDS).max_by_key(|&kind| cell.of_kind[kind]);
    let kind = most.filter(|&kind| cell.of_kind[kind] > 0).map(kind_of);
    match kind {
        _ if cell.torn => Span::styled("≈", theme.style(Role::DuplicateBadge)),
        _ if cell.changed => Span::styled("*", theme.style(Role::MapChanged)),
        Some(kind) => Span::styled(letter(kind), theme.style(Role::Map(kind))),
        None => Span::styled("·", theme.style(Role::Dim)),
    }
}

fn kind_of(number: usize) -> VmaKind {
    let found = VmaKind::ALL
        .into_iter()
        .find(|kind| *kind as usize == number);
    found.unwrap_or_default()
}

fn letter(kind: VmaKind) -> &'static str {
    match kind {
        VmaKind::Anonymous => "a",
        VmaKind::Code => "x",
        VmaKind::File => "f",
        VmaKind::Heap => "h",
        VmaKind::Stack => "s",
        VmaKind::Kernel => "k",
        VmaKind::NoAccess => "-",
    }
}

/// Where in the map the rows of the list are, and their addresses.
fn window(
    theme: Theme,
    map: &AddressMap,
    picture: &Picture,
    visible: &Range<usize>,
    width: u16,
) -> Line<'static> {
    let rows = picture.rows.get(visible.clone()).unwrap_or_default();
    let ranges = || rows.iter().filter_map(|row| picture.range_of(*row));
    let start = ranges().map(|range| range.start).min();
    let end = ranges().map(|range| range.end).max();
    let (Some(start), Some(end)) = (start, end) else {
        return Line::default();
    };
    let from = map.find(&(start..start + 1)).map_or(0, |found| found.1);
    let to = map
        .find(&(end - 1..end))
        .map_or(from, |found| found.1)
        .max(from);
    let marks = match to - from {
        0 => "▲".to_owned(),
        cells => format!("╰{}╯", "─".repeat(cells - 1)),
    };
    let label = format!("{start:x}-{end:x}");
    let (left, right) = (from, usize::from(width).saturating_sub(to + 1));
    let mut spans = vec![
        Span::raw(" ".repeat(from)),
        Span::styled(marks, theme.style(Role::Key)),
    ];
    if label.len() < right {
        spans.push(Span::styled(format!(" {label}"), theme.style(Role::Dim)));
    } else if label.len() < left {
        spans[0] = Span::styled(
            format!("{label:>w$} ", w = left - 1),
            theme.style(Role::Dim),
        );
    }
    Line::from(spans)
}

fn legend(theme: Theme, map: &AddressMap) -> Line<'static> {
    let mut spans = Vec::new();
    for kind in VmaKind::ALL {
        let total: u64 = map.cells.iter().fold(0, |sum, cell| {
            sum.saturating_add(cell.of_kind[kind as usize])
        });
        if total > 0 {
            spans.push(Span::styled(letter(kind), theme.style(Role::Map(kind))));
            let text = format!(" {} {}  ", kind.name(), bytes(total));
            spans.push(Span::styled(text, theme.style(Role::Dim)));
        }
    }
    spans.push(Span::styled("*", theme.style(Role::MapChanged)));
    spans.push(Span::styled(" changed  ", theme.style(Role::Dim)));
    spans.push(Span::styled("┊ gap", theme.style(Role::Dim)));
    Line::from(spans)
}
