//! An iterator over the simulated tree, which outlives what it has found.

use super::address_space::{AddressSpace, SimulatedVma};

/// `struct ma_state`: where an iterator stands, on a VMA that it has found or
/// in an empty slot that its search has come to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Iterator {
    /// [`AddressSpace::node`] then.
    node: u64,
    /// The number in it of the VMA in the slot behind.
    next: usize,
    /// The slot's last page, as the tree had it then.
    last: u32,
}

impl AddressSpace {
    /// An iterator that has found this VMA in the tree.
    pub(crate) fn iterator_at(&self, vma: &SimulatedVma) -> Iterator {
        Iterator {
            node: self.node,
            next: self.vmas().partition_point(|it| it.end <= vma.start) + 1,
            last: vma.end - 1,
        }
    }

    /// An iterator that has searched for `position` and come to an empty slot
    /// (`mas_walk()`); none where something is mapped, or where nothing is
    /// behind, so that a step on leads nowhere whatever happens.
    pub(crate) fn iterator_in_gap(&self, position: u32) -> Option<Iterator> {
        let next = self.vmas().partition_point(|it| it.end <= position);
        let behind = self.vmas().get(next)?;
        (behind.start > position).then(|| Iterator {
            node: self.node,
            next,
            last: behind.start - 1,
        })
    }

    /// The VMA in the slot behind the iterator's, if its node still stands;
    /// otherwise (`mas_rewalk()`) behind the slot that now has the last page of
    /// the slot it stood in.
    pub(crate) fn behind(&self, iterator: Iterator) -> Option<SimulatedVma> {
        if iterator.node == self.node {
            return self.vmas().get(iterator.next).copied();
        }
        let vma = self.ending_above(iterator.last)?;
        if vma.start <= iterator.last {
            return self.ending_above(vma.end);
        }
        Some(vma)
    }
}

/// Whether a store that makes `new` of the VMAs `old` is made in place, under
/// RCU: it changes pointers, and moves at most one border
/// (`mas_wr_slot_store()` in lib/maple_tree.c).
pub(crate) fn keeps_slots(old: &[SimulatedVma], new: &[SimulatedVma]) -> bool {
    let gaps = |vmas: &[SimulatedVma]| -> Vec<bool> {
        let pairs = vmas.windows(2);
        pairs.map(|pair| pair[0].end < pair[1].start).collect()
    };
    let moved = |(old, new): (&SimulatedVma, &SimulatedVma)| {
        usize::from(old.start != new.start) + usize::from(old.end != new.end)
    };
    old.len() == new.len()
        && gaps(old) == gaps(new)
        && old.iter().zip(new).map(moved).sum::<usize>() <= 2
}
