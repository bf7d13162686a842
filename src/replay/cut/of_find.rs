//! What one find needs of a moment and of a report: nothing that is another find's, or
//! that is made of its scans.

use std::sync::Arc;

use super::{Cut, Wanted};
use crate::events::Observation;
use crate::events::event::{Event, Seen};
use crate::recording::json::{from_json, to_json};
use crate::session::foreign_report::Report;
use crate::session::rates::OVER;
use crate::session::snapshot::{FoundEvent, Snapshot};

/// Leaves what is needed of the moment that told of it.
pub(super) fn snapshot(cut: &Cut, find: &FoundEvent, snapshot: &mut Snapshot) {
    snapshot.found = vec![find.clone()];
    // What the rates are of.
    let history = snapshot.history.len().saturating_sub(OVER);
    snapshot.history = Arc::new(snapshot.history[history..].to_vec());
    let coverage = snapshot.coverage.iter();
    let coverage = coverage.filter(|row| row.case == find.event.case);
    snapshot.coverage = Arc::new(coverage.cloned().collect());
    if let Seen::Query(_) = find.event.seen {
        return;
    }
    // Those for the site stay: they stand beside its lines.
    snapshot.explored.answers = Default::default();
    // Its picture is made of the scan again.
    if shows_its_scan(cut, find) {
        snapshot.picture = None;
        snapshot.same_until = find.event.scan;
        snapshot.explored.recent = Arc::default();
    }
}

/// Whether what is shown at the moment is read by whoever found it, and the scan is kept.
fn shows_its_scan(cut: &Cut, find: &FoundEvent) -> bool {
    let shown = cut.index.moments[cut.moments.clone()].first();
    let wanted = shown.and_then(|moment| cut.scans.get(&moment.stream));
    matches!(wanted, Some(Wanted::Numbers(numbers)) if numbers.contains(&find.event.scan))
}

/// Of a report what it says of the case in which something was found.
pub(super) fn report(find: &FoundEvent, payload: Vec<u8>) -> Vec<u8> {
    let Ok(report) = from_json::<Report>(&payload) else {
        return payload;
    };
    let event = &find.event;
    let report = match report {
        Report::Judged(mut observations) => {
            observations.retain(|it| is_wanted(it, event));
            // A report has violations only, and not all.
            let is_result = |it: &Observation| matches!(it, Observation::CaseFinished(_));
            let results = observations.iter().position(is_result);
            let at = results.unwrap_or(observations.len());
            observations.insert(at, Observation::Event(Box::new((**event).clone())));
            Report::Judged(observations)
        }
        Report::Foreign(mut report) => {
            report.seen.events = vec![(**event).clone()];
            Report::Foreign(report)
        }
    };
    to_json(&report).unwrap_or(payload)
}

/// Whether an observation is of the case in which something was found.
pub(super) fn is_wanted(observation: &Observation, event: &Event) -> bool {
    match observation {
        Observation::RunStarted(_) => true,
        Observation::CaseStarted(info) => {
            (&info.case, info.placement) == (&event.case, event.placement)
        }
        Observation::CaseFinished(result) => result.case == event.case,
        Observation::Event(_) | Observation::Progress | Observation::RunFinished { .. } => false,
    }
}
