//! `vmascope step`, the real program on the real kernel: nothing moves by
//! itself, so what happens happens every time.

use std::io::Read;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn step(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vmascope"))
        .arg("step")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("vmascope runs")
}

/// The heading, and a document for each step; the first is the beginning.
fn json(output: &Output) -> (Value, Vec<Value>) {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    let mut documents = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")));
    let heading = documents.next().unwrap_or_else(|| {
        let why = String::from_utf8_lossy(&output.stderr);
        panic!("nothing was printed: {why}")
    });
    (heading, documents.collect())
}

fn said(document: &Value) -> &str {
    document["happened"].as_str().expect("a sentence")
}

/// The rule of `maps` here.
fn rule() -> String {
    let (heading, _) = json(&step(&["--format", "json", "r"]));
    heading["rule"].as_str().expect("a rule").to_owned()
}

#[test]
fn the_shortest_way_shows_a_duplicate_every_time_from_a_cold_start() {
    for scenario in ["split", "resize", "remap"] {
        for _ in 0..4 {
            let output = step(&["--scenario", scenario, "--format", "json"]);
            let (heading, steps) = json(&output);
            if heading["rule"] == "chunk-start" && scenario == "resize" {
                assert_eq!(output.status.code(), Some(4), "{scenario}");
                let last = said(steps.last().expect("a step"));
                assert!(
                    last.starts_with("No duplicate can be had by hand"),
                    "{last}"
                );
                assert!(
                    last.contains("vm_start of the VMA that came next"),
                    "{last}"
                );
                continue;
            }
            assert_eq!(output.status.code(), Some(0), "{scenario}");
            let keys = heading["shortest"].as_str().expect("a way");
            assert!(keys.split(' ').count() < 10, "{scenario}: {keys}");
            let taken: Vec<&str> = steps.iter().filter_map(|it| it["key"].as_str()).collect();
            assert_eq!(taken.join(" "), keys);
            let (last, before) = steps.split_last().expect("steps");
            assert!(before.iter().all(|step| step["duplicate"] == false));
            assert_eq!(last["duplicate"], true, "{scenario}");
            assert!(said(last).starts_with("A duplicate: "), "{}", said(last));
            // It was announced.
            let next = before.last().expect("a step")["next"].as_str();
            assert!(next.is_some_and(|next| next.ends_with("so a duplicate is next.")));
            for step in &steps {
                assert_eq!(
                    (&step["astray"], &step["violation"]),
                    (&false.into(), &false.into())
                );
            }
        }
    }
}

#[test]
fn a_scenario_without_a_duplicate_says_why() {
    let output = step(&[
        "--scenario",
        "new-right",
        "--shortest",
        "--format",
        "json",
        "r m r",
    ]);
    assert_eq!(output.status.code(), Some(4));
    let (heading, steps) = json(&output);
    assert!(heading["shortest"].is_null());
    let last = said(steps.last().expect("a step"));
    assert!(
        last.contains("no VMA reaches back over what is printed"),
        "{last}"
    );
}

#[test]
fn every_scenario_can_be_read_line_by_line_and_obeys_its_rule() {
    for scenario in vmascope::internals::scenario::scenarios() {
        // Past the site, with an operation before each of the lines there.
        let steps = format!("r l {} R r", "m r ".repeat(8));
        let output = step(&["--scenario", &scenario.name, "--format", "json", &steps]);
        let (_, steps) = json(&output);
        for step in &steps {
            assert_eq!(step["astray"], false, "{}: {}", scenario.name, said(step));
        }
        assert_eq!(output.status.code(), Some(0), "{}", scenario.name);
        let lines = |step: &Value| step["lines"].as_array().map_or(0, Vec::len);
        // A site that is the last thing mapped is in the first page read already.
        let expected = usize::from(!scenario.last);
        assert!(
            steps[4..]
                .iter()
                .step_by(2)
                .take(8)
                .all(|step| lines(step) == expected),
            "{}",
            scenario.name
        );
    }
}

#[test]
fn the_whole_file_can_be_read_by_hand() {
    let output = step(&["--format", "json", "r r r r r r"]);
    let (_, steps) = json(&output);
    let last = said(steps.last().expect("a step"));
    assert!(
        last.contains("the end of the file. All lines are of one state."),
        "{last}"
    );
}

#[test]
fn a_rule_that_is_not_this_kernels_is_found_out() {
    if rule() == "chunk-start" {
        return crate::support::skip("maps resumes at the next vm_start on this kernel");
    }
    let output = step(&["--rule", "chunk-start", "--scenario", "resize", "m r m r"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.contains("this kernel does something"), "{text}");
}

#[test]
fn what_is_no_step_is_one_line_and_exit_2() {
    for arguments in [&["m x"][..], &["--scenario", "spilt"]] {
        let output = step(arguments);
        assert_eq!(output.status.code(), Some(2));
        let text = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn nobody_reading_on_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vmascope"))
        .args(["step", "--scenario", "split"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("vmascope runs");
    drop(child.stdout.take());
    let status = child.wait().expect("it ends");
    let mut text = String::new();
    let stderr = child.stderr.as_mut().expect("piped");
    stderr.read_to_string(&mut text).expect("UTF-8");
    assert_eq!((status.code(), &*text), (Some(0), ""));
}

/// What the program prints on a terminal whose locale has no UTF-8.
fn on_a_terminal_without_utf8(arguments: &[&str]) -> Vec<u8> {
    let pty = nix::pty::openpty(None, None).unwrap();
    // Else children of other tests would hold it open.
    for end in [&pty.master, &pty.slave] {
        rustix::io::fcntl_setfd(end, rustix::io::FdFlags::CLOEXEC).unwrap();
    }
    let mut master = std::fs::File::from(pty.master);
    let stdout = pty.slave.try_clone().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_vmascope"))
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(pty.slave)
        .spawn()
        .unwrap();
    let mut printed = Vec::new();
    // The end of a terminal is an error.
    let _ = master.read_to_end(&mut printed);
    assert!(child.wait().unwrap().success());
    printed
}

#[test]
fn a_terminal_without_utf8_gets_ascii() {
    let folder = tempfile::tempdir().unwrap();
    let side = |name: &str, permissions: &str| {
        let path = folder.path().join(name);
        let line = format!("00010000-00013000 {permissions} 00000000 00:00 0 \n");
        std::fs::write(&path, line).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (one, other) = (side("a", "rw-p"), side("b", "r--p"));
    for (arguments, says) in [
        (&["step", "--scenario", "split"][..], "shortest way"),
        (&["diff", &one, &other][..], "rw-p > r--p"),
    ] {
        let printed = on_a_terminal_without_utf8(arguments);
        let text = String::from_utf8_lossy(&printed);
        assert!(printed.is_ascii() && text.contains(says), "{text}");
    }
}
