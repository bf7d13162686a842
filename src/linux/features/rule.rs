//! The rule a reader obeys: what it holds still, and where it resumes.

use std::fmt;
use std::str::FromStr;

/// What a reader holds still while it generates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Granularity {
    /// One VMA: any two lines may show different states (per-VMA locks).
    Line,
    /// The whole address space for one chunk (mmap_lock); for
    /// `PROCMAP_QUERY`, for one query.
    Chunk,
}

/// Where a reader resumes after a line (for [`Granularity::Chunk`], after a
/// chunk).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Position {
    /// At `vm_end` of the last VMA printed (since Linux 6.17).
    LastEnd,
    /// At `vm_start` that the next VMA had when the last chunk was generated
    /// (to Linux 6.16).
    NextStart,
}

/// The rule by which a reader's scans are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// What the reader holds still.
    pub granularity: Granularity,
    /// Where it resumes.
    pub position: Position,
}

impl Rule {
    /// `maps` since 6.17, `smaps` since 7.2.
    pub const LINE_END: Self = Self {
        granularity: Granularity::Line,
        position: Position::LastEnd,
    };
    /// `smaps` of 6.17 to 7.1, and `maps` since 6.17 without per-VMA locks.
    pub const CHUNK_END: Self = Self {
        granularity: Granularity::Chunk,
        position: Position::LastEnd,
    };
    /// Everything to 6.16.
    pub const CHUNK_START: Self = Self {
        granularity: Granularity::Chunk,
        position: Position::NextStart,
    };
    /// In no released kernel; a backport might.
    pub const LINE_START: Self = Self {
        granularity: Granularity::Line,
        position: Position::NextStart,
    };

    /// Its name on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match (self.granularity, self.position) {
            (Granularity::Line, Position::LastEnd) => "line-end",
            (Granularity::Chunk, Position::LastEnd) => "chunk-end",
            (Granularity::Chunk, Position::NextStart) => "chunk-start",
            (Granularity::Line, Position::NextStart) => "line-start",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Rule {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        [
            Self::LINE_END,
            Self::CHUNK_END,
            Self::CHUNK_START,
            Self::LINE_START,
        ]
        .into_iter()
        .find(|rule| rule.name() == text)
        .ok_or_else(|| UnknownName::new("rule", text, "line-end, chunk-end, chunk-start"))
    }
}

/// A name that is none of the known ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {kind} \"{text}\"; choose one of {known}")]
pub struct UnknownName {
    /// What was to be named.
    pub kind: &'static str,
    /// The text, sanitised.
    pub text: String,
    /// The names there are.
    pub known: &'static str,
}

impl UnknownName {
    pub(crate) fn new(kind: &'static str, text: &str, known: &'static str) -> Self {
        let text = crate::text::sanitise::sanitise_cut(text.as_bytes(), 80).into_owned();
        Self { kind, text, known }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::reader::Reader;

    #[test]
    fn names_come_back() {
        for reader in Reader::JUDGED {
            assert_eq!(reader.to_string().parse(), Ok(reader));
        }
        for rule in [
            Rule::LINE_END,
            Rule::CHUNK_END,
            Rule::CHUNK_START,
            Rule::LINE_START,
        ] {
            assert_eq!(rule.to_string().parse(), Ok(rule));
        }
        assert!("numa_maps".parse::<Reader>().is_err(), "not judged");
        let error = "pagemap".parse::<Reader>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown reader \"pagemap\"; choose one of maps, smaps, query, query-walk"
        );
        assert!("line".parse::<Rule>().is_err());
    }
}
