//! Steps in recordings that nobody made.

use std::sync::Arc;

use super::Player;
use crate::events::event::EventKind;
use crate::recording::frame::{Frame, FrameKind};
use crate::recording::open::Recording;
use crate::replay::fixture::{foreign, recording, simulated};
use crate::replay::step::TimeStep;
use crate::scenario::catalogue::scenarios;
use crate::simulated::fault::Fault;

/// A recording with violations and tears.
fn torn() -> Vec<Frame> {
    let all = (0..scenarios().len()).map(|at| simulated(at, Some(Fault::Released), 7, 6_000));
    let mut all = all.map(|scans| scans.frames());
    let has_both = |frames: &Vec<Frame>| {
        let player = player(frames.clone());
        let found = &player.index().found;
        let count = |kind| found.iter().filter(|(_, it)| it.event.kind == kind).count();
        count(EventKind::Violation) > 1 && count(EventKind::Tear) > 1
    };
    all.find(has_both).expect("one scenario that shows both")
}

fn player(frames: Vec<Frame>) -> Player {
    Player::new(recording(frames), true).unwrap()
}

/// What is said of a step.
fn said(player: &mut Player, step: TimeStep) -> Option<String> {
    player.step(step);
    player.notice()
}

fn is_of(frame: &Frame, kind: FrameKind) -> bool {
    frame.head.kind == kind
}

#[test]
fn violations_are_gone_through_one_by_one() {
    let mut player = player(torn());
    let found = player.index().found.clone();
    let kinds: Vec<EventKind> = found.iter().map(|(_, it)| it.event.kind).collect();
    let violations: Vec<usize> = (0..kinds.len())
        .filter(|at| kinds[*at] == EventKind::Violation)
        .collect();
    assert!(
        violations.len() > 1 && violations.len() < kinds.len(),
        "{kinds:?}"
    );
    player.step(TimeStep::First);
    for at in &violations {
        assert_eq!(said(&mut player, TimeStep::Violations(1)), None);
        assert_eq!(player.find, Some(*at));
        let verdict = player
            .moment()
            .snapshot
            .picture
            .unwrap()
            .scan
            .verdict
            .clone();
        assert!(!verdict.violations.is_empty(), "{at}");
    }
    let end = said(&mut player, TimeStep::Violations(1)).unwrap();
    assert!(
        end.starts_with("no later violation: what is kept ends at "),
        "{end}"
    );
    for at in violations.iter().rev().skip(1) {
        assert_eq!(said(&mut player, TimeStep::Violations(-1)), None);
        assert_eq!(player.find, Some(*at));
    }
    assert!(said(&mut player, TimeStep::Violations(-1)).is_some());
}

#[test]
fn a_step_that_leads_nowhere_says_so() {
    let mut player = player(torn());
    let at_first = |player: &mut Player| player.step(TimeStep::First);
    for step in [
        TimeStep::First,
        TimeStep::Seconds(-1),
        TimeStep::Finds(-99_999),
    ] {
        at_first(&mut player);
        player.step(step);
        let there = (player.place().at, player.place().scan);
        let text = said(&mut player, step).unwrap_or_else(|| panic!("{step:?}"));
        assert!(text.contains(": what is kept begins at "), "{text}");
        assert!(text.chars().count() <= 58, "{text}");
        assert_eq!((player.place().at, player.place().scan), there, "{step:?}");
    }
    for step in [TimeStep::Last, TimeStep::Seconds(1)] {
        player.step(TimeStep::Last);
        assert!(said(&mut player, step).unwrap().contains(" ends at "));
    }
    // Never on when one wants to go back.
    at_first(&mut player);
    let mut last = player.place().at;
    while said(&mut player, TimeStep::Scans(-1)).is_none() {
        assert!(player.place().at < last);
        last = player.place().at;
    }
    assert_eq!((player.place().scan, player.place().at), (Some(1), last));
    let mut last = None;
    while said(&mut player, TimeStep::Scans(1)).is_none() {
        assert!(Some(player.place().at) > last);
        last = Some(player.place().at);
    }
    assert_eq!(Some(player.place().at), last);
    for (step, word) in [(TimeStep::Faster, "faster"), (TimeStep::Slower, "slower")] {
        let told = (0..9)
            .filter_map(|_| said(&mut player, step))
            .last()
            .unwrap();
        assert!(
            told.starts_with(&format!("it plays no {word} than ×1")),
            "{told}"
        );
    }
    // Said once.
    player.has_told();
    assert_eq!(player.notice(), None);
}

#[test]
fn of_a_target_that_is_not_ours_nothing_is_called_a_violation() {
    let mut player = player(foreign(200).frames());
    assert!(!player.index().found.is_empty());
    let text = said(&mut player, TimeStep::Violations(1)).unwrap();
    assert!(text.starts_with("no later suspected hole"), "{text}");
    assert_eq!(said(&mut player, TimeStep::Finds(1)), None);
}

#[test]
fn what_is_not_kept_is_counted_and_stepped_over() {
    let mut frames = torn();
    let of = |kind| {
        let frames = frames.iter().enumerate();
        let its = frames.filter(move |(_, frame)| is_of(frame, kind));
        its.map(|(at, _)| at).collect::<Vec<usize>>()
    };
    let (scans, moments) = (of(FrameKind::Scans), of(FrameKind::Moment));
    // The first frame of a segment is needed by the others.
    let (gone, moment) = (scans[9], moments[9]);
    let lost = u64::from(frames[gone].head.count);
    let first = frames[gone].head.first;
    let next = frames[scans[16]].head.first;
    for at in [gone, moment].into_iter().rev() {
        frames.remove(at);
    }
    let mut player = player(frames);
    let timeline = player.index().timeline.clone();
    assert_eq!((timeline.lost_scans, timeline.lost_moments), (lost, 1));
    assert!(player.go_to_scan(first - 1));
    let text = said(&mut player, TimeStep::Scans(1)).unwrap();
    assert_eq!(player.place().scan, Some(next));
    assert_eq!(
        text,
        format!("{} scans in between are not kept, or damaged", next - first)
    );
    assert!(said(&mut player, TimeStep::Scans(-1)).is_some());
    assert_eq!(player.place().scan, Some(first - 1));
}

/// The same with the bytes of these frames spoiled.
fn spoiled(mut frames: Vec<Frame>, which: &[usize]) -> Arc<Recording> {
    for at in which {
        for byte in &mut frames[*at].stored {
            *byte ^= 0x55;
        }
    }
    recording(frames)
}

#[test]
fn what_is_damaged_is_said_and_stepped_over() {
    let frames = torn();
    let of = |kind| {
        let its = frames.iter().enumerate();
        let its = its.filter(move |(_, frame)| is_of(frame, kind));
        its.map(|(at, _)| at).collect::<Vec<usize>>()
    };
    let (scans, moments) = (of(FrameKind::Scans), of(FrameKind::Moment));
    let first = frames[scans[12]].head.first;
    let next = frames[scans[16]].head.first;
    let recording = spoiled(torn(), &[scans[12], moments[3]]);
    let mut player = Player::new(recording, false).unwrap();
    assert_eq!(player.index().timeline.damaged, 1);
    player.go_to_moment(2);
    assert!(!player.moment().place.is_damaged);
    // And what rests on it, up to the next whole one.
    for (moment, is_damaged) in [(3, true), (7, true), (8, false), (3, true)] {
        player.go_to_moment(moment);
        assert_eq!(player.moment().place.is_damaged, is_damaged, "{moment}");
    }
    assert!(player.go_to_scan(first - 1));
    let text = said(&mut player, TimeStep::Scans(1)).unwrap();
    assert!(text.ends_with("are not kept, or damaged"), "{text}");
    assert_eq!(player.place().scan, Some(next));
    assert!(said(&mut player, TimeStep::Scans(-1)).is_some());
    assert_eq!(player.place().scan, Some(first - 1));
}
