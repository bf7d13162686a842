//! What all child processes of ours have in common. Each is this program run
//! again with a word that nobody types; it serves requests that its parent
//! leaves in shared memory, and dies with it.
//!
//! * [`shared_memory`]: a memfd, mapped by both;
//! * [`mailbox`]: what is in it: requests, answers, what failed; [`futex`]: how
//!   one side waits for the other;
//! * [`channel`]: the parent's end; [`patience`]: how long it waits; [`process`]:
//!   started, killed, reaped; [`error`]: what can go wrong, one line each;
//! * [`serve`]: the child's end; [`own_stack`]: its stack, touched in advance.

pub(crate) mod channel;
pub(crate) mod error;
pub(crate) mod futex;
pub(crate) mod mailbox;
pub(crate) mod own_stack;
pub(crate) mod patience;
pub(crate) mod process;
pub(crate) mod serve;
pub(crate) mod shared_memory;
