//! One change, and what it is called.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::maps::line::{Device, MapsLine};
use crate::maps::permissions::Permissions;
use crate::text::bytes_as_text;

/// What happened to one VMA, or to several that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AddressSpaceChangeKind {
    /// A VMA where nothing was mapped, or something else was.
    Map,
    /// A VMA is gone.
    Unmap,
    /// A VMA covers more than it did.
    Grow,
    /// A VMA covers less than it did.
    Shrink,
    /// One VMA became several. They may leave some of its addresses unmapped
    /// (`munmap` of its middle), or have other permissions (`mprotect` of a
    /// part).
    Split,
    /// Several VMAs became one, which may cover addresses that were unmapped.
    Merge,
    /// The same addresses with other permissions: `mprotect`, or anonymous
    /// memory mapped over it.
    Protect,
    /// A VMA went, and the only one of the like of it came elsewhere:
    /// `mremap`, or unmapping and mapping. A file's may have another size.
    Move,
    /// The same mapping under another name: `PR_SET_VMA_ANON_NAME`, or its
    /// file was renamed or deleted.
    Rename,
    /// The same addresses map something else.
    Replace,
    /// Several changes at once that cannot be told apart: VMAs of the first
    /// list became those of the second.
    Rearrange,
}

impl AddressSpaceChangeKind {
    /// Every kind, in the order in which they are listed.
    pub(crate) const ALL: [Self; 11] = [
        Self::Map,
        Self::Unmap,
        Self::Grow,
        Self::Shrink,
        Self::Split,
        Self::Merge,
        Self::Protect,
        Self::Move,
        Self::Rename,
        Self::Replace,
        Self::Rearrange,
    ];

    /// One lower-case word: `grow`, `split`.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::Unmap => "unmap",
            Self::Grow => "grow",
            Self::Shrink => "shrink",
            Self::Split => "split",
            Self::Merge => "merge",
            Self::Protect => "protect",
            Self::Move => "move",
            Self::Rename => "rename",
            Self::Replace => "replace",
            Self::Rearrange => "rearrange",
        }
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for AddressSpaceChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A VMA as its line gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedVma {
    /// `vm_start`, in bytes.
    pub start: u64,
    /// `vm_end`, in bytes.
    pub end: u64,
    pub permissions: Permissions,
    /// Where in the file it starts, in bytes.
    pub offset: u64,
    pub device: Device,
    pub inode: u64,
    /// Its name as printed, *not* sanitised; shared where VMAs of one change
    /// have the same.
    #[serde(with = "bytes_as_text")]
    pub name: Arc<[u8]>,
}

impl ChangedVma {
    /// Its size, in bytes.
    #[must_use]
    pub(crate) fn size(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Whether its line is that of anonymous memory: no device, no inode.
    #[must_use]
    pub(crate) fn is_anonymous(&self) -> bool {
        self.inode == 0 && self.device == Device::default()
    }

    /// Whether `other` may be the same mapping, as far as the text says: both
    /// anonymous, or the same file with every address at the same offset.
    #[must_use]
    pub(crate) fn continues(&self, other: &Self) -> bool {
        if self.is_anonymous() || other.is_anonymous() {
            return self.is_anonymous() && other.is_anonymous();
        }
        (self.device, self.inode) == (other.device, other.inode)
            && self.offset.wrapping_sub(self.start) == other.offset.wrapping_sub(other.start)
    }

    pub(crate) fn of_line(line: &MapsLine<'_>, name: Arc<[u8]>) -> Self {
        ChangedVma {
            start: line.start,
            end: line.end,
            permissions: line.perms,
            offset: line.offset,
            device: line.device,
            inode: line.inode,
            name,
        }
    }
}

/// One change of an address space between two scans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressSpaceChange {
    pub kind: AddressSpaceChangeKind,
    /// The VMAs concerned as they were, by address.
    pub before: Vec<ChangedVma>,
    /// What became of them, by address.
    pub after: Vec<ChangedVma>,
    /// It rests on lines that overlap others in a torn scan, of which the
    /// later ones were believed.
    pub torn: bool,
}

impl AddressSpaceChange {
    /// The first VMA after the change, or before it where none is left.
    ///
    /// # Panics
    /// Never: a change has at least one VMA.
    #[must_use]
    pub(crate) fn main(&self) -> &ChangedVma {
        let first = self.after.first().or_else(|| self.before.first());
        first.expect("a change has at least one VMA")
    }

    /// Bytes mapped before and after, of the VMAs concerned.
    #[must_use]
    pub(crate) fn sizes(&self) -> (u64, u64) {
        let sum = |vmas: &[ChangedVma]| vmas.iter().map(ChangedVma::size).sum();
        (sum(&self.before), sum(&self.after))
    }

    /// All VMAs of it, those before first.
    pub fn vmas(&self) -> impl Iterator<Item = &ChangedVma> {
        self.before.iter().chain(&self.after)
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub(crate) fn weight(&self) -> usize {
        let mut last: Option<&Arc<[u8]>> = None;
        let mut names = 0;
        for vma in self.vmas() {
            if last.is_none_or(|last| !Arc::ptr_eq(last, &vma.name)) {
                names += vma.name.len();
            }
            last = Some(&vma.name);
        }
        let vmas = self.before.capacity() + self.after.capacity();
        size_of::<Self>() + vmas * size_of::<ChangedVma>() + names
    }
}

/// How many changes of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeCounts([u64; AddressSpaceChangeKind::ALL.len()]);

impl ChangeCounts {
    #[must_use]
    pub(crate) fn of(&self, kind: AddressSpaceChangeKind) -> u64 {
        self.0[kind.index()]
    }

    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Counts one more.
    pub(crate) fn add(&mut self, kind: AddressSpaceChangeKind) {
        self.0[kind.index()] += 1;
    }

    /// Adds the counts of `other`.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }

    /// These counts less earlier ones.
    #[must_use]
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        ChangeCounts(std::array::from_fn(|i| {
            self.0[i].saturating_sub(earlier.0[i])
        }))
    }
}
