//! The memory that the writer's process and its parent share: what it is to work
//! on, and a ring of times.

use std::ffi::CStr;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::modifier::child_process::mailbox::{self, Code, Header, Mailbox, RequestCells};
use crate::modifier::child_process::shared_memory::{CachePadded, Shared};

/// Times that may wait to be taken: more than a second of them, as a writer
/// makes fewer than 200 000 operations a second. A power of two.
pub(crate) const RING: usize = 1 << 18;

/// What the writer is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Unmap and map pages without end, with a pause between operations;
    /// answered before the first.
    Work,
    /// Protect the first VMA and unprotect it, in the same way.
    Protect,
    /// Stand still, with all pages mapped.
    Pause,
    /// [`PLAIN_PAIRS`] pairs of operations in a loop that does nothing else.
    Plain,
    /// [`CLOCK_PAIRS`] pairs of clock reads with nothing in between.
    Clock,
}

impl Command {
    /// Whether it goes on until there is another.
    pub(crate) fn is_work(self) -> bool {
        matches!(self, Self::Work | Self::Protect)
    }
}

impl Code for Command {
    const ALL: &'static [Self] = &[
        Self::Work,
        Self::Protect,
        Self::Pause,
        Self::Plain,
        Self::Clock,
    ];
}

impl mailbox::Command for Command {
    fn name(self) -> &'static str {
        match self {
            Self::Work | Self::Protect => "a request to work",
            Self::Pause => "a pause",
            Self::Plain => "a plain loop",
            Self::Clock => "a test of its clock",
        }
    }
}

/// Pairs of operations of a plain loop; its times must fit the ring.
pub(crate) const PLAIN_PAIRS: usize = 1000;
/// Pairs of clock reads of a test of the clock.
pub(crate) const CLOCK_PAIRS: usize = 10_000;

/// What was timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timed {
    /// mmap(2) of one populated page.
    Mmap,
    /// munmap(2) of one page.
    Munmap,
    /// Nothing: two clock reads, one after the other.
    Clock,
    /// mprotect(2) of the first VMA.
    Mprotect,
}

impl Timed {
    /// How far up a time holds what was timed; below are nanoseconds.
    const SHIFT: u32 = 62;

    pub(crate) fn pack(self, nanoseconds: u64) -> u64 {
        let most = (1 << Self::SHIFT) - 1;
        nanoseconds.min(most) | (self as u64) << Self::SHIFT
    }

    pub(crate) fn unpack(packed: u64) -> (Self, u64) {
        let timed = match packed >> Self::SHIFT {
            0 => Self::Mmap,
            1 => Self::Munmap,
            2 => Self::Clock,
            _ => Self::Mprotect,
        };
        (timed, packed & ((1 << Self::SHIFT) - 1))
    }
}

/// What the writer may fail to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Map the region.
    Region,
    /// Map a page.
    Mmap,
    /// Unmap a page.
    Munmap,
    /// Map the first VMA.
    FirstVma,
    /// Protect it.
    Mprotect,
}

impl Code for Task {
    const ALL: &'static [Self] = &[
        Self::Region,
        Self::Mmap,
        Self::Munmap,
        Self::FirstVma,
        Self::Mprotect,
    ];
}

/// The shared memory.
#[repr(C)]
pub(crate) struct TimedWriterMailbox {
    header: Header,
    /// Pages of the region that are mapped.
    pub(crate) pages: AtomicU64,
    /// VMAs they are divided into.
    pub(crate) vmas: AtomicU64,
    /// Where to map the first VMA.
    pub(crate) first_vma: AtomicU64,
    /// The longest pause between two operations, in nanoseconds.
    pub(crate) pause_ns: AtomicU64,
    pub(crate) requests: RequestCells,
    pub(crate) ring: Ring,
}

// SAFETY: atomics only, of which every bit pattern is valid; aligned to 128.
unsafe impl Shared for TimedWriterMailbox {}

impl Mailbox for TimedWriterMailbox {
    const MAGIC: u64 = u64::from_le_bytes(*b"vmwrite3");
    const WORD: &'static str = "__writer";
    const COMM: &'static CStr = c"vmascope-writer";
    const ROLE: &'static str = "writer";
    type Task = Task;

    fn header(&self) -> &Header {
        &self.header
    }

    fn requests(&self, _thread: usize) -> &RequestCells {
        &self.requests
    }
}

/// Times on their way from the child to its parent; what finds no room is
/// counted, never waited for.
#[repr(C)]
pub(crate) struct Ring {
    /// Times ever put in; written by the child.
    written: CachePadded<AtomicU64>,
    /// Times ever taken out; written by the parent.
    taken: CachePadded<AtomicU64>,
    /// Times that found no room; written by the child.
    dropped: CachePadded<AtomicU64>,
    times: [AtomicU64; RING],
}

impl Ring {
    /// Touches all of its memory, so that no page of it is new later on.
    pub(crate) fn touch(&self) {
        self.times
            .iter()
            .for_each(|time| time.store(0, Ordering::Relaxed));
    }

    /// Puts a time in; by the child only.
    #[inline]
    pub(crate) fn put(&self, packed: u64) {
        let written = self.written.load(Ordering::Relaxed);
        if written - self.taken.load(Ordering::Acquire) >= RING as u64 {
            let dropped = self.dropped.load(Ordering::Relaxed);
            self.dropped.store(dropped + 1, Ordering::Relaxed);
            return;
        }
        self.times[written as usize % RING].store(packed, Ordering::Relaxed);
        self.written.store(written + 1, Ordering::Release);
    }

    /// Takes out all there are; by the parent only.
    pub(crate) fn take(&self, mut each: impl FnMut(u64)) {
        let written = self.written.load(Ordering::Acquire);
        let mut taken = self.taken.load(Ordering::Relaxed);
        while taken < written {
            each(self.times[taken as usize % RING].load(Ordering::Relaxed));
            taken += 1;
        }
        self.taken.store(taken, Ordering::Release);
    }

    /// Times so far, those that found no room too.
    pub(crate) fn timed(&self) -> u64 {
        self.written.load(Ordering::Relaxed) + self.dropped()
    }

    /// Times that found no room.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modifier::child_process::shared_memory::Mapping;

    #[test]
    fn times_keep_what_was_timed() {
        for timed in [Timed::Mmap, Timed::Munmap, Timed::Clock, Timed::Mprotect] {
            for time in [0, 1, 123_456_789, (1 << 62) - 1] {
                assert_eq!(Timed::unpack(timed.pack(time)), (timed, time));
            }
        }
        assert_eq!(
            Timed::unpack(Timed::Mmap.pack(u64::MAX)),
            (Timed::Mmap, (1 << 62) - 1)
        );
    }

    #[test]
    fn the_ring_gives_back_all_it_took_and_counts_the_rest() {
        let (mailbox, _fd) = Mapping::<TimedWriterMailbox>::create().unwrap();
        let ring = &mailbox.ring;
        let mut next = 0;
        for round in 0..3 {
            let many = RING as u64 - 7 + round;
            for i in 0..many {
                ring.put(next + i);
            }
            let mut taken = Vec::new();
            ring.take(|time| taken.push(time));
            assert!(taken.iter().copied().eq(next..next + many));
            next += many;
        }
        for i in 0..RING as u64 + 5 {
            ring.put(i);
        }
        assert_eq!(ring.dropped(), 5);
        let mut count = 0;
        ring.take(|_| count += 1);
        assert_eq!(count, RING);
    }
}
