//! The last way out: a thread that waits for nothing else.

use std::time::Duration;

/// Calls `end` when so long has passed, if this process still runs. What it is
/// about to end may hang: in a write that nobody takes, or in the kernel.
pub(crate) fn after(limit: Duration, end: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().name("time limit".into());
    // Without a thread there is no limit.
    let _ = thread.spawn(move || {
        std::thread::sleep(limit);
        end();
    });
}
