//! Targets that stop, end, or run one program after another.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;
use vmascope::follow::{Follower, Happening};
use vmascope::kernel::chunk::{ChunkReader, NoClock, ScanError, ScanText};
use vmascope::kernel::file::{ProcFile, Which};
use vmascope::kernel::process::mm_is_alive;
use vmascope::target::attached::AttachedTarget;

use super::{Killed, follow, step_until};

fn sleep() -> Killed {
    let mut command = Command::new("sleep");
    Killed(command.arg("1000").stdout(Stdio::null()).spawn().unwrap())
}

fn is_end(happening: &Happening) -> bool {
    matches!(happening, Happening::End { .. })
}

#[test]
fn stopped_and_continued() {
    let target = sleep();
    let mut follower = follow(target.pid());
    follower.step(|_| {}).unwrap();
    target.signal(Signal::SIGSTOP);
    step_until(&mut follower, "stop", |it| matches!(it, Happening::Stopped));
    // It is read all the same.
    let scans = follower.totals().scans;
    follower.step(|it| panic!("{it:?}")).unwrap();
    assert_eq!(follower.totals().scans, scans + 1);
    target.signal(Signal::SIGCONT);
    step_until(&mut follower, "going on", |it| {
        matches!(it, Happening::Continued)
    });
}

#[test]
fn one_program_after_another() {
    let directory = std::env::temp_dir();
    let script = directory.join(format!("vmascope-execs-{}.sh", std::process::id()));
    let text = "#!/bin/sh\n[ $1 -gt 0 ] && exec \"$0\" $(($1 - 1))\nexec sleep 1000\n";
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let target = loop {
        let mut command = Command::new(&script);
        match command.arg("150").stdout(Stdio::null()).spawn() {
            Ok(child) => break Killed(child),
            // A child that another test has just forked may still hold the
            // file open for writing.
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {}
            Err(error) => panic!("{error}"),
        }
    };
    let mut follower = loop {
        // It may run another program between any two steps of this too.
        match AttachedTarget::attach(target.pid().into()).and_then(Follower::new) {
            Ok(follower) => break follower,
            Err(error) => assert_eq!(error.to_string().lines().count(), 1, "{error}"),
        }
    };
    let is_last = |it: &Happening| matches!(it, Happening::Exec { comm, .. } if comm == "sleep");
    let all = step_until(&mut follower, "last program", is_last);
    std::fs::remove_file(&script).unwrap();
    assert!(!all.iter().any(is_end), "{all:?}");
    // Each new address space is looked at by itself.
    let execs = all
        .iter()
        .filter(|it| matches!(it, Happening::Exec { .. }))
        .count();
    assert_eq!(follower.totals().execs, execs as u64);
    follower.step(|it| panic!("{it:?}")).unwrap();
    assert!(!follower.latest().is_empty());
    target.signal(Signal::SIGKILL);
    let all = step_until(&mut follower, "end", is_end);
    let Some(Happening::End { how }) = all.last() else {
        panic!("{all:?}")
    };
    assert!(how.contains("SIGKILL"), "{how}");
    // Nothing happens after that.
    assert!(!follower.step(|it| panic!("{it:?}")).unwrap());
}

#[test]
fn processes_that_end_at_any_moment() {
    for _ in 0..200 {
        let target = Killed(Command::new("true").stdout(Stdio::null()).spawn().unwrap());
        match AttachedTarget::attach(target.pid().into()).and_then(Follower::new) {
            Ok(mut follower) => {
                let all = step_until(&mut follower, "end", is_end);
                let before_the_end = &all[..all.len() - 1];
                // Its end is never a tear, nor all of it unmapped.
                for happening in before_the_end {
                    assert!(
                        matches!(happening, Happening::Change(_) | Happening::Exec { .. }),
                        "{happening:?}"
                    );
                }
            }
            Err(error) => assert_eq!(error.to_string().lines().count(), 1, "{error}"),
        }
    }
}

#[test]
fn one_that_vanishes_between_open_and_read() {
    let mut target = sleep();
    let file = ProcFile::open(target.pid(), Which::Maps).unwrap();
    let mut follower = follow(target.pid());
    target.0.kill().unwrap();
    target.0.wait().unwrap();
    let mut reader = ChunkReader::new(file, 4096);
    let mut text = ScanText::default();
    match reader.scan(&NoClock, &mut text) {
        // Said at once, or the text is empty: never a part of it.
        Err(ScanError::TargetGone) => {}
        Ok(()) => assert!(text.text().is_empty()),
        Err(other) => panic!("{other}"),
    }
    assert!(!mm_is_alive(reader.file_mut()).unwrap());
    let mut all = Vec::new();
    assert!(!follower.step(|it| all.push(it)).unwrap());
    assert!(matches!(&all[..], [Happening::End { .. }]), "{all:?}");
    assert_eq!(follower.totals().scans, 0);
}
