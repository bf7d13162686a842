//! The memory of a session, and of a follower with its log, stays flat while
//! the target changes at full speed.
//!
//! Three seconds by default; `VMASCOPE_SOAK=1h cargo test --test soak` for as
//! long as you like. This program's own memory is measured, so there is one
//! test in it.

#![allow(clippy::print_stdout, reason = "it says what it measured")]

mod churning;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use vmascope::internals::process::AttachedTarget;
use vmascope::internals::recording::{Header, Keep, RecorderThread};
use vmascope::internals::sampling::Rate;
use vmascope::internals::sampling::{Follower, WatchEvent};
use vmascope::internals::session::{ChangeLog, ChangeRates, Session, Subject, ToWatch, Update};

/// What may be added after a third of the time, in bytes: the allocator's
/// arenas of several threads are never quite still.
const ALLOWED: u64 = 6 << 20;

/// How much longer it may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Anonymous memory that is resident, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let number = line.unwrap().split_whitespace().nth(1).unwrap();
    number.parse::<u64>().unwrap() * 1024
}

#[test]
fn memory_is_flat() {
    let time = std::env::var("VMASCOPE_SOAK").map_or(Duration::from_secs(3), |text| {
        humantime::parse_duration(&text).expect("VMASCOPE_SOAK is a time, such as 1h")
    });
    let target = churning::Churning::start();
    let attach = || AttachedTarget::attach(target.pid().into()).unwrap();
    let snapshots = Arc::new(AtomicU64::new(0));
    let subject = Subject::Target(Box::new(ToWatch {
        target: attach(),
        rate: Rate::Full,
        see_calls: true,
    }));
    // What is kept is full before the first measurement, too.
    let keep = Keep {
        time: Duration::from_millis(500),
        least: 1 << 20,
        most: 2 << 20,
    };
    let header = Header::of_now(subject.recorded());
    let recorded = RecorderThread::start(header, keep, None).unwrap();
    let session = Session::start(subject, false, recorded.recorder.clone(), {
        let snapshots = snapshots.clone();
        move |update| {
            match update {
                Update::Snapshot(_) => snapshots.fetch_add(1, Ordering::Relaxed),
                Update::Failed(why) => panic!("{why}"),
                _ => 0,
            };
            Ok(())
        }
    })
    .unwrap();
    let mut follower = Follower::new(attach(), true).unwrap();
    // So small that it is full before the first measurement.
    let mut log = ChangeLog::new(500, 1 << 20);
    let mut rates = ChangeRates::default();
    let start = Instant::now();
    let (mut third, mut highest) = (None, 0);
    while start.elapsed() < time || third.is_none() {
        let now = start.elapsed();
        assert!(now < time + PATIENCE, "no snapshots, or no changes");
        let goes_on = follower.step(|happening| {
            if let WatchEvent::Change(change, by) = happening {
                log.push(now, change, by);
            }
        });
        assert!(goes_on.unwrap());
        rates.add(now, log.counts());
        // All of them have the buffers they need.
        let is_settled = log.forgotten() > 0 && snapshots.load(Ordering::Relaxed) > 10;
        if now >= time / 3 && is_settled {
            let resident = resident();
            third.get_or_insert(resident);
            highest = highest.max(resident);
        }
    }
    assert!(rates.per_second().total() > 0.0);
    drop(session);
    let third = third.unwrap_or_default();
    println!(
        "{:?}: {} scans, {} changes, {} snapshots; {} KiB after a third, at most {} KiB later",
        start.elapsed(),
        follower.totals().scans,
        log.counts().total(),
        snapshots.load(Ordering::Relaxed),
        third >> 10,
        highest >> 10,
    );
    assert!(
        highest <= third + ALLOWED,
        "{} KiB were added in two thirds of {time:?}",
        (highest - third) >> 10
    );
}
