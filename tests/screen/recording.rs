//! What is left of a recording whose program was killed, or whose disk was full; and
//! files that are none.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nix::sys::signal::Signal;
use vmascope::internals::algorithms::Random;

use crate::frames::{MOMENT, SCANS, frames};
use crate::support::skip;
use crate::terminal::Terminal;

const PROGRAM: &str = env!("CARGO_BIN_EXE_vmascope");

/// What may be missing at the end, in nanoseconds.
const LOST: u64 = 500_000_000;

fn bytes_of(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_default()
}

fn replay(file: &Path, arguments: &[&str], out: &Path) -> Output {
    let mut command = Command::new(PROGRAM);
    command.arg("replay").arg(file).args(arguments);
    command.arg("--out").arg(out).output().unwrap()
}

/// Records until there are so many bytes, and kills it then: what is in the file.
fn killed_at(path: &Path, size: u64) -> Vec<u8> {
    let name = path.to_str().unwrap();
    let mut terminal = Terminal::start(100, 30, &["demo", "--record", name], false);
    terminal.wait_for_state("the file", || {
        std::fs::metadata(path).is_ok_and(|it| it.len() >= size)
    });
    terminal.signal(Signal::SIGKILL);
    terminal.ends_unread();
    bytes_of(path)
}

fn kill_while_recording(count: u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(15);
    for number in 0..count {
        let path: PathBuf = folder.path().join(format!("killed-{number}"));
        let size = random.below(600_000);
        let bytes = killed_at(&path, size);
        let (whole, _) = frames(&bytes);
        let last_of = |kind| {
            let ends = whole
                .iter()
                .filter(|it| it.kind == kind)
                .map(|it| it.last_ns);
            ends.max().unwrap_or(0)
        };
        let latest = whole.iter().map(|it| it.last_ns).max().unwrap_or(0);
        for kind in [SCANS, MOMENT] {
            let last = last_of(kind);
            // Of what has only begun there may be none yet.
            assert!(
                last == 0 && latest < 2 * LOST || latest - last < LOST,
                "{size} {kind}: {last} of {latest}"
            );
        }
        if !whole.is_empty() {
            let out = folder.path().join("out");
            let output = replay(&path, &["--cut", "0s.."], &out);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let is_empty = last_of(SCANS) == 0 && last_of(MOMENT) == 0;
            let status = if is_empty { 3 } else { 0 };
            assert_eq!(output.status.code(), Some(status), "{size}: {said}");
            let (again, behind) = frames(&bytes_of(&out));
            assert!(is_empty || !again.is_empty() && behind == 0);
            let _ = std::fs::remove_file(&out);
        }
        std::fs::remove_file(&path).unwrap();
    }
}

#[test]
fn what_was_recorded_before_it_was_killed_is_there() {
    kill_while_recording(4);
}

#[test]
#[ignore = "takes minutes"]
fn a_hundred_are_killed() {
    kill_while_recording(100);
}

#[test]
fn a_full_disk_ends_the_recording_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (disk, path) = (folder.path().join("disk"), folder.path().join("full"));
    std::fs::create_dir(&disk).unwrap();
    let mount = "mount -t tmpfs -o size=256k none \"$1\"";
    let apart = ["unshare", "-m", "sh", "-c"];
    let mut tried = Command::new(apart[0]);
    tried.args(&apart[1..]).args([mount, "sh"]).arg(&disk);
    if !tried.output().is_ok_and(|it| it.status.success()) {
        return skip("a file system of its own cannot be mounted here");
    }
    let record = "\"$0\" demo --record \"$1/full\"";
    let script = format!("{mount} && {record}; ended=$?; cp \"$1/full\" \"$2\"; exit $ended");
    let program = [&apart[..], &[&script, PROGRAM]].concat();
    let arguments = [disk.to_str().unwrap(), path.to_str().unwrap()];
    let mut terminal = Terminal::start_as(&program, (140, 40), &arguments, false);
    terminal.wait_for("the notice", |text| text.contains("has ended: "));
    let scans = |text: &str| text.contains(" scans");
    terminal.wait_for("it goes on", scans);
    terminal.send("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    let said = terminal.screen().contents();
    assert!(said.contains("has ended: "), "{said}");
    terminal.assert_sane();
    let bytes = bytes_of(&path);
    let (whole, behind) = frames(&bytes);
    assert!(
        whole.len() > 3 && bytes.len() <= 256 * 1024,
        "{}",
        bytes.len()
    );
    assert_eq!(behind, 0);
    let out = folder.path().join("out");
    assert_eq!(
        replay(&path, &["--cut", "0s.."], &out).status.code(),
        Some(0)
    );
}
