//! Targets that stop, end, or run one program after another.

use std::process::{Command, Stdio};

use nix::sys::signal::Signal;
use vmascope::internals::linux::mm_is_alive;
use vmascope::internals::linux::{ChunkReader, NoClock, ScanError};
use vmascope::internals::linux::{ProcFile, ProcFileName};
use vmascope::internals::maps::ScanText;
use vmascope::internals::process::AttachedTarget;
use vmascope::internals::sampling::{Follower, WatchEvent};

use super::{Killed, follow, step_until};
use crate::support::Resting;

fn is_end(happening: &WatchEvent) -> bool {
    matches!(happening, WatchEvent::End { .. })
}

#[test]
fn stopped_and_continued() {
    let target = Resting::start();
    let mut follower = follow(target.pid());
    follower.step(|_| {}).unwrap();
    target.signal(Signal::SIGSTOP);
    step_until(&mut follower, "stop", |it| {
        matches!(it, WatchEvent::Stopped)
    });
    // It is read all the same.
    let scans = follower.totals().scans;
    follower.step(|it| panic!("{it:?}")).unwrap();
    assert_eq!(follower.totals().scans, scans + 1);
    target.signal(Signal::SIGCONT);
    step_until(&mut follower, "going on", |it| {
        matches!(it, WatchEvent::Continued)
    });
}

#[test]
fn one_program_after_another() {
    let script = "[ $1 -gt 0 ] && exec sh -c \"$S\" sh $(($1 - 1)); exec cat";
    let mut target = Resting::before_exec(&format!("env S='{script}' sh -c '{script}' sh 150"));
    let mut follower = follow(target.pid());
    let mut all = Vec::new();
    target.say("\n");
    std::thread::scope(|scope| {
        let last = scope.spawn(|| target.answers());
        while !last.is_finished() {
            follower.step(|it| all.push(it)).unwrap();
        }
        assert!(last.join().unwrap(), "the last program does not answer");
    });
    // Now it rests: what is read from here on is that program.
    let now = std::fs::read(format!("/proc/{}/maps", target.pid())).unwrap();
    while follower.latest() != now {
        assert!(follower.step(|it| all.push(it)).unwrap(), "{all:?}");
    }
    assert!(!all.iter().any(is_end), "{all:?}");
    // Each new address space is looked at by itself.
    let is_exec = |it: &&WatchEvent| matches!(it, WatchEvent::Exec { .. });
    let execs = all.iter().filter(is_exec).count();
    assert!(execs > 0);
    assert_eq!(follower.totals().execs, execs as u64);
    follower.step(|it| panic!("{it:?}")).unwrap();
    target.signal(Signal::SIGKILL);
    let all = step_until(&mut follower, "end", is_end);
    let Some(WatchEvent::End { how }) = all.last() else {
        panic!("{all:?}")
    };
    assert!(how.contains("SIGKILL"), "{how}");
    // Nothing happens after that.
    assert!(!follower.step(|it| panic!("{it:?}")).unwrap());
}

#[test]
fn processes_that_end_at_any_moment() {
    for round in 0..200 {
        let mut target = Resting::start();
        let mut follower = follow(target.pid());
        follower.step(|it| panic!("{it:?}")).unwrap();
        if round % 2 == 0 {
            target.kill();
        } else {
            target.go_on();
        }
        let all = step_until(&mut follower, "end", is_end);
        // Its end is never a tear, nor all of it unmapped: but for a buffer
        // that it frees before.
        for happening in &all[..all.len() - 1] {
            let WatchEvent::Change(change, _) = happening else {
                panic!("{happening:?}")
            };
            let names = change.vmas().map(|vma| &*vma.name);
            assert!(
                { names }.all(|name| matches!(name, b"" | b"[heap]")),
                "{change:?}"
            );
        }
    }
}

#[test]
fn processes_that_are_attached_to_at_any_moment() {
    for _ in 0..200 {
        let target = Killed(Command::new("true").stdout(Stdio::null()).spawn().unwrap());
        match AttachedTarget::attach(target.pid().into()).and_then(|it| Follower::new(it, true)) {
            // Its loader is at work: what happens before the end is anything.
            Ok(mut follower) => {
                step_until(&mut follower, "end", is_end);
            }
            Err(error) => assert_eq!(error.to_string().lines().count(), 1, "{error}"),
        }
    }
}

#[test]
fn one_that_vanishes_between_open_and_read() {
    let mut target = Resting::start();
    let file = ProcFile::open(target.pid(), ProcFileName::Maps).unwrap();
    let mut follower = follow(target.pid());
    target.kill();
    target.wait();
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
    assert!(matches!(&all[..], [WatchEvent::End { .. }]), "{all:?}");
    assert_eq!(follower.totals().scans, 0);
}
