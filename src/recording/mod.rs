//! What was read, as it was read: kept in memory, written to files, read back.
//!
//! * [`record`]: one scan, or one pass of queries, as raw bytes with their windows;
//! * [`scans`]: records as few bytes; [`bytes`]: numbers as few bytes.

pub(crate) mod bytes;
pub(crate) mod record;
pub(crate) mod scans;
