//! How a simulated reader finds the next VMA.

use super::address_space::{AddressSpace, SimulatedVma};
use super::random::Random;
use super::writer::Writer;
use super::{Fault, Locking};

/// How often the writer overtakes, one of these many points: a writer that is
/// about all the time, one that comes now and then, and one that comes rarely,
/// so that the windows of the judge are narrow.
const PACES: [u64; 4] = [16, 40, 160, 640];

/// The address space, its writer, and the reader's side of the locking.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) space: AddressSpace,
    pub(super) writer: Writer,
    pub(super) locking: Locking,
    pub(super) fault: Option<Fault>,
    random: Random,
    /// One of [`PACES`].
    pace: u64,
    mmap_lock_read_held: bool,
    read_locked: Option<u64>,
    /// The VMA printed last, which a stale iterator steps on from.
    iterator: Option<u32>,
    /// The writer moves only when it is told to.
    pub(super) by_hand: bool,
    /// Steps of reader and writer so far.
    pub(super) steps: u64,
}

impl Machine {
    pub(super) fn new(
        space: AddressSpace,
        writer: Writer,
        locking: Locking,
        fault: Option<Fault>,
        seed: u64,
    ) -> Self {
        Machine {
            space,
            writer,
            locking,
            fault,
            random: Random::new(seed),
            pace: PACES[0],
            mmap_lock_read_held: false,
            read_locked: None,
            iterator: None,
            by_hand: false,
            steps: 0,
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// A point where the writer may overtake: mostly not at all, sometimes by
    /// a few steps, now and then by whole cycles.
    pub(super) fn overtake(&mut self) {
        self.steps += 1;
        if self.by_hand {
            return;
        }
        let steps = match self.random.below(self.pace) {
            0 => self.random.below(40),
            1 => self.random.below(8),
            2..=4 => 1,
            _ => 0,
        };
        for _ in 0..steps {
            self.steps += 1;
            self.writer
                .step(&mut self.space, self.mmap_lock_read_held, self.read_locked);
        }
    }

    /// `mmap_read_lock()`: waits until no writer holds it.
    fn mmap_read_lock(&mut self) {
        while self.space.is_write_held() {
            self.steps += 1;
            self.writer.step(&mut self.space, false, self.read_locked);
        }
        self.mmap_lock_read_held = true;
    }

    /// Called where the kernel's `start()` is: a new chunk, or a query.
    pub(super) fn start(&mut self) {
        self.iterator = None;
        if self.random.below(128) == 0 {
            self.pace = PACES[self.random.below(PACES.len() as u64) as usize];
        }
        if self.locking != Locking::LineLastEnd {
            self.mmap_read_lock();
        }
    }

    /// Called where the kernel's `stop()` is.
    pub(super) fn stop(&mut self) {
        self.mmap_lock_read_held = false;
        self.read_locked = None;
    }

    /// The next VMA from `position` (in pages), held still until the next
    /// call.
    pub(super) fn next_vma(&mut self, position: u32, query: bool) -> Option<SimulatedVma> {
        if query {
            // Every step of a query searches afresh.
            self.iterator = None;
        }
        let vma = if self.locking == Locking::LineLastEnd {
            self.lock_next_vma(position, query)
        } else {
            self.search(position, query)
        };
        self.iterator = vma.map(|vma| vma.start);
        vma
    }

    fn search(&self, position: u32, query: bool) -> Option<SimulatedVma> {
        let starts_only =
            self.has(Fault::SkipsStartsBefore) || query && self.has(Fault::QueryReturnsNext);
        if starts_only {
            return self.space.starting_from(position);
        }
        self.space.ending_above(position)
    }

    /// Where the iterator's next step leads.
    fn iterate(&self, position: u32, query: bool) -> Option<SimulatedVma> {
        match self.iterator {
            Some(last) if self.has(Fault::StaleIterator) => match self.space.ending_above(last) {
                Some(grown) if grown.start <= last => self.space.starting_from(grown.end),
                _ => self.space.ending_above(position),
            },
            _ => self.search(position, query),
        }
    }

    /// The per-VMA walk (`lock_next_vma()` in mm/mmap_lock.c), with H1 and H2
    /// cured unless the fault says otherwise.
    fn lock_next_vma(&mut self, position: u32, query: bool) -> Option<SimulatedVma> {
        self.read_locked = None;
        loop {
            self.overtake();
            let sequence = self.space.sequence();
            self.overtake();
            let found = self.iterate(position, query);
            self.overtake();
            let moved =
                |space: &AddressSpace| space.is_write_held() || space.sequence() != sequence;
            let Some(found) = found else {
                if moved(&self.space) {
                    return self.fall_back(position, query);
                }
                return None;
            };
            let Some(vma) = self.space.with_identity(found.identity) else {
                self.iterator = None;
                continue;
            };
            if self.space.is_write_locked(&vma) {
                return self.fall_back(position, query);
            }
            self.read_locked = Some(vma.identity);
            self.overtake();
            if vma.end <= position && !self.has(Fault::PrintsBehind) {
                return self.fall_back(position, query);
            }
            if vma.start > position
                && moved(&self.space)
                && !self.has(Fault::NoGapCheck)
                && !self.is_found_again(&vma, position, query)
            {
                return self.fall_back(position, query);
            }
            return Some(vma);
        }
    }

    /// What released kernels do on a gap: search again, and believe the tree.
    fn is_found_again(&self, vma: &SimulatedVma, position: u32, query: bool) -> bool {
        self.has(Fault::EmptyTreeBelieved)
            && self
                .search(position, query)
                .is_some_and(|again| again.identity == vma.identity)
    }

    /// Takes `mmap_lock`, finds, locks the VMA, drops `mmap_lock`.
    fn fall_back(&mut self, position: u32, query: bool) -> Option<SimulatedVma> {
        self.read_locked = None;
        if self.has(Fault::LostTail) {
            return None;
        }
        self.mmap_read_lock();
        let vma = self.search(position, query);
        self.read_locked = vma.map(|vma| vma.identity);
        self.mmap_lock_read_held = false;
        vma
    }
}
