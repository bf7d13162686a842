//! The files that `replay` makes of a recording, for those without this program.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use prost::Message as _;

use crate::terminal::Terminal;

/// A recording of the demo in which something tore, where this kernel's readers tear
/// there; all tests read the same.
pub(crate) fn recording() -> &'static Path {
    static RECORDING: OnceLock<PathBuf> = OnceLock::new();
    RECORDING.get_or_init(|| {
        let name = format!("shared-{}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let record = ["demo", "--record", path.to_str().unwrap()];
        let mut terminal = Terminal::start(80, 24, &record, true);
        terminal.wait_for("a scan", |text| {
            let tears = text.contains("locks one VMA at a time");
            // The legend has a duplicate, too.
            text.contains("chunk 0: ") && (!tears || text.contains("╰ duplicate: "))
        });
        terminal.send("q");
        assert_eq!(terminal.wait_for_end().code(), Some(0));
        path
    })
}

fn replay(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vmascope"));
    command.arg("replay").arg(recording()).args(arguments);
    command.env("VMASCOPE_CONFIG", "none");
    command.env_remove("NO_COLOR").stdin(Stdio::null());
    command.output().unwrap()
}

/// What it writes to standard output.
#[track_caller]
fn made(arguments: &[&str]) -> Vec<u8> {
    let output = replay(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    output.stdout
}

#[track_caller]
fn text(arguments: &[&str]) -> String {
    String::from_utf8(made(arguments)).unwrap()
}

#[test]
fn a_picture_is_what_the_key_saves() {
    let file = recording().to_str().unwrap();
    for (view, key) in [("space", "1"), ("tears", "3")] {
        let mut terminal = Terminal::start(80, 24, &["replay", file], true);
        terminal.wait_for("the recording", |text| text.contains("REPLAY"));
        // The last moment; one that it is at already would be said to be the last.
        terminal.send(&format!("{key}^$"));
        terminal.wait_for("its end", |text| text.contains("▼ "));
        terminal.send("S");
        let shown = terminal.wait_for("the picture", |text| text.contains("wrote "));
        let name = shown
            .split_once("wrote ")
            .and_then(|(_, rest)| rest.split_once(".svg"));
        let saved = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name.unwrap().0);
        terminal.send("q");
        terminal.wait_for_end();
        let saved = ["svg", "txt"].map(|extension| {
            let path = saved.with_extension(extension);
            let text = fs::read_to_string(&path).unwrap();
            fs::remove_file(path).unwrap();
            text
        });
        let of = |what| text(&["--view", view, "--timeline", what, "-"]);
        assert_eq!(of("--text"), saved[1]);
        assert_eq!(of("--svg"), saved[0]);
    }
}

#[test]
fn a_cast_plays_to_the_last_moment_of_the_screen() {
    let some = |number| NonZeroU16::new(number).unwrap();
    for (columns, rows) in [(80, 24), (120, 40)] {
        let size = format!("{columns}x{rows}");
        let cast = text(&["--cast", "-", "--size", &size, "--speed", "10"]);
        let mut lines = cast.lines().map(|line| serde_json::from_str(line).unwrap());
        let header: serde_json::Value = lines.next().unwrap();
        assert_eq!(header["version"], 3);
        assert_eq!(
            (&header["term"]["cols"], &header["term"]["rows"]),
            (&columns.into(), &rows.into())
        );
        assert!(
            header["timestamp"].as_u64().unwrap() > 1_700_000_000,
            "{header}"
        );
        let mut screen = vt100::Parser::new(some(rows), some(columns), 0);
        let mut markers = Vec::new();
        let mut events = 0;
        for event in lines {
            let data = event[2].as_str().unwrap();
            assert!(event[0].as_f64().unwrap() >= 0.0, "{event}");
            match event[1].as_str() {
                Some("o") => screen.process(data.as_bytes()),
                Some("m") => markers.push(data.to_owned()),
                _ => panic!("{event}"),
            }
            events += 1;
        }
        let last = text(&["--text", "-", "--size", &size]);
        let shown: Vec<String> = screen.screen().rows(0, columns).collect();
        let shown: Vec<&str> = shown.iter().map(|row| row.trim_end()).collect();
        assert_eq!(shown, last.lines().collect::<Vec<_>>());
        assert!(
            events > 1 && screen.screen().hide_cursor(),
            "{events} events"
        );
        if last.contains("locks one VMA at a time") {
            assert!(!markers.is_empty());
        }
    }
}

#[derive(prost::Message)]
struct Trace {
    #[prost(message, repeated, tag = "1")]
    packet: Vec<Packet>,
}

#[derive(prost::Message)]
struct Packet {
    #[prost(message, optional, tag = "6")]
    clock_snapshot: Option<ClockSnapshot>,
    #[prost(uint64, optional, tag = "8")]
    timestamp: Option<u64>,
    #[prost(uint32, tag = "10")]
    trusted_packet_sequence_id: u32,
    #[prost(message, optional, tag = "11")]
    track_event: Option<TrackEvent>,
    #[prost(message, optional, tag = "60")]
    track_descriptor: Option<TrackDescriptor>,
}

#[derive(prost::Message)]
struct ClockSnapshot {
    #[prost(message, repeated, tag = "1")]
    clocks: Vec<Clock>,
}

#[derive(prost::Message)]
struct Clock {
    #[prost(uint32, tag = "1")]
    clock_id: u32,
    #[prost(uint64, tag = "2")]
    timestamp: u64,
}

#[derive(prost::Message)]
struct TrackDescriptor {
    #[prost(uint64, tag = "1")]
    uuid: u64,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(uint64, tag = "5")]
    parent_uuid: u64,
}

#[derive(prost::Message)]
struct TrackEvent {
    #[prost(message, repeated, tag = "4")]
    debug_annotations: Vec<DebugAnnotation>,
    #[prost(int32, tag = "9")]
    r#type: i32,
    #[prost(uint64, tag = "11")]
    track_uuid: u64,
    #[prost(string, tag = "23")]
    name: String,
    #[prost(int64, tag = "30")]
    counter_value: i64,
}

#[derive(prost::Message)]
struct DebugAnnotation {
    #[prost(uint64, optional, tag = "3")]
    uint_value: Option<u64>,
    #[prost(string, optional, tag = "6")]
    string_value: Option<String>,
    #[prost(string, tag = "10")]
    name: String,
}

/// `TrackEvent::Type`.
const SLICE_BEGIN: i32 = 1;
const SLICE_END: i32 = 2;
const INSTANT: i32 = 3;
const COUNTER: i32 = 4;

/// Events by their tracks, in order: `NAME #NUMBER`, as streams have tracks of the
/// same names.
fn tracks(trace: &[u8]) -> BTreeMap<String, Vec<(u64, TrackEvent)>> {
    let trace = Trace::decode(trace).unwrap();
    let clocks = trace.packet[0].clock_snapshot.as_ref().unwrap();
    // Time 0, and the clock on the wall then.
    assert_eq!(
        (clocks.clocks[0].clock_id, clocks.clocks[0].timestamp),
        (6, 0)
    );
    assert!(clocks.clocks[1].clock_id == 1 && clocks.clocks[1].timestamp > 1 << 60);
    let mut names = BTreeMap::new();
    let mut tracks: BTreeMap<String, Vec<(u64, TrackEvent)>> = BTreeMap::new();
    for packet in trace.packet {
        assert_eq!(packet.trusted_packet_sequence_id, 1);
        if let Some(track) = packet.track_descriptor {
            assert!(track.parent_uuid == 0 || names.contains_key(&track.parent_uuid));
            let name = format!("{} #{}", track.name, track.uuid);
            assert!(names.insert(track.uuid, name).is_none());
        }
        if let Some(event) = packet.track_event {
            let name = names[&event.track_uuid].clone();
            let events = tracks.entry(name).or_default();
            events.push((packet.timestamp.unwrap(), event));
        }
    }
    tracks
}

/// The scans of all streams: their numbers, and when each began.
fn scans(tracks: &BTreeMap<String, Vec<(u64, TrackEvent)>>) -> Vec<(u64, u64)> {
    let of_scans = tracks.iter().filter(|(name, _)| name.starts_with("scans "));
    let events = of_scans.flat_map(|(_, events)| events);
    let begun = events.filter(|(_, event)| event.r#type == SLICE_BEGIN);
    let number = |event: &TrackEvent| {
        let mut told = event.debug_annotations.iter();
        told.find(|it| it.name == "number")
            .unwrap()
            .uint_value
            .unwrap()
    };
    begun.map(|(at, event)| (number(event), *at)).collect()
}

#[test]
fn a_trace_has_scans_operations_and_finds() {
    let all = tracks(&made(&["--perfetto", "-"]));
    for (name, events) in &all {
        let mut open = false;
        let mut last = (0, i64::MIN);
        for (at, event) in events {
            match event.r#type {
                SLICE_BEGIN => assert!(!std::mem::replace(&mut open, true), "{name}"),
                SLICE_END => assert!(std::mem::replace(&mut open, false), "{name}"),
                INSTANT => assert!(!event.name.is_empty(), "{name}"),
                COUNTER => {
                    assert!(event.counter_value >= last.1, "{name}");
                    last.1 = event.counter_value;
                }
                other => panic!("{name}: type {other}"),
            }
            if event.r#type != INSTANT {
                assert!(*at >= last.0, "{name}");
                last.0 = *at;
            }
        }
        assert!(!open, "{name}");
    }
    let read = scans(&all);
    assert!(
        read.len() > 1 && read.is_sorted() && read[0].0 == 1,
        "{} scans",
        read.len()
    );
    let last = |name: &str| all[name].last().unwrap().1.counter_value;
    let mut counters = 0;
    for name in all.keys() {
        if let Some(number) = name.strip_prefix("operations finished #") {
            let begun = number.parse::<u64>().unwrap() + 1;
            assert!(last(name) <= last(&format!("operations begun #{begun}")));
            counters += 1;
        }
    }
    assert!(counters > 0);
    // What the list of the screen has is here, too, and each find in its scan.
    let screen = text(&["--text", "-"]);
    if screen.contains("locks one VMA at a time") {
        for (at, find) in &all["finds #1"] {
            let told: BTreeMap<&str, &DebugAnnotation> = find
                .debug_annotations
                .iter()
                .map(|it| (&*it.name, it))
                .collect();
            let sentence = told["sentence"].string_value.as_deref().unwrap();
            assert!(sentence.ends_with('.'), "{sentence}");
            if told["case"]
                .string_value
                .as_deref()
                .unwrap()
                .ends_with("by maps")
            {
                let number = told["scan"].uint_value.unwrap();
                let begun = read.iter().find(|(it, _)| *it == number).unwrap().1;
                assert!(begun < *at, "scan {number}");
            }
        }
    }
    // A part of it.
    let middle = read[read.len() / 2].1;
    let until = format!("..{}us", middle / 1000);
    let part = scans(&tracks(&made(&["--perfetto", "-", "--at", &until])));
    assert!(part.len() < read.len() && part[..] == read[..part.len()]);
    assert!(part.iter().all(|(_, begun)| *begun <= middle));
}

#[test]
fn what_cannot_be_made_is_an_error_on_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let (folder, new) = (folder.path().to_str().unwrap(), folder.path().join("new"));
    let new = new.to_str().unwrap();
    let (same, file) = (format!("{folder}/./new"), recording().to_str().unwrap());
    for (arguments, status, says) in [
        (
            &["--text", new, "--scan", "999999999"][..],
            2,
            "not in this recording",
        ),
        (
            &["--svg", new, "--tear", "999999999"],
            2,
            "there is no find 999999999: the recording has ",
        ),
        (&["--svg", new, "--tear", "0"], 2, "there is no find 0"),
        (
            &["--text", new, "--at", "1000s"],
            2,
            "the recording goes from ",
        ),
        (
            &["--perfetto", new, "--at", "..1ns"],
            2,
            "the recording goes from ",
        ),
        (
            &["--cut", "1000s..", "--out", new],
            2,
            "the recording goes from ",
        ),
        (
            &["--svg", new, "--text", &same],
            2,
            "cannot write two things to",
        ),
        (
            &["--anonymise", "--out", new, "--text", &same],
            2,
            "cannot write two things to",
        ),
        (&["--svg", "-", "--text", "-"], 2, "two things to -"),
        (&["--svg", file], 3, "it is a recording"),
        (&["--anonymise", "--out", "-"], 2, "name a file"),
        (&["--svg", new, "--keys", "3<Foo>"], 2, "no key <Foo>"),
        (
            &["--at", "1s", "--format", "human"],
            2,
            "'--at <A..B>' cannot be used with '--format <FORMAT>'",
        ),
        (&["--size", "80x24", "--judge"], 2, "cannot be used with"),
        (&["--view", "tears"], 2, "--svg"),
        (&["--speed", "10", "--svg", new], 2, "--cast"),
        (
            &["--cast", "/dev/full"],
            3,
            "cannot write the cast to /dev/full",
        ),
        (&["--perfetto", folder], 3, "not a regular file"),
        (&["--cast", new, "--size", "4x4"], 2, "each from 5 to 1000"),
        (&["--cast", new, "--speed", "3"], 2, "1/1000"),
        (
            &["--cast", new, "--at", "3s..2s"],
            2,
            "from earlier to later",
        ),
        (&["--svg", new, "--view", "protocol"], 2, "coverage"),
        (&["--perfetto", new, "--keys", "x"], 2, "--cast"),
    ] {
        let output = replay(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(
            said.contains(says) && said.lines().count() == 1,
            "{arguments:?}: {said}"
        );
        assert!(!Path::new(new).exists(), "{arguments:?}");
    }
}

#[test]
fn the_pictures_are_those_of_the_recordings() {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("assets/make.sh")
        .arg(folder.path())
        .env("VMASCOPE", env!("CARGO_BIN_EXE_vmascope"))
        .env_remove("NO_COLOR")
        .status()
        .unwrap();
    assert!(made.success());
    let pictures = fs::read_dir("assets").unwrap().map(|it| it.unwrap().path());
    let is_picture = |path: &PathBuf| path.extension().is_some_and(|it| it == "svg");
    let pictures: Vec<PathBuf> = pictures.filter(is_picture).collect();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), pictures.len());
    for picture in pictures {
        let anew = folder.path().join(picture.file_name().unwrap());
        let same = fs::read(&picture).unwrap() == fs::read(anew).unwrap();
        assert!(same, "{} is not current: assets/make.sh", picture.display());
    }
}
