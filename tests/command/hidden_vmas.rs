//! `vmascope check` on a kernel that never shows some VMAs that are mapped:
//! nothing needs to move for that to be found.

#![cfg(target_arch = "x86_64")]

use std::path::Path;
use std::process::{Command, Stdio};

use crate::hiding::run_where_lines_are_hidden;
use crate::support::skip;

/// The pages that `split` and `replace` map anew: executable, in the arena.
fn is_new_page(line: &str) -> bool {
    let start = line.split('-').next().unwrap_or_default();
    let start = u64::from_str_radix(start, 16).unwrap_or_default();
    (0x1000_0000..0x2000_0000).contains(&start) && line.contains(" r-xp ")
}

/// Runs a check where these are hidden; what it prints, with its report, if
/// asked for one, and its exit status.
fn check(arguments: &[&str], report: Option<&Path>) -> Option<(String, i32)> {
    let directory = tempfile::tempdir().expect("a directory");
    let (out, error) = (directory.path().join("out"), directory.path().join("error"));
    let create = |path| std::fs::File::create(path).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_vmascope"));
    command
        .args(["check", "--duration=50ms", "--allow-known"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(create(&out))
        .stderr(create(&error));
    if let Some(report) = report {
        command.arg("--report").arg(report);
    }
    let status = run_where_lines_are_hidden(&mut command, is_new_page)?;
    let read = |path| std::fs::read_to_string(path).expect("text");
    assert_eq!(read(&error), "");
    Some((read(&out), status))
}

/// One test: each waits for all children of this process.
#[test]
fn vmas_that_are_never_shown_fail_the_check() {
    let directory = tempfile::tempdir().expect("a directory");
    let report = directory.path().join("report");
    let split = ["--scenario=split", "--reader=maps,query", "--format=ktap"];
    let Some((out, status)) = check(&split, Some(&report)) else {
        skip("a process cannot be traced here");
        return;
    };
    assert_eq!(status, 1, "{out}");
    assert!(out.contains("# hole, standing still (unknown): "), "{out}");
    assert!(out.contains("no operation was under way"), "{out}");
    assert!(out.contains("10003000-10004000 is missing"), "{out}");
    assert!(
        out.contains("\nnot ok 1 split.maps # hole unknown "),
        "{out}"
    );
    // Queries are not tampered with: they find what is there.
    assert!(out.contains("\nok 2 split.query\n"), "{out}");
    let report = std::fs::read_to_string(report).expect("the report");
    let title = "\nhole, standing still (mechanism not known)";
    assert!(report.contains(title), "{report}");

    // Where a move puts the page it might be taken for H1.
    let replace = ["--scenario=replace", "--reader=maps", "--format=human"];
    let (out, status) = check(&replace, None).expect("it was traced before");
    assert_eq!(status, 1, "{out}");
    assert!(out.contains("    hole, mechanism not known: "), "{out}");
    assert!(out.contains("    hole, standing still:\n"), "{out}");
    assert!(!out.contains("skipped:"), "{out}");
}
