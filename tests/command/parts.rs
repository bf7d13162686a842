//! Parts of recordings, and recordings of which a part is damaged or gone.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::holes::shows_the_empty_tree;
use crate::share::recording;
use crate::support::wait_for;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vmascope"));
    command.args(arguments).env_remove("NO_COLOR");
    command.stdin(Stdio::null()).output().unwrap()
}

fn replay(file: &Path, arguments: &[&str]) -> Output {
    run(&[&["replay", file.to_str().unwrap()], arguments].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// A part of a recording, as a file of this name beside it.
#[track_caller]
fn part(of: &Path, folder: &Path, arguments: &[&str]) -> std::path::PathBuf {
    let out = folder.join(arguments.concat().replace(['-', '.'], ""));
    let made = replay(of, &[arguments, &["--out", out.to_str().unwrap()]].concat());
    assert!(made.status.success(), "{}", text(&made.stderr));
    out
}

/// A check that shows H1, where this kernel has it.
fn check(file: &Path) {
    let scenario = ["check", "--scenario", "replace,replace-tail"];
    let options = ["--reader", "maps,query", "--duration", "400ms", "--record"];
    let checked = run(&[&scenario[..], &options, &[file.to_str().unwrap()]].concat());
    assert!(matches!(checked.status.code(), Some(0 | 1)), "{checked:?}");
}

#[test]
fn a_part_of_a_check_is_a_check() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let whole = folder.join("whole");
    check(&whole);
    let document = json(&replay(&whole, &["--format", "json"]));
    let finds = document["events"].as_array().unwrap().len();
    for number in [0, finds + 1] {
        let out = folder.join("none");
        let number = number.to_string();
        let refused = replay(&whole, &["--tear", &number, "--out", out.to_str().unwrap()]);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(
            said.contains(&format!("the recording has {finds} find")),
            "{said}"
        );
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!out.exists());
    }
    // To the end of the first scans.
    let bytes = fs::read(&whole).unwrap();
    let all = frames(&bytes);
    let scans = all.iter().find(|(kind, ..)| *kind == 2).unwrap();
    let last_ns = bytes[scans.1.start + 40..][..8].try_into().unwrap();
    let to = u64::from_le_bytes(last_ns);
    let cut = part(&whole, folder, &["--cut", &format!("0s..{to}ns")]);
    let human = replay(&cut, &[]);
    let (said, shown) = (text(&human.stderr), text(&human.stdout));
    assert!(
        said.contains(&format!(
            "is the part from 0.000ns to {:.3?} of a longer",
            Duration::from_nanos(to)
        )),
        "{said}"
    );
    assert!(
        shown.contains("replace") && !said.contains("cut off"),
        "{said}{shown}"
    );
    let judged = json(&replay(&cut, &["--judge", "--format", "json"]));
    assert!(judged["cases"][0]["tally"]["scans"].as_u64() > Some(0));
    assert_eq!(judged["cases"][0]["differences"], Value::Array(Vec::new()));
    if !shows_the_empty_tree() {
        return;
    }
    let events = document["events"].as_array().unwrap();
    let is_hole = |event: &Value| event["kind"] == "violation" && event["seen"]["text"].is_object();
    let at = events.iter().position(is_hole).expect("a hole");
    let number = (at + 1).to_string();
    let tear = part(&whole, folder, &["--tear", &number]);
    let length = fs::metadata(&tear).unwrap().len();
    assert!(length <= 6 << 10, "{length}");
    let human = replay(&tear, &["--format", "human"]);
    let (said, shown) = (text(&human.stderr), text(&human.stdout));
    assert_eq!(human.status.code(), Some(1), "{said}");
    let needs = format!("is what find {number} of a longer recording needs");
    assert!(said.contains(&needs), "{said}");
    assert!(shown.starts_with(&format!("find {number}: ")), "{shown}");
    assert!(shown.contains(" is missing"), "{shown}");
    let ktap = text(&replay(&tear, &["--format", "ktap"]).stdout);
    assert!(ktap.contains("1..1") && ktap.contains("not ok 1"), "{ktap}");
    // Judged afresh it is found again, by its own scans.
    let judged = replay(&tear, &["--judge", "--format", "json"]);
    assert_eq!(judged.status.code(), Some(1));
    let judged = json(&judged);
    let sentences = |of: &Value| of["sentence"].clone();
    let again = judged["events"].as_array().unwrap().iter();
    assert!(again.map(sentences).any(|it| it == events[at]["sentence"]));
}

#[test]
fn a_tear_of_a_session_fits_in_a_mail() {
    let folder = tempfile::tempdir().unwrap();
    let whole = recording();
    let out = folder.path().join("none");
    let out = out.to_str().unwrap();
    let refused = replay(whole, &["--tear", "0", "--out", out]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let screen = text(&replay(whole, &["--text", "-"]).stdout);
    if !screen.contains("locks one VMA at a time") {
        return;
    }
    for anonymise in [&[][..], &["--anonymise"]] {
        let tear = part(
            whole,
            folder.path(),
            &[&["--tear", "1"], anonymise].concat(),
        );
        let length = fs::metadata(&tear).unwrap().len();
        assert!(length <= 8 << 10, "{length}");
        // What it looks like is what it looked like there.
        let looks = |file: &Path, options: &[&str]| {
            let drawn = ["--text", "-", "--view", "tears", "--size", "120x40"];
            let shown = replay(file, &[&drawn, options].concat());
            assert!(shown.status.success(), "{shown:?}");
            text(&shown.stdout)
        };
        if anonymise.is_empty() {
            let tears = |shown: &str| -> Vec<String> {
                let is_of_it = |line: &&str| line.contains("-->") || line.contains("boundary");
                shown.lines().filter(is_of_it).map(str::to_owned).collect()
            };
            let (then, now) = (looks(whole, &["--tear", "1"]), looks(&tear, &[]));
            assert_eq!(tears(&then), tears(&now), "{then}\n{now}");
            let scan = |shown: Output| {
                let shown = text(&shown.stdout);
                let lines = shown.lines().filter(|line| line.contains("-p "));
                lines.map(str::to_owned).collect::<Vec<_>>()
            };
            let drawn = ["--text", "-", "--tear", "1"];
            assert_eq!(scan(replay(whole, &drawn)), scan(replay(&tear, &drawn)));
        }
        let timeline = ["--text", "-", "--timeline", "--size", "160x24"];
        let shown = text(&replay(&tear, &timeline).stdout);
        assert!(shown.contains("a part: totals are of the whole"), "{shown}");
        let human = replay(&tear, &["--format", "human"]);
        assert!(text(&human.stdout).starts_with("find 1: "), "{human:?}");
        assert!(
            text(&human.stderr).contains("what find 1 of a longer"),
            "{human:?}"
        );
        let judged = json(&replay(&tear, &["--judge", "--format", "json"]));
        assert!(
            judged["cases"][0]["tally"]["torn"].as_u64() > Some(0),
            "{judged:#}"
        );
    }
}

#[test]
fn a_session_is_compared_to_its_end() {
    let judged = json(&replay(recording(), &["--judge", "--format", "json"]));
    for case in judged["cases"].as_array().unwrap() {
        // On a machine that is too busy some find no room.
        if case["scans_not_recorded"] == 0 {
            assert_eq!(case["scans_not_compared"], 0, "{case:#}");
        }
    }
}

/// The frames of a file: kind, and where head and payload are.
fn frames(bytes: &[u8]) -> Vec<(u8, Range<usize>, Range<usize>)> {
    let mut at = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let mut frames = Vec::new();
    while at + 64 <= bytes.len() {
        let stored = &bytes[at + 52..at + 56];
        let stored = u32::from_le_bytes(stored.try_into().unwrap()) as usize;
        frames.push((bytes[at + 4], at..at + 64, at + 64..at + 64 + stored));
        at += 64 + stored;
    }
    frames
}

#[test]
fn damage_in_the_middle_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (file, checked) = (folder.path().join("damaged"), folder.path().join("check"));
    check(&checked);
    let whole = fs::read(checked).unwrap();
    let scans: Vec<_> = frames(&whole)
        .into_iter()
        .filter(|(kind, ..)| *kind == 2)
        .collect();
    let (head, payload) = (&scans[0].1, &scans[scans.len() / 2].2);
    // A payload, and a head: what comes behind is found by its own.
    for (places, count) in [
        (&[payload.start][..], "1 frame"),
        (&[head.start + 20], "1 frame"),
        (&[head.start + 20, payload.end - 1], "2 frames"),
    ] {
        let mut bytes = whole.clone();
        places.iter().for_each(|at| bytes[*at] ^= 0x10);
        fs::write(&file, bytes).unwrap();
        for arguments in [
            &["--judge"][..],
            &["--format", "human"],
            &["--perfetto", "/dev/null"],
        ] {
            let said = text(&replay(&file, arguments).stderr);
            let says = format!("is damaged: {count} could not be read");
            assert!(said.contains(&says), "{arguments:?}: {said}");
            assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        }
    }
    let mut bytes = fs::read(recording()).unwrap();
    let is_moment = |(kind, ..): &&(u8, _, _)| *kind == 3;
    let all = frames(&bytes);
    let shown = all.iter().rfind(is_moment).unwrap().2.clone();
    bytes[shown.start] ^= 1;
    fs::write(&file, bytes).unwrap();
    let timeline = ["--text", "-", "--timeline", "--size", "160x24"];
    let shown = text(&replay(&file, &timeline).stdout);
    assert!(
        shown.contains("damaged: 1 frame could not be read"),
        "{shown}"
    );
}

#[test]
fn a_file_that_is_removed_or_replaced_meanwhile_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("recording");
    for replaces in [false, true] {
        let mut check = Command::new(env!("CARGO_BIN_EXE_vmascope"));
        check.args(["check", "--scenario", "replace-middle", "--reader", "maps"]);
        check.args(["--duration", "2s", "--record"]).arg(&file);
        check
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let check = check.spawn().unwrap();
        wait_for("a recording", || {
            fs::metadata(&file).is_ok_and(|it| it.len() > 1000)
        });
        match replaces {
            false => fs::remove_file(&file).unwrap(),
            true => {
                let other = folder.path().join("other");
                fs::write(&other, "mine").unwrap();
                fs::rename(other, &file).unwrap();
            }
        }
        let ended = check.wait_with_output().unwrap();
        // The check itself goes on to its end.
        assert!(matches!(ended.status.code(), Some(0 | 1)), "{ended:?}");
        let said = text(&ended.stderr);
        assert!(
            said.contains("has ended: its file was removed or replaced"),
            "{said}"
        );
        assert_eq!(file.exists(), replaces);
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}
