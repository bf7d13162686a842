//! The settings as the program reads them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program, where that folder is the one for configuration.
fn vmascope(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vmascope"));
    command.args(arguments).stdin(Stdio::null());
    command.env_remove("VMASCOPE_CONFIG").env_remove("NO_COLOR");
    command.env("XDG_CONFIG_HOME", folder);
    command
}

fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("vmascope")).unwrap();
    fs::write(folder.path().join("vmascope/config.toml"), text).unwrap();
    folder
}

fn picture(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const SVG: [&str; 4] = ["replay", "assets/recordings/duplicate", "--svg", "-"];
const TEXT: [&str; 4] = ["replay", "assets/recordings/duplicate", "--text", "-"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&SVG, more].concat()
}

#[test]
fn the_file_counts_the_command_line_beats_it_and_no_file_is_no_news() {
    let nowhere = tempfile::tempdir().unwrap();
    let mut none = vmascope(nowhere.path(), &SVG);
    let output = none.output().unwrap();
    assert_eq!(said(&output), "");
    let usual = picture(&mut none);
    let light =
        folder("theme = \"light\"\n[keys]\nhelp = \"F2\"\n[columns]\nmodifier = [\"inode\"]");
    let of_file = picture(&mut vmascope(light.path(), &SVG));
    assert_ne!(of_file, usual);
    let named = picture(&mut vmascope(nowhere.path(), &with(&["--theme", "light"])));
    assert_ne!(named, usual);
    let beaten = picture(&mut vmascope(light.path(), &with(&["--theme", "dark"])));
    assert_ne!(beaten, of_file);
    let text = picture(&mut vmascope(light.path(), &TEXT));
    assert!(
        text.contains("F2 help") && text.contains(" inode"),
        "{text}"
    );
    // Without it, and with another.
    let path = light.path().join("vmascope/config.toml");
    let path = path.to_str().unwrap();
    for arguments in [with(&["--config", "none"]), SVG.to_vec()] {
        let mut without = vmascope(light.path(), &arguments);
        without.env("VMASCOPE_CONFIG", "none");
        assert_eq!(picture(&mut without), usual);
    }
    let mut of_variable = vmascope(nowhere.path(), &SVG);
    assert_eq!(picture(of_variable.env("VMASCOPE_CONFIG", path)), of_file);
    let mut of_option = vmascope(nowhere.path(), &with(&["--config", path]));
    assert_eq!(picture(of_option.env("VMASCOPE_CONFIG", "none")), of_file);
}

#[test]
fn what_is_wrong_is_one_line_and_a_wrong_command_line() {
    let wrong = folder("\n[keys]\nfreeze = \"c\"\n");
    let own = std::process::id().to_string();
    for arguments in [
        &SVG[..],
        &["watch", &own, "--for", "1ms"],
        &["attach", &own],
        &["demo"],
    ] {
        let output = vmascope(wrong.path(), arguments).output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.contains("config.toml, line 3, keys.freeze: c is next-scenario"),
            "{said}"
        );
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    // Nobody who judges a kernel reads it.
    let output = vmascope(wrong.path(), &["scenarios"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    for (named, says) in [("/no/such/file", "No such file"), ("/", "Is a directory")] {
        let output = vmascope(wrong.path(), &with(&["--config", named]));
        let output = { output }.output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.contains(says) && said.contains("--config none"),
            "{said}"
        );
    }
}

#[test]
fn what_is_printed_can_be_read() {
    let nowhere = tempfile::tempdir().unwrap();
    let text = picture(&mut vmascope(nowhere.path(), &["--print-config"]));
    assert!(text.contains("#quit = [\"q\", \"Ctrl-C\"]"), "{text}");
    let printed = folder(&text);
    let usual = picture(&mut vmascope(nowhere.path(), &SVG));
    assert_eq!(picture(&mut vmascope(printed.path(), &SVG)), usual);
}

#[test]
fn the_notes_are_those_of_the_scripts() {
    let nowhere = tempfile::tempdir().unwrap();
    let all = picture(&mut vmascope(nowhere.path(), &["notes", "--text"]));
    let one = picture(&mut vmascope(nowhere.path(), &["notes", "4", "--text"]));
    assert!(
        all.contains(&one) && all.matches("\ndemo/").count() == 6,
        "{all}"
    );
    let script = fs::read_to_string("demo/4-the-duplicate-by-hand.sh").unwrap();
    let (_, steps) = one.split_once("\n\n").unwrap();
    for word in steps.split_whitespace() {
        assert!(script.contains(word), "{word}");
    }
    let output = vmascope(nowhere.path(), &["notes", "7"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("there are 1 to 6, or 1-the-duplicate"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_recording_can_be_presented() {
    let nowhere = tempfile::tempdir().unwrap();
    let shown = picture(&mut vmascope(
        nowhere.path(),
        &[&TEXT[..], &["--present"]].concat(),
    ));
    assert!(shown.contains("█") && shown.contains("Allowed."), "{shown}");
}
