//! What is written of a run comes back as it was.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Observation;
use super::case::{CaseKey, CaseResult, Fallbacks, LeftOut, Outcome, PlacementResult};
use super::event::{EventKind, QueryEvent, Seen};
use super::run_info::{Populated, run_info};
use crate::linux::features::KernelFacts;
use crate::linux::features::{ReaderRule, rule::Rule};
use crate::linux::known_holes::KnownHole;
use crate::linux::reader::Reader;
use crate::modifier::options::TouchCounts;
use crate::oracle::runs::Run;
use crate::oracle::tally::Tally;
use crate::oracle::verdict::ViolationKind;
use crate::sampling::scanned_calls::CallsSeen;
use crate::session::foreign_report::{ForeignReport, ForeignSeen, Report};
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;
use crate::tui::fixture::snapshot::{Kind, snapshot};

fn assert_comes_back<T: Debug + Serialize + DeserializeOwned>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    let back: T = serde_json::from_str(&text).unwrap();
    assert_eq!(format!("{back:#?}"), format!("{value:#?}"));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let back = T::deserialize(&value).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), text);
}

/// With something in every field.
fn tally() -> Tally {
    let mut tally = Tally {
        scans: 1,
        lines: 2,
        torn: 3,
        duplicates_at_boundary: 4,
        duplicates_inside: 5,
        backward: 6,
        violating_scans: 7,
        violations_inside: u64::MAX,
        ..Tally::default()
    };
    let kinds = [ViolationKind::Hole(0..1), ViolationKind::MixedChunk];
    for kind in kinds {
        for known in [
            KnownHole::H1.into(),
            Default::default(),
            KnownHole::ALL.into_iter().collect(),
        ] {
            tally.add_violation(&kind, known);
            tally.add_run(&kind, known, Run { ns: 8, scans: 9 });
        }
    }
    tally
}

fn results() -> Vec<CaseResult> {
    let reason = || "why not".to_owned();
    let outcomes = [
        Outcome::Held,
        Outcome::KnownViolations,
        Outcome::Violations,
        Outcome::NotRun,
        Outcome::Failed { reason: reason() },
        Outcome::Skipped { reason: reason() },
    ];
    let case = CaseKey {
        scenario: "replace".into(),
        reader: "maps".into(),
    };
    let result = |outcome| {
        let mut result = CaseResult::without_reading(case.clone(), (2, 3), outcome);
        result.tally = tally();
        result.proof = Some(TouchCounts {
            rounds: 1,
            pages: 2,
            fault: Some(3),
        });
        result.left_out.push(LeftOut {
            placement: Placement::Every,
            variant: 1,
            partly: true,
            reason: reason(),
        });
        result.placements.push(PlacementResult {
            placement: Placement::Last,
            variant: 1,
            schedule: Schedule::PreemptIdle,
            sites: 2,
            read_size: Some(4096),
            dwell: Some("up to 4 µs".into()),
            tally: tally(),
            fallbacks: Some(Fallbacks { count: 1, scans: 2 }),
            operations: 3,
            elapsed_ns: 4,
            rounds: vec![tally(), Tally::default()],
        });
        result
    };
    outcomes.map(result).into()
}

#[test]
fn every_observation_comes_back() {
    let rules = [(
        Reader::Maps,
        ReaderRule {
            rule: Rule::LINE_END,
            why: "it was seen".into(),
        },
    )];
    let mut run = run_info(3, &KernelFacts::detect().unwrap(), &rules);
    assert_comes_back(&Observation::RunStarted(Box::new(run.clone())));
    run.placements = Placement::ALL.into();
    run.populated = Some(Populated {
        letter_bytes: 1,
        asked_bytes: 2,
        why_less: Some("no memory".into()),
    });
    assert_comes_back(&Observation::RunStarted(Box::new(run.clone())));
    let mut events = Vec::new();
    for kind in [Kind::Hole, Kind::Duplicate] {
        let shown = snapshot(kind);
        let info = shown.scene.as_ref().unwrap().info.clone();
        assert_comes_back(&Observation::CaseStarted(Box::new(info)));
        events.extend(shown.found.iter().map(|found| (*found.event).clone()));
    }
    let mut query = events[0].clone();
    query.seen = Seen::Query(QueryEvent {
        address: u64::MAX,
        lookup: "covering".into(),
        answer: Some((1, 2)),
        hole: Some((3, 4)),
    });
    (query.window, query.schedule, query.kind) = (None, None, EventKind::SuspectedHole);
    events.push(query);
    for event in &events {
        assert_comes_back(&Observation::Event(Box::new(event.clone())));
    }
    for result in results() {
        assert_comes_back(&Observation::CaseFinished(Box::new(result)));
    }
    assert_comes_back(&Observation::Progress);
    assert_comes_back(&Observation::RunFinished {
        interrupted: true,
        problem: Some("it could not go on".into()),
        exit_code: 3,
    });
    assert_comes_back(&Report::Judged(vec![Observation::Progress]));
    assert_comes_back(&Report::Foreign(Box::new(ForeignReport {
        run,
        target: "target, PID 4242".into(),
        command: "target --at work".into(),
        ended: Some("it has exited".into()),
        watched: Duration::from_nanos(90_000_000_001),
        calls: CallsSeen::Refused(Arc::from("may not")),
        seen: ForeignSeen {
            tally: tally(),
            execs: 2,
            events,
            ..ForeignSeen::default()
        },
    })));
}

#[test]
fn counts_of_what_this_version_does_not_know_are_refused() {
    let mut text = serde_json::to_string(&tally()).unwrap();
    assert!(serde_json::from_str::<Tally>(&text).is_ok());
    text = text.replace("mixed chunk", "folded chunk");
    let why = serde_json::from_str::<Tally>(&text).unwrap_err();
    assert!(why.to_string().contains("folded chunk"), "{why}");
}
