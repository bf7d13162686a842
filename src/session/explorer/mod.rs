//! What an explorer of an address space asks for, and what it is told.
//!
//! It asks by a [`ExplorerRequest`](request::ExplorerRequest): which lines are to be shown, and which of
//! them are on the screen or open. All reading happens on the session's
//! thread; what it found comes back with the snapshots.

pub(crate) mod arrangement;
pub(crate) mod change_log;
pub(crate) mod filter;
pub(crate) mod history;
pub(crate) mod inspection;
pub(crate) mod kind;
pub(crate) mod queries;
pub(crate) mod recent;
pub(crate) mod request;
pub(crate) mod usage;
