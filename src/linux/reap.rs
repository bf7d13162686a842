//! Reaps a child without waiting for it for ever.

use std::process::{Child, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(1);

/// Waits for the end of a child, so long at most; how it ended, if it did and
/// nobody else has reaped it. One that is frozen, hangs in the kernel, or is
/// not given up by its tracer does not end, although it was killed.
pub(crate) fn reap_within(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + limit;
    loop {
        match child.try_wait() {
            Ok(None) if Instant::now() < deadline => sleep(LOOK),
            ended => return ended.ok().flatten(),
        }
    }
}
