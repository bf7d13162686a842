//! The rule that all judges apply: which line may come next, from which address,
//! in which states.
//!
//! `next(s, c)` is the first VMA of state `s` that ends above `c`. The judges
//! ask it of every allowed state at once: a set of states is one bit each in a
//! `u64`, one set for every site.

use std::ops::Range;

use super::states::{Segment, States};
use super::verdict::ViolationKind;
use crate::maps::scan_text::Window;

/// For every site, the set of states it may be in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sets(pub(crate) Vec<u64>);

impl Sets {
    pub(crate) fn copy_from(&mut self, other: &Sets) {
        self.0.clear();
        self.0.extend_from_slice(&other.0);
    }

    /// All states that `window` allows.
    pub(crate) fn set_allowed(&mut self, states: &States, window: Window) {
        self.0.clear();
        self.0
            .extend(states.sites().iter().map(|site| site.allowed(window)));
    }

    pub(crate) fn set_all(&mut self, states: &States) {
        self.0.clear();
        self.0.extend(
            states
                .sites()
                .iter()
                .map(|site| u64::MAX >> (64 - site.state_count())),
        );
    }

    pub(crate) fn unite(&mut self, other: &Sets) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }
}

/// What is looked for from a cursor.
pub(crate) enum Expected<'a> {
    /// This line; where its name is another one it is the same VMA.
    Line(&'a [u8]),
    /// The same, of a site byte for byte.
    Exactly(&'a [u8]),
    /// Nothing: no VMA ends above the cursor.
    Nothing,
}

/// Whether some combination of the states in `sets` has `expected` next from
/// `cursor`. If so, `sets` keeps just those combinations.
///
/// A site that was passed keeps the states that have nothing more above the
/// cursor; the site of the line keeps those whose next line it is; sites
/// behind it are not touched. If not, `sets` is left without a meaning.
pub(crate) fn narrow(
    states: &States,
    sets: &mut Sets,
    cursor: u64,
    expected: &Expected<'_>,
) -> bool {
    let first = states.segment_at(cursor);
    for segment in &states.segments[first..] {
        let Some(site) = segment.site else {
            match states.next_in(&segment.variants[0], cursor) {
                Some(line) => return is_expected(states, line, expected),
                None => continue,
            }
        };
        let (mut matching, mut passing) = (0, 0);
        for (k, variant) in segment.variants.iter().enumerate() {
            match states.next_in(variant, cursor) {
                Some(line) if is_expected_of_site(states, line, expected) => matching |= 1 << k,
                Some(_) => {}
                None => passing |= 1 << k,
            }
        }
        if matching & sets.0[site] != 0 {
            sets.0[site] &= matching;
            return true;
        }
        sets.0[site] &= passing;
        if sets.0[site] == 0 {
            return false;
        }
    }
    matches!(expected, Expected::Nothing)
}

fn is_expected_of_site(states: &States, line: usize, expected: &Expected<'_>) -> bool {
    match expected {
        Expected::Exactly(text) => states.line_text(line) == *text,
        _ => is_expected(states, line, expected),
    }
}

pub(crate) fn is_expected(states: &States, line: usize, expected: &Expected<'_>) -> bool {
    let (Expected::Line(text) | Expected::Exactly(text)) = expected else {
        return false;
    };
    is_same_vma(states.line_text(line), text)
}

/// Whether two lines are of the same VMA: equal in all but the name. Names
/// change without any change of the address space, as when a mapped file is
/// renamed or deleted.
fn is_same_vma(a: &[u8], b: &[u8]) -> bool {
    a == b || but_name(a) == but_name(b)
}

/// What stands before the name: five fields, each with a space behind it.
pub(crate) fn but_name(line: &[u8]) -> &[u8] {
    let fifth = memchr::memchr_iter(b' ', line).nth(4);
    fifth.map_or(line, |space| &line[..space])
}

/// Calls `each` with `next(s, cursor)` for every allowed combination `s`: an
/// index into the lines, or none.
pub(crate) fn each_next(
    states: &States,
    sets: &Sets,
    cursor: u64,
    mut each: impl FnMut(Option<usize>),
) {
    for segment in &states.segments[states.segment_at(cursor)..] {
        let allowed = segment.site.map_or(1, |site| sets.0[site]);
        for (_, variant) in allowed_variants(&segment.variants, allowed) {
            if let Some(line) = states.next_in(variant, cursor) {
                each(Some(line));
            }
        }
        if !passes(states, sets, segment, cursor) {
            return;
        }
    }
    each(None);
}

/// Whether some allowed state has nothing in this segment above `cursor`.
pub(crate) fn passes(states: &States, sets: &Sets, segment: &Segment, cursor: u64) -> bool {
    let allowed = segment.site.map_or(1, |site| sets.0[site]);
    allowed_variants(&segment.variants, allowed)
        .any(|(_, variant)| states.next_in(variant, cursor).is_none())
}

fn allowed_variants(
    variants: &[Range<usize>],
    allowed: u64,
) -> impl Iterator<Item = (usize, &Range<usize>)> {
    variants
        .iter()
        .enumerate()
        .filter(move |(k, _)| allowed >> k & 1 == 1)
}

/// The lowest addresses in `range` that are mapped in every combination of
/// `sets`, as one run.
pub(crate) fn mapped_in_all(states: &States, sets: &Sets, range: Range<u64>) -> Option<Range<u64>> {
    let first = states.segment_at(range.start);
    for segment in &states.segments[first..] {
        let allowed = segment.site.map_or(1, |site| sets.0[site]);
        let mut cursor = range.start;
        while cursor < range.end {
            let mut common = cursor..range.end;
            let mut next_try = None;
            for (_, variant) in allowed_variants(&segment.variants, allowed) {
                let Some(line) = states.next_in(variant, cursor) else {
                    common = range.end..range.end;
                    next_try = None;
                    break;
                };
                let line = &states.lines[line];
                if line.start > cursor {
                    next_try = next_try.max(Some(line.start));
                }
                common.end = common.end.min(mapped_until(states, variant, cursor));
            }
            match next_try {
                Some(start) => cursor = start,
                None if common.is_empty() => break,
                None => return Some(common),
            }
        }
    }
    None
}

/// The end of the unbroken run of VMAs of `variant` that contains `cursor`.
fn mapped_until(states: &States, variant: &Range<usize>, cursor: u64) -> u64 {
    let mut end = cursor;
    if let Some(first) = states.next_in(variant, cursor) {
        for line in &states.lines[first..variant.end] {
            if line.start > end {
                break;
            }
            end = line.end;
        }
    }
    end
}

/// Why a line is wrong that no allowed state has next from `cursor`.
///
/// `allowed` are the states of the window; a chunk-granular reader's narrowed
/// set is not needed: what is possible in the window but not in one state is a
/// mixed chunk.
pub(crate) fn name_violation(
    states: &States,
    allowed: &Sets,
    cursor: u64,
    (start, end): (u64, u64),
    text: &[u8],
) -> ViolationKind {
    if end <= cursor {
        return ViolationKind::StaleLine;
    }
    if start > cursor
        && let Some(hole) = mapped_in_all(states, allowed, cursor..start)
    {
        return ViolationKind::Hole(hole);
    }
    if !has_line(states, allowed, start, text) {
        return ViolationKind::ForeignLine;
    }
    ViolationKind::SkippedLine
}

/// Whether some allowed state has exactly this line.
fn has_line(states: &States, allowed: &Sets, start: u64, text: &[u8]) -> bool {
    let Some(segment) = states.segments.get(states.segment_at(start)) else {
        return false;
    };
    let set = segment.site.map_or(1, |site| allowed.0[site]);
    allowed_variants(&segment.variants, set).any(|(_, variant)| {
        states
            .next_in(variant, start)
            .is_some_and(|line| is_same_vma(states.line_text(line), text))
    })
}
