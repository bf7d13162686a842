//! Mapped files whose names are made to do harm.

#![allow(clippy::print_stdout, reason = "a helper tells what it has done")]

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::num::NonZero;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use nix::sys::mman::{MapFlags, ProtFlags, mmap};
use tempfile::TempDir;
use vmascope::internals::maps::AddressSpaceChangeKind as Kind;
use vmascope::internals::maps::Lines;
use vmascope::internals::maps::MapsLine;
use vmascope::internals::report::{ExportFormat, export};
use vmascope::internals::report::{WatchJson, watch_event_line};
use vmascope::internals::sampling::{Follower, WatchEvent};

use super::{Killed, follow};
use crate::support::skip;

/// A helper that maps the files it is told to.
struct Mapper {
    _process: Killed,
    follower: Follower,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// As maps prints it.
    directory: PathBuf,
    _scratch: TempDir,
}

impl Mapper {
    fn start() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let directory = scratch.path().canonicalize().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "hostile_targets::names::helper_maps_files",
                "--nocapture",
                "--ignored",
            ])
            .env("MAP_FILES", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut mapper = Mapper {
            follower: follow(child.id()),
            _process: Killed(child),
            input,
            output: BufReader::new(output),
            directory,
            _scratch: scratch,
        };
        mapper.wait_for_word();
        mapper.watch_events();
        mapper
    }

    /// Has a file mapped.
    fn map(&mut self, path: &Path) {
        let hex: String = path
            .as_os_str()
            .as_bytes()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        writeln!(self.input, "{hex}").unwrap();
        self.wait_for_word();
    }

    fn wait_for_word(&mut self) {
        let mut line = String::new();
        while !line.contains("mapped") {
            line.clear();
            assert!(
                self.output.read_line(&mut line).unwrap() > 0,
                "the helper has ended"
            );
        }
    }

    fn watch_events(&mut self) -> Vec<WatchEvent> {
        let mut all = Vec::new();
        self.follower
            .step(|watch_event| all.push(watch_event))
            .unwrap();
        all
    }

    /// Without those of the helper's own memory.
    fn changes_of_files(&mut self) -> Vec<WatchEvent> {
        let directory = self.directory.as_os_str().as_bytes().to_vec();
        let is_of_a_file = |watch_event: &WatchEvent| match watch_event {
            WatchEvent::Change(change, _) => {
                change.vmas().any(|vma| vma.name.starts_with(&directory))
            }
            _ => true,
        };
        let mut all = self.watch_events();
        all.retain(is_of_a_file);
        all
    }

    fn has_line_named(&self, name: &[u8]) -> bool {
        Lines::of(self.follower.latest())
            .map(|line| MapsLine::parse(line).unwrap())
            .any(|line| *line.unescaped_name() == *name)
    }
}

/// False, with a reason, where the file system refuses the name.
fn create(path: &Path) -> bool {
    match File::create(path) {
        Ok(mut file) => {
            file.write_all(&[1; 100]).unwrap();
            true
        }
        Err(error) => {
            skip(format!("no file of this name: {error}"));
            false
        }
    }
}

/// One line of text, in which nothing can act on a terminal.
#[track_caller]
fn assert_harmless(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?}");
}

#[test]
fn nothing_of_a_name_acts_on_a_terminal_and_each_is_one_line() {
    let mut mapper = Mapper::start();
    for name in [
        &b"\x1b[2J\x1b]0;title\x07"[..],
        b"a\nb",
        b"\xff\xfe\xc3",
        b"file (deleted)",
        b"[heap]",
        b"7f0000000000-7f0000001000 rw-p 00000000 00:00 0",
        "\u{202e}txt.exe".as_bytes(),
        b" ",
        b"\r",
    ] {
        let path = mapper.directory.join(OsStr::from_bytes(name));
        if !create(&path) {
            continue;
        }
        mapper.map(&path);
        let watch_events = mapper.changes_of_files();
        assert!(
            mapper.has_line_named(path.as_os_str().as_bytes()),
            "{name:?}"
        );
        let [WatchEvent::Change(change, _)] = &watch_events[..] else {
            panic!("{watch_events:?}")
        };
        assert_eq!(change.kind, Kind::Map);
        assert_harmless(&watch_event_line(&watch_events[0]));
        let mut json = Vec::new();
        let now = chrono::Local::now();
        WatchJson::new(&mut json)
            .watch_event(now, &watch_events[0], None)
            .unwrap();
        let json = String::from_utf8(json).unwrap();
        assert_harmless(json.trim_end_matches('\n'));
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_harmless(value["after"][0]["name"].as_str().unwrap());
        for format in [ExportFormat::Maps, ExportFormat::Csv, ExportFormat::Json] {
            let mut out = Vec::new();
            export(Lines::of(mapper.follower.latest()), format, &mut out).unwrap();
            for line in String::from_utf8(out).unwrap().lines() {
                assert_harmless(line);
            }
        }
    }
}

#[test]
fn the_longest_name_fits() {
    let mut mapper = Mapper::start();
    // Of newlines, each four characters in the line: longer than three pages.
    for filler in ["n", "\n"] {
        let mut path = mapper.directory.clone();
        // With the ending NUL a path has at most 4096 bytes.
        while path.as_os_str().len() + 1 < 4095 {
            let room = 4095 - path.as_os_str().len() - 1;
            // So that what is left is never nothing but a slash.
            let part = if room == 256 { 254 } else { room.min(255) };
            path.push(filler.repeat(part));
            if path.as_os_str().len() + 1 < 4095
                && let Err(error) = std::fs::create_dir(&path)
            {
                return skip(format!("no long names in this directory: {error}"));
            }
        }
        assert_eq!(path.as_os_str().len(), 4095);
        if !create(&path) {
            return;
        }
        mapper.map(&path);
        let watch_events = mapper.watch_events();
        assert!(mapper.has_line_named(path.as_os_str().as_bytes()));
        // The helper's own heap may have grown to hold that name.
        let long = watch_events
            .iter()
            .filter_map(|watch_event| match watch_event {
                WatchEvent::Change(change, _)
                    if change.vmas().any(|vma| vma.name.len() >= 4095) =>
                {
                    Some(change.kind)
                }
                _ => None,
            });
        assert_eq!(long.collect::<Vec<_>>(), [Kind::Map]);
        for watch_event in &watch_events {
            assert_harmless(&watch_event_line(watch_event));
        }
    }
}

#[test]
fn a_deleted_file_is_renamed_and_stays_mapped() {
    let mut mapper = Mapper::start();
    let path = mapper.directory.join("gone");
    assert!(create(&path));
    mapper.map(&path);
    mapper.watch_events();
    std::fs::remove_file(&path).unwrap();
    let watch_events = mapper.changes_of_files();
    let [WatchEvent::Change(change, _)] = &watch_events[..] else {
        panic!("{watch_events:?}")
    };
    assert_eq!(change.kind, Kind::Rename);
    assert!(change.after[0].name.ends_with(b"gone (deleted)"));
    assert!(change.before[0].name.ends_with(b"gone"));
}

#[test]
#[ignore = "only run by other tests, as a target"]
fn helper_maps_files() {
    if std::env::var_os("MAP_FILES").is_none() {
        return;
    }
    // Room for all that reading needs, so that nothing else changes later.
    let mut line = String::with_capacity(1 << 16);
    let mut input = BufReader::with_capacity(1 << 16, std::io::stdin());
    println!("mapped nothing yet");
    while input.read_line(&mut line).unwrap() > 0 {
        let digits = line.trim_end().as_bytes();
        let bytes: Vec<u8> = digits
            .chunks(2)
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
            .collect();
        let file = File::open(OsStr::from_bytes(&bytes)).unwrap();
        let length = NonZero::new(100).unwrap();
        // SAFETY: a new mapping at an address the kernel chooses; it is never
        // accessed.
        unsafe {
            mmap(
                None,
                length,
                ProtFlags::PROT_READ,
                MapFlags::MAP_PRIVATE,
                &file,
                0,
            )
            .unwrap();
        }
        println!("mapped");
        line.clear();
    }
}
