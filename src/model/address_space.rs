//! The modelled mm: VMA structures, the tree, the locks that a writer holds.

use super::node::{Name, Node, Slot};

/// A `struct vm_area_struct`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Structure {
    /// `vm_start`, in pages.
    pub start: u8,
    /// `vm_end`, in pages.
    pub end: u8,
    /// The protection's letter; `-` for a fence.
    pub letter: u8,
    /// Whether `vm_refcnt` is more than zero with no reader about.
    pub attached: bool,
    /// Whether `vm_lock_seq` equals the mm's sequence: write-locked.
    pub write_locked: bool,
    /// Whether it has gone back to the allocator, which may hand it out again
    /// at once (`SLAB_TYPESAFE_BY_RCU`).
    pub freed: bool,
}

/// The address space at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressSpace {
    /// All structures there have been in this cycle, by name.
    pub structures: Vec<Structure>,
    /// The tree's leaf.
    pub node: Node,
    /// The leaf before, from the moment a new one took its place until it is
    /// marked dead: an iterator that stands in it still reads it.
    pub replaced: Option<Node>,
    /// Whether the writer holds `mmap_lock`; `mm_lock_seq` is odd then.
    pub write_held: bool,
}

/// One thing that a writer does and that readers may see on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Takes `mmap_lock` for writing; `mm_lock_seq` becomes odd.
    WriteLock,
    /// Write-locks a VMA: waits for its readers, then `vm_lock_seq` becomes
    /// the mm's.
    StartWrite(Name),
    /// Writes `vm_start`.
    SetStart(Name, u8),
    /// Writes `vm_end`.
    SetEnd(Name, u8),
    /// Writes `vm_flags`.
    SetLetter(Name, u8),
    /// Takes a structure from the allocator and fills it in.
    Allocate(Name, Structure),
    /// `vm_refcnt` becomes 1.
    Attach(Name),
    /// `vm_refcnt` becomes 0.
    Detach(Name),
    /// Gives a structure back to the allocator.
    Free(Name),
    Publish(Node),
    /// Marks the leaf before as dead.
    MarkDead,
    /// Writes a slot's pointer in place.
    SetEntry(u8, Option<Name>),
    /// Writes a slot's pivot in place.
    SetPivot(u8, u8),
    /// Drops `mmap_lock`, or keeps it for reading only; `mm_lock_seq` becomes
    /// even, and with that all VMA locks are gone.
    WriteUnlock,
}

impl AddressSpace {
    /// An address space of these VMAs (first page, end page, letter), in
    /// address order, and a tree of `pages` pages.
    #[must_use]
    pub(crate) fn new(vmas: &[(u8, u8, u8)], pages: u8) -> Self {
        let structures: Vec<Structure> = vmas
            .iter()
            .map(|&(start, end, letter)| Structure {
                start,
                end,
                letter,
                attached: true,
                write_locked: false,
                freed: false,
            })
            .collect();
        let mut slots = Vec::new();
        for (name, vma) in (0..).zip(&structures) {
            slots.push(Slot {
                end: vma.start,
                entry: None,
            });
            slots.push(Slot {
                end: vma.end,
                entry: Some(name),
            });
        }
        slots.push(Slot {
            end: pages,
            entry: None,
        });
        let mut from = 0;
        slots.retain(|slot| std::mem::replace(&mut from, slot.end) < slot.end);
        AddressSpace {
            structures,
            node: Node::new(slots),
            replaced: None,
            write_held: false,
        }
    }

    #[must_use]
    pub(crate) fn get(&self, name: Name) -> &Structure {
        &self.structures[usize::from(name)]
    }

    /// The VMAs where the tree has them, whatever the structures say: first
    /// page, end page, letter.
    #[must_use]
    pub(crate) fn vmas(&self) -> Vec<(u8, u8, u8)> {
        self.node
            .entries()
            .map(|(start, end, name)| (start, end, self.get(name).letter))
            .collect()
    }

    /// Carries out an action.
    pub(crate) fn apply(&mut self, action: &Action) {
        match action {
            Action::WriteLock => self.write_held = true,
            Action::WriteUnlock => {
                self.write_held = false;
                for structure in &mut self.structures {
                    structure.write_locked = false;
                }
            }
            Action::Allocate(name, structure) => {
                debug_assert_eq!(usize::from(*name), self.structures.len());
                self.structures.push(*structure);
            }
            Action::Publish(node) => {
                self.replaced = Some(std::mem::replace(&mut self.node, node.clone()));
            }
            Action::MarkDead => self.replaced = None,
            Action::SetEntry(slot, entry) => self.node.set_entry(*slot, *entry),
            Action::SetPivot(slot, end) => self.node.set_end(*slot, *end),
            Action::StartWrite(name) => self.get_mut(*name).write_locked = true,
            Action::SetStart(name, page) => self.get_mut(*name).start = *page,
            Action::SetEnd(name, page) => self.get_mut(*name).end = *page,
            Action::SetLetter(name, letter) => self.get_mut(*name).letter = *letter,
            Action::Attach(name) => self.get_mut(*name).attached = true,
            Action::Detach(name) => self.get_mut(*name).attached = false,
            Action::Free(name) => self.get_mut(*name).freed = true,
        }
    }

    fn get_mut(&mut self, name: Name) -> &mut Structure {
        &mut self.structures[usize::from(name)]
    }
}
