//! Scans as few bytes: what each has that others have not.
//!
//! The scans of a stream come in *segments*, each of which is decoded by itself.
//! The text of the first scan of a segment is its base; that of a later scan is told
//! as parts of the base and the [units](Unit) between, nearly all of which were seen
//! before and are a number in a [dictionary](dictionary::Dictionary). The two are
//! gone through side by side: their units are in the order of their addresses. Where
//! chunks end is told apart from the text: a VMA that is split moves the ends of all
//! chunks behind it, and no text. So a scan that shows what an earlier one showed is
//! some twenty bytes, whatever its size, and coding it costs no more than comparing it
//! with the base. Where much is new the scan becomes the base. A text of a few lines, as
//! where no more is read than the sites, is one unit.
//!
//! A text is its length and then, until that is reached: how many bytes of the base
//! to skip, how many of it follow, and [tokens] of what is not of the base.
//!
//! [`encoder`] and [`decoder`] do the same to their base and their dictionary.

mod changes;
pub(crate) mod decoder;
pub(crate) mod dictionary;
pub(crate) mod encoder;
#[cfg(test)]
mod tests;

use self::dictionary::LONGEST;
use crate::maps::hex;
use crate::maps::scan_text::{MAX_WRITERS, Window};
use crate::maps::text_lines::{common_lines, common_prefix};

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

    /// How many bytes of whole units two texts have in common from their start; all
    /// where they are equal.
    fn common(self, a: &[u8], b: &[u8]) -> usize {
        match self {
            Unit::Line => common_lines(a, b),
            Unit::Fixed(size) => match common_prefix(a, b) {
                all if all == a.len() && all == b.len() => all,
                some => some - some % size,
            },
        }
    }

    /// By what units are mostly in order; 0 where that is not known.
    fn address(self, unit: &[u8]) -> u64 {
        match self {
            Unit::Line => {
                let start = hex::address(unit, 0, b'-');
                let start = start.or_else(|| hex::address(unit, 0, b' '));
                start.map_or(0, |(address, _)| address)
            }
            Unit::Fixed(_) => unit
                .first_chunk()
                .map_or(0, |bytes| u64::from_le_bytes(*bytes)),
        }
    }
}

/// What a record has besides text and windows, as one byte.
mod flags {
    /// It was read to the end of the file.
    pub(super) const WHOLE: u8 = 1;
    /// The reads are not one more than the chunks, or one was interrupted.
    pub(super) const READS: u8 = 2;
    /// Its text is not the base.
    pub(super) const TEXT: u8 = 4;
    /// Its chunks do not end where those of the base do.
    pub(super) const ENDS: u8 = 8;
    /// The windows are not one more than the chunks.
    pub(super) const WINDOWS: u8 = 16;
    pub(super) const ALL: u8 = WHOLE | READS | TEXT | ENDS | WINDOWS;
}

/// What follows between parts of the base.
mod tokens {
    /// A unit, as its bytes.
    pub(super) const NEW: u64 = 0;
    /// Another part of the base.
    pub(super) const BASE: u64 = 1;
    /// The unit of this slot of the dictionary less so much.
    pub(super) const SLOTS: u64 = 2;
}

/// Whether a text is told as one unit: of so few lines most have been seen together.
fn is_one_unit(text: &[u8]) -> bool {
    text.len() <= LONGEST
}

/// Whether a text of which so many bytes are no part of the base is the next base.
fn is_new_base(base: &[u8], between: usize, text: &[u8]) -> bool {
    base.is_empty() || between > text.len() / 4 && !is_one_unit(text)
}

/// Where chunks would end if a scan had one change against the base, in front of them.
#[derive(Debug)]
struct ExpectedEnds<'a> {
    base: std::slice::Iter<'a, usize>,
    next_of_base: Option<u64>,
    /// How much farther the last one lies than that of the base.
    shift: u64,
    last: u64,
}

impl<'a> ExpectedEnds<'a> {
    fn new(base: &'a [usize]) -> Self {
        ExpectedEnds {
            base: base.iter(),
            next_of_base: None,
            shift: 0,
            last: 0,
        }
    }

    fn next(&mut self) -> u64 {
        self.next_of_base = self.base.next().map(|end| *end as u64);
        self.next_of_base
            .map_or(self.last, |end| end.wrapping_add(self.shift))
    }

    /// It lies there.
    fn was(&mut self, end: u64) {
        self.last = end;
        if let Some(of_base) = self.next_of_base {
            self.shift = end.wrapping_sub(of_base);
        }
    }
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
