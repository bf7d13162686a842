//! What a modifier is started with, and what its touch thread tells.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::child_process::patience::Patience;
use crate::scenario::arena::DEFAULT_SLOTS;

/// How to start a [`Modifier`](super::handle::Modifier).
#[derive(Clone, Debug)]
pub struct ModifierOptions {
    /// The program to run: this one, whose `main` calls [`run_if_child`](super::handle::run_if_child).
    pub program: PathBuf,
    /// Slots of the arena: 3 to [`MAX_SLOTS`](crate::scenario::arena::MAX_SLOTS).
    pub slots: u32,
    /// Whether to have the thread that [`Modifier::set_touching`](super::handle::Modifier::set_touching) switches on.
    pub touch_thread: bool,
    /// Threads that may operate at once: 1 to
    /// [`MAX_WRITERS`](crate::scenario::definition::MAX_WRITERS).
    pub writers: usize,
    /// What a letter of a layout stands for, in bytes, whole pages: then what
    /// operations map is faulted in. None: a page, and nothing is.
    pub populate: Option<u64>,
    /// The same without anything faulted in, for huge pages.
    pub letter_bytes: Option<u64>,
    /// How long to wait for it, and who hears that it does not answer.
    pub patience: Patience,
}

impl Default for ModifierOptions {
    /// This very program, [`DEFAULT_SLOTS`], no touch thread, one writer.
    fn default() -> Self {
        Self {
            program: "/proc/self/exe".into(),
            slots: DEFAULT_SLOTS,
            touch_thread: false,
            writers: 1,
            populate: None,
            letter_bytes: None,
            patience: Patience::default(),
        }
    }
}

/// How a writer works when it runs free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// One operation after the other, nothing in between but the counters.
    #[default]
    Steady,
    /// Some operations, then a rest, both of random length: whole scans then
    /// fall into rests, and every address of every state counts.
    Burst {
        /// The most operations at once; 0 counts as 1.
        operations: u32,
        /// The longest rest, in nanoseconds.
        rest_ns: u64,
    },
    /// One operation, then asleep for a random time: whoever else runs on its
    /// CPU does so meanwhile, and is preempted, where the kernel does that, when
    /// it wakes up.
    Asleep {
        /// The longest time, in nanoseconds; less than ten microseconds count as
        /// those. The shortest is a third of it, or those.
        longest_ns: u64,
    },
}

/// What the touch thread has done since the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TouchCounts {
    /// How often it has read all of its pages.
    pub rounds: u64,
    /// How many pages those are: the sites' pages that every state maps.
    pub pages: u32,
    /// The address at which a read faulted, if one ever did.
    pub fault: Option<u64>,
}
