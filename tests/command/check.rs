//! `vmascope check`, the real program on the real kernel.
//!
//! Released kernels violate a promise in two known ways, so nothing here says
//! "no violation": it says "none but H1, H2 and H3".

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::holes::shows_the_empty_tree;
use crate::support::child_called;
use serde_json::Value;
use tempfile::NamedTempFile;

/// How long anything may take.
const DEADLINE: Duration = Duration::from_secs(120);

fn vmascope(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vmascope"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    vmascope(arguments).output().expect("vmascope runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)))
}

fn violations(case: &Value) -> (u64, u64) {
    let rows = case["tally"]["violations"].as_array().expect("an array");
    let sum = |known: bool| -> u64 {
        rows.iter()
            .filter(|row| row["label"].is_string() == known)
            .map(|row| row["count"].as_u64().expect("a count"))
            .sum()
    };
    (sum(false), sum(true))
}

#[test]
fn an_unknown_scenario_or_reader_names_those_that_exist() {
    let output = run(&["check", "--scenario", "splt"]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(
        error.contains("splt") && error.contains("merge-both"),
        "{error}"
    );
    assert_eq!(error.lines().count(), 1, "{error}");

    let output = run(&["check", "--reader", "numa"]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(error.contains("maps") && error.contains("smaps"), "{error}");
}

#[test]
fn nothing_but_the_known_holes_is_violated() {
    let output = run(&[
        "check",
        "--scenario",
        "split,resize,remap,replace-middle,replace-mmap",
        "--duration",
        "300ms",
        "--format",
        "json",
        "--allow-known",
    ]);
    let document = json(&output);
    let cases = document["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), 15);
    let mut lines = 0;
    for case in cases {
        let (unknown, _) = violations(case);
        assert_eq!(unknown, 0, "{case:#}");
        lines += case["tally"]["lines"].as_u64().expect("a count");
    }
    assert!(lines > 10_000, "{lines} lines judged");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn duplicates_are_counted_on_every_kernel() {
    let output = run(&[
        "check",
        "--scenario",
        "split,remap,merge-both",
        "--reader",
        "maps",
        "--duration",
        "2s",
        "--format",
        "json",
    ]);
    let document = json(&output);
    let duplicates: u64 = document["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .map(|case| {
            case["tally"]["duplicates_at_boundary"]
                .as_u64()
                .expect("a count")
        })
        .sum();
    assert!(duplicates > 0);
    let tear = document["events"]
        .as_array()
        .expect("events")
        .iter()
        .find(|event| event["kind"] == "tear")
        .expect("a described tear");
    assert!(tear["sentence"].as_str().expect("text").contains("allowed"));
}

/// Whether this process has CAP_SYS_NICE (capabilities(7): 23).
fn has_sys_nice() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").expect("proc");
    let mut lines = status.lines();
    let effective = lines.find_map(|line| line.strip_prefix("CapEff:"));
    let effective = u64::from_str_radix(effective.expect("since 2.6").trim(), 16);
    effective.expect("hexadecimal") >> 23 & 1 == 1
}

/// However busy the machine is.
#[test]
fn a_modifier_that_faults_memory_in_is_not_told_to_be_silent() {
    let stop = std::sync::atomic::AtomicBool::new(false);
    let output = std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let case = ["check", "--scenario", "replace", "--reader", "maps"];
        let how = [
            "--populate",
            "1GiB",
            "--duration",
            "500ms",
            "--read-size",
            "4096",
        ];
        let output = run(&[&case[..], &how[..], &["--allow-known"]].concat());
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        output
    });
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!told.contains("does not answer"), "{told}");
    assert_eq!(output.status.code(), Some(0), "{told}");
}

#[test]
fn every_schedule_reads_and_whoever_names_one_gets_just_that() {
    let schedules = |more: &[&str]| -> Vec<String> {
        let case = ["check", "--scenario", "split", "--reader", "maps"];
        let how = [
            "--duration",
            "500ms",
            "--placement",
            "low",
            "--format",
            "json",
        ];
        let output = run(&[&case[..], &how[..], more].concat());
        let document = json(&output);
        let places = document["cases"][0]["placements"].as_array();
        let mut read: Vec<String> = places
            .expect("placements")
            .iter()
            .map(|place| {
                let scans = place["tally"]["scans"].as_u64();
                assert!(scans.expect("a count") > 0, "{place:#}");
                place["schedule"].as_str().expect("a name").to_owned()
            })
            .collect();
        // As an unprivileged process, which says so.
        if text(&output.stdout).contains("preempt-idle is not possible here") {
            assert!(!has_sys_nice(), "a thread may leave SCHED_IDLE here");
            read.push("preempt-idle".to_owned());
        }
        read.sort();
        read.dedup();
        read
    };
    let auto = ["apart", "dwell", "preempt", "preempt-idle", "storm"];
    assert_eq!(schedules(&[]), auto);
    assert_eq!(schedules(&["--schedule", "preempt-idle"]), ["preempt-idle"]);
    assert_eq!(schedules(&["--schedule", "storm"]), ["storm"]);
    assert_eq!(schedules(&["--dwell", "1us"]), ["dwell"]);
}

#[test]
fn the_empty_tree_is_found_and_named() {
    if !shows_the_empty_tree() {
        return;
    }
    // Where reader and writer must wait for their CPUs it takes a while.
    let arguments = [
        "check",
        "--scenario",
        "replace",
        "--reader",
        "maps",
        "--duration",
        "5s",
        "--format",
        "json",
        "--prove",
    ];
    let output = run(&arguments);
    let document = json(&output);
    let case = &document["cases"][0];
    let (unknown, known) = violations(case);
    assert_eq!(unknown, 0);
    assert!(known > 0, "{case:#}");
    assert_eq!(output.status.code(), Some(1));
    assert!(case["proof"]["fault"].is_null());
    assert!(case["proof"]["rounds"].as_u64() > Some(0));
    let event = document["events"]
        .as_array()
        .expect("events")
        .iter()
        .find(|event| event["kind"] == "violation")
        .expect("a described violation");
    assert_eq!(event["known"], "H1");

    let mut allowed = arguments.to_vec();
    allowed.push("--allow-known");
    assert_eq!(run(&allowed).status.code(), Some(0));
}

#[test]
fn faulted_in_pages_change_no_verdict_and_a_hole_says_how_long_it_stood() {
    let output = run(&[
        "check",
        "--populate",
        "2MiB",
        "--scenario",
        "replace,replace-middle,replace-mmap",
        "--reader",
        "maps",
        "--duration",
        "400ms",
        "--allow-known",
        "--format",
        "json",
    ]);
    let document = json(&output);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let letter = document["run"]["populated"]["letter_bytes"].as_u64();
    let letter = letter.expect("a size");
    let site = &document["placements"][0]["site"];
    let bytes = site[1].as_u64().unwrap() - site[0].as_u64().unwrap();
    assert_eq!(bytes, 3 * letter, "{site}");
    for case in document["cases"].as_array().expect("cases") {
        assert_eq!(violations(case).0, 0, "{case:#}");
        let runs = case["tally"]["longest_runs"].as_array().expect("runs");
        let rows = case["tally"]["violations"].as_array().expect("an array");
        assert_eq!(runs.len(), rows.len(), "{case:#}");
        let empty_trees = runs.iter().filter(|run| run["label"] == "H1");
        let is_replace = case["case"]["scenario"] == "replace";
        for run in empty_trees {
            assert!(is_replace, "{case:#}");
            let (scans, ns) = (run["scans"].as_u64().unwrap(), run["ns"].as_u64().unwrap());
            assert!(scans > 0 && ns < case["elapsed_ns"].as_u64().unwrap());
            assert!(scans > 1 || ns == 0, "{case:#}");
        }
    }
    let error = run(&["check", "--populate", "17GiB"]);
    assert_eq!(error.status.code(), Some(2));
}

#[test]
fn ktap_keeps_to_its_rules() {
    let output = run(&[
        "check",
        "--scenario",
        "replace,split",
        "--reader",
        "maps,query",
        "--duration",
        "200ms",
        "--format",
        "ktap",
        "--allow-known",
    ]);
    let out = text(&output.stdout);
    let mut lines = out.lines();
    assert_eq!(lines.next(), Some("KTAP version 1"));
    assert_eq!(lines.next(), Some("1..4"));
    let mut number = 0;
    for line in lines.filter(|line| !line.starts_with('#')) {
        number += 1;
        let result = line.strip_prefix("ok ").unwrap_or_else(|| panic!("{line}"));
        let (found, description) = result.split_once(' ').expect("a description");
        assert_eq!(found, number.to_string());
        if let Some((_, directive)) = description.split_once(" # ") {
            let word = directive.split(' ').next();
            assert!(matches!(word, Some("SKIP" | "XFAIL")), "{line}");
        }
    }
    assert_eq!(number, 4);
    assert!(out.contains("# Totals: pass:"));
}

#[test]
fn the_report_is_whole_or_not_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("report.txt");
    let path = file.to_str().expect("UTF-8");
    let mut long = vmascope(&["check", "--scenario", "replace", "--reader", "maps"]);
    long.args(["--duration", "10m", "--format", "ktap", "--report", path]);
    let mut child = long.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    let shows_h1 = shows_the_empty_tree();
    // What is found is printed when it is found.
    let wanted = if shows_h1 { "# hole (H1)" } else { "# maps: " };
    let mut line = String::new();
    while !line.starts_with(wanted) {
        line.clear();
        assert!(out.read_line(&mut line).expect("a line") > 0, "ended early");
    }
    signal(child.id(), rustix::process::Signal::INT);
    let mut rest = String::new();
    out.read_to_string(&mut rest).expect("text");
    let status = child.wait().expect("it ends").code();
    assert!(matches!(status, Some(1 | 3)), "{status:?}: {rest}");
    let report = std::fs::read_to_string(&file).expect("the report");
    assert!(report.contains("Kernel:   Linux"));
    if shows_h1 {
        assert_eq!(status, Some(1), "{rest}");
        assert!(report.contains("mremap(source"), "{report}");
        assert!(report.contains("H1"));
    }
    let names: Vec<_> = std::fs::read_dir(&directory)
        .expect("the directory")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(names, ["report.txt"]);
    directory.close().expect("removed");

    let output = run(&["check", "--report", path]);
    assert_eq!(output.status.code(), Some(3));
    let error = text(&output.stderr);
    assert!(error.contains(path), "{error}");
    assert_eq!(error.lines().count(), 1);
}

/// Starts a long check and waits until its heading is printed. No known hole
/// shows in what it reads.
fn start_long(format: &str) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = vmascope(&[
        "check",
        "--scenario",
        "split,resize",
        "--reader",
        "smaps",
        "--duration",
        "10m",
        "--format",
        format,
        "--verbose",
    ])
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .expect("vmascope starts");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    if format == "human" {
        let mut line = String::new();
        while !line.contains("after restore") {
            line.clear();
            assert!(out.read_line(&mut line).expect("a line") > 0, "ended early");
        }
    }
    (child, out)
}

/// What it said on standard error, to the end.
fn errors_of(child: &mut Child) -> String {
    let mut error = String::new();
    let mut pipe = child.stderr.take().expect("a pipe");
    pipe.read_to_string(&mut error).expect("text");
    error
}

fn modifier_of(child: &Child) -> u32 {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(pid) = child_called(child.id(), "__modifier") {
            return pid;
        }
        assert!(Instant::now() < deadline, "no modifier");
        wait_a_moment();
    }
}

/// Off the CPU, which the program may need.
fn wait_a_moment() {
    std::thread::park_timeout(Duration::from_millis(1));
}

fn signal(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(pid as i32).expect("a PID");
    rustix::process::kill_process(pid, signal).expect("kill");
}

fn is_gone_soon(pid: u32) -> bool {
    let deadline = Instant::now() + DEADLINE;
    while Instant::now() < deadline {
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        if state.is_err() || state.is_ok_and(|stat| stat.contains(") Z ")) {
            return true;
        }
        wait_a_moment();
    }
    false
}

#[test]
fn a_killed_modifier_is_said_and_nothing_is_left() {
    let (mut child, mut out) = start_long("human");
    let modifier = modifier_of(&child);
    // Once it has read for a second there is a dot on a line of its own.
    let (mut before, mut byte) = (b' ', [0]);
    while (before, byte[0]) != (b'\n', b'.') {
        before = byte[0];
        out.read_exact(&mut byte).expect("more");
    }
    signal(modifier, rustix::process::Signal::KILL);
    let mut rest = String::new();
    out.read_to_string(&mut rest).expect("text");
    let status = child.wait().expect("it ends");
    let error = errors_of(&mut child);
    assert_eq!(status.code(), Some(3), "{error}");
    // What was read until then, the case that was not run, and the verdict.
    for said in [
        "\n! split ",
        "    ended early: the modifier",
        "    not read in full at low: the modifier",
        "    not read at ",
        "not run: the run ended before it: the modifier",
        "\nended early, no violation until then: of the cases 0 held, 0 violated",
        "2 not run, or not to the end",
    ] {
        assert!(rest.contains(said), "{said}: {rest}");
    }
    assert!(
        error.contains("modifier") && error.contains("SIGKILL"),
        "{error}"
    );
    assert_eq!(error.lines().count(), 1, "{error}");
}

/// Ends the modifier of a check once a violation was told; what the check said
/// then, its errors, and its exit status. None where this kernel shows none.
fn end_after_a_violation(end: impl Fn(u32)) -> Option<(String, String, Option<i32>)> {
    if !shows_the_empty_tree() {
        return None;
    }
    let scenarios = ["check", "--scenario", "replace,split", "--reader", "maps"];
    let mut long = vmascope(&scenarios);
    long.args(["--duration", "10m", "--format", "ktap"]);
    let piped = long.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("it starts");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    while !line.starts_with("# hole (H1)") {
        line.clear();
        assert!(out.read_line(&mut line).expect("a line") > 0, "ended early");
    }
    end(modifier_of(&child));
    let mut rest = String::new();
    out.read_to_string(&mut rest).expect("text");
    let status = child.wait().expect("it ends").code();
    Some((rest, errors_of(&mut child), status))
}

#[test]
fn what_was_seen_before_the_modifier_dies_or_fails_is_kept_and_told() {
    let kill = |pid| signal(pid, rustix::process::Signal::KILL);
    // Any mmap fails then, as of an operation.
    let starve = |pid: u32| {
        let nothing = rustix::process::Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let pid = rustix::process::Pid::from_raw(pid.cast_signed());
        rustix::process::prlimit(pid, rustix::process::Resource::As, nothing).expect("prlimit");
    };
    let ends: [(&dyn Fn(u32), &str); 2] =
        [(&kill, "SIGKILL"), (&starve, "of scenario `replace`, ")];
    for (end, reason) in ends {
        let Some((out, error, status)) = end_after_a_violation(end) else {
            return;
        };
        assert_eq!(status, Some(1), "{out}{error}");
        assert!(error.contains(reason), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(out.contains("\n# replace.maps: scans "), "{out}");
        assert!(
            out.contains("\n# replace.maps: not read in full at low: "),
            "{out}"
        );
        assert!(out.contains("\nnot ok 1 replace.maps # hole H1 "), "{out}");
        let other = "\nnot ok 2 split.maps # error: the run ended before it: ";
        assert!(out.contains(other), "{out}");
        let totals = "# Totals: pass:0 fail:1 xfail:0 xpass:0 skip:0 error:1";
        assert!(out.contains(totals), "{out}");
    }
}

#[test]
fn the_shortest_run_reads_every_case_and_has_a_row_for_each() {
    let short = [
        "check",
        "--scenario=all",
        "--reader=maps,query",
        "--duration=1us",
    ];
    let with = |format: &str| {
        let output = vmascope(&short)
            .arg(format)
            .output()
            .expect("vmascope runs");
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{}",
            text_of(&output)
        );
        output
    };
    let document = json(&with("--format=json"));
    let cases = document["cases"].as_array().expect("cases");
    for case in cases {
        assert!(case["tally"]["scans"].as_u64() > Some(0), "{case:#}");
        assert_eq!(case["left_out"], serde_json::json!([]), "{case:#}");
        let places = case["placements"].as_array().expect("placements");
        for (i, place) in places.iter().enumerate() {
            // One at least, and first of all one standing still in each state.
            let least = if i == 0 { 3 } else { 1 };
            assert!(place["tally"]["scans"].as_u64() >= Some(least), "{place:#}");
        }
    }
    let results = text(&with("--format=ktap").stdout);
    let numbers = 1..=cases.len();
    for number in numbers {
        let is_its = |line: &str| {
            let line = line.trim_start_matches("not ");
            line.starts_with(&format!("ok {number} "))
        };
        assert_eq!(
            results.lines().filter(|line| is_its(line)).count(),
            1,
            "{results}"
        );
    }
    let table = text(&with("--format=human").stdout);
    let rows = table.lines().filter(|line| line.starts_with(['✓', '✗']));
    assert_eq!(rows.count(), cases.len(), "{table}");
}

#[test]
fn a_placement_that_is_not_read_is_said_below_the_case() {
    // A chunk of smaps holds a few VMAs only.
    let text = "[[scenario]]\nname = \"long\"\nsummary = \"more than a chunk\"\n\
                original = \"r w r w r w r w r w r w\"\noperations = [\n\
                { call = \"mprotect 0..1 x\", state = \"x w r w r w r w r w r w\" },\n\
                { call = \"mprotect 0..1 r\", state = \"r w r w r w r w r w r w\" },\n]\n";
    let file = scratch(text.as_bytes());
    let with = |more: [&str; 2]| {
        let arguments = [
            "check",
            "--scenario=long",
            "--reader=smaps",
            "--duration=50ms",
        ];
        let mut command = vmascope(&arguments);
        let output = command
            .arg("--scenario-file")
            .arg(file.path())
            .args(more)
            .output();
        output.expect("vmascope runs")
    };
    let placement = "--placement=low,inside";
    let why = "no place in the modifier's arena";
    let output = with([placement, "--format=ktap"]);
    let printed = self::text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{printed}");
    let note = format!("\n# long.smaps: not read at inside: {why}");
    assert!(printed.contains(&note), "{printed}");
    assert!(printed.contains("\nok 1 long.smaps\n"), "{printed}");
    let printed = self::text(&with([placement, "--format=human"]).stdout);
    assert!(
        printed.contains(&format!("    not read at inside: {why}")),
        "{printed}"
    );
    let document = json(&with([placement, "--format=json"]));
    assert_eq!(document["cases"][0]["left_out"][0]["placement"], "inside");
    // Where that is all, the case is skipped.
    let output = with(["--placement=inside", "--format=human"]);
    let printed = self::text(&output.stdout);
    assert_eq!(output.status.code(), Some(4), "{printed}");
    assert!(printed.contains(&format!("skipped: {why}")), "{printed}");
    assert!(!printed.contains("not read at"), "{printed}");
}

#[test]
fn the_modifier_dies_with_a_killed_check() {
    let (mut child, _out) = start_long("human");
    let modifier = modifier_of(&child);
    child.kill().expect("kill");
    child.wait().expect("it ends");
    assert!(is_gone_soon(modifier));
}

#[test]
fn ctrl_c_ends_with_the_totals_so_far() {
    let (mut child, mut out) = start_long("json");
    let modifier = modifier_of(&child);
    signal(child.id(), rustix::process::Signal::INT);
    let mut document = String::new();
    out.read_to_string(&mut document).expect("text");
    let document: Value = serde_json::from_str(&document).expect("whole JSON");
    assert_eq!(document["interrupted"], true);
    let outcome = |case: usize| &document["cases"][case]["outcome"]["outcome"];
    assert_eq!(outcome(1), "not-run", "{document:#}");
    assert!(
        matches!(outcome(0).as_str(), Some("held" | "not-run")),
        "{document:#}"
    );
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(3), "{status}");
    assert!(is_gone_soon(modifier));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let (mut child, out) = start_long("human");
    drop(out);
    // It is on its way to its verdict, and can be ended as ever.
    signal(child.id(), rustix::process::Signal::INT);
    let deadline = Instant::now() + DEADLINE;
    while child.try_wait().expect("wait").is_none() {
        assert!(Instant::now() < deadline, "it does not end");
        wait_a_moment();
    }
    let error = errors_of(&mut child);
    assert_eq!(error, "");
}

#[test]
fn a_report_of_a_killed_check_leaves_nothing_behind() {
    let directory = tempfile::tempdir().expect("a directory");
    let report = directory.path().join("report");
    let mut check = vmascope(&["check", "--scenario", "split", "--format", "ktap"]);
    let mut child = check
        .args(["--duration", "10m", "--report"])
        .arg(&report)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    out.read_line(&mut String::new()).expect("its first line");
    signal(child.id(), rustix::process::Signal::KILL);
    child.wait().expect("it ends");
    let left = std::fs::read_dir(&directory)
        .expect("the directory")
        .count();
    assert_eq!(left, 0);
}

#[test]
fn a_report_never_replaces_what_is_no_regular_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let fifo = directory.path().join("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).expect("a FIFO");
    let path = fifo.to_str().expect("UTF-8");
    for (words, says) in [
        (&["check", "--report", path][..], "regular file"),
        (&["run", "--output", path, "true"], "nobody reads that FIFO"),
    ] {
        let output = run(words);
        let kept = std::fs::metadata(&fifo).expect("it is still there");
        assert!(!kept.is_file());
        assert_eq!(output.status.code(), Some(3));
        assert!(text(&output.stderr).contains(says));
    }
}

#[test]
fn names_on_the_command_line_are_shown_escaped() {
    let output = run(&["check", "--scenario", "a\x1b[31mb"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!output.stderr.contains(&0x1b));
}

/// A temporary file that holds this, gone when dropped.
fn scratch(text: &[u8]) -> NamedTempFile {
    let file = NamedTempFile::new().expect("a temporary file");
    std::fs::write(&file, text).expect("written");
    file
}

fn path_of(file: &NamedTempFile) -> &str {
    file.path().to_str().expect("UTF-8")
}

#[test]
fn scenarios_of_a_file_run_and_those_that_make_no_sense_are_one_line() {
    let text = "[[scenario]]\nname = \"mine\"\nsummary = \"split and merge\"\noriginal = \"rrrr\"\n\
                operations = [\n{ call = \"mprotect 1..2 w\", state = \"r w rr\" },\n\
                { call = \"mprotect 1..2 r\", state = \"rrrr\" },\n]\n";
    let file = scratch(text.as_bytes());
    let output = run(&[
        "check",
        "--scenario-file",
        path_of(&file),
        "--scenario",
        "mine",
        "--reader",
        "maps",
        "--duration",
        "100ms",
        "--format",
        "json",
        "--allow-known",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text_of(&output));
    let case = &json(&output)["cases"][0];
    assert_eq!(case["case"]["scenario"], "mine");
    assert!(case["tally"]["scans"].as_u64() > Some(0), "{case:#}");

    let broken = scratch(text.replace("r w rr", "r q rr").as_bytes());
    for (path, says) in [(path_of(&broken), "`q`"), ("/nowhere", "No such file")] {
        let output = run(&["check", "--scenario-file", path]);
        assert_eq!(output.status.code(), Some(2));
        let error = self::text(&output.stderr);
        assert!(error.contains(says), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

/// Calls that need a modifier of their own, or something that not every kernel has:
/// both by one modifier after the other.
const OF_THEIR_OWN: &str = r#"
[[scenario]]
name = "heap"
summary = "the heap grows, is cut, and shrinks"
original = "r www ... r"
setup = ["heap 1..4"]
operations = [
  { call = "brk 6", state = "r wwwww . r" },
  { call = "mprotect 3..4 r", state = "r ww r ww . r" },
  { call = "brk 2", state = "r w ..... r" },
  { call = "brk 4", state = "r www ... r" },
]
[[scenario]]
name = "sealed"
summary = "a sealed VMA beside a split"
original = "xx www r"
setup = ["mseal 0..2"]
operations = [
  { call = "mprotect 3..4 r", state = "xx w r w r" },
  { call = "mprotect 3..4 w", state = "xx www r" },
]
[[scenario]]
name = "huge"
summary = "huge pages are split, and mapped again"
original = "r www r"
setup = ["mmap 1..4 w hugetlb 0"]
operations = [
  { call = "mprotect 2..3 r", state = "r w r w r" },
  { call = "mmap 1..4 w hugetlb 0", state = "r www r" },
]
[[scenario]]
name = "usual"
summary = "what follows them"
original = "www"
operations = [
  { call = "mprotect 0..1 r", state = "r ww" },
  { call = "mprotect 0..1 w", state = "www" },
]
"#;

#[test]
fn a_heap_what_is_sealed_and_huge_pages_run_one_after_the_other() {
    let file = scratch(OF_THEIR_OWN.as_bytes());
    let path = path_of(&file);
    let names = ["heap", "sealed", "huge", "usual"];
    let check = |more: &[&str]| {
        let usual = ["check", "--scenario-file", path, "--duration", "200ms"];
        run(&[&usual, more].concat())
    };
    let scenarios = names.join(",");
    let more = [
        "--reader",
        "maps,query",
        "--format",
        "json",
        "--allow-known",
    ];
    let output = check(&[&more[..], &["--scenario", &scenarios]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text_of(&output));
    let document = json(&output);
    let cases = document["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), 2 * names.len());
    for case in cases {
        // Not every kernel has them; what every kernel has, runs after them, too.
        if case["outcome"] == "skipped" && case["case"]["scenario"] != "usual" {
            crate::support::skip(&case["reason"]);
            continue;
        }
        assert!(case["tally"]["scans"].as_u64() > Some(0), "{case:#}");
        assert_eq!(violations(case).0, 0, "{case:#}");
    }

    let output = check(&["--scenario", "heap", "--sites", "2"]);
    let error = text_of(&output);
    assert!(error.contains("one heap, not 2"), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}

fn text_of(output: &Output) -> String {
    text(&output.stderr)
}

#[test]
fn a_run_that_was_kept_is_compared_with() {
    let kept = run(&[
        "check",
        "--scenario",
        "split,resize",
        "--reader",
        "maps,query",
        "--duration",
        "200ms",
        "--format",
        "json",
    ]);
    // One is to have taken longer than any does by default.
    let mut kept = json(&kept);
    kept["cases"][0]["elapsed_ns"] = 1_500_000_000_u64.into();
    let file = scratch(kept.to_string().as_bytes());
    // The same cases without being told, and for as long.
    let output = run(&["check", "--compare", path_of(&file), "--format", "json"]);
    let document = json(&output);
    assert_eq!(document["cases"].as_array().map(Vec::len), Some(4));
    let comparison = &document["comparison"];
    let rows = comparison["rows"].as_array().expect("rows");
    assert!(rows.iter().all(|row| row["p_holm"].is_number()), "{rows:?}");
    let worse = rows.iter().any(|row| row["verdict"] == "worse");
    // Such as H2, which `split` shows now and then.
    let new = comparison["new_violations"].as_array().expect("a list");
    let expected = i32::from(worse || !new.is_empty());
    assert_eq!(output.status.code(), Some(expected), "{comparison:#}");
    assert_eq!(document["exit_code"], expected);
    let elapsed = document["cases"][0]["elapsed_ns"].as_u64();
    assert!(elapsed >= Some(1_500_000_000), "{elapsed:?}");

    let output = run(&["check", "--compare", path_of(&file), "--format", "ktap"]);
    let printed = text(&output.stdout);
    assert!(printed.contains("\n# Compared with "), "{printed}");
    assert!(
        printed.contains("no difference that these counts"),
        "{printed}"
    );

    let other = scratch(b"{\"format\": \"x\", \"shape\": 1}");
    let output = run(&["check", "--compare", path_of(&other)]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(
        error.contains("its format is `x`") && error.lines().count() == 1,
        "{error}"
    );
}

#[test]
fn the_scenarios_are_listed() {
    let output = run(&["scenarios", "merge-both"]);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    assert!(printed.contains("[w  w  w][r  r  r][w  w  w]"), "{printed}");
    let all = json(&run(&["scenarios", "--format", "json"]));
    assert_eq!(all["scenarios"].as_array().map(Vec::len), Some(26));
    let output = run(&["scenarios", "splt"]);
    assert_eq!(output.status.code(), Some(2));
}
