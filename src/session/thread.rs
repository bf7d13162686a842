//! Runs what a session works with, and tells why it could not go on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use super::Update;
use super::worker::TICK;

/// Whom a session tells what there is to show: gives back what there is no
/// room for.
pub(crate) type Tell = Box<dyn FnMut(Update) -> Result<(), Update> + Send>;

/// What a session's thread does.
pub(crate) trait Work {
    /// Works until it is told to stop.
    fn work(&mut self, tell: &mut Tell) -> anyhow::Result<()>;
}

/// Makes the worker on this thread and has it work; tells why it could not go
/// on, if so.
pub(crate) fn run<W: Work>(
    make: impl FnOnce() -> anyhow::Result<W>,
    mut tell: Tell,
    stop: &AtomicBool,
) {
    let worked = catch_unwind(AssertUnwindSafe(|| make()?.work(&mut tell)));
    let failure = match worked {
        Ok(Ok(())) => return,
        Ok(Err(failure)) => format!("{failure:#}"),
        Err(panic) => format!(
            "the session thread panicked: {}; please report this",
            crate::threads::panic_text::panic_text(&*panic)
        ),
    };
    // Whoever looks must hear of it: wait for room.
    let mut update = Update::Failed(failure);
    while let Err(back) = tell(update) {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        update = back;
        std::thread::sleep(TICK);
    }
}
