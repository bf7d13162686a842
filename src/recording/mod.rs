//! What was read, as it was read: kept in memory, written to files, read back.
//!
//! * [`record`]: one scan, or one pass of queries, as raw bytes with their windows;
//!   [`raw`]: where it comes from; [`pass`]: the bytes of answers.

pub(crate) mod pass;
pub(crate) mod raw;
pub(crate) mod record;
