//! `watch` and `diff` as a script uses them, and targets by their names.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use crate::support::{Resting, skip};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use vmascope::internals::modifier::{Modifier, ModifierOptions};

fn vmascope(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vmascope"));
    command.env("VMASCOPE_CONFIG", "none");
    command.args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str]) -> Output {
    vmascope(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
fn refused(output: &Output, code: i32) -> String {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn watch_writes_one_object_a_line() {
    let target = Resting::start();
    let pid = target.pid().to_string();
    let arguments = [
        "watch",
        &pid,
        "--for",
        "2s",
        "--interval",
        "10ms",
        "--format",
        "json",
    ];
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(0));
    let lines: Vec<Value> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (first, last) = (&lines[0], &lines[lines.len() - 1]);
    assert_eq!(first["event"], "start");
    assert_eq!(first["pid"], target.pid());
    assert_eq!(last["event"], "end");
    assert!(last["scans"].as_u64().unwrap() > 1);
    let calls = lines.iter().filter(|line| line["event"] == "calls");
    assert_eq!(calls.count(), 1, "whether its calls are seen: {lines:?}");
    assert_eq!(lines.len(), 3, "it rests: {lines:?}");
}

#[test]
fn watch_tells_what_a_program_does_and_how_it_ends() {
    let mut target = Resting::before_exec("cat");
    let pid = target.pid().to_string();
    let mut watch = vmascope(&["watch", &pid, "--interval", "1ms"])
        .spawn()
        .unwrap();
    let mut errors = BufReader::new(watch.stderr.take().unwrap()).lines();
    let first = errors.next().unwrap().unwrap();
    assert!(
        first.starts_with(&format!("watching process {pid}, sh: ")),
        "{first}"
    );
    target.say("\n");
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    let exec = " exec      the target has run another program: cat, ";
    assert!(lines.any(|line| line.unwrap().contains(exec)));
    // As long as it is not told, it waits.
    target.go_on();
    let last = lines.last().unwrap().unwrap();
    assert!(last.contains(" exit      the target has exited"), "{last}");
    assert_eq!(watch.wait().unwrap().code(), Some(0));
    assert!(errors.next().unwrap().unwrap().contains(" scans, "));
}

#[test]
fn watch_is_quiet_when_nobody_reads_on() {
    let target = Resting::start();
    let pid = target.pid().to_string();
    // Nothing happens, so that it has nothing to write that could fail.
    let mut watch = vmascope(&["watch", &pid]).spawn().unwrap();
    drop(watch.stdout.take());
    let output = watch.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(
        !text(&output.stderr).contains("annot"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn watch_ends_on_a_signal_with_its_totals() {
    let target = Resting::start();
    let pid = target.pid().to_string();
    let mut watch = vmascope(&["watch", &pid, "--format", "json"])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    let start: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(start["event"], "start");
    kill(Pid::from_raw(watch.id() as i32), Signal::SIGINT).unwrap();
    let last: Value = serde_json::from_str(&lines.last().unwrap().unwrap()).unwrap();
    assert_eq!(last["event"], "end");
    assert_eq!(watch.wait().unwrap().code(), Some(0));
}

#[test]
fn a_name_will_do_if_no_other_process_has_it() {
    let name = format!("vmascope-name-{}", std::process::id());
    let called_so = || Resting::named(OsStr::new(&name));
    let Some(target) = called_so() else {
        return skip("cat goes by its name on this system");
    };
    let output = run(&["watch", &name, "--for", "1ms"]);
    assert_eq!(output.status.code(), Some(0));
    let pid = target.pid();
    assert!(text(&output.stderr).contains(&format!("process {pid}, cat")));
    let other = called_so().unwrap();
    let said = refused(&run(&["watch", &name, "--for", "1ms"]), 3);
    for wanted in [
        format!("2 processes named {name}"),
        pid.to_string(),
        other.pid().to_string(),
    ] {
        assert!(said.contains(&wanted), "{said}");
    }
    let said = refused(&run(&["attach", "no\x1bprocess"]), 3);
    assert!(said.contains("no\\x1bprocess"), "{said}");
}

#[test]
fn diff_of_a_process_and_its_saved_text() {
    let target = Resting::start();
    let pid = target.pid();
    let directory = tempfile::tempdir().unwrap();
    let saved = directory.path().join("saved");
    let saved_name = saved.to_str().unwrap();
    for file in ["maps", "smaps"] {
        let maps = std::fs::read(format!("/proc/{pid}/{file}")).unwrap();
        std::fs::write(&saved, &maps).unwrap();
        let output = run(&["diff", saved_name, &pid.to_string()]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(
            text(&output.stdout).ends_with("no difference\n"),
            "{}",
            text(&output.stdout)
        );
    }
    // Without its last VMA but one, and with more of its heap.
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let kept: String = maps
        .lines()
        .filter(|line| !line.ends_with("[stack]"))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(&saved, kept).unwrap();
    let output = run(&["diff", &pid.to_string(), saved_name, "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let changes = document["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{document}");
    assert_eq!(changes[0]["kind"], "only_before");
    assert_eq!(document["names"][0]["name"], "[stack]");
    assert_eq!(document["names"][0]["vmas"], serde_json::json!([1, 0]));
    std::fs::write(&saved, "this is no maps text\n").unwrap();
    let said = refused(&run(&["diff", saved_name, &pid.to_string()]), 3);
    assert!(said.contains("line 1"), "{said}");
    std::fs::remove_file(&saved).unwrap();
    let said = refused(&run(&["diff", saved_name, &pid.to_string()]), 3);
    assert!(said.contains("No such file"), "{said}");
    refused(&run(&["diff", "-", "-"]), 2);
}

#[test]
fn diff_reads_what_it_can_read_right_and_refuses_the_rest() {
    let (target, other) = (Resting::start(), Resting::start());
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let maps = |pid| std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let pid = target.pid().to_string();
    let (mine, theirs) = (maps(target.pid()), maps(other.pid()));
    let reversed: String = mine.lines().rev().map(|line| format!("{line}\n")).collect();
    for (name, saved, says) in [
        ("returns", mine.replace('\n', "\r\n"), "CR LF"),
        ("cut", mine.trim_end_matches('\n').to_owned(), "no newline"),
        ("reversed", reversed, "sorted"),
    ] {
        let output = run(&["diff", &pid, &file(name, &saved)]);
        let said = text(&output.stdout);
        assert!(
            said.contains(says) && said.ends_with("no difference\n"),
            "{said}"
        );
    }
    let prefixed: String = mine.lines().map(|line| format!("Nov: {line}\n")).collect();
    for (name, saved, says) in [
        ("log", prefixed, "line 1: "),
        ("upper", mine.to_uppercase(), "line 1: "),
        (
            "two",
            format!("{mine}{theirs}"),
            "more than one scan: line ",
        ),
        ("none", String::new(), "no line of maps"),
    ] {
        let said = refused(&run(&["diff", &pid, &file(name, &saved)]), 3);
        assert!(said.contains(says), "{said}");
    }
    // Nothing was moved between two processes.
    let output = run(&["diff", &pid, &other.pid().to_string()]);
    let said = text(&output.stdout);
    assert!(
        !said.contains("mremap") && !said.contains("move "),
        "{said}"
    );
}

#[test]
fn an_empty_name_names_nobody() {
    for name in ["", "  "] {
        let said = refused(&run(&["watch", name]), 3);
        assert!(said.contains("empty name"), "{said}");
    }
}

#[test]
fn lines_and_vmas_are_counted_as_what_they_are() {
    let target = Resting::start();
    let pid = target.pid().to_string();
    let text_of_maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let lines = text_of_maps.lines().count();
    let vmas = lines - text_of_maps.matches("[vsyscall]").count();
    let short = ["watch", &pid, "--for", "1ms"];
    let said = text(&run(&short).stderr);
    let counts = format!(" {vmas} VMAs in {lines} lines, ");
    assert!(said.contains(&counts), "{said}");
    let output = text(&run(&[&short[..], &["--format", "json"]].concat()).stdout);
    let start: Value = serde_json::from_str(output.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&start["vmas"], &start["lines"]),
        (&vmas.into(), &lines.into())
    );
}

#[test]
fn what_another_vmascope_has_started_is_said_to_be_that() {
    let modifier = Modifier::spawn(&ModifierOptions {
        program: env!("CARGO_BIN_EXE_vmascope").into(),
        ..ModifierOptions::default()
    })
    .unwrap();
    let pid = modifier.pid().to_string();
    let said = text(&run(&["watch", &pid, "--for", "1ms"]).stderr);
    let role = format!("(the modifier of vmascope, PID {})", std::process::id());
    assert!(said.contains(&role), "{said}");
}

/// In a PID namespace of its own, with the `/proc` of this one.
#[test]
fn where_proc_is_of_another_pid_namespace_nothing_is_read() {
    let vmascope = env!("CARGO_BIN_EXE_vmascope");
    let inside = |arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--pid", "--fork"]);
        command.args(arguments).stdin(Stdio::null()).output()
    };
    if !inside(&["true"]).is_ok_and(|output| output.status.success()) {
        return skip("a PID namespace cannot be made here");
    }
    for arguments in [
        &["check", "--duration", "10ms"][..],
        &["step"],
        &["kernel"],
        &["latency"],
        &["watch", "1"],
        &["attach"],
        &["attach", "1"],
        &["run", "true"],
        &["diff", "1", "2"],
        &[],
    ] {
        let said = refused(&inside(&[&[vmascope], arguments].concat()).unwrap(), 3);
        assert!(
            said.contains("another PID namespace"),
            "{arguments:?}: {said}"
        );
    }
    // This needs no process.
    let output = inside(&[vmascope, "scenarios"]).unwrap();
    assert_eq!(output.status.code(), Some(0));
}
