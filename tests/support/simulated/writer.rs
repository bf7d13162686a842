//! The simulated modifier: a cycle of operations, taken step by step.

use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

use super::Locking;
use super::address_space::AddressSpace;
use super::file::SimulatedKernel;
use vmascope::internals::linux::ReadClock;
use vmascope::internals::maps::Window;

/// What one operation does to the pages of the address space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    /// The pages, from the start of the address space.
    pub(crate) pages: Range<u32>,
    /// What they become: a letter a protection, `.` for unmapped.
    pub(crate) to: u8,
    /// What becomes of the VMAs that are there.
    pub(crate) how: How,
    /// The pages that are moved there and leave nothing behind.
    pub(crate) from: Option<Range<u32>>,
    /// The end of `from` that does not arrive: unmapped after the destination,
    /// before anything is moved, as `shrink_vma()` does in `mremap_to()`.
    pub(crate) tail: Option<Range<u32>>,
}

/// What an operation does with the VMAs that are where it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// It changes them in place, as `mprotect` does.
    Changes,
    /// It puts a new one in their place, as `mmap` with `MAP_FIXED` does.
    Replaces,
    /// It unmaps them first, under the same hold of `mmap_lock`, and puts a new
    /// one there, as `mremap_to()` does with its destination.
    EmptiesFirst,
}

/// The address space a simulated modifier starts from, and what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Workload {
    /// One letter a page; neighbours with the same letter are one VMA.
    pub(crate) pages: Vec<u8>,
    /// The pages that the effects change.
    pub(crate) site: Range<u32>,
    /// The cycle of operations.
    pub(crate) effects: Vec<Effect>,
}

impl Workload {
    /// The text of `maps` in every state of the cycle.
    #[must_use]
    pub(crate) fn captures(&self) -> Vec<Vec<u8>> {
        let mut states = self.states();
        states.pop();
        states
    }

    /// Whether it ends as it began.
    #[must_use]
    pub(crate) fn is_cycle(&self) -> bool {
        let states = self.states();
        states.first() == states.last()
    }

    /// The text before the first operation, and after each.
    fn states(&self) -> Vec<Vec<u8>> {
        let locking = Locking::LineLastEnd;
        let mut kernel = SimulatedKernel::new(self, locking, None, 4096, 0).by_hand();
        let mut states = vec![kernel.snapshot()];
        for _ in &self.effects {
            kernel.operate();
            states.push(kernel.snapshot());
        }
        states
    }
}

/// The two counters that a modifier publishes.
#[derive(Clone, Debug, Default)]
pub(crate) struct SimulatedCounters(Rc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    begun: Cell<u64>,
    finished: Cell<u64>,
}

impl ReadClock for SimulatedCounters {
    fn finished(&self) -> vmascope::internals::maps::Counts {
        Window::of_one(self.0.finished.get(), 0).finished
    }

    fn begun(&self) -> vmascope::internals::maps::Counts {
        Window::of_one(0, self.0.begun.get()).begun
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Begin,
    TakeLock,
    LockDestination,
    Empty,
    LockTail,
    EmptyTail,
    LockVmas,
    Fill,
    Leave,
    DropLock,
    Finish,
}

#[derive(Debug)]
pub(crate) struct Writer {
    effects: Vec<Effect>,
    counters: SimulatedCounters,
    at: Step,
    /// The VMA whose reader it has met: it waits until that is unlocked.
    waits_for: Option<u64>,
}

impl Writer {
    pub(crate) fn new(effects: Vec<Effect>) -> Self {
        Writer {
            effects,
            counters: SimulatedCounters::default(),
            at: Step::Begin,
            waits_for: None,
        }
    }

    pub(crate) fn counters(&self) -> SimulatedCounters {
        self.counters.clone()
    }

    /// Whether a step now would change nothing: it waits for the reader.
    pub(crate) fn is_blocked(&self, mmap_lock_read_held: bool, read_locked: Option<u64>) -> bool {
        match self.at {
            _ if self.effects.is_empty() => true,
            Step::TakeLock => mmap_lock_read_held,
            _ => self.waits_for.is_some() && self.waits_for == read_locked,
        }
    }

    /// Takes one step, if no reader is in the way: one that holds `mmap_lock`,
    /// or the lock of a VMA that this operation changes.
    pub(crate) fn step(
        &mut self,
        space: &mut AddressSpace,
        mmap_lock_read_held: bool,
        read_locked: Option<u64>,
    ) {
        if self.effects.is_empty() {
            return;
        }
        let counts = &self.counters.0;
        let effect = &self.effects[counts.finished.get() as usize % self.effects.len()];
        self.waits_for = None;
        self.at = match self.at {
            Step::Begin => {
                counts.begun.set(counts.begun.get() + 1);
                Step::TakeLock
            }
            Step::TakeLock if mmap_lock_read_held => Step::TakeLock,
            Step::TakeLock => {
                space.move_sequence();
                match effect.how {
                    How::EmptiesFirst => Step::LockDestination,
                    How::Changes | How::Replaces => Step::LockVmas,
                }
            }
            Step::LockDestination => {
                if space.write_lock_affected(&effect.pages, b'.', read_locked) {
                    Step::Empty
                } else {
                    self.waits_for = read_locked;
                    Step::LockDestination
                }
            }
            Step::Empty => {
                space.set(&effect.pages, b'.');
                match effect.tail {
                    Some(_) => Step::LockTail,
                    None => Step::LockVmas,
                }
            }
            Step::LockTail => {
                let mut tail = effect.tail.iter();
                if tail.all(|it| space.write_lock_affected(it, b'.', read_locked)) {
                    Step::EmptyTail
                } else {
                    self.waits_for = read_locked;
                    Step::LockTail
                }
            }
            Step::EmptyTail => {
                effect.tail.iter().for_each(|it| space.set(it, b'.'));
                Step::LockVmas
            }
            Step::LockVmas => {
                // What moves first: `move_vma()` locks it before it copies it.
                let mut moved = effect.from.iter().map(|from| (from, b'.'));
                if moved.all(|(it, to)| space.write_lock_affected(it, to, read_locked))
                    && space.write_lock_affected(&effect.pages, effect.to, read_locked)
                {
                    Step::Fill
                } else {
                    self.waits_for = read_locked;
                    Step::LockVmas
                }
            }
            Step::Fill => {
                match effect.how {
                    How::Changes => space.set(&effect.pages, effect.to),
                    How::Replaces | How::EmptiesFirst => space.replace(&effect.pages, effect.to),
                }
                match effect.from {
                    Some(_) => Step::Leave,
                    None => Step::DropLock,
                }
            }
            Step::Leave => {
                effect.from.iter().for_each(|it| space.set(it, b'.'));
                Step::DropLock
            }
            Step::DropLock => {
                space.move_sequence();
                Step::Finish
            }
            Step::Finish => {
                counts.finished.set(counts.finished.get() + 1);
                Step::Begin
            }
        };
    }
}
