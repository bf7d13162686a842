//! What was read, as it was read: kept in memory, written to files, read back.
//!
//! * [`record`]: one scan, or one pass of queries, as raw bytes with their windows;
//!   [`raw`]: where it comes from; [`pass`]: the bytes of answers;
//! * [`stream`]: what they are judged by; [`bytes`]: text of any bytes in JSON;
//! * [`damage`]: why a record cannot be read.

pub(crate) mod bytes;
pub(crate) mod damage;
pub(crate) mod pass;
pub(crate) mod raw;
pub(crate) mod record;
pub(crate) mod stream;
