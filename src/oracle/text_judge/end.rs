//! The end of a scan: the gate VMA's line, the end of the file, a lost tail.

use super::{PlaceInScan, TextJudge};
use crate::linux::known_holes::KnownHoles;
use crate::maps::line::parse_range;
use crate::maps::scan_text::{ScanText, Window};
use crate::oracle::engine::{Expected, each_next, narrow};
use crate::oracle::states::States;
use crate::oracle::verdict::ViolationKind;

impl TextJudge {
    pub(super) fn judge_gate(
        &mut self,
        states: &States,
        line: &[u8],
        at: usize,
        place: &mut PlaceInScan,
    ) {
        self.verdict.lines += 1;
        let range = parse_range(line);
        if place.after_gate {
            self.violation(ViolationKind::StaleLine, KnownHoles::NONE, at, range, place);
        } else if states.gate.as_deref() != Some(line) {
            self.violation(
                ViolationKind::ForeignLine,
                KnownHoles::NONE,
                at,
                range,
                place,
            );
        } else {
            let decided_before = place.first_in_chunk && self.ended;
            if !decided_before && !self.may_come_next(states, &Expected::Nothing, place) {
                let known = self.signatures_of_the_end(states, place);
                self.lost_tail(states, known, at, place);
            }
        }
        if !narrow(states, &mut self.whole, place.cursor, &Expected::Nothing) {
            self.whole.0.fill(0);
        }
        place.after_gate = true;
    }

    /// The scan's end: the tree must have had nothing more, either for the
    /// last chunk's generation or for that of the read that returned nothing.
    pub(super) fn judge_end(&mut self, states: &States, scan: &ScanText, mut place: PlaceInScan) {
        if place.after_gate {
            return;
        }
        if !narrow(states, &mut self.whole, place.cursor, &Expected::Nothing) {
            self.whole.0.fill(0);
        }
        let at = scan.text().len();
        if states.gate.is_none() {
            if self.ended {
                return;
            }
            place.first_in_chunk = true;
            place.window = scan.eof;
            self.allowed.set_allowed(states, scan.eof);
            self.explaining.copy_from(&self.allowed);
            if self.may_come_next(states, &Expected::Nothing, &place) {
                return;
            }
            let known = self.signatures_of_the_end(states, &place);
            self.lost_tail(states, known, at, &place);
        } else {
            // Whatever else is lost, the gate line is, and no known hole does that.
            self.lost_tail(states, KnownHoles::NONE, at, &place);
        }
    }

    fn lost_tail(&mut self, states: &States, known: KnownHoles, at: usize, place: &PlaceInScan) {
        let mut lost = None;
        each_next(states, &self.allowed, place.cursor, |next| {
            let range = next.map(|line| states.lines[line].start..states.lines[line].end);
            lost = lost.take().or(range);
        });
        let lost = lost.unwrap_or(place.cursor..place.cursor);
        // Perhaps it was decided when the chunk before had printed its last line.
        let before = self.window_before.filter(|_| place.first_in_chunk);
        let window = Window {
            finished: before.unwrap_or(place.window).finished,
            begun: place.window.begun,
        };
        let place = &PlaceInScan { window, ..*place };
        self.violation(ViolationKind::LostTail(lost), known, at, None, place);
    }
}
