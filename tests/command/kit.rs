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
    // As somebody does who got the files.
    let compiled = Command::new("cc")
        .args([
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-pthread",
            "-o",
            "shows",
            "replace-h1.c",
        ])
        .current_dir(&kits)
        .status();
    let Ok(compiled) = compiled else {
        return skip("there is no cc");
    };
    assert!(compiled.success());
    let shown = Command::new(kits.join("shows")).output().expect("it runs");
    assert_eq!(shown.status.code(), Some(1), "{}", text(&shown.stderr));
    assert!(text(&shown.stdout).contains(" times; missing 0x"));
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
