//! The holes that released kernels are known to have.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A hole that per-VMA reads of released kernels (since 6.17) are known to
/// have: something is mapped in every state, and is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KnownHole {
    /// The empty tree: `mremap_to()` (mm/mremap.c) has unmapped its
    /// destination and not yet moved anything there; a reader that searches in
    /// between finds what lies behind, twice, and believes it.
    H1,
    /// The stale iterator: the VMA that was printed last was extended by a
    /// merge before the reader noted the sequence for the next line, or cut after
    /// it was found and before it was locked, or then freed and its structure used
    /// again for a VMA in front (`SLAB_TYPESAFE_BY_RCU`); the iterator steps from the
    /// last page that it covered past whatever VMA has that page now.
    H2,
    /// The believed end: a reader that finds nothing more does not ask whether
    /// the address space is changing (`lock_next_vma()`, mm/mmap_lock.c). So the
    /// last VMA of all is lost while a move onto it is under way, or where a merge
    /// closes the gap in front of it while a search is in that gap: the step on
    /// from there then leads past the merged VMA (`mas_next_slot()` after
    /// `mas_rewalk()`, lib/maple_tree.c).
    H3,
}

impl KnownHole {
    /// All of them.
    pub const ALL: [KnownHole; 3] = [KnownHole::H1, KnownHole::H2, KnownHole::H3];

    /// The label used in every report.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            KnownHole::H1 => "H1",
            KnownHole::H2 => "H2",
            KnownHole::H3 => "H3",
        }
    }

    /// What it is called in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            KnownHole::H1 => "the empty tree",
            KnownHole::H2 => "the stale iterator",
            KnownHole::H3 => "the believed end",
        }
    }
}

impl fmt::Display for KnownHole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Some of the known holes: those that a scenario can show, or those whose
/// signatures a violation bears (one of them is at work then, and what was read
/// does not tell which).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(into = "u8", try_from = "u8")]
pub struct KnownHoles(u8);

impl KnownHoles {
    /// None of them.
    pub const NONE: KnownHoles = KnownHoles(0);

    /// How many sets of known holes there are.
    pub const SETS: usize = 1 << KnownHole::ALL.len();

    /// Every set of known holes, in the order of [`index`](Self::index).
    pub fn sets() -> impl Iterator<Item = KnownHoles> {
        (0..Self::SETS as u8).map(KnownHoles)
    }

    /// The same and this one.
    #[must_use]
    pub const fn and(self, hole: KnownHole) -> Self {
        KnownHoles(self.0 | 1 << hole as u8)
    }

    /// Both together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        KnownHoles(self.0 | other.0)
    }

    /// Whether this one is among them.
    #[must_use]
    pub const fn has(self, hole: KnownHole) -> bool {
        self.0 & 1 << hole as u8 != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// They, in order.
    pub fn iter(self) -> impl Iterator<Item = KnownHole> {
        KnownHole::ALL
            .into_iter()
            .filter(move |hole| self.has(*hole))
    }

    /// A number below [`SETS`](Self::SETS) that only this set has.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The label used in every report, `H1` or `H1 or H2`; none for none.
    #[must_use]
    pub fn label(self) -> Option<&'static str> {
        const LABELS: [Option<&str>; KnownHoles::SETS] = [
            None,
            Some("H1"),
            Some("H2"),
            Some("H1 or H2"),
            Some("H3"),
            Some("H1 or H3"),
            Some("H2 or H3"),
            Some("H1, H2 or H3"),
        ];
        LABELS[self.index()]
    }
}

impl From<KnownHoles> for u8 {
    fn from(holes: KnownHoles) -> Self {
        holes.0
    }
}

impl TryFrom<u8> for KnownHoles {
    type Error = &'static str;

    fn try_from(set: u8) -> Result<Self, Self::Error> {
        let known = usize::from(set) < Self::SETS;
        known
            .then_some(KnownHoles(set))
            .ok_or("a known hole that this version does not know")
    }
}

impl From<KnownHole> for KnownHoles {
    fn from(hole: KnownHole) -> Self {
        KnownHoles::NONE.and(hole)
    }
}

impl FromIterator<KnownHole> for KnownHoles {
    fn from_iter<I: IntoIterator<Item = KnownHole>>(holes: I) -> Self {
        holes.into_iter().fold(KnownHoles::NONE, KnownHoles::and)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_is_labelled_with_its_holes() {
        for (i, set) in KnownHoles::sets().enumerate() {
            assert_eq!(set.index(), i);
            assert_eq!(set.iter().collect::<KnownHoles>(), set);
            for hole in KnownHole::ALL {
                let named = set
                    .label()
                    .is_some_and(|label| label.contains(hole.label()));
                assert_eq!(named, set.has(hole), "{set:?}");
            }
        }
    }
}
