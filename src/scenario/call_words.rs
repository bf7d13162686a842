//! The words of a call's text: page ranges, counts, protections; and what is wrong
//! with them.

use std::ops::Range;

use thiserror::Error;

use super::protection::Protection;

/// Why a text is not a call.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CallError {
    /// It follows no form of the grammar.
    #[error(
        "`{0}` is no call; write `mmap A..B p`, `munmap A..B`, `mprotect A..B p`, \
         `mremap A..B to N`, `mremap A..B onto C`, `mremap source A..B onto C`, or one of the \
         calls that CONTRIBUTING.md lists"
    )]
    Grammar(String),
    /// A page range is not `A..B` with A below B.
    #[error("`{0}` is no page range; write `A..B` with A below B")]
    Range(String),
    /// A page number is not one.
    #[error("`{0}` is no page count; write a decimal number from 0 to 65535")]
    Number(String),
    /// A protection that means nothing.
    #[error("`{0}` is no protection; use r (r--), w (rw-) or x (r-x), large where it is shared")]
    Protection(String),
    /// Advice that is unknown.
    #[error("`{0}` is no advice; write it as in madvise(2), in small letters, as `dontfork`")]
    Advice(String),
    /// An option of a call that is unknown.
    #[error(
        "`{0}` is no option; use `memfd K`, `file K`, `hugetlb K`, `populate`, `grows-down` or `to N`"
    )]
    Option(String),
    /// A shared memory segment of too many pages.
    #[error("`{0}` is too long for shmat; use at most 8 pages")]
    Segment(String),
}

pub(super) fn number(text: &str) -> Result<u32, CallError> {
    text.parse::<u16>()
        .map(u32::from)
        .map_err(|_| CallError::Number(text.to_owned()))
}

pub(super) fn range(text: &str) -> Result<Range<u32>, CallError> {
    let (start, end) = text
        .split_once("..")
        .ok_or_else(|| CallError::Range(text.to_owned()))?;
    let pages = number(start)?..number(end)?;
    if pages.is_empty() {
        Err(CallError::Range(text.to_owned()))
    } else {
        Ok(pages)
    }
}

pub(super) fn protection(text: &str) -> Result<Protection, CallError> {
    let mut letters = text.chars();
    match (
        letters.next().and_then(Protection::from_letter),
        letters.next(),
    ) {
        (Some(protection), None) => Ok(protection),
        _ => Err(CallError::Protection(text.to_owned())),
    }
}
