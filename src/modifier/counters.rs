//! The two counters of the modifier's writers, for whoever reads meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering, fence};

use super::child_process::shared_memory::Mapping;
use super::mailbox::{ModifierMailbox, WriterCells};
use crate::maps::scan_text::Counts;

/// How many operations each writer has begun and finished since the layout:
/// a handle that any thread may keep. [`layout`](super::handle::Modifier::layout)
/// sets all to 0, so nobody should be reading meanwhile.
///
/// Take [`finished`](Self::finished) before a read and [`begun`](Self::begun)
/// after it: what the read saw are effects of operations up to `begun`, and
/// of all of those up to `finished`. This also holds on weakly ordered CPUs.
/// A site's state after k operations is state k modulo the cycle, so the states
/// that could be seen are those between the two counts of its writer.
#[derive(Clone)]
pub struct Counters {
    mailbox: Arc<Mapping<ModifierMailbox>>,
    writers: usize,
}

impl Counters {
    pub(crate) fn new(mailbox: Arc<Mapping<ModifierMailbox>>, writers: usize) -> Self {
        Self { mailbox, writers }
    }

    /// Operations finished by each writer; call it before a read. The read
    /// then sees the effects of all of them.
    pub fn finished(&self) -> Counts {
        // The child stores it (release) after the system call; what comes
        // after this load, in the kernel too, must not move before it.
        let finished = self.load(|writer| &writer.finished);
        fence(Ordering::SeqCst);
        finished
    }

    /// Operations begun by each writer; call it after a read. The read saw no
    /// effect of any operation after these.
    pub fn begun(&self) -> Counts {
        // The child stores it, then a fence, then the system call. With this
        // fence, whoever saw an effect of the call finds the count here.
        fence(Ordering::SeqCst);
        self.load(|writer| &writer.begun)
    }

    /// Operations finished by all writers together.
    pub fn operations(&self) -> u64 {
        self.finished().iter().sum()
    }

    #[inline]
    fn load(&self, counter: impl Fn(&WriterCells) -> &AtomicU64) -> Counts {
        let mut counts = Counts::default();
        let writers = &self.mailbox.writers[..self.writers];
        for (count, writer) in counts.iter_mut().zip(writers) {
            *count = counter(writer).load(Ordering::Acquire);
        }
        counts
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
