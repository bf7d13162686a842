//! The modifier's two counters, for whoever reads while it runs.

use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};

use super::mailbox::Mapping;

/// How many operations the modifier has begun and finished since its layout:
/// a handle that any thread may keep. [`layout`](super::modifier::Modifier::layout)
/// sets both to 0, so nobody should be reading meanwhile.
///
/// Take [`finished`](Self::finished) before a read and [`begun`](Self::begun)
/// after it: what the read saw are effects of operations up to `begun`, and
/// of all of those up to `finished`. This also holds on weakly ordered CPUs.
/// The state after k operations is state k modulo the cycle, so the states
/// that could be seen are those of `finished..=begun`.
#[derive(Clone)]
pub struct Counters {
    mailbox: Arc<Mapping>,
}

impl Counters {
    pub(super) fn new(mailbox: Arc<Mapping>) -> Self {
        Self { mailbox }
    }

    /// Operations finished; call it before a read. The read then sees the
    /// effects of all of them.
    pub fn finished(&self) -> u64 {
        // The child stores it (release) after the system call; what comes
        // after this load, in the kernel too, must not move before it.
        let finished = self.mailbox.finished.load(Ordering::Acquire);
        fence(Ordering::SeqCst);
        finished
    }

    /// Operations begun; call it after a read. The read saw no effect of any
    /// operation after these.
    pub fn begun(&self) -> u64 {
        // The child stores it, then a fence, then the system call. With this
        // fence, whoever saw an effect of the call finds the count here.
        fence(Ordering::SeqCst);
        self.mailbox.begun.load(Ordering::Acquire)
    }
}

impl std::fmt::Debug for Counters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Counters")
            .field("finished", &self.finished())
            .field("begun", &self.begun())
            .finish()
    }
}
