//! Standard output that nobody reads: no error, and the exit status is the one that
//! a reader would have got.

use std::io;
use std::process::{Command, Stdio};

use crate::holes::shows_the_empty_tree;

/// Exit status where the reader of the pipe is gone before anything is written.
fn unread(arguments: &str) -> Option<i32> {
    let (reader, writer) = io::pipe().expect("a pipe");
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_vmascope"))
        .args(arguments.split(' '))
        .stdin(Stdio::null())
        .stdout(writer)
        .output()
        .expect("vmascope runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.is_empty(), "{arguments}: {said}");
    output.status.code()
}

#[test]
fn a_check_ends_with_its_verdict() {
    let reads = if shows_the_empty_tree() {
        "--scenario replace --reader maps --duration 2s"
    } else {
        "--scenario resize --reader maps --duration 200ms"
    };
    let status = Some(i32::from(shows_the_empty_tree()));
    for format in ["human", "ktap", "json"] {
        assert_eq!(unread(&format!("check {reads} --format {format}")), status);
        // No kernel shows a hole in it.
        let held = "check --scenario resize --duration 100ms --format";
        assert_eq!(unread(&format!("{held} {format}")), Some(0));
    }
    // What is broken later is found, too.
    let later = reads.replace("--scenario ", "--scenario resize,");
    assert_eq!(unread(&format!("check {later}")), status);
}

#[test]
fn the_model_ends_with_its_verdict() {
    for (reader, status) in [("no-gap-check", Some(1)), ("merged-all-cures", Some(0))] {
        let protocol = format!("protocol --case split-tail --reader {reader}");
        for more in [
            "",
            " --walks 2000",
            " --format json",
            " --walks 2000 --format json",
        ] {
            assert_eq!(unread(&format!("{protocol}{more}")), status, "{more}");
        }
    }
}

#[test]
fn a_hunt_and_steps_end_as_they_would() {
    for format in ["human", "ktap", "json"] {
        let hunt = unread(&format!("fuzz --for 1s --seed 1 --format {format}"));
        // What it finds is chance, but it has hunted.
        assert!(matches!(hunt, Some(0 | 1)), "{hunt:?}");
    }
    for format in ["human", "json"] {
        assert_eq!(unread(&format!("step r m r --format {format}")), Some(0));
    }
}
