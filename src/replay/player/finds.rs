//! From find to find.

use super::Player;
use super::nowhere::NOT_KEPT;
use crate::events::event::EventKind;

impl Player {
    pub(super) fn step_by_finds(&mut self, count: i64, is_wanted: impl Fn(EventKind) -> bool) {
        self.place.playing = None;
        let index = &self.index;
        if let Some(find) = index.find_from(self.find, self.place.at, count, is_wanted) {
            self.show_find(find);
        }
    }

    /// Stops at the find of this number, from 1; whether there is one.
    pub(crate) fn go_to_find(&mut self, number: u64) -> bool {
        self.place.playing = None;
        let at = number
            .checked_sub(1)
            .and_then(|at| usize::try_from(at).ok());
        let find = at.filter(|at| self.index.find(*at).is_some());
        find.into_iter().for_each(|find| self.show_find(find));
        find.is_some()
    }

    /// Goes to the scan that shows a find.
    fn show_find(&mut self, find: usize) {
        let Some((at, (stream, number))) = self.index.find(find) else {
            return;
        };
        self.go_to(at);
        if stream != self.stream() {
            // It was told of when another was shown already.
            let mut moments = self.index.moments.iter();
            let its = moments.rposition(|moment| moment.stream == stream);
            its.into_iter().for_each(|moment| self.go_to_moment(moment));
        }
        // The scan itself, where it is kept and one of those that are shown.
        if stream == self.stream() {
            let is_shown = self.show_scan(number);
            // What told of it has counted it.
            let told = self.index.found[find].0;
            if !is_shown {
                self.notice = Some(NOT_KEPT.into());
            } else if self.index.moments[told].stream == stream {
                self.at = self.at.max(told);
            }
        }
        self.find = Some(find);
    }
}

/// What no correct kernel shows, or is suspected of.
pub(super) fn is_worst(kind: EventKind) -> bool {
    matches!(kind, EventKind::Violation | EventKind::SuspectedHole)
}
