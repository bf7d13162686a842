//! What the program says of itself: its help, its man pages and the completions
//! for shells, as the program prints them.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::process::{Command, Output, Stdio};

use crate::support::skip;

/// The program, as wide as a terminal mostly is.
fn vmascope(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vmascope"));
    command.env("VMASCOPE_CONFIG", "none");
    command.args(arguments).env("COLUMNS", "80");
    // A terminal, whose own width would count, is none of these.
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[track_caller]
fn printed(arguments: &[&str]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = vmascope(arguments).output().unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert!(status.success() && stderr.is_empty(), "{status}: {stderr}");
    String::from_utf8(stdout).unwrap()
}

/// What `--help` of a command says; the program itself has no name.
fn help(command: &str) -> String {
    let words: Vec<&str> = command.split(' ').filter(|word| !word.is_empty()).collect();
    printed(&[&words[..], &["--help"]].concat())
}

/// All commands that the help shows, the program itself first. Of the program
/// and not of a list, so that none can be forgotten.
fn commands() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut at = 0;
    while at < all.len() {
        let text = help(&all[at]);
        let listed = text.lines().skip_while(|line| *line != "Commands:").skip(1);
        for line in listed.take_while(|line| !line.is_empty()) {
            // Lines that go on are further in.
            let name = line
                .strip_prefix("  ")
                .filter(|rest| !rest.starts_with(' '));
            let Some(name) = name.and_then(|rest| rest.split(' ').next()) else {
                continue;
            };
            // Help on the help says nothing of its own.
            if name != "help" {
                all.push(format!("{} {name}", all[at]).trim_start().to_owned());
            }
        }
        at += 1;
    }
    assert!(all.iter().any(|name| name == "check"), "{all:?}");
    all
}

/// The long options that a command's help shows.
fn options(command: &str) -> BTreeSet<String> {
    let text = help(command);
    let lines = text.lines().map(str::trim_start);
    let heads = lines.filter(|line| line.starts_with('-'));
    let long = heads.filter_map(|line| line.split([' ', ',']).find(|word| word.starts_with("--")));
    long.map(str::to_owned).collect()
}

#[test]
fn the_help_of_every_command_is_as_it_was() {
    for command in commands() {
        let name = if command.is_empty() {
            "vmascope"
        } else {
            &command
        };
        insta::assert_snapshot!(name.replace(' ', "-"), help(&command));
    }
}

#[test]
fn help_fits_into_eighty_columns() {
    for command in commands() {
        for line in help(&command).lines() {
            assert!(line.chars().count() <= 80, "{command}: {line}");
        }
    }
}

#[test]
fn every_command_and_option_has_its_place_in_the_man_pages() {
    let directory = tempfile::tempdir().unwrap();
    // One that is not there yet.
    let directory = directory.path().join("man1");
    printed(&["man", directory.to_str().unwrap()]);
    let mut pages = BTreeSet::new();
    for command in commands() {
        let page = format!("vmascope {command}").trim_end().replace(' ', "-") + ".1";
        let text = fs::read_to_string(directory.join(&page)).unwrap();
        let text = text.replace("\\-", "-");
        let heads = text.lines().filter(|line| line.starts_with("\\fB-"));
        let bold = heads.flat_map(|line| line.split("\\fB").skip(1));
        let shown: BTreeSet<String> = bold
            .filter_map(|rest| rest.split("\\fR").next())
            .filter(|option| option.starts_with("--"))
            .map(str::to_owned)
            .collect();
        assert_eq!(shown, options(&command), "{page}");
        let says_status = help(&command).contains("Exit status:");
        let has_section =
            text.contains("\n.SH EXIT STATUS\n") || text.contains("\n.SH \"EXIT STATUS\"\n");
        assert_eq!(has_section, says_status, "{page}");
        pages.insert(page);
    }
    let written = fs::read_dir(&directory).unwrap();
    let written: BTreeSet<String> = written
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(written, pages);
    // The program's own page names all others.
    let top = printed(&["man"]);
    assert_eq!(
        top,
        fs::read_to_string(directory.join("vmascope.1")).unwrap()
    );
    let top = top.replace("\\-", "-");
    for page in pages.iter().filter(|page| *page != "vmascope.1") {
        let name = page.trim_end_matches(".1");
        assert!(top.contains(&format!("\n{name}(1)\n")), "{name}");
    }
}

/// The words that bash is offered in a command: what its completion calls `opts`.
fn offered(script: &str, command: &str) -> BTreeSet<String> {
    let case =
        std::iter::once("vmascope").chain(command.split(' ').filter(|word| !word.is_empty()));
    let case = format!("{})", case.collect::<Vec<_>>().join("__subcmd__"));
    let mut lines = script.lines().map(str::trim);
    lines
        .find(|line| *line == case)
        .expect("every command has a case");
    let words = lines.next().and_then(|line| line.strip_prefix("opts=\""));
    let words = words.and_then(|line| line.strip_suffix('"')).unwrap();
    words.split(' ').map(str::to_owned).collect()
}

#[test]
fn every_command_and_option_is_completed() {
    let script = printed(&["completions", "bash"]);
    for command in commands() {
        let offered = offered(&script, &command);
        let shown: BTreeSet<_> = offered
            .iter()
            .filter(|word| word.starts_with("--"))
            .cloned()
            .collect();
        assert_eq!(shown, options(&command), "{command}");
    }
    let mut top = offered(&script, "");
    top.retain(|word| !word.starts_with('-') && word != "help");
    let listed = commands()
        .into_iter()
        .filter(|name| !name.is_empty() && !name.contains(' '));
    assert_eq!(top, listed.collect());
    // Without words for its values an option is completed by files.
    for (option, word) in [
        ("--scenario", "replace-last"),
        ("--placement", "boundary"),
        ("--case", "merge-left-partial"),
        ("--reader", "query-walk"),
    ] {
        let case = format!("{option})");
        let mut lines = script.lines().map(str::trim);
        let mut words = String::new();
        while lines.any(|line| line == case) {
            words += lines.next().unwrap();
        }
        let mut words = words.split([' ', '"']);
        assert!(words.any(|one| one == word), "{option} {word}");
    }
}

#[test]
fn the_shells_read_their_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&["completions", shell]);
        assert!(script.contains("allow-known"), "{shell}");
        // The other two read no file without running it.
        if !["bash", "zsh", "fish"].contains(&shell) {
            continue;
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), script).unwrap();
        match Command::new(shell).arg("-n").arg(file.path()).output() {
            Ok(output) => assert!(output.status.success(), "{shell}: {output:?}"),
            Err(error) => skip(format!("no {shell} to read its completions: {error}")),
        }
    }
}

/// All that print in one piece.
const PRINTING: [&[&str]; 2] = [&["man"], &["completions", "bash"]];

#[track_caller]
fn fails(command: &mut Command, says: &str) {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains(says), "{said}");
}

#[test]
fn a_full_device_is_an_error_on_one_line() {
    for arguments in PRINTING {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        fails(vmascope(arguments).stdout(full), "to standard output");
    }
}

#[test]
fn whatever_is_printed_to_a_full_device_is_an_error() {
    let own = std::process::id().to_string();
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["--version"],
        &["help", "check"],
        &["check", "--help"],
        &["scenarios"],
        &["scenarios", "--format", "json"],
        &["diff", &own, &own],
        &["diff", &own, &own, "--format", "json"],
        &["step", "--scenario", "split", "r"],
        &["watch", &own, "--for", "1ms", "--format", "json"],
    ] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = vmascope(arguments);
        fails(command.stdout(full), "vmascope: cannot write");
    }
}

/// The signal that comes with it would end the program.
#[test]
fn a_file_that_may_not_grow_is_an_error_and_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let mut limited = Command::new("sh");
    let script = "ulimit -f 0; exec \"$0\" man \"$1\"";
    limited.args(["-c", script, env!("CARGO_BIN_EXE_vmascope")]);
    fails(limited.arg(directory.path()), "raise the limit on the size");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn nobody_reading_is_no_error() {
    for arguments in PRINTING {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let output = vmascope(arguments).stdout(writer).output().unwrap();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{output:?}"
        );
    }
}

#[test]
fn pages_that_cannot_be_written_are_an_error_on_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    fails(
        &mut vmascope(&["man", file.to_str().unwrap()]),
        "cannot create",
    );
    fails(
        &mut vmascope(&["man", file.join("below").to_str().unwrap()]),
        "cannot create",
    );
    // What has the name of a page and is no file stays what it is.
    let pages = directory.path().join("pages");
    fs::create_dir_all(pages.join("vmascope-check.1")).unwrap();
    fails(
        &mut vmascope(&["man", pages.to_str().unwrap()]),
        "vmascope-check.1",
    );
    assert!(pages.join("vmascope-check.1").is_dir());
}

#[test]
fn a_shell_nobody_knows_is_a_wrong_command_line() {
    let output = vmascope(&["completions", "csh"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("powershell") && said.lines().count() == 1,
        "{said}"
    );
}
