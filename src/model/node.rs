//! One leaf of the maple tree, as a reader under RCU sees it
//! (lib/maple_tree.c).

/// A VMA structure's name in one cycle of the writer: its index in
/// [`AddressSpace::structures`](super::address_space::AddressSpace).
pub(crate) type Name = u8;

/// One slot: the pages from the end of the slot before to `end`, and the VMA
/// there, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The page after its last: the pivot, plus one.
    pub end: u8,
    /// The VMA structure that the slot points to.
    pub entry: Option<Name>,
}

/// A leaf: slots in address order. Two empty slots never touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    slots: Vec<Slot>,
}

/// How a store reaches the readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// Nothing changes.
    Nothing,
    /// `wr_exact_fit`: one pointer in place.
    Exact {
        slot: u8,
        /// What it points to from now on.
        entry: Option<Name>,
    },
    /// `mas_wr_slot_store()`: a border between two slots moves in place; under
    /// RCU the kernel does so only where no other slot is touched. The pointer
    /// is written first, then the pivot.
    Slot {
        /// The slot whose pointer is written, if that changes.
        entry: Option<(u8, Option<Name>)>,
        /// The slot whose pivot is written, and its new end.
        pivot: (u8, u8),
    },
    /// `mas_wr_node_store()` and all larger stores: a new node takes the
    /// place of the old one, which is marked dead afterwards.
    Node(Node),
}

impl Node {
    /// A leaf of these slots; neighbouring empty ones become one.
    #[must_use]
    pub(crate) fn new(slots: impl IntoIterator<Item = Slot>) -> Self {
        let mut node = Node::default();
        for slot in slots {
            node.push(slot);
        }
        node
    }

    fn push(&mut self, slot: Slot) {
        match self.slots.last_mut() {
            Some(last) if last.entry.is_none() && slot.entry.is_none() => last.end = slot.end,
            _ => self.slots.push(slot),
        }
    }

    /// The slots in address order.
    #[must_use]
    pub(crate) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The slots that are not empty: first page, end page, VMA.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (u8, u8, Name)> {
        let starts = std::iter::once(0).chain(self.slots.iter().map(|slot| slot.end));
        starts
            .zip(&self.slots)
            .filter_map(|(start, slot)| Some((start, slot.end, slot.entry?)))
    }

    /// `mas_walk()`, then on to the first slot that is not empty: the first
    /// VMA that ends above `page`, and its slot.
    #[must_use]
    pub fn find(&self, page: u8) -> Option<(u8, Name)> {
        self.from(self.slots.partition_point(|slot| slot.end <= page))
    }

    /// `mas_walk()` where nothing is mapped at `page`: the empty slot and its
    /// last page; none where it is mapped, or where nothing is behind.
    #[must_use]
    pub(crate) fn gap_at(&self, page: u8) -> Option<(u8, u8)> {
        let offset = self.slots.partition_point(|slot| slot.end <= page);
        let (slot, behind) = self.slots.get(offset..)?.split_first()?;
        let leads_on = slot.entry.is_none() && !behind.is_empty();
        leads_on.then(|| (offset as u8, slot.end - 1))
    }

    /// `mas_next_slot()`: the first VMA behind the slot `offset`.
    #[must_use]
    pub(crate) fn after(&self, offset: u8) -> Option<(u8, Name)> {
        self.from(usize::from(offset) + 1)
    }

    /// `mas_rewalk()`, then `mas_next_slot()`: the first VMA behind the slot
    /// that `page` is in now.
    #[must_use]
    pub(crate) fn after_page(&self, page: u8) -> Option<(u8, Name)> {
        self.from(self.slots.partition_point(|slot| slot.end <= page) + 1)
    }

    fn from(&self, offset: usize) -> Option<(u8, Name)> {
        let behind = self.slots.get(offset..)?;
        let (steps, entry) = behind
            .iter()
            .enumerate()
            .find_map(|(steps, slot)| Some((steps, slot.entry?)))?;
        Some(((offset + steps) as u8, entry))
    }

    /// What storing `entry` over the pages from `start` to `end` takes.
    #[must_use]
    pub(crate) fn store(&self, start: u8, end: u8, entry: Option<Name>) -> Store {
        let mut new = Node::default();
        let before = self.slots.partition_point(|slot| slot.end <= start);
        for slot in &self.slots[..before] {
            new.push(*slot);
        }
        let partly = self.slots.get(before).filter(|_| new.end() < start);
        if let Some(slot) = partly {
            new.push(Slot {
                end: start,
                ..*slot
            });
        }
        new.push(Slot { end, entry });
        for slot in self.slots.iter().filter(|slot| slot.end > end) {
            new.push(*slot);
        }
        self.way_to(new)
    }

    fn end(&self) -> u8 {
        self.slots.last().map_or(0, |slot| slot.end)
    }

    fn way_to(&self, new: Node) -> Store {
        if *self == new {
            return Store::Nothing;
        }
        if self.slots.len() != new.slots.len() {
            return Store::Node(new);
        }
        let changed = |differs: fn(&Slot, &Slot) -> bool| {
            let pairs = self.slots.iter().zip(&new.slots).enumerate();
            let found: Vec<u8> = pairs
                .filter(|(_, (old, new))| differs(old, new))
                .map(|(at, _)| at as u8)
                .collect();
            found
        };
        let ends = changed(|old, new| old.end != new.end);
        let entries = changed(|old, new| old.entry != new.entry);
        match (&ends[..], &entries[..]) {
            ([], [slot]) => Store::Exact {
                slot: *slot,
                entry: new.slots[usize::from(*slot)].entry,
            },
            ([pivot], []) => Store::Slot {
                entry: None,
                pivot: (*pivot, new.slots[usize::from(*pivot)].end),
            },
            ([pivot], [slot]) if slot == pivot || *slot == pivot + 1 => Store::Slot {
                entry: Some((*slot, new.slots[usize::from(*slot)].entry)),
                pivot: (*pivot, new.slots[usize::from(*pivot)].end),
            },
            _ => Store::Node(new),
        }
    }

    pub(crate) fn set_entry(&mut self, slot: u8, entry: Option<Name>) {
        self.slots[usize::from(slot)].entry = entry;
    }

    pub(crate) fn set_end(&mut self, slot: u8, end: u8) {
        self.slots[usize::from(slot)].end = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(slots: &[(u8, Option<Name>)]) -> Node {
        Node::new(slots.iter().map(|&(end, entry)| Slot { end, entry }))
    }

    #[test]
    fn a_search_finds_the_first_vma_that_ends_above() {
        let node = node(&[(1, Some(0)), (3, None), (5, Some(1))]);
        assert_eq!(node.find(0), Some((0, 0)));
        assert_eq!(node.find(1), Some((2, 1)));
        assert_eq!(node.find(4), Some((2, 1)));
        assert_eq!(node.find(5), None);
        assert_eq!(node.gap_at(0), None);
        assert_eq!(node.gap_at(1), Some((1, 2)));
        assert_eq!(node.gap_at(4), None);
        assert_eq!(node.gap_at(5), None);
        assert_eq!(node.after(0), Some((2, 1)));
        assert_eq!(node.after_page(2), Some((2, 1)));
        assert_eq!(node.after_page(4), None);
    }

    #[test]
    fn an_iterator_whose_node_is_dead_steps_past_what_its_page_is_in_now() {
        let before = node(&[(2, Some(0)), (3, Some(1)), (6, Some(2))]);
        assert_eq!(before.after(0), Some((1, 1)));
        let Store::Node(merged) = before.store(0, 3, Some(0)) else {
            panic!("one slot less takes a new node");
        };
        assert_eq!(merged.find(2), Some((0, 0)));
        assert_eq!(merged.after_page(1), Some((1, 2)));
    }

    #[test]
    fn a_store_takes_the_least_that_does_it() {
        let old = node(&[(2, Some(0)), (5, Some(1)), (6, None)]);
        assert_eq!(old.store(0, 2, Some(0)), Store::Nothing);
        assert_eq!(
            old.store(2, 5, Some(7)),
            Store::Exact {
                slot: 1,
                entry: Some(7)
            }
        );
        assert_eq!(
            old.store(0, 3, Some(0)),
            Store::Slot {
                entry: None,
                pivot: (0, 3)
            }
        );
        assert_eq!(
            old.store(0, 3, Some(9)),
            Store::Slot {
                entry: Some((0, Some(9))),
                pivot: (0, 3)
            }
        );
        assert_eq!(
            old.store(4, 6, None),
            Store::Slot {
                entry: None,
                pivot: (1, 4)
            }
        );
        assert_eq!(
            old.store(3, 4, None),
            Store::Node(node(&[
                (2, Some(0)),
                (3, Some(1)),
                (4, None),
                (5, Some(1)),
                (6, None)
            ]))
        );
        assert_eq!(
            old.store(2, 5, None),
            Store::Node(node(&[(2, Some(0)), (6, None)]))
        );
        assert_eq!(old.store(0, 6, Some(3)), Store::Node(node(&[(6, Some(3))])));
    }
}
