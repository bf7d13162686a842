//! The whole address space in one row of cells, below it which part the list
//! shows, and what the letters mean.

use std::ops::Range;
use std::sync::{Arc, Weak};
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::address_map::{AddressMap, KINDS, MapCell, MapMark};
use crate::maps::line::parse_range;
use crate::oracle::verdict::{Violation, ViolationKind};
use crate::session::changes::FADE;
use crate::session::explorer::kind::VmaKind;
use crate::session::explorer::recent::MINUTE;
use crate::session::picture::Picture;
use crate::session::snapshot::Snapshot;
use crate::text::number::bytes;
use crate::tui::shown::Shown;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::put;

/// The map of a picture, to be drawn again and again.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeptMap {
    of: Weak<Picture>,
    width: u16,
    map: AddressMap,
}

impl KeptMap {
    /// Lays it out, unless it is that of this picture already.
    pub(crate) fn keep(&mut self, picture: &Arc<Picture>, area: Rect) {
        let width = inner(area).width;
        if area.height > 0 && !self.is_of(picture, width) {
            *self = KeptMap {
                of: Arc::downgrade(picture),
                width,
                map: map_of(picture, width),
            };
        }
    }

    fn is_of(&self, picture: &Picture, width: u16) -> bool {
        std::ptr::eq(self.of.as_ptr(), picture) && self.width == width
    }

    fn map(&self, picture: &Picture, width: u16) -> AddressMap {
        if self.is_of(picture, width) {
            self.map.clone()
        } else {
            map_of(picture, width)
        }
    }
}

fn inner(area: Rect) -> Rect {
    Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    }
}

/// The map of a picture, and what its scan has to be marked.
fn map_of(picture: &Picture, width: u16) -> AddressMap {
    let mut map = AddressMap::of(&picture.lines, usize::from(width));
    for line in picture.lines.iter().filter(|line| line.duplicate) {
        map.mark(&line.range(), MapMark::Duplicate);
    }
    for violation in &picture.scan.verdict.violations {
        map.mark(&addresses(violation), MapMark::Violation);
    }
    map
}

/// Draws it, in as many rows as there are: the map, the part that is on the
/// screen, the legend.
pub(crate) fn render(
    kept: &KeptMap,
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
    let inner = inner(area);
    let mut map = kept.map(picture, inner.width);
    let now = shown.time();
    for range in flashing(snapshot, picture, now) {
        map.mark(&range, MapMark::Changed);
    }
    let suspected = snapshot.suspected.iter();
    for (range, _) in suspected.filter(|(_, at)| now < *at + MINUTE) {
        map.mark(range, MapMark::Suspected);
    }
    let spans: Vec<_> = map.cells.iter().map(|cell| span(theme, cell)).collect();
    put(buffer, inner, 0, &Line::from(spans));
    put(
        buffer,
        inner,
        1,
        &window(theme, &map, picture, visible, inner.width),
    );
    put(buffer, inner, 2, &legend(theme, &map, inner.width));
}

/// Where a violation is: what was skipped, else the line at which it shows.
fn addresses(violation: &Violation) -> Range<u64> {
    match (&violation.kind, violation.line, violation.previous) {
        (ViolationKind::Hole(range) | ViolationKind::LostTail(range), ..) => range.clone(),
        (_, Some((start, end)), _) | (_, None, Some((start, end))) => start..end,
        (_, None, None) => 0..1,
    }
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
        .map(|recent| recent.start..recent.end);
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
    match (sign(cell.mark), kind) {
        (Some((sign, role, _)), _) => Span::styled(sign, theme.style(role)),
        (None, Some(kind)) => Span::styled(letter(kind), theme.style(Role::Map(kind))),
        (None, None) => Span::styled("·", theme.style(Role::Dim)),
    }
}

/// The sign of a mark, its role, and what the legend says of it.
fn sign(mark: MapMark) -> Option<(&'static str, Role, &'static str)> {
    Some(match mark {
        MapMark::None => return None,
        MapMark::Changed => ("*", Role::MapChanged, "changed"),
        MapMark::Duplicate => ("≈", Role::DuplicateBadge, "duplicate"),
        MapMark::Suspected => ("✗", Role::ViolationBanner, "suspected hole"),
        MapMark::Violation => ("✗", Role::ViolationBanner, "violation"),
    })
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
    let Some(Range { start, end }) = picture.addresses_of(visible.clone()) else {
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

/// What the letters and the signs mean; what does not fit is left out whole.
fn legend(theme: Theme, map: &AddressMap, width: u16) -> Line<'static> {
    let mut line = Line::default();
    let mut add = |sign: &'static str, role, text: String| {
        let (sign, text) = (
            Span::styled(sign, theme.style(role)),
            Span::styled(text, theme.style(Role::Dim)),
        );
        if line.width() + sign.width() + text.content.trim_end().width() <= usize::from(width) {
            line.spans.extend([sign, text]);
        }
    };
    for kind in VmaKind::ALL {
        let total: u64 = map.cells.iter().fold(0, |sum, cell| {
            sum.saturating_add(cell.of_kind[kind as usize])
        });
        if total > 0 {
            let text = format!(" {} {}  ", kind.name(), bytes(total));
            add(letter(kind), Role::Map(kind), text);
        }
    }
    for mark in [
        MapMark::Violation,
        MapMark::Suspected,
        MapMark::Duplicate,
        MapMark::Changed,
    ] {
        let is_there = mark == MapMark::Changed || map.cells.iter().any(|cell| cell.mark == mark);
        if let Some((sign, role, word)) = sign(mark).filter(|_| is_there) {
            add(sign, role, format!(" {word}  "));
        }
    }
    add("┊", Role::Dim, " gap".into());
    line
}
