//! What a modifier is started with, and what its proof thread tells.

use std::path::PathBuf;

use serde::Serialize;

use super::layout::DEFAULT_SLOTS;

/// How to start a [`Modifier`](super::modifier::Modifier).
#[derive(Clone, Debug)]
pub struct ModifierOptions {
    /// The program to run: this one, whose `main` calls [`run_if_child`](super::modifier::run_if_child).
    pub program: PathBuf,
    /// Slots of the arena: 3 to [`MAX_SLOTS`](super::layout::MAX_SLOTS).
    pub slots: u32,
    /// Whether to have the thread that [`Modifier::prove`](super::modifier::Modifier::prove) switches on.
    pub prove: bool,
}

impl Default for ModifierOptions {
    /// This very program, [`DEFAULT_SLOTS`], no proof thread.
    fn default() -> Self {
        Self {
            program: "/proc/self/exe".into(),
            slots: DEFAULT_SLOTS,
            prove: false,
        }
    }
}

/// What the proof thread has done since the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// How often it has read all of its pages.
    pub rounds: u64,
    /// How many pages those are: the site's pages that every state maps.
    pub pages: u32,
    /// The address at which a read faulted, if one ever did.
    pub fault: Option<u64>,
}
