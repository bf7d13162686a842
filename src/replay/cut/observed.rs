//! What of a check belongs to a part of its recording: what runs, and of the cases whose
//! scans are in the part what they are and what they came to. That the run has ended
//! belongs to the whole alone.

use super::{Cut, Part, of_find};
use crate::events::Observation;
use crate::events::case::CaseKey;
use crate::recording::frame::FrameHead;
use crate::recording::json::from_json;

pub(super) fn is_wanted(cut: &Cut, head: &FrameHead, payload: &[u8]) -> bool {
    if cut.part == Part::All {
        return true;
    }
    let Ok(observation) = from_json::<Observation>(payload) else {
        return false;
    };
    match (&observation, &cut.find) {
        (Observation::Event(event), Some(find)) => **event == *find.event,
        (_, Some(find)) => of_find::is_wanted(&observation, &find.event),
        (Observation::RunStarted(_), None) => true,
        (Observation::CaseStarted(info), None) => is_read(cut, &info.case),
        (Observation::CaseFinished(result), None) => is_read(cut, &result.case),
        (Observation::Event(_), None) => cut.is_in_time(head),
        (Observation::Progress | Observation::RunFinished { .. }, None) => false,
    }
}

/// Whether the part has scans of a case.
fn is_read(cut: &Cut, case: &CaseKey) -> bool {
    let mut streams = cut.scans.keys();
    streams.any(|stream| cut.index.case_of(*stream) == Some(case))
}
