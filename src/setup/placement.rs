//! Where a site stands relative to the chunks of a reader.

use serde::{Deserialize, Serialize};

/// Where the sites stand relative to the chunks of the reader.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// The first VMA of a site is the last line of its chunk, and the whole
    /// file is read: as the kernel's selftest does
    Boundary,
    /// The same for every line of the site in turn
    Sweep,
    /// Whole sites throughout one chunk: tears and holes between the lines of
    /// one read
    Inside,
    /// A site at the lowest addresses, read no further than the line behind
    /// it: one read generates all of that, then one ends behind each line in turn
    Low,
    /// A site at every chunk boundary
    Every,
    /// A site that is the last thing mapped, but for the gate VMA: scans read to
    /// the end, short ones and whole ones. Scenarios about the end of the address
    /// space are always placed so
    Last,
}

impl Placement {
    pub const ALL: [Placement; 6] = [
        Placement::Boundary,
        Placement::Sweep,
        Placement::Inside,
        Placement::Low,
        Placement::Every,
        Placement::Last,
    ];

    /// The name used on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Placement::Boundary => "boundary",
            Placement::Sweep => "sweep",
            Placement::Inside => "inside",
            Placement::Low => "low",
            Placement::Every => "every",
            Placement::Last => "last",
        }
    }

    /// The same in a sentence: the site stands …
    #[must_use]
    pub(crate) fn description(self) -> &'static str {
        match self {
            Placement::Boundary => "at a chunk boundary",
            Placement::Sweep => "across a chunk boundary",
            Placement::Inside => "inside a chunk",
            Placement::Low => "at the lowest addresses",
            Placement::Every => "at every chunk boundary",
            Placement::Last => "at the end of the address space",
        }
    }

    /// What it covers, in a sentence.
    #[must_use]
    pub(crate) fn covers(self) -> &'static str {
        match self {
            Placement::Boundary => {
                "the boundary behind the first VMA of the site, in whole scans of a page a read"
            }
            Placement::Sweep => {
                "the boundary behind each VMA of the original site in turn, in whole scans"
            }
            Placement::Inside => {
                "every pair of lines inside a chunk, at several sites of it, in whole scans"
            }
            Placement::Low => {
                "every pair of lines of the site, inside a chunk and at a boundary, in scans that \
                 stop behind it"
            }
            Placement::Every => "every chunk boundary in the arena at once, in whole scans",
            Placement::Last => {
                "the end of what is mapped, inside a chunk and at a boundary, in short scans and whole \
                 ones that read to the end"
            }
        }
    }
}
