//! Targets that do their worst, on the running kernel: their names, their
//! speed, and their ends.

mod ends;
mod first_thread;
mod names;

use std::process::Child;
use std::time::{Duration, Instant};

use vmascope::internals::process::AttachedTarget;
use vmascope::internals::sampling::{Follower, WatchEvent};

const DEADLINE: Duration = Duration::from_secs(120);

struct Killed(Child);

impl Killed {
    fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn follow(pid: u32) -> Follower {
    Follower::new(AttachedTarget::attach(pid.into()).unwrap(), true).unwrap()
}

/// Steps until what happens is as wanted; gives all that happened.
#[track_caller]
fn step_until(
    follower: &mut Follower,
    what: &str,
    wanted: impl Fn(&WatchEvent) -> bool,
) -> Vec<WatchEvent> {
    let deadline = Instant::now() + DEADLINE;
    let mut all = Vec::new();
    while !all.iter().any(&wanted) {
        assert!(Instant::now() < deadline, "no {what} in time: {all:?}");
        follower.step(|happening| all.push(happening)).unwrap();
        std::thread::park_timeout(Duration::from_micros(100));
    }
    all
}

#[test]
fn eight_threads_at_full_speed() {
    let target = crate::churning::Churning::start();
    let mut follower = follow(target.pid());
    let (mut changes, mut steps) = (0, 0);
    let begin = Instant::now();
    // Its threads may take a while to start, and on older kernels each scan
    // waits for them.
    while changes == 0 || steps < 300 && begin.elapsed() < Duration::from_secs(20) {
        assert!(begin.elapsed() < DEADLINE, "nothing changes");
        steps += 1;
        let goes_on = follower.step(|happening| match happening {
            WatchEvent::Change(change, _) => {
                changes += 1;
                assert!(change.vmas().all(|vma| vma.start < vma.end), "{change:?}");
                assert!(change.before.len() + change.after.len() > 0);
            }
            WatchEvent::Tear(tear) => assert!(tear.line.0 < tear.previous.1),
            WatchEvent::CameBack(blink, _) => assert!(!blink.range.is_empty()),
            other => panic!("{other:?}"),
        });
        assert!(goes_on.unwrap());
    }
    assert_eq!(follower.totals().changes.total(), changes);
}
