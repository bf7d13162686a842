//! A process that is not ours: found, attached to, or spawned and held at its
//! first instruction.

pub(crate) mod attached;
pub(crate) mod find;
pub(crate) mod first_instruction;
pub(crate) mod forward_signals;
pub(crate) mod output;
pub(crate) mod processes;
pub(crate) mod spawned;
pub(crate) mod target_watch;
