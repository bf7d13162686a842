//! Which changes somebody wants to see.

use std::ops::Range;

use super::change::{AddressSpaceChange, AddressSpaceChangeKind};
use crate::maps::permissions::Permissions;

/// A set of kinds; all of them by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KindSet(u16);

impl KindSet {
    /// Every kind.
    pub const ALL: Self = KindSet((1 << AddressSpaceChangeKind::ALL.len()) - 1);
    /// No kind.
    pub const NONE: Self = KindSet(0);

    /// Whether the kind is in it.
    #[must_use]
    pub const fn contains(self, kind: AddressSpaceChangeKind) -> bool {
        self.0 & (1 << kind.index()) != 0
    }

    /// The set with the kind in it.
    #[must_use]
    pub const fn with(self, kind: AddressSpaceChangeKind) -> Self {
        KindSet(self.0 | 1 << kind.index())
    }

    /// The set without the kind.
    #[must_use]
    pub const fn without(self, kind: AddressSpaceChangeKind) -> Self {
        KindSet(self.0 & !(1 << kind.index()))
    }
}

impl Default for KindSet {
    fn default() -> Self {
        Self::ALL
    }
}

impl FromIterator<AddressSpaceChangeKind> for KindSet {
    fn from_iter<T: IntoIterator<Item = AddressSpaceChangeKind>>(kinds: T) -> Self {
        kinds.into_iter().fold(Self::NONE, Self::with)
    }
}

/// What a change must be to be shown; by default, anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// Its kind.
    pub kinds: KindSet,
    /// Bytes that the name of one of its VMAs must hold; ASCII letters match in
    /// either case.
    pub name: Vec<u8>,
    /// The permissions of one of its VMAs.
    pub permissions: Option<Permissions>,
    /// Addresses (bytes) that one of its VMAs must have one of.
    pub range: Option<Range<u64>>,
}

impl ChangeFilter {
    /// Whether the change is wanted.
    #[must_use]
    pub fn fits(&self, change: &AddressSpaceChange) -> bool {
        let has_name = |name: &[u8]| {
            name.windows(self.name.len())
                .any(|part| part.eq_ignore_ascii_case(&self.name))
        };
        self.kinds.contains(change.kind)
            && (self.name.is_empty() || change.vmas().any(|vma| has_name(&vma.name)))
            && self
                .permissions
                .is_none_or(|wanted| change.vmas().any(|vma| vma.permissions == wanted))
            && self
                .range
                .as_ref()
                .is_none_or(|range| change.touches(range))
    }
}
