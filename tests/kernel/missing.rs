//! What one scan of a process that is not ours lacks, and the next has again,
//! on the running kernel: the modifier stands in for that process, steps
//! through unmapping and mapping, and is scanned in between.

use std::path::PathBuf;

use crate::described::described;
use vmascope::internals::events::EventKind;
use vmascope::internals::linux::{ChunkReader, NoClock};
use vmascope::internals::linux::{ProcFile, ProcFileName};
use vmascope::internals::maps::Excerpt;
use vmascope::internals::maps::ScanText;
use vmascope::internals::modifier::{Modifier, ModifierOptions};
use vmascope::internals::oracle::{Cause, MissingCounts, UnknownJudge};
use vmascope::internals::process::AttachedTarget;
use vmascope::internals::report::{WatchJson, totals_line, watch_event_line};
use vmascope::internals::sampling::{Follower, WatchEvent};
use vmascope::internals::sampling::{Found, FoundKind};
use vmascope::internals::scenario::parse_scenarios;

/// What the dynamic loader and setlocale do to a young process: a file goes,
/// and others come at the same addresses. A permission stands for a file.
const LOADER: &str = r#"original = "www"
operations = [
    { call = "munmap 0..3", state = "..." },
    { call = "mmap 2..3 x", state = ". . x" },
    { call = "mmap 0..2 r", state = "rr x" },
    { call = "mmap 0..3 w", state = "www" },
]"#;

/// What an allocator does.
const ALLOCATOR: &str = r#"original = "www"
operations = [
    { call = "munmap 0..3", state = "..." },
    { call = "mmap 0..3 w", state = "www" },
]"#;

/// A modifier in the original state of a scenario, and the scenario's number
/// of operations.
fn modifier(scenario: &str) -> (Modifier, usize) {
    let text = format!("[[scenario]]\nname = \"own\"\nsummary = \"s\"\n{scenario}");
    let scenario = parse_scenarios(&text, "the test").unwrap().remove(0);
    let mut modifier = Modifier::spawn(&ModifierOptions {
        program: PathBuf::from(env!("CARGO_BIN_EXE_vmascope")),
        ..ModifierOptions::default()
    })
    .unwrap();
    modifier.layout(&scenario, 20).unwrap();
    (modifier, scenario.operations.len())
}

/// Nothing says that it may have been a hole.
#[track_caller]
fn assert_claims_nothing(text: &str) {
    for word in ["suspect", "hole", "violation seen"] {
        assert!(!text.to_lowercase().contains(word), "{word}: {text}");
    }
}

/// Follows one cycle, a scan for each state.
fn follow_a_cycle(scenario: &str) -> (Vec<WatchEvent>, MissingCounts) {
    let (mut modifier, operations) = modifier(scenario);
    let target = AttachedTarget::attach(modifier.pid().into()).unwrap();
    let mut follower = Follower::new(target, false).unwrap();
    let mut all = Vec::new();
    follower.step(|watch_event| all.push(watch_event)).unwrap();
    for _ in 0..operations {
        modifier.step().unwrap();
        follower.step(|watch_event| all.push(watch_event)).unwrap();
    }
    let mut json = Vec::new();
    let (mut out, now) = (WatchJson::new(&mut json), chrono::Local::now());
    for watch_event in &all {
        assert_claims_nothing(&watch_event_line(watch_event));
        out.watch_event(now, watch_event, None).unwrap();
    }
    out.end(now, follower.totals(), &follower.calls_seen())
        .unwrap();
    let json = String::from_utf8(json).unwrap();
    let json = json.replace("\"suspected_holes\":null", "");
    assert_claims_nothing(&json);
    assert_claims_nothing(&totals_line(follower.totals(), &follower.calls_seen()));
    (all, follower.totals().missing)
}

fn counts(blinks: u64, remapped: u64) -> MissingCounts {
    MissingCounts {
        blinks,
        remapped,
        suspected: 0,
        not_followed: 0,
    }
}

#[test]
fn what_the_loader_does_is_remapped() {
    let (happenings, missing) = follow_a_cycle(LOADER);
    assert_eq!(missing, counts(0, 1));
    let changes = happenings
        .iter()
        .all(|it| matches!(it, WatchEvent::Change(..)));
    assert!(changes, "{happenings:?}");
}

#[test]
fn what_an_allocator_does_is_a_blink() {
    let (happenings, missing) = follow_a_cycle(ALLOCATOR);
    assert_eq!(missing, counts(1, 0));
    let blink = |it: &&WatchEvent| matches!(it, WatchEvent::CameBack(it, _) if it.is_blink());
    assert_eq!(happenings.iter().filter(blink).count(), 1, "{happenings:?}");
}

/// The same cycle, read and judged with nothing asked in between.
fn judge_a_cycle(scenario: &str) -> MissingCounts {
    let (mut modifier, operations) = modifier(scenario);
    let file = ProcFile::open(modifier.pid(), ProcFileName::Maps).unwrap();
    let mut reader = ChunkReader::new(file, 4096);
    let (mut judge, mut scan) = (UnknownJudge::new(), ScanText::default());
    let mut missing = MissingCounts::default();
    for operation in 0..=operations {
        if operation > 0 {
            modifier.step().unwrap();
        }
        reader.scan(&NoClock, &mut scan).unwrap();
        judge.judge(&mut scan);
        missing.merge(judge.counts());
    }
    missing
}

#[test]
fn the_judge_alone_says_the_same() {
    assert_eq!(judge_a_cycle(LOADER), counts(0, 1));
    assert_eq!(judge_a_cycle(ALLOCATOR), counts(1, 0));
}

#[test]
fn a_blink_is_described_as_no_violation() {
    let (happenings, _) = follow_a_cycle(ALLOCATOR);
    let blink = happenings
        .into_iter()
        .find_map(|watch_event| match watch_event {
            WatchEvent::CameBack(blink, _) => Some(blink),
            _ => None,
        });
    let event = described(Found {
        scan: 3,
        at_ns: 0,
        kind: FoundKind::CameBack {
            came_back: blink.unwrap(),
            cause: Cause::Unknown,
            excerpt: Excerpt::of_scan(&ScanText::default(), 0, 3),
        },
    });
    assert_eq!((event.kind, &*event.name), (EventKind::Blink, "blink"));
    assert!(event.sentence.contains("so it is normal and no violation"));
    assert_claims_nothing(&event.sentence);
}
