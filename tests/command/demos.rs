//! The demonstrations in `demo`: each plays what it says, live or from the recording
//! that is in the repository.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The demonstrations, in their order.
fn demonstrations() -> Vec<PathBuf> {
    let all = fs::read_dir("demo").unwrap().map(|it| it.unwrap().path());
    let is_one = |path: &PathBuf| path.metadata().unwrap().permissions().mode() & 0o111 != 0;
    let mut all: Vec<PathBuf> = all.filter(is_one).collect();
    all.sort();
    all
}

/// A program in place of `vmascope`: a script.
fn in_its_place(script: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vmascope");
    fs::write(&path, format!("#!/bin/sh\n{script}\necho \"$@\"\n")).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    (folder, path)
}

/// What a demonstration prints with that program, and in the end asks it for.
fn printed(demonstration: &Path, argument: Option<&str>, vmascope: &Path) -> (String, String) {
    let mut command = Command::new(demonstration);
    command.args(argument).env("VMASCOPE", vmascope);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{demonstration:?}: {text}");
    let asked = text.lines().next_back().unwrap_or_default().to_owned();
    (text, asked)
}

/// What follows a word, up to the next space.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.split_once(word)?.1.split_whitespace().next()
}

#[test]
fn each_recording_in_the_repository_opens_and_shows_what_a_demonstration_does() {
    // Drawn, as there is no terminal here.
    let draw = format!(
        "case $1 in replay) '{}' \"$@\" --text - --size 120x36 || exit; esac",
        env!("CARGO_BIN_EXE_vmascope")
    );
    let (_folder, draws) = in_its_place(&draw);
    let (_folder, shows_all) = in_its_place("echo H1, x: seen; echo H2, x: seen");
    let mut played = BTreeSet::new();
    for demonstration in demonstrations() {
        let (_, live) = printed(&demonstration, None, &shows_all);
        assert!(live.starts_with("demo "), "{live}");
        let (screen, asked) = printed(&demonstration, Some("--recorded"), &draws);
        match asked.strip_prefix("replay ") {
            Some(file) => {
                let name = Path::new(file).file_name().unwrap();
                played.insert(name.to_str().unwrap().to_owned());
                match after(&live, "--scenario ") {
                    None => assert!(live.ends_with(" --walk"), "{live}"),
                    scenario => assert_eq!(after(&screen, "scenario "), scenario),
                }
            }
            None => {
                let text = fs::read_to_string(&demonstration).unwrap();
                assert!(text.contains("There is no recording"), "{demonstration:?}");
            }
        }
    }
    let all = fs::read_dir("assets/recordings").unwrap();
    let all = all.map(|it| it.unwrap().file_name().into_string().unwrap());
    assert_eq!(played, all.collect());
}

#[test]
fn a_recording_plays_where_this_kernel_does_not_show_the_hole() {
    let (_folder, shows_one) = in_its_place("echo H1, x: not seen; echo H2, x: seen 9 times");
    let of_holes = demonstrations().into_iter().filter_map(|demonstration| {
        let (_, asked) = printed(&demonstration, None, &shows_one);
        let text = fs::read_to_string(&demonstration).unwrap();
        let hole = ["H1", "H2"]
            .into_iter()
            .find(|hole| text.contains(&format!(" {hole} demo")))?;
        Some((hole, asked.starts_with("replay")))
    });
    let of_holes: Vec<(&str, bool)> = of_holes.collect();
    assert_eq!(of_holes, [("H1", true), ("H2", false), ("H1", true)]);
}

#[test]
fn a_demonstration_is_found_through_a_link_and_refuses_what_it_does_not_know() {
    let (folder, vmascope) = in_its_place("");
    let first = fs::canonicalize(&demonstrations()[0]).unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(first, &link).unwrap();
    let (_, asked) = printed(&link, None, &vmascope);
    assert!(asked.starts_with("demo"), "{asked}");
    for (argument, vmascope) in [
        (Some("--garbage"), &*vmascope),
        (None, Path::new("/nonexistent")),
    ] {
        let run = Command::new(&link)
            .args(argument)
            .env("VMASCOPE", vmascope)
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(2), "{run:?}");
        assert_eq!(run.stderr.iter().filter(|it| **it == b'\n').count(), 1);
    }
}
