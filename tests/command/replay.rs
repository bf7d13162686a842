//! `--record` of what has no screen, and `replay` of that without one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::churning::Churning;
use crate::holes::shows_the_empty_tree;
use crate::support::wait_for;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vmascope"));
    command.env("VMASCOPE_CONFIG", "none");
    command.args(arguments).stdin(Stdio::null());
    command.output().expect("vmascope runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{error}: {}", text(bytes)))
}

/// A folder, and a file in it that does not exist.
fn new_file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("it.vmascope");
    (folder, file)
}

fn replayed(file: &Path, arguments: &[&str]) -> Output {
    let file = file.to_str().expect("UTF-8");
    run(&[&["replay", file], arguments].concat())
}

/// A scenario that shows H1 in both, and one that shows none.
const CHECK: [&str; 7] = [
    "check",
    "--scenario",
    "replace-tail,replace-middle",
    "--reader",
    "maps,query",
    "--duration",
    "300ms",
];

#[test]
fn a_check_is_printed_again_as_it_was() {
    let formats: [&[&str]; 4] = [
        &["--format", "human"],
        &["--format", "human", "--verbose", "--allow-known"],
        &["--format", "ktap", "--allow-known"],
        &["--format", "json"],
    ];
    for options in formats {
        let (folder, file) = new_file();
        let mail = folder.path().join("mail");
        let files = [
            "--record",
            file.to_str().unwrap(),
            "--report",
            mail.to_str().unwrap(),
        ];
        let live = run(&[&CHECK[..], options, &files].concat());
        let again = replayed(&file, &options[..2]);
        assert_eq!(text(&again.stdout), text(&live.stdout), "{options:?}");
        assert_eq!(again.status, live.status, "{options:?}");
        let again = replayed(&file, &["--format", "mail"]);
        assert_eq!(text(&again.stdout), fs::read_to_string(&mail).unwrap());
        assert_eq!(again.status, live.status, "{options:?}");
    }
}

#[test]
fn a_recorded_check_judged_afresh_comes_to_the_same() {
    let (_folder, file) = new_file();
    let several = ["--readers", "2", "--format", "json"];
    let record = ["--record", file.to_str().unwrap()];
    let live = run(&[&CHECK[..], &several, &record].concat());
    let lost = text(&live.stderr);
    let live_document = json(&live.stdout);
    let again = replayed(&file, &["--judge", "--format", "json"]);
    assert_eq!(again.status.code(), live.status.code());
    let document = json(&again.stdout);
    let cases = |document: &Value| document["cases"].as_array().unwrap().clone();
    let (then, now) = (cases(&live_document), cases(&document));
    assert_eq!((then.len(), now.len()), (4, 4));
    for (then, now) in then.iter().zip(&now) {
        assert_eq!(then["case"], now["case"]);
        assert_eq!(now["differences"], Value::Array(Vec::new()), "{now:#}");
        // On a machine that is too busy some find no room.
        if lost.is_empty() {
            assert_eq!(then["tally"], now["tally"], "{}", then["case"]);
            assert_eq!(now["scans_not_compared"], 0);
            assert_eq!(now["scans_not_recorded"], 0);
        }
    }
    if shows_the_empty_tree() {
        assert_eq!(again.status.code(), Some(1), "{document:#}");
        assert!(!document["events"].as_array().unwrap().is_empty());
    }
    let difference = document["difference"].as_str().unwrap();
    assert!(
        difference.starts_with("The same as was recorded"),
        "{difference}"
    );
    let human = replayed(&file, &["--judge"]);
    assert!(text(&human.stdout).contains("The same as was recorded"));
    assert_eq!(human.status, again.status);
    let ktap = text(&replayed(&file, &["--judge", "--format", "ktap"]).stdout);
    let results = ktap
        .lines()
        .filter(|line| line.contains("ok ") && !line.starts_with('#'));
    assert_eq!(results.count(), 4, "{ktap}");
    // By another rule it is said by which it was recorded.
    let rule = ["--judge", "--rule", "chunk-start", "--format", "json"];
    for case in cases(&json(&replayed(&file, &rule).stdout)) {
        assert_eq!(case["rule"], "chunk-start");
        assert_ne!(case["recorded_rule"], "chunk-start", "{case:#}");
    }
}

#[test]
fn a_check_that_was_killed_is_there_up_to_then() {
    let (_folder, file) = new_file();
    let mut killed = Command::new(env!("CARGO_BIN_EXE_vmascope"));
    killed.args(["check", "--scenario", "replace-middle", "--reader", "maps"]);
    killed.args(["--duration", "60s", "--record"]).arg(&file);
    let mut killed = killed
        .stdout(Stdio::null())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    // Totals of a second at least.
    let judged = || json(&replayed(&file, &["--judge", "--format", "json"]).stdout);
    wait_for("scans in the recording", || {
        let is_there = fs::metadata(&file).is_ok_and(|it| it.len() > 1 << 16);
        is_there && judged()["cases"][0]["compared"]["now"]["tally"]["scans"].as_u64() > Some(0)
    });
    killed.kill().unwrap();
    killed.wait().unwrap();
    let whole = fs::read(&file).unwrap();
    // Wherever it was cut off.
    for cut in [0, 1, 63, 64, 1000] {
        fs::write(&file, &whole[..whole.len() - cut]).unwrap();
        let ktap = replayed(&file, &["--format", "ktap"]);
        let (said, shown) = (text(&ktap.stderr), text(&ktap.stdout));
        assert!(matches!(ktap.status.code(), Some(1 | 3)), "{said}");
        assert!(said.lines().last().unwrap().contains("cut off"), "{said}");
        assert!(cut != 1 || said.contains("no whole frame"), "{said}");
        assert!(shown.contains("replace-middle.maps: scans "), "{shown}");
        let case = &judged()["cases"][0];
        assert_eq!(case["differences"], Value::Array(Vec::new()), "{case:#}");
    }
}

#[test]
fn a_watch_is_printed_again_as_it_was() {
    let target = Churning::start();
    let pid = target.pid().to_string();
    for format in ["human", "json"] {
        let (_folder, file) = new_file();
        let name = file.to_str().unwrap();
        let watch = [
            "watch",
            &pid,
            "--for",
            "1s",
            "--interval",
            "2ms",
            "--format",
            format,
        ];
        let live = run(&[&watch[..], &["--record", name]].concat());
        assert!(live.stdout.len() > 10_000, "{}", text(&live.stderr));
        let again = replayed(&file, &["--format", format]);
        assert_eq!(text(&again.stdout), text(&live.stdout));
        assert_eq!(text(&again.stderr), text(&live.stderr));
        assert_eq!(again.status.code(), Some(0));
        let judged = replayed(&file, &["--judge", "--format", "json"]);
        assert_eq!(judged.status.code(), Some(0));
        let case = &json(&judged.stdout)["cases"][0];
        assert_eq!(case["differences"], Value::Array(Vec::new()), "{case:#}");
        assert!(case["compared"]["now"]["tally"]["scans"].as_u64() > Some(10));
        for refused in [&["--format", "mail"][..], &["--judge", "--format", "ktap"]] {
            let refused = replayed(&file, refused);
            assert_eq!(refused.status.code(), Some(2));
            assert_eq!(text(&refused.stderr).lines().count(), 1);
        }
    }
}

#[test]
fn a_file_that_exists_is_not_recorded_over_and_a_wrong_command_line_leaves_none() {
    let (_folder, file) = new_file();
    let name = file.to_str().unwrap();
    let wrong = run(&["check", "--scenario", "none-such", "--record", name]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(!file.exists());
    for command in [&CHECK[..], &["demo"]] {
        let refused = run(&[command, &["--record", "-"]].concat());
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(said.contains("name a file"), "{said}");
    }
    fs::write(&file, "mine").unwrap();
    let own = std::process::id().to_string();
    for command in [&CHECK[..], &["watch", &own]] {
        let refused = run(&[command, &["--record", name]].concat());
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(3), "{said}");
        assert!(
            said.contains("exists") && said.lines().count() == 1,
            "{said}"
        );
    }
    assert_eq!(fs::read(&file).unwrap(), b"mine");
}

/// `tests/command/linux_7_3/make.sh` makes it.
#[test]
fn a_hole_of_another_kernel_is_shown_here_and_judged_as_it_was() {
    let file = Path::new("tests/command/linux_7_3/hole");
    let last = text(&replayed(file, &["--text", "-", "--size", "120x36"]).stdout);
    assert!(
        last.contains("  Linux 7.3.") && last.contains("HOLE (H1)"),
        "{last}"
    );
    let find = ["--text", "-", "--tear", "1", "--size", "120x36"];
    let find = text(&replayed(file, &find).stdout);
    assert!(find.contains("HOLE (H1)"), "{find}");
    let judged = replayed(file, &["--judge", "--format", "json"]);
    assert_eq!(judged.status.code(), Some(1));
    let document = json(&judged.stdout);
    assert!(
        document["kernel"]
            .as_str()
            .unwrap()
            .starts_with("Linux 7.3.")
    );
    let [event] = &document["events"].as_array().unwrap()[..] else {
        panic!("{document:#}");
    };
    assert_eq!(
        (&event["kind"], &event["known"]),
        (&"violation".into(), &"H1".into())
    );
    // The same scan.
    let scan = format!(" Scan {}: breaks a promise", event["scan"]);
    assert!(find.replace(',', "").contains(&scan), "{scan}: {find}");
}
