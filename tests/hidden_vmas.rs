//! `vmascope check` on a kernel that never shows some VMAs that are mapped:
//! nothing needs to move for that to be found.

#![cfg(target_arch = "x86_64")]

mod hiding;
mod support;

use std::process::{Command, Stdio};

use hiding::run_where_lines_are_hidden;
use support::skip;

/// The pages that `split` maps anew, and those that `replace` moves onto its
/// destination: executable, in the arena, next to what can be read only.
fn is_new_page(line: &str) -> bool {
    let start = line.split('-').next().unwrap_or_default();
    let start = u64::from_str_radix(start, 16).unwrap_or_default();
    (0x1000_0000..0x2000_0000).contains(&start)
        && line.contains(" r-xp ")
        // The source of `replace` stays where it is.
        && line.ends_with(" 00:00 0 \n")
}

#[test]
fn vmas_that_are_never_shown_fail_the_check() {
    let directory = tempfile::tempdir().expect("a directory");
    let (out, error) = (directory.path().join("out"), directory.path().join("error"));
    let report = directory.path().join("report");
    let create = |path| std::fs::File::create(path).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_vmascope"));
    command
        .args([
            "check",
            "--scenario=split",
            "--reader=maps",
            "--duration=50ms",
        ])
        .args(["--format=ktap", "--allow-known", "--report"])
        .arg(&report)
        .stdin(Stdio::null())
        .stdout(create(&out))
        .stderr(create(&error));
    let Some(status) = run_where_lines_are_hidden(&mut command, is_new_page) else {
        skip("a process cannot be traced here");
        return;
    };
    let read = |path| std::fs::read_to_string(path).expect("text");
    let (out, error, report) = (read(&out), read(&error), read(&report));
    assert_eq!(status, 1, "{out}{error}");
    assert!(out.contains("# hole, standing still (unknown): "), "{out}");
    assert!(out.contains("no operation was under way"), "{out}");
    assert!(out.contains("10003000-10004000 is missing"), "{out}");
    assert!(
        out.contains("\nnot ok 1 split.maps # hole unknown "),
        "{out}"
    );
    assert!(!out.contains("SKIP"), "{out}");
    assert!(
        report.contains("\nhole, standing still (mechanism not known)"),
        "{report}"
    );
}
