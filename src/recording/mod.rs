//! What was read, as it was read: kept in memory, written to files, read back.
//!
//! * [`record`]: one scan, or one pass of queries, as raw bytes with their windows;
//!   [`raw`]: the same, just read; [`pass`]: the answers of a pass as bytes; [`damage`]:
//!   why a record cannot be read;
//! * [`stream`]: what records are judged by; [`stream_totals`]: what they came to;
//! * [`scans`]: records as few bytes; [`bytes`]: numbers as few bytes;
//! * [`frame`], [`header`]: what a recording is made of; [`json`]: values in it;
//! * [`ring`]: the latest frames in memory; [`mod@file`]: all of them in a file,
//!   [`frame_writer`]: as a file; [`packed`]: few of them as one;
//! * [`recorder`]: the thread that keeps and writes them; [`stream_recorder`]: how a
//!   sampler hands its scans over to it;
//! * [`open`]: a recording to be read; [`read_scans`]: its scans, by their numbers.

pub(crate) mod bytes;
pub(crate) mod damage;
pub(crate) mod file;
pub(crate) mod frame;
pub(crate) mod frame_writer;
pub(crate) mod header;
pub(crate) mod json;
pub(crate) mod open;
pub(crate) mod packed;
pub(crate) mod pass;
pub(crate) mod raw;
pub(crate) mod read_scans;
pub(crate) mod record;
pub(crate) mod recorder;
pub(crate) mod ring;
pub(crate) mod scans;
pub(crate) mod stream;
pub(crate) mod stream_recorder;
pub(crate) mod stream_totals;
