//! What went in one place and came in another.

use super::change::{AddressSpaceChange, AddressSpaceChangeKind as Kind, ChangedVma};
use super::listed::Listed;
use crate::maps::line::Device;
use crate::maps::permissions::Permissions;

/// What a VMA keeps when it is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
/// resize what it moves).
pub(crate) fn pair(
    gone: &mut Vec<Listed>,
    came: &mut Vec<Listed>,
    changes: &mut Vec<AddressSpaceChange>,
) {
    for with_size in [true, false] {
        if gone.is_empty() || came.is_empty() {
            return;
        }
        for (old, new) in only_pairs(gone, came, with_size) {
            let (old, new) = (&mut gone[old], &mut came[new]);
            changes.push(AddressSpaceChange {
                kind: Kind::Move,
                torn: old.torn || new.torn,
                before: vec![old.take()],
                after: vec![new.take()],
            });
        }
        gone.retain(|listed| !listed.taken);
        came.retain(|listed| !listed.taken);
    }
}

/// The positions of those that have just one counterpart.
fn only_pairs(gone: &[Listed], came: &[Listed], with_size: bool) -> Vec<(usize, usize)> {
    let mut all: Vec<(Likeness<'_>, bool, usize)> = Vec::with_capacity(gone.len() + came.len());
    for (list, is_new) in [(gone, false), (came, true)] {
        for (at, listed) in list.iter().enumerate() {
            // Anonymous memory of another size is nothing alike.
            if with_size || !listed.vma.is_anonymous() {
                all.push((Likeness::of(&listed.vma, with_size), is_new, at));
            }
        }
    }
    all.sort_unstable();
    let mut pairs = Vec::new();
    for alike in all.chunk_by(|a, b| a.0 == b.0) {
        if let [(_, false, old), (_, true, new)] = alike {
            pairs.push((*old, *new));
        }
    }
    pairs
}
