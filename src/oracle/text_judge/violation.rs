//! What a violation is called, and which known holes lead to it.

use super::{PlaceInScan, TextJudge};
use crate::linux::features::rule::{Granularity, Position, Rule};
use crate::linux::known_holes::{KnownHole, KnownHoles};
use crate::linux::reader::Reader;
use crate::oracle::engine::{Expected, is_expected, name_violation, narrow};
use crate::oracle::signature::each_believed;
use crate::oracle::stale_iterator::each_past_a_stale_iterator;
use crate::oracle::states::States;
use crate::oracle::verdict::{Verdict, Violation, ViolationKind};

impl TextJudge {
    /// Names and records why the line that `line` is may not come here.
    pub(super) fn name(
        &mut self,
        states: &States,
        line: &[u8],
        range: (u64, u64),
        at: usize,
        place: &PlaceInScan,
    ) {
        let cursor = match (self.rule.position, place.first_in_chunk) {
            (Position::NextStart, true) => self.cursors.iter().flatten().min().copied(),
            _ => Some(place.cursor),
        }
        .map_or(place.cursor, |cursor| cursor.max(place.cursor));
        let kind = match name_violation(states, &self.allowed, cursor, range, line) {
            ViolationKind::SkippedLine if self.rule.granularity == Granularity::Chunk => {
                self.scratch.copy_from(&self.allowed);
                if narrow(states, &mut self.scratch, cursor, &Expected::Line(line)) {
                    ViolationKind::MixedChunk
                } else {
                    ViolationKind::SkippedLine
                }
            }
            kind => kind,
        };
        let known = match &kind {
            ViolationKind::Hole(_) | ViolationKind::SkippedLine => {
                self.signatures(states, &Expected::Line(line), place)
            }
            _ => KnownHoles::NONE,
        };
        self.violation(kind, known, at, Some(range), place);
        // What follows is judged afresh, so that one violation is one.
        self.explaining.copy_from(&self.allowed);
    }

    pub(super) fn violation(
        &mut self,
        kind: ViolationKind,
        known: KnownHoles,
        at: usize,
        line: Option<(u64, u64)>,
        place: &PlaceInScan,
    ) {
        if self.verdict.violations.len() < Verdict::MOST_VIOLATIONS {
            self.verdict.violations.push(Violation {
                kind,
                known,
                chunk: place.chunk,
                first_in_chunk: place.first_in_chunk,
                at,
                previous: place.previous,
                line,
                window: place.window,
            });
        }
    }

    /// The known holes that lead from the last line to `found`, where this
    /// reader can have them.
    fn signatures(&self, states: &States, found: &Expected<'_>, place: &PlaceInScan) -> KnownHoles {
        let mut known = KnownHoles::NONE;
        if self.rule != Rule::LINE_END {
            // All are of readers that lock one VMA at a time.
            return known;
        }
        let is_found = |next: Option<usize>| match next {
            Some(line) => is_expected(states, line, found),
            None => matches!(found, Expected::Nothing),
        };
        let (allowed, window) = (&self.allowed, place.window);
        each_believed(states, allowed, window, place.cursor, |next, hole| {
            if is_found(next) {
                known = known.and(hole);
            }
        });
        // Every chunk sets the iterator afresh, and smaps does before each line.
        if let (Reader::Maps, false, Some(printed)) =
            (self.reader, place.first_in_chunk, place.previous)
        {
            each_past_a_stale_iterator(states, allowed, window, printed, |next| {
                if is_found(next) {
                    known = known.and(KnownHole::H2);
                }
            });
        }
        known
    }

    /// The same where nothing was found. If that is what a chunk begins with,
    /// it was found so then, or when the chunk before had printed its last line.
    pub(super) fn signatures_of_the_end(
        &mut self,
        states: &States,
        place: &PlaceInScan,
    ) -> KnownHoles {
        let now = self.signatures(states, &Expected::Nothing, place);
        let Some(window) = self.window_before.filter(|_| place.first_in_chunk) else {
            return now;
        };
        self.allowed.set_allowed(states, window);
        let inside = PlaceInScan {
            window,
            first_in_chunk: false,
            ..*place
        };
        let before = self.signatures(states, &Expected::Nothing, &inside);
        self.allowed.set_allowed(states, place.window);
        now.union(before)
    }
}
