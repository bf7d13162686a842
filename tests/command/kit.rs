//! `vmascope check --kit`: a finding as files, on the real kernel.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::holes::shows_the_empty_tree;
use crate::support::skip;

fn vmascope(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vmascope"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("vmascope runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("UTF-8");
    entries
        .map(|entry| name(entry.expect("an entry")))
        .collect()
}

#[test]
fn a_hole_that_is_found_is_shown_by_its_program() {
    if !shows_the_empty_tree() {
        return skip("this kernel does not show H1");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let kits = folder.path().join("found/here");
    let check = |arguments: &[&str]| {
        let usual = [
            "check",
            "--kit",
            "found/here",
            "--reader",
            "maps",
            "--duration",
            "2s",
        ];
        vmascope(folder.path(), &[&usual, arguments].concat())
    };
    let output = check(&["--scenario", "replace"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    let line = printed.lines().last().expect("a line");
    assert!(
        line.starts_with("kit replace-h1: found/here/replace-h1.{toml,txt,c}; its program "),
        "{printed}"
    );
    let three = ["replace-h1.c", "replace-h1.toml", "replace-h1.txt"].map(str::to_owned);
    assert_eq!(names(&kits), BTreeSet::from(three));
    if line.contains("no C compiler") {
        return skip("there is no C compiler");
    }
    let mail = fs::read_to_string(kits.join("replace-h1.txt")).expect("a mail");
    assert!(
        mail.contains("showed a") && !mail.contains(" in 0 of "),
        "{mail}"
    );
    if !is_shown_by(&kits, "replace-h1.c") {
        return skip("there is no cc");
    }
    let again = check(&[
        "--scenario-file",
        "found/here/replace-h1.toml",
        "--scenario",
        "replace-h1",
        "--format",
        "json",
    ]);
    // Standard output is the document's.
    let document: serde_json::Value = serde_json::from_slice(&again.stdout).expect("JSON");
    assert_eq!(document["cases"][0]["case"]["scenario"], "replace-h1");
    let said = text(&again.stderr);
    assert!(
        said.contains("kit replace-h1: found/here/replace-h1-2."),
        "{said}"
    );
}

/// Compiles a program and sees it show the hole, as somebody does who got the files;
/// false where there is no compiler.
fn is_shown_by(kits: &Path, program: &str) -> bool {
    let compiled = Command::new("cc")
        .args(["-O2", "-Wall", "-Wextra", "-Werror", "-pthread"])
        .args(["-o", "shows", program])
        .current_dir(kits)
        .status();
    let Ok(compiled) = compiled else {
        return false;
    };
    assert!(compiled.success());
    let shown = Command::new(kits.join("shows")).output().expect("it runs");
    assert_eq!(shown.status.code(), Some(1), "{}", text(&shown.stderr));
    assert!(text(&shown.stdout).contains(" times; missing 0x"));
    true
}

#[test]
fn a_program_has_a_heap_and_seals_as_the_modifier_does() {
    if !shows_the_empty_tree() {
        return skip("this kernel does not show H1");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = r#"
        [[scenario]]
        name = "heap"
        summary = "a move while a heap grows, beside what is sealed"
        original = "xx . ww ... r w r"
        source = "x"
        setup = ["heap 3..5", "mseal 0..2"]
        operations = [
          { call = "mremap source 0..1 onto 9", state = "xx . ww ... r x r" },
          { call = "brk 6", state = "xx . www .. r x r" },
          { call = "mmap 9..10 w", state = "xx . www .. r w r" },
          { call = "brk 5", state = "xx . ww ... r w r" },
        ]"#;
    fs::write(folder.path().join("heap.toml"), scenario).expect("a file");
    let check = "check --kit kits --scenario-file heap.toml --scenario heap --reader maps \
                 --duration 3s --format json";
    let arguments: Vec<&str> = check.split_whitespace().collect();
    let output = vmascope(folder.path(), &arguments);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let case = &document["cases"][0];
    if case["outcome"] == "skipped" {
        return skip(&case["reason"]);
    }
    assert_eq!(output.status.code(), Some(1), "{case:#}");
    if !is_shown_by(&folder.path().join("kits"), "heap-h1.c") {
        skip("there is no cc");
    }
}

#[test]
fn without_a_finding_there_are_no_files() {
    let folder = tempfile::tempdir().expect("a folder");
    // Of it no kernel shows a hole.
    let check = [
        "check",
        "--kit",
        "none",
        "--scenario",
        "resize",
        "--duration",
        "100ms",
    ];
    let output = vmascope(folder.path(), &check);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).ends_with("no kit: there is no finding\n"));
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_folder_that_cannot_be_is_one_line_before_the_run() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("file"), "").expect("a file");
    let output = vmascope(folder.path(), &["check", "--kit", "file/kits"]);
    assert_eq!(output.status.code(), Some(3));
    let error = text(&output.stderr);
    assert!(
        error.contains("cannot create file/kits") && error.lines().count() == 1,
        "{error}"
    );
    assert!(output.stdout.is_empty());
}
