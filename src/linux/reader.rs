//! Who reads an address space: the files and calls that show all of it.

use std::fmt;
use std::str::FromStr;

use super::features::rule::UnknownName;
use super::proc_file_name::ProcFileName;

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

    /// Those that a run reads by that names none.
    pub(crate) const USUAL: [Self; 3] = [Self::Maps, Self::Query, Self::Smaps];

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
