//! Scans as few bytes: what each has that others have not.
//!
//! The scans of a stream come in *segments*, each of which is decoded by itself.
//! The chunks of the first scan of a segment are its base; of a later scan a chunk
//! is what its beginning and end have in common with the base chunk of the same
//! index, and the [units](Unit) between, nearly all of which were seen before and
//! are a number in a [dictionary](dictionary::Dictionary). So a scan that shows
//! what an earlier one showed is some twenty bytes, whatever its size, and coding
//! it costs no more than comparing it with the base. Where much is new the scan
//! becomes the base.
//!
//! [`encoder`] and [`decoder`] do the same to their base and their dictionary.

pub(crate) mod decoder;
pub(crate) mod dictionary;
pub(crate) mod encoder;
#[cfg(test)]
mod tests;

use crate::maps::scan_text::{MAX_WRITERS, Window};

/// What a text is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Lines, each with its newline.
    Line,
    /// Pieces of so many bytes, one at least.
    Fixed(usize),
}

impl Unit {
    /// The beginning of a text that has whole units.
    fn first(self, text: &[u8]) -> &[u8] {
        let length = match self {
            Unit::Line => memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1),
            Unit::Fixed(size) => size.min(text.len()),
        };
        &text[..length]
    }

    /// The last border of units at or before `at`.
    fn floor(self, text: &[u8], at: usize) -> usize {
        match self {
            Unit::Line => memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1),
            Unit::Fixed(size) => at - at % size,
        }
    }

    /// The first border at or behind `at`.
    fn ceiling(self, text: &[u8], at: usize) -> usize {
        match self {
            Unit::Line if at == 0 || text[at - 1] == b'\n' => at,
            Unit::Line => {
                memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |newline| at + newline + 1)
            }
            Unit::Fixed(size) => at.next_multiple_of(size).min(text.len()),
        }
    }
}

/// What a record has besides text and windows, as one byte.
mod flags {
    /// It was read to the end of the file.
    pub(super) const WHOLE: u8 = 1;
    /// The reads are not one more than the chunks, or one was interrupted.
    pub(super) const READS: u8 = 2;
    /// Not every chunk is that of the base.
    pub(super) const CHUNKS: u8 = 4;
    /// The windows are not one more than the chunks.
    pub(super) const WINDOWS: u8 = 8;
    pub(super) const ALL: u8 = WHOLE | READS | CHUNKS | WINDOWS;
}

/// How a chunk is given.
mod tags {
    /// It is that of the base.
    pub(super) const BASE: u8 = 0;
    /// By what differs from the base.
    pub(super) const PARTS: u8 = 1;
}

/// Whether so much that is no part of the base makes a text the next base.
fn is_new_base(between: usize, text: usize) -> bool {
    between > text / 4
}

/// Where a stream is: what the next record is told against.
#[derive(Clone, Copy, Debug)]
struct Against {
    /// Of how many writers operations are counted; 0: nothing is known of them.
    writers: usize,
    ended_ns: u64,
    window: Window,
}

impl Against {
    fn new(writers: usize) -> Self {
        Against {
            writers: writers.min(MAX_WRITERS),
            ended_ns: 0,
            window: Window::default(),
        }
    }
}
