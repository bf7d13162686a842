//! What went in one place and came in another.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::change::{AddressSpaceChange, AddressSpaceChangeKind as Kind, ChangedVma};
use super::listed::Listed;
use crate::maps::line::Device;
use crate::maps::permissions::Permissions;

/// What a VMA keeps when it is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Likeness<'a> {
    permissions: Permissions,
    device: Device,
    inode: u64,
    offset: u64,
    /// 0 where it does not matter.
    size: u64,
    name: &'a [u8],
}

impl<'a> Likeness<'a> {
    fn of(vma: &'a ChangedVma, with_size: bool) -> Self {
        Likeness {
            permissions: vma.permissions,
            device: vma.device,
            inode: vma.inode,
            offset: vma.offset,
            size: if with_size { vma.size() } else { 0 },
            name: &vma.name,
        }
    }
}

/// Pairs what went with what came, where there is just one of each that are
/// alike: first of the same size, then, for files, of any size (`mremap` may
/// resize what it moves). What a torn scan shows in part is not paired.
pub(crate) fn pair(
    gone: &mut Vec<Listed>,
    came: &mut Vec<Listed>,
    changes: &mut Vec<AddressSpaceChange>,
) {
    for with_size in [true, false] {
        if gone.is_empty() || came.is_empty() {
            return;
        }
        let mut all = Vec::with_capacity(gone.len() + came.len());
        for (list, is_new) in [(&*gone, false), (&*came, true)] {
            for (at, listed) in list.iter().enumerate() {
                if !listed.torn && may_move(&listed.vma, with_size) {
                    all.push((Likeness::of(&listed.vma, with_size), is_new, at));
                }
            }
        }
        for (old, new) in only_pairs(&mut all) {
            let (old, new) = (&mut gone[old], &mut came[new]);
            changes.push(AddressSpaceChange {
                kind: Kind::Move,
                torn: false,
                before: vec![old.take()],
                after: vec![new.take()],
            });
        }
        gone.retain(|listed| !listed.taken);
        came.retain(|listed| !listed.taken);
    }
}

/// Anonymous memory of another size is nothing alike.
pub(super) fn may_move(vma: &ChangedVma, with_size: bool) -> bool {
    with_size || !vma.is_anonymous()
}

/// A number that is the same for what is alike, and hardly ever for other VMAs.
pub(super) fn likeness(vma: &ChangedVma, with_size: bool) -> u64 {
    let mut hasher = DefaultHasher::new();
    Likeness::of(vma, with_size).hash(&mut hasher);
    hasher.finish()
}

pub(super) fn are_alike(a: &ChangedVma, b: &ChangedVma, with_size: bool) -> bool {
    Likeness::of(a, with_size) == Likeness::of(b, with_size)
}

/// Where the likenesses that have just one VMA before and one after have them.
pub(super) fn only_pairs<L: Ord, At: Ord + Copy>(all: &mut [(L, bool, At)]) -> Vec<(At, At)> {
    all.sort_unstable();
    let mut pairs = Vec::new();
    for alike in all.chunk_by(|a, b| a.0 == b.0) {
        if let [(_, false, old), (_, true, new)] = alike {
            pairs.push((*old, *new));
        }
    }
    pairs
}
