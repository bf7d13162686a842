//! What the judge found in one scan.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::linux::known_holes::KnownHoles;
use crate::maps::scan_text::Window;

/// Something torn, but allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tear {
    /// Which kind.
    pub kind: TearKind,
    /// Whether the line's start is even below the start of the line before.
    pub backward: bool,
    /// The chunk the line is in, from 0.
    pub chunk: usize,
    /// Where the line starts in the scan's text, in bytes.
    pub at: usize,
    /// `vm_start` and `vm_end` of the line before.
    pub previous: (u64, u64),
    /// `vm_start` and `vm_end` of the line.
    pub line: (u64, u64),
    /// The operations during which the line was generated.
    pub window: Window,
}

/// The kinds of [`Tear`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TearKind {
    /// A line starts before the line before it ends, across a chunk boundary.
    DuplicateAtBoundary,
    /// The same between two lines of one chunk.
    DuplicateInside,
}

/// Something that no correct kernel shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Which promise or rule it breaks.
    pub kind: ViolationKind,
    /// The known holes whose signatures it bears.
    pub known: KnownHoles,
    /// The chunk in which it shows, from 0.
    pub chunk: usize,
    /// Whether the line is the first of its chunk.
    pub first_in_chunk: bool,
    /// Where the line starts in the scan's text, in bytes; the text's length
    /// where the scan ends.
    pub at: usize,
    /// `vm_start` and `vm_end` of the line before, if any.
    pub previous: Option<(u64, u64)>,
    /// `vm_start` and `vm_end` of the line, or none where the scan ends.
    pub line: Option<(u64, u64)>,
    /// The operations during which it was generated.
    pub window: Window,
}

/// The kinds of [`Violation`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ViolationKind {
    /// These addresses, in bytes, are mapped in every allowed state, and were
    /// skipped.
    Hole(Range<u64>),
    /// The VMA is in no allowed state.
    ForeignLine,
    /// The VMA ends at or before where the reader already was.
    StaleLine,
    /// The scan ends where every allowed state has more, first this VMA's
    /// addresses (bytes) in one of them.
    LostTail(Range<u64>),
    /// Every allowed state that has this VMA has another one before it, though
    /// no address is mapped in all of them.
    SkippedLine,
    /// Each line is possible, but no one state has all the lines of this
    /// chunk, which the reader reads under one hold of `mmap_lock`.
    MixedChunk,
}

impl ViolationKind {
    /// All names, in the order in which they are reported.
    pub const NAMES: [&'static str; 6] = [
        "hole",
        "foreign line",
        "stale line",
        "lost tail",
        "skipped line",
        "mixed chunk",
    ];

    /// The position of this kind's name in [`Self::NAMES`].
    #[must_use]
    pub fn index(&self) -> usize {
        match self {
            Self::Hole(_) => 0,
            Self::ForeignLine => 1,
            Self::StaleLine => 2,
            Self::LostTail(_) => 3,
            Self::SkippedLine => 4,
            Self::MixedChunk => 5,
        }
    }

    /// The name used in every report.
    #[must_use]
    pub fn name(&self) -> &'static str {
        Self::NAMES[self.index()]
    }
}

/// What one scan amounts to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Lines judged.
    pub lines: u64,
    /// Whether the lines of some site match no single state of it.
    pub mixed: bool,
    /// Duplicates, in order.
    pub tears: Vec<Tear>,
    /// Violations, in order; at most [`Verdict::MOST_VIOLATIONS`].
    pub violations: Vec<Violation>,
}

impl Verdict {
    /// Violations kept of one scan: the first ones say what happened, those
    /// behind them mostly follow from them.
    pub const MOST_VIOLATIONS: usize = 8;

    /// Whether the scan mixes states, duplicates included.
    #[must_use]
    pub fn torn(&self) -> bool {
        self.mixed || !self.tears.is_empty()
    }

    /// Whether the whole scan is one state.
    #[must_use]
    pub fn coherent(&self) -> bool {
        !self.torn() && self.violations.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.lines = 0;
        self.mixed = false;
        self.tears.clear();
        self.violations.clear();
    }
}
