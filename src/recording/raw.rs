//! What a reader has read in one scan or pass, before anybody judges it.

use super::pass::{Answered, put_answers};
use super::record::Record;
use crate::maps::scan_text::ScanText;

/// What was read in one scan of a text file, or in one pass of queries.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Raw<'a> {
    /// A scan: of `smaps` the VMA lines.
    Scan {
        text: &'a ScanText,
        /// Whether it was read to the end of the file.
        whole: bool,
    },
    /// The answers of a pass, in the order in which they were given. What was asked
    /// follows from them, or from the states.
    Pass(&'a [Answered]),
}

impl Raw<'_> {
    /// Puts it into a record, of which the number and the times stay as they are.
    pub(crate) fn put_into(self, record: &mut Record) {
        match self {
            Raw::Scan { text, whole } => {
                record.take(text);
                record.whole = whole;
            }
            Raw::Pass(answers) => put_answers(record, answers),
        }
    }
}
