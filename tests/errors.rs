//! Errors of whatever kind: one line that says what failed once, why, and what
//! to do, and never more than a screen of it.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Output};

use support::skip;

mod support;

const PROGRAM: &str = env!("CARGO_BIN_EXE_vmascope");

/// The longest line, in bytes: a few lines of a terminal.
const LONGEST: usize = 2500;

/// What it said, if it failed: one line, in which no part stands twice.
#[track_caller]
fn error(output: &Output, of: &str) -> Option<String> {
    let said = String::from_utf8(output.stderr.clone()).expect("UTF-8");
    let code = output.status.code();
    if code == Some(0) {
        return None;
    }
    assert!(matches!(code, Some(2..=4)), "{of}: {code:?} {said}");
    let mut lines = said.lines().filter(|line| line.starts_with("vmascope: "));
    let line = lines
        .next()
        .unwrap_or_else(|| panic!("{of}: {code:?} {said}"));
    assert_eq!(lines.next(), None, "{of}");
    assert!(line.len() < LONGEST, "{of}: {} bytes", line.len());
    assert!(line.matches("(os error").count() < 2, "{of}: {line}");
    let mut parts: Vec<&str> = line.split([':', ';']).map(str::trim).collect();
    parts.retain(|part| part.len() > 10);
    let count = parts.len();
    parts.sort_unstable();
    parts.dedup();
    assert_eq!(parts.len(), count, "{of}: {line}");
    Some(line.to_owned())
}

#[test]
fn no_error_echoes_all_of_an_argument() {
    let directory = tempfile::tempdir().expect("a directory");
    let long_line = directory.path().join("long");
    std::fs::write(&long_line, "x".repeat(100_000)).expect("a file");
    let long_line = long_line.to_str().expect("UTF-8");
    for long in ["x".repeat(100_000), "x y ".repeat(25_000)] {
        for words in [
            &[&*long][..],
            &["--help-me", &long],
            &["attach", &long],
            &["check", "--compare", &long],
            &["check", "--compare", long_line],
            &["check", "--duration", &long],
            &["check", "--placement", &long],
            &["check", "--reader", &long],
            &["check", "--report", &long],
            &["check", "--scenario", &long],
            &["check", "--scenario-file", &long],
            &["check", "--scenario-file", long_line],
            &["completions", &long],
            &["diff", &long, &long],
            &["diff", "1", long_line],
            &["latency", "--region", &long],
            &["man", &long],
            &["protocol", "--reader", &long],
            &["run", "--output", &long, "true"],
            &["run", &long],
            &["scenarios", &long],
            &["step", "--scenario", &long],
            &["watch", &long],
            &["watch", "1", "--interval", &long],
        ] {
            let output = Command::new(PROGRAM).args(words).output().expect("it runs");
            let of = format!(
                "{:?}",
                words
                    .iter()
                    .map(|word| &word[..word.len().min(20)])
                    .collect::<Vec<_>>()
            );
            assert!(error(&output, &of).is_some(), "{of}");
        }
    }
}

/// Whatever cannot be opened, wherever the limit strikes.
#[test]
fn without_descriptors_the_cause_is_said_once_with_what_helps() {
    let own = std::process::id().to_string();
    let mut failed = 0;
    for limit in 3..12 {
        for words in [
            &["check", "--scenario", "split", "--duration", "10ms"][..],
            &["diff", &own, &own],
            &["kernel"],
            &["latency", "--duration", "300ms"],
            &["run", "true"],
            &["step", "--scenario", "split", "r"],
            &["watch", &own, "--for", "1ms"],
        ] {
            let script = format!("ulimit -n {limit}; exec \"$0\" \"$@\"");
            let mut limited = Command::new("sh");
            limited.args(["-c", &script, PROGRAM]).args(words);
            let output = limited.output().expect("sh");
            // Below that the program itself cannot be loaded.
            if output.status.code() == Some(127) {
                continue;
            }
            let of = format!("{words:?} with {limit} descriptors");
            if let Some(said) = error(&output, &of)
                && said.contains("os error 24")
            {
                assert!(said.contains("ulimit -n"), "{of}: {said}");
                failed += 1;
            }
        }
    }
    assert!(failed > 5, "the limit struck {failed} times");
}

#[test]
fn where_there_is_no_dev_that_is_what_is_missing() {
    let script = "mount -t tmpfs none /dev && exec \"$0\" \"$@\"";
    for words in [
        &["check", "--scenario", "split", "--duration", "10ms"][..],
        &["latency", "--duration", "1s"],
        &["run", "true"],
    ] {
        let mut bare = Command::new("unshare");
        bare.args(["-m", "sh", "-c", script, PROGRAM]).args(words);
        let output = match bare.output() {
            Ok(output) if !output.stderr.starts_with(b"vmascope: ") => {
                return skip(format!(
                    "cannot hide /dev: {}",
                    String::from_utf8_lossy(&output.stderr)
                ));
            }
            Err(error) => return skip(format!("no unshare: {error}")),
            Ok(output) => output,
        };
        let of = format!("{words:?}");
        let said = error(&output, &of).expect("an error");
        assert!(
            said.contains("/dev/null") && said.contains("mount"),
            "{of}: {said}"
        );
    }
}

#[test]
fn a_program_that_was_started_through_the_loader_says_so() {
    let program = std::fs::read(PROGRAM).expect("the program");
    let interpreter = program.get(..8192).unwrap_or(&program);
    let interpreter = interpreter.split(|byte| *byte == 0).find(|text| {
        text.starts_with(b"/lib") && Path::new(std::ffi::OsStr::from_bytes(text)).exists()
    });
    let Some(interpreter) = interpreter else {
        return skip("the program is static and has no loader");
    };
    let mut loaded = Command::new(std::ffi::OsStr::from_bytes(interpreter));
    loaded.args([
        PROGRAM,
        "check",
        "--scenario",
        "split",
        "--duration",
        "10ms",
    ]);
    let said = error(&loaded.output().expect("it runs"), "through the loader").expect("an error");
    assert!(
        said.contains("loader") && said.contains("vmascope by itself"),
        "{said}"
    );
}
