//! What was read, as it was read: kept in memory, written to files, read back.
//!
//! * [`record`]: one scan, or one pass of queries, as raw bytes with their windows.

pub(crate) mod record;
