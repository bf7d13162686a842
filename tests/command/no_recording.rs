//! Files that are no recording, or none that can be read: a line, and exit status 3.

use std::path::Path;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_vmascope");

const FIRST_LINE: &[u8] = b"vmascope recording 1.0\n";

fn replay(arguments: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.arg("replay").args(arguments).output().unwrap()
}

/// A frame with this payload, whose checksums are right.
fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut head = [0; 64];
    head[..4].copy_from_slice(b"VMA\n");
    head[4] = kind;
    let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
    head[48..52].copy_from_slice(&length);
    head[52..56].copy_from_slice(&length);
    head[56..60].copy_from_slice(&crc32fast::hash(payload).to_le_bytes());
    let checksum = crc32fast::hash(&head[..60]);
    head[60..].copy_from_slice(&checksum.to_le_bytes());
    [&head, payload].concat()
}

/// What says what it is.
const HEADER: &[u8] = br#"{"version":"0.1.0","command_line":"vmascope demo","kernel":"Linux","page_size":4096,"began":"2026-01-01T00:00:00Z","subject":"modifier"}"#;

fn said(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("vmascope: "), "{said}");
    said
}

#[test]
fn what_is_no_recording_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let name = path.to_str().unwrap();
    let header = frame(0, HEADER);
    let mut damaged = header.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let cut_off = &header[..header.len() - 1];
    let no_json = frame(0, b"{\"version\":");
    for (content, why) in [
        (&b""[..], "is not a recording"),
        (b"\x7fELF and so on\n", "is not a recording"),
        (&[b'x'; 100_000], "is not a recording"),
        (b"vmascope recording 1", "is not a recording"),
        (b"vmascope recording x.y\n", "is not a recording"),
        (b"vmascope recording 2.0\n", "format 2.0"),
        (FIRST_LINE, "is damaged"),
        (&[FIRST_LINE, cut_off].concat(), "is damaged"),
        (&[FIRST_LINE, &damaged].concat(), "is damaged"),
        (&[FIRST_LINE, &no_json].concat(), "is damaged"),
        (&[FIRST_LINE, &frame(3, b"")].concat(), "is damaged"),
    ] {
        std::fs::write(&path, content).unwrap();
        let said = said(&replay(&[name]));
        assert!(said.contains(why), "{said}");
    }
    for (path, why) in [
        (folder.path(), "not a regular file"),
        (Path::new("/dev/zero"), "not a regular file"),
        (Path::new("/nowhere/at all"), "No such file"),
    ] {
        let said = said(&replay(&[path.to_str().unwrap()]));
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_part_that_is_not_there_and_a_file_that_is_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let out = folder.path().join("out");
    let (name, to) = (path.to_str().unwrap(), out.to_str().unwrap());
    // A later minor version has frames and fields that nobody knows yet.
    let header = HEADER.strip_suffix(b"}").unwrap();
    let header = [header, b",\"later\":[1]}"].concat();
    let content = [
        b"vmascope recording 1.9\n",
        &frame(0, &header)[..],
        &frame(77, b"?"),
    ]
    .concat();
    std::fs::write(&path, content).unwrap();
    for (part, why) in [
        (["--cut", "1s..2s"], "nothing was recorded then"),
        (
            ["--tear", "1"],
            "there is no find 1: the recording has 0 finds",
        ),
    ] {
        let refused = replay(&[name, part[0], part[1], "--out", to]);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(said.contains(why) && said.lines().count() == 1, "{said}");
    }
    assert!(!out.exists());
    let made = replay(&[name, "--anonymise", "--out", to]);
    assert_eq!(made.status.code(), Some(0));
    let again = said(&replay(&[name, "--anonymise", "--out", to]));
    assert!(again.contains("it exists"), "{again}");
    for wrong in [
        &["--cut", "2s..1s", "--out", to][..],
        &["--cut", "1s..2s"],
        &["--out", to],
        &["--tear", "1", "--cut", "1s..2s", "--out", to],
    ] {
        let output = replay(&[&[name], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}
