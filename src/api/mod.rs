//! What another program may call: a view of the rooms, and nothing of its own.

pub mod chunks;
pub mod judge;
pub mod kernel;
pub mod lines;
pub mod query;
