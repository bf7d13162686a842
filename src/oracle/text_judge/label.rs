//! Which known holes lead to what a text reader has read.

use super::{Place, TextJudge};
use crate::linux::features::rule::{Reader, Rule};
use crate::linux::known_holes::{KnownHole, KnownHoles};
use crate::oracle::engine::{Wanted, is_wanted};
use crate::oracle::signature::{each_believed, each_past_a_stale_iterator};
use crate::oracle::states::States;

impl TextJudge {
    /// The known holes that lead from the last line to `found`, where this
    /// reader can have them.
    pub(crate) fn signatures(
        &self,
        states: &States,
        found: &Wanted<'_>,
        place: &Place,
    ) -> KnownHoles {
        let mut known = KnownHoles::NONE;
        if self.rule != Rule::LINE_END {
            // All are of readers that lock one VMA at a time.
            return known;
        }
        let is_found = |next: Option<usize>| match next {
            Some(line) => is_wanted(states, line, found),
            None => matches!(found, Wanted::Nothing),
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
    pub(crate) fn signatures_of_the_end(&mut self, states: &States, place: &Place) -> KnownHoles {
        let now = self.signatures(states, &Wanted::Nothing, place);
        let Some(window) = self.window_before.filter(|_| place.first_in_chunk) else {
            return now;
        };
        self.allowed.set_allowed(states, window);
        let inside = Place {
            window,
            first_in_chunk: false,
            ..*place
        };
        let before = self.signatures(states, &Wanted::Nothing, &inside);
        self.allowed.set_allowed(states, place.window);
        now.union(before)
    }
}
