//! Waiting for a state, never for a while.

use std::time::{Duration, Instant};

/// How long anything may take, also where the CPUs are busy.
const DEADLINE: Duration = Duration::from_secs(120);

/// Waits until it is so.
#[track_caller]
pub(crate) fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited {DEADLINE:?} for {what}");
        // Off the CPU, which those that are waited for may need.
        std::thread::park_timeout(Duration::from_millis(1));
    }
}
