//! The state of a reader.

use super::node::Name;

/// Where a reader is in its program: what its next step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Point {
    /// A chunk (or a query) begins.
    Start,
    /// Takes `mmap_lock` for reading, for the whole chunk.
    ReadLock,
    Note,
    /// Takes the next VMA from the iterator.
    Find,
    /// Steps on from the empty slot that this search came to.
    StepOn,
    /// Looks whether the VMA is write-locked.
    LockCheck,
    /// Takes the VMA's count.
    LockTake,
    /// Compares the VMA with the position.
    Compare,
    /// Asks the sequence whether the address space was in motion.
    Sequence,
    /// Searches again from the position.
    SearchAgain,
    /// Steps on from the empty slot that this search came to.
    StepOnAgain,
    /// Takes `mmap_lock` for reading.
    FallBack,
    /// Searches from the position and locks the VMA, under `mmap_lock`.
    FallBackFind,
    /// Drops `mmap_lock`.
    FallBackUnlock,
    /// Copies `vm_start`.
    CopyStart,
    /// Copies `vm_end` and the flags.
    CopyEnd,
    /// Asks the sequence whether the copy may be believed.
    CopyCheck,
    /// Takes `mmap_lock` for reading, notes the sequence, drops it.
    Retry,
    Print,
    /// Unlocks the VMA.
    Next,
    /// The walk is over.
    Done,
}

/// Where an iterator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VmaIterator {
    /// It searches from this page.
    Fresh(u8),
    /// In the tree's leaf: the slot, empty or not, the last page it covered
    /// then.
    Active(u8, u8),
    /// The same in a leaf that has been replaced and is not marked dead yet.
    Replaced(u8, u8),
    /// Its leaf is dead: it will search for this page and step on.
    Dead(u8),
}

/// The structure that a reader has a pointer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pointer {
    /// None.
    Nothing,
    /// That of this name in the writer's cycle.
    To(Name),
    /// One that was freed in an earlier cycle.
    Freed,
    /// One that another mm uses now.
    Foreign,
}

/// What the mm's sequence was when it was noted, and whether it still is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Noted {
    /// It was odd: a writer held `mmap_lock`.
    pub odd: bool,
    /// It has moved since.
    pub moved: bool,
}

/// How the VMA, or the end, was found: it decides the cause of a hole or a lost
/// tail that it leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Found {
    /// It was the first VMA from the position on.
    #[default]
    Sound,
    /// The iterator stepped past a VMA that a search would have found.
    Past,
    /// The leaf that was read was empty at pages that are mapped in every state.
    Empty,
    /// The search came to an empty slot; before it stepped on, what is behind
    /// that slot had grown over its last page, and it stepped past that.
    Overtaken,
}

/// A line as printed: first page, end page, letter.
pub(crate) type Line = (u8, u8, u8);

/// All that a reader remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModelReader {
    /// The step that it makes next.
    pub point: Point,
    /// The end of the last line printed.
    pub position: u8,
    /// The start of the last line printed.
    pub last_start: u8,
    pub iterator: VmaIterator,
    /// The sequence noted.
    pub noted: Noted,
    pub pointer: Pointer,
    /// How it was found.
    pub found: Found,
    /// Whether it has taken the VMA's count.
    pub holds_vma: bool,
    /// Whether it holds `mmap_lock` for reading.
    pub holds_mmap_lock: bool,
    /// The states that the address space has had since the walk began, a bit
    /// each; 0 before it begins.
    pub allowed: u8,
    pub copy: Line,
}

impl ModelReader {
    /// Before its first step.
    #[must_use]
    pub(crate) fn new() -> Self {
        ModelReader {
            point: Point::Start,
            position: 0,
            last_start: 0,
            iterator: VmaIterator::Fresh(0),
            noted: Noted::default(),
            pointer: Pointer::Nothing,
            found: Found::Sound,
            holds_vma: false,
            holds_mmap_lock: false,
            allowed: 0,
            copy: (0, 0, 0),
        }
    }

    /// Whether its walk is over.
    #[must_use]
    pub(crate) fn is_done(&self) -> bool {
        self.point == Point::Done
    }

    /// The same without what its next steps do not use.
    pub(crate) fn forget(mut self, keep_noted: bool) -> Self {
        self.pointer = Pointer::Nothing;
        self.found = Found::Sound;
        self.copy = (0, 0, 0);
        if !keep_noted {
            self.noted = Noted::default();
        }
        self
    }
}

impl Default for ModelReader {
    fn default() -> Self {
        ModelReader::new()
    }
}
