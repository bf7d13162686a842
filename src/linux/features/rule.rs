//! The rule a reader obeys: what it holds still, and where it resumes.

use std::fmt;
use std::str::FromStr;

use crate::linux::proc_file_name::ProcFileName;

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

/// A way to read an address space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reader {
    /// `/proc/PID/maps`.
    Maps,
    /// `/proc/PID/smaps`.
    Smaps,
    /// `PROCMAP_QUERY` about certain addresses.
    Query,
    /// `PROCMAP_QUERY` for one VMA after the other, over the whole address
    /// space.
    QueryWalk,
    /// `/proc/PID/smaps_rollup`. Not judged: it shows no VMA.
    SmapsRollup,
    /// `/proc/PID/numa_maps`. Not judged: its lines have no end addresses.
    NumaMaps,
}

impl Reader {
    /// All of them; those that are judged come first.
    pub const ALL: [Self; 6] = [
        Self::Maps,
        Self::Smaps,
        Self::Query,
        Self::QueryWalk,
        Self::SmapsRollup,
        Self::NumaMaps,
    ];

    /// Those that are judged.
    pub const JUDGED: [Self; 4] = [Self::Maps, Self::Smaps, Self::Query, Self::QueryWalk];

    /// Whether it asks by `PROCMAP_QUERY`.
    #[must_use]
    pub const fn queries(self) -> bool {
        matches!(self, Self::Query | Self::QueryWalk)
    }

    /// The file that it reads or asks.
    #[must_use]
    pub const fn file(self) -> ProcFileName {
        match self {
            Self::Maps | Self::Query | Self::QueryWalk => ProcFileName::Maps,
            Self::Smaps => ProcFileName::Smaps,
            Self::SmapsRollup => ProcFileName::SmapsRollup,
            Self::NumaMaps => ProcFileName::NumaMaps,
        }
    }

    /// What a kernel without it lacks.
    #[must_use]
    pub(crate) const fn needs(self) -> &'static str {
        if self.queries() {
            "PROCMAP_QUERY, Linux 6.11"
        } else {
            self.file().needs()
        }
    }

    /// Its name on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::QueryWalk => "query-walk",
            _ => self.file().name(),
        }
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Of those that are judged.
impl FromStr for Reader {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::JUDGED
            .into_iter()
            .find(|reader| reader.name() == text);
        found.ok_or_else(|| UnknownName::new("reader", text, "maps, smaps, query, query-walk"))
    }
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
    fn new(kind: &'static str, text: &str, known: &'static str) -> Self {
        let text = crate::text::sanitise::sanitise_cut(text.as_bytes(), 80).into_owned();
        Self { kind, text, known }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
