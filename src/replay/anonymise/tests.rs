//! Nothing of what was there is left, and all is judged the same.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use proptest::prelude::*;

use super::addresses::Addresses;
use super::names::Names;
use crate::linux::reader::Reader;
use crate::maps::line::parse_range;
use crate::oracle::verdict::{Verdict, Violation};
use crate::recording::frame::FrameKind;
use crate::recording::open::Recording;
use crate::recording::read_scans::ScanReader;
use crate::replay::cut::{Cut, Part};
use crate::replay::fixture::{LINES, foreign, simulated};
use crate::replay::index::Index;
use crate::replay::judging::Judging;
use crate::replay::player::Player;
use crate::replay::scans::stream_info;
use crate::replay::write_part::write_part;
use crate::simulated::fault::Fault;

fn anonymised(recording: &Arc<Recording>) -> Arc<Recording> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("of nobody");
    let cut = Cut::new(recording.clone(), Part::All).unwrap();
    write_part(
        &cut,
        true,
        &AtomicU64::new(0),
        &mut std::fs::File::create(&path).unwrap(),
    )
    .unwrap();
    Arc::new(Recording::open(&path).unwrap())
}

/// What is said of a violation, but for its addresses.
fn outline(violation: &Violation) -> String {
    format!(
        "{} {:?} {} {}",
        violation.kind.name(),
        violation.known,
        violation.chunk,
        violation.at
    )
}

/// All that judging comes to, but for the addresses.
fn judged(recording: &Arc<Recording>) -> Vec<String> {
    let mut out = Vec::new();
    let streams = recording
        .heads()
        .filter(|(_, head)| head.kind == FrameKind::Stream);
    for (_, head) in streams {
        let info = stream_info(recording, head.stream).unwrap();
        let mut reader = ScanReader::new(recording.clone(), head.stream, info.writers);
        let mut judging = Judging::new(&info, None).unwrap();
        let mut found = 0;
        while let Some(record) = reader.read_next() {
            judging.judge(record, &mut |_| found += 1).unwrap();
            if let Some(Verdict {
                lines,
                mixed,
                tears,
                violations,
            }) = judging.verdict()
            {
                let violations: Vec<String> = violations.iter().map(outline).collect();
                let tears: Vec<_> = tears
                    .iter()
                    .map(|it| (it.kind, it.backward, it.at))
                    .collect();
                out.push(format!("{lines} {mixed} {tears:?} {violations:?}"));
            }
        }
        out.push(format!(
            "{:?} {:?} {found}",
            judging.tally(),
            judging.missing()
        ));
        assert!(info.reader == Reader::Maps);
    }
    out
}

/// The payloads of all frames as text, where scans are read.
fn all_text(recording: &Arc<Recording>) -> String {
    let mut text = String::new();
    for (frame, head) in recording.heads() {
        match head.kind {
            FrameKind::Scans => {}
            FrameKind::Stream => {
                text += &String::from_utf8_lossy(&recording.payload(frame).unwrap());
                let info = stream_info(recording, head.stream).unwrap();
                let mut reader = ScanReader::new(recording.clone(), head.stream, info.writers);
                while let Some(record) = reader.read_next() {
                    text += &String::from_utf8_lossy(&record.text);
                }
            }
            _ => text += &String::from_utf8_lossy(&recording.payload(frame).unwrap()),
        }
    }
    text
}

fn is_shown(recording: &Arc<Recording>) -> usize {
    let mut player = Player::new(recording.clone(), false).unwrap();
    let lines = |moment: crate::replay::moment::Moment| {
        moment.snapshot.picture.map_or(0, |it| it.lines.len())
    };
    (0..player.count())
        .map(|number| {
            player.go_to_moment(number);
            lines(player.moment())
        })
        .sum()
}

#[test]
fn nothing_of_a_target_is_left() {
    let whole = foreign(60).recording();
    let other = anonymised(&whole);
    let (before, after) = (all_text(&whole), all_text(&other));
    let mut words = vec![
        "alice", "secret", "project", "libmine", "/usr", "tool", "173521", "1835287",
    ];
    let ranges: Vec<(u64, u64)> = LINES
        .iter()
        .map(|line| parse_range(line.as_bytes()).unwrap())
        .collect();
    let ends = ranges.iter().flat_map(|range| [range.0, range.1]);
    let ends: Vec<String> = ends
        .flat_map(|it| [format!("{it:08x}"), it.to_string()])
        .collect();
    words.extend(ends.iter().map(String::as_str));
    for word in words {
        assert!(!after.contains(word), "{word}");
    }
    for word in ["alice", "libmine", "tool, PID", "55d0a1b2c000"] {
        assert!(before.contains(word), "{word}");
    }
    for word in ["[heap]", "[stack]", "(deleted)", "/memfd:", "[anon:"] {
        assert!(after.contains(word), "{word}");
    }
    assert!(other.header().is_anonymised);
    assert_eq!(judged(&whole), judged(&other));
    assert_eq!(is_shown(&whole), is_shown(&other));
    let found = |of: &Arc<Recording>| Index::of(of).found.len();
    assert!(found(&whole) > 0);
    assert_eq!(found(&whole), found(&other));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn simulated_scans_are_judged_the_same(scenario in 0usize..1000, seed in 1u64..1000, holes: bool) {
        let fault = holes.then_some(Fault::Released);
        let whole = simulated(scenario, fault, seed, 1_500).recording();
        let other = anonymised(&whole);
        prop_assert_eq!(judged(&whole), judged(&other));
        prop_assert!(all_text(&whole) != all_text(&other));
    }
}

proptest! {
    #[test]
    fn addresses_stay_in_order_and_as_far_apart(
        mut pages in proptest::collection::vec((1u64..1 << 35, 1u64..1000), 1..30),
    ) {
        pages.sort_unstable();
        let mut addresses = Addresses::default();
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        for (page, count) in pages {
            let start = (page << 12).max(ranges.last().map_or(0, |last| last.1));
            ranges.push((start, start + (count << 12)));
        }
        ranges.iter().for_each(|range| addresses.see(range.0, range.1));
        addresses.settle();
        let width = |it: u64| format!("{it:08x}").len();
        let mut last = 0;
        for (i, &(start, end)) in ranges.iter().enumerate() {
            let moved = (addresses.changed(start).unwrap(), addresses.changed(end).unwrap());
            prop_assert_eq!((width(moved.0), width(moved.1)), (width(start), width(end)));
            prop_assert_eq!(moved.1 - moved.0, end - start);
            prop_assert_eq!(moved.0 % 4096, 0);
            prop_assert!(moved.0 >= last);
            let before = i.checked_sub(1).map(|i| ranges[i].1);
            prop_assert_eq!(before == Some(start), i > 0 && last == moved.0);
            last = moved.1;
        }
        prop_assert_eq!(addresses.changed(0xffff_ffff_ff60_0000), None);
    }

    #[test]
    fn names_are_as_long_and_the_same_for_the_same(names in proptest::collection::vec("/[a-z/ .:]{0,12}", 1..40)) {
        let mut of_nobody = Names::default();
        let others: Vec<Vec<u8>> = names.iter().map(|name| of_nobody.name(name.as_bytes())).collect();
        for (name, other) in names.iter().zip(&others) {
            prop_assert_eq!(name.len(), other.len());
            let same = names.iter().zip(&others).filter(|it| it.0 == name);
            prop_assert!(same.into_iter().all(|it| it.1 == other));
        }
    }
}

/// Recordings of this machine, by the variable `VMASCOPE_RECORDINGS`, with `:` between.
#[test]
#[ignore = "needs recordings"]
fn real_recordings_are_judged_the_same() {
    let paths = std::env::var("VMASCOPE_RECORDINGS").expect("names of recordings");
    for path in paths.split(':') {
        let whole = Arc::new(Recording::open(Path::new(path)).unwrap());
        let other = anonymised(&whole);
        assert_eq!(judged(&whole), judged(&other), "{path}");
        assert_eq!(is_shown(&whole), is_shown(&other), "{path}");
        let text = all_text(&other);
        for word in [
            "/usr",
            "dash",
            "libc",
            "x86_64-linux",
            "10126000",
            "7fdb",
            "work/main",
            "sleep",
            "ls /",
        ] {
            assert!(!text.contains(word), "{path} {word}");
        }
    }
}
