//! What a system call does to the address space, step by step: each step is
//! what readers may see on its own, in the kernel's order (mm/vma.c,
//! mm/mremap.c, mm/mprotect.c; the review of the patch series lists the same
//! steps for each merge and split).

use super::address_space::{Action, AddressSpace, Structure};
use super::node::{Name, Store};
use crate::scenario::call::{Call, Origin};

/// The kernel function that makes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KernelFunction {
    pub function: &'static str,
    pub file: &'static str,
}

pub(crate) const fn kernel_function(function: &'static str, file: &'static str) -> KernelFunction {
    KernelFunction { function, file }
}

const WRITE_LOCK: KernelFunction = kernel_function("mmap_write_lock", "include/linux/mmap_lock.h");
const WRITE_UNLOCK: KernelFunction =
    kernel_function("mmap_write_unlock", "include/linux/mmap_lock.h");
const DOWNGRADE: KernelFunction =
    kernel_function("mmap_write_downgrade", "include/linux/mmap_lock.h");
const START_WRITE: KernelFunction = kernel_function("vma_start_write", "include/linux/mmap_lock.h");
const ATTACH: KernelFunction = kernel_function("vma_mark_attached", "include/linux/mmap_lock.h");
pub(crate) const DETACH: KernelFunction = kernel_function("vma_mark_detached", "mm/mmap_lock.c");
const ALLOCATE: KernelFunction = kernel_function("vm_area_alloc", "mm/vma_init.c");
const DUPLICATE: KernelFunction = kernel_function("vm_area_dup", "mm/vma_init.c");
pub(crate) const FREE: KernelFunction = kernel_function("vm_area_free", "mm/vma_init.c");
const SPLIT: KernelFunction = kernel_function("__split_vma", "mm/vma.c");
pub(crate) const MERGE: KernelFunction = kernel_function("commit_merge", "mm/vma.c");
pub(crate) const SET_RANGE: KernelFunction = kernel_function("vma_set_range", "mm/vma.h");
pub(crate) const FLAGS: KernelFunction = kernel_function("mprotect_fixup", "mm/mprotect.c");
const EXACT: KernelFunction = kernel_function("mas_wr_store_entry", "lib/maple_tree.c");
const SLOT: KernelFunction = kernel_function("mas_wr_slot_store", "lib/maple_tree.c");
const NODE: KernelFunction = kernel_function("mas_wr_node_store", "lib/maple_tree.c");
const DEAD: KernelFunction = kernel_function("mte_set_node_dead", "lib/maple_tree.c");

/// One step of the writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriterStep {
    pub action: Action,
    /// Where the kernel does it.
    pub place: KernelFunction,
    /// The operation of the scenario that it belongs to, from 0.
    pub operation: u8,
}

/// Carries out calls and notes their steps.
#[derive(Debug)]
pub(crate) struct ModelWriter {
    pub(crate) space: AddressSpace,
    pub(crate) steps: Vec<WriterStep>,
    /// The address space before each step.
    pub(crate) frames: Vec<AddressSpace>,
    /// The page that the site starts at.
    site: u8,
    operation: u8,
}

impl ModelWriter {
    pub(crate) fn new(space: AddressSpace, site: u8) -> Self {
        ModelWriter {
            space,
            steps: Vec::new(),
            frames: Vec::new(),
            site,
            operation: 0,
        }
    }

    /// One operation: the whole call. `source` is the letter of the source VMA
    /// that a move comes from where that is not in the site.
    pub(crate) fn call(&mut self, call: &Call, source: u8) {
        let site = self.site;
        let at = |page: u32| site + page as u8;
        self.step(Action::WriteLock, WRITE_LOCK);
        match call {
            Call::Mmap { pages, protection } => {
                let (start, end) = (at(pages.start), at(pages.end));
                self.map(start, end, protection.letter() as u8);
            }
            Call::Munmap { pages } => {
                let (start, end) = (at(pages.start), at(pages.end));
                return self.unmap_and_downgrade(start, end);
            }
            Call::Mprotect { pages, protection } => {
                let (start, end) = (at(pages.start), at(pages.end));
                self.protect(start, end, protection.letter() as u8);
            }
            Call::Resize { pages, new_pages } => {
                let (start, old_end) = (at(pages.start), at(pages.end));
                let end = start + *new_pages as u8;
                if end < old_end {
                    return self.unmap_and_downgrade(end, old_end);
                }
                let letter = self.letter_at(start);
                self.merge_new(old_end, end, letter);
            }
            Call::Move { origin, from, onto } => {
                let (start, end) = (at(*onto), at(*onto + from.len() as u32));
                let from = at(from.start);
                self.move_to(*origin, from, (start, end), source);
            }
            // No case is made of a scenario that has one.
            Call::Special(_) => {}
        }
        self.step(Action::WriteUnlock, WRITE_UNLOCK);
        self.operation += 1;
    }

    pub(crate) fn step(&mut self, action: Action, place: KernelFunction) {
        self.frames.push(self.space.clone());
        self.space.apply(&action);
        self.steps.push(WriterStep {
            action,
            place,
            operation: self.operation,
        });
    }

    // --- mmap, munmap, mremap -------------------------------------------

    /// `__mmap_region()`: what was there is split off and detached; the tree
    /// keeps it until the new VMA overwrites it.
    fn map(&mut self, start: u8, end: u8, letter: u8) {
        let removed = self.gather(start, end);
        if !self.merge_new(start, end, letter) {
            self.map_new(start, end, letter);
        }
        self.free(&removed);
    }

    fn map_new(&mut self, start: u8, end: u8, letter: u8) {
        let new = self.allocate(start, end, letter, ALLOCATE);
        self.start_write(new);
        self.store_new(new);
    }

    /// `munmap()`: the lock is downgraded before the structures are freed.
    fn unmap_and_downgrade(&mut self, start: u8, end: u8) {
        let removed = self.gather(start, end);
        self.store(start, end, None);
        self.step(Action::WriteUnlock, DOWNGRADE);
        self.free(&removed);
        self.operation += 1;
    }

    /// `mremap_to()` with `MREMAP_DONTUNMAP`: the destination is unmapped,
    /// then the copy is linked in, under one hold of the lock.
    fn move_to(&mut self, origin: Origin, from: u8, (start, end): (u8, u8), source: u8) {
        let removed = self.gather(start, end);
        self.store(start, end, None);
        self.free(&removed);
        let letter = match origin {
            Origin::Source => source,
            Origin::Site => {
                let moved = self.containing(from);
                moved.inspect(|&name| self.start_write(name));
                moved.map_or(source, |name| self.space.get(name).letter)
            }
        };
        if !self.merge_new(start, end, letter) {
            self.map_new(start, end, letter);
        }
    }

    /// `vms_gather_munmap_vmas()`: splits off, write-locks and detaches what
    /// lies in the range; the tree still has it.
    fn gather(&mut self, start: u8, end: u8) -> Vec<Name> {
        let mut removed = Vec::new();
        if let Some(first) = self.containing(start)
            && self.space.get(first).start < start
        {
            self.split(first, start, true);
        }
        for name in self.overlapping(start, end) {
            if self.space.get(name).end > end {
                self.split(name, end, false);
            }
            self.start_write(name);
            self.step(Action::Detach(name), DETACH);
            removed.push(name);
        }
        removed
    }

    // --- parts of both --------------------------------------------------

    fn free(&mut self, removed: &[Name]) {
        for &name in removed {
            self.step(Action::Free(name), FREE);
        }
    }

    /// `__split_vma()`: with `new_below` the new structure gets what lies
    /// below `page`, else what lies above.
    pub(crate) fn split(&mut self, name: Name, page: u8, new_below: bool) {
        let vma = *self.space.get(name);
        let (start, end) = if new_below {
            (vma.start, page)
        } else {
            (page, vma.end)
        };
        let new = self.allocate(start, end, vma.letter, DUPLICATE);
        self.start_write(name);
        self.start_write(new);
        let shrunk = if new_below {
            Action::SetStart(name, page)
        } else {
            Action::SetEnd(name, page)
        };
        self.step(shrunk, SPLIT);
        self.store_new(new);
    }

    fn allocate(&mut self, start: u8, end: u8, letter: u8, place: KernelFunction) -> Name {
        let name = self.space.structures.len() as Name;
        let structure = Structure {
            start,
            end,
            letter,
            attached: false,
            write_locked: false,
            freed: false,
        };
        self.step(Action::Allocate(name, structure), place);
        name
    }

    /// `vma_iter_store_new()`.
    fn store_new(&mut self, name: Name) {
        self.step(Action::Attach(name), ATTACH);
        let vma = *self.space.get(name);
        self.store(vma.start, vma.end, Some(name));
    }

    pub(crate) fn start_write(&mut self, name: Name) {
        if !self.space.get(name).write_locked {
            self.step(Action::StartWrite(name), START_WRITE);
        }
    }

    pub(crate) fn store(&mut self, start: u8, end: u8, entry: Option<Name>) {
        match self.space.node.store(start, end, entry) {
            Store::Nothing => {}
            Store::Exact { slot, entry } => self.step(Action::SetEntry(slot, entry), EXACT),
            Store::Slot { entry, pivot } => {
                if let Some((slot, entry)) = entry {
                    self.step(Action::SetEntry(slot, entry), SLOT);
                }
                self.step(Action::SetPivot(pivot.0, pivot.1), SLOT);
            }
            Store::Node(node) => {
                self.step(Action::Publish(node), NODE);
                self.step(Action::MarkDead, DEAD);
            }
        }
    }

    pub(crate) fn fits(&self, name: Name, letter: u8) -> bool {
        let vma = self.space.get(name);
        vma.attached && vma.letter == letter
    }

    pub(crate) fn overlapping(&self, start: u8, end: u8) -> Vec<Name> {
        let entries = self.space.node.entries();
        entries
            .filter(|&(from, to, _)| from < end && to > start)
            .map(|(_, _, name)| name)
            .collect()
    }

    fn containing(&self, page: u8) -> Option<Name> {
        let mut entries = self.space.node.entries();
        let found = entries.find(|&(start, end, _)| start <= page && page < end);
        found.map(|(_, _, name)| name)
    }

    pub(crate) fn ending_at(&self, page: u8) -> Option<Name> {
        let mut entries = self.space.node.entries();
        let found = entries.find(|&(_, end, _)| end == page);
        found.map(|(_, _, name)| name)
    }

    pub(crate) fn starting_at(&self, page: u8) -> Option<Name> {
        let mut entries = self.space.node.entries();
        let found = entries.find(|&(start, ..)| start == page);
        found.map(|(_, _, name)| name)
    }

    fn letter_at(&self, page: u8) -> u8 {
        self.containing(page)
            .map_or(b'?', |name| self.space.get(name).letter)
    }
}
