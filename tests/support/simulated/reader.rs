//! How a simulated reader finds the next VMA.

use super::Locking;
use super::address_space::{AddressSpace, SimulatedVma};
use super::fault::Fault;
use super::iterator::Iterator;
use super::order::Order;
use super::writer::Writer;
use vmascope::internals::linux::Reader;

/// The address space, its writer, and the reader's side of the locking.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) space: AddressSpace,
    pub(crate) writer: Writer,
    pub(crate) locking: Locking,
    pub(crate) fault: Option<Fault>,
    pub(crate) order: Order,
    mmap_lock_read_held: bool,
    read_locked: Option<u64>,
    /// Which file is read.
    pub(crate) reader: Reader,
    /// Where the iterator was left; none where it is set afresh, to the
    /// position.
    iterator: Option<Iterator>,
    /// The next line steps on from the iterator, whoever reads it.
    keeps_iterator: bool,
    /// The writer moves only when it is told to.
    pub(crate) by_hand: bool,
    /// Steps of reader and writer so far.
    pub(crate) steps: u64,
}

impl Machine {
    pub(crate) fn new(
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
            order: Order::new(seed),
            mmap_lock_read_held: false,
            read_locked: None,
            reader: Reader::Maps,
            iterator: None,
            keeps_iterator: false,
            by_hand: false,
            steps: 0,
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault.is_some_and(|mine| mine.has(fault))
    }

    /// A point where the writer may overtake.
    pub(crate) fn overtake(&mut self) {
        self.steps += 1;
        if self.by_hand {
            return;
        }
        let Some(steps) = self.order.uniform_steps() else {
            while self.order.is_writers(false, self.writer_is_blocked()) {
                self.let_write();
            }
            return;
        };
        for _ in 0..steps {
            self.let_write();
        }
    }

    fn let_write(&mut self) {
        self.steps += 1;
        self.writer
            .step(&mut self.space, self.mmap_lock_read_held, self.read_locked);
    }

    fn writer_is_blocked(&self) -> bool {
        self.writer
            .is_blocked(self.mmap_lock_read_held, self.read_locked)
    }

    /// `mmap_read_lock()`: waits until no writer holds it.
    fn mmap_read_lock(&mut self) {
        while self.space.is_write_held() && self.order.is_writers(true, false) {
            self.let_write();
        }
        self.mmap_lock_read_held = true;
    }

    /// Called where the kernel's `start()` is: a new chunk from `position` on
    /// (in pages), or a query.
    pub(crate) fn start(&mut self, position: u32) {
        self.iterator = None;
        self.keeps_iterator = false;
        if position > 0 && self.has(Fault::ChunkIteratorKept) {
            let printed = self
                .space
                .vmas()
                .iter()
                .rev()
                .find(|vma| vma.start < position);
            self.iterator = printed.map(|vma| self.space.iterator_at(vma));
            self.keeps_iterator = true;
        }
        self.order.start();
        if self.locking != Locking::LineLastEnd {
            self.mmap_read_lock();
        }
    }

    /// Called where the kernel's `stop()` is.
    pub(crate) fn stop(&mut self) {
        self.mmap_lock_read_held = false;
        self.read_locked = None;
    }

    /// The next VMA from `position` (in pages), held still until the next
    /// call.
    pub(crate) fn next_vma(&mut self, mut position: u32, reader: Reader) -> Option<SimulatedVma> {
        loop {
            if !self.steps_on(reader) {
                self.iterator = None;
            }
            let vma = if self.locking == Locking::LineLastEnd {
                self.lock_next_vma(position, reader)?
            } else {
                self.drop_lock_between_lines();
                self.search(position, reader)?
            };
            if !(self.has(Fault::HidesNew) && vma.made && vma.letter == b'x') {
                return Some(vma);
            }
            position = vma.end;
        }
    }

    /// Whether the next line steps on from where the iterator was left.
    fn steps_on(&mut self, reader: Reader) -> bool {
        let kept = std::mem::take(&mut self.keeps_iterator);
        kept || self.has(match reader {
            Reader::Maps => Fault::StaleIterator,
            Reader::Smaps => Fault::SmapsIteratorKept,
            Reader::Query | Reader::QueryWalk => Fault::QueryIteratorKept,
            Reader::SmapsRollup | Reader::NumaMaps => unreachable!("not judged"),
        })
    }

    fn drop_lock_between_lines(&mut self) {
        if self.has(Fault::ChunkDropsLock) {
            self.mmap_lock_read_held = false;
            self.overtake();
            self.mmap_read_lock();
        }
    }

    fn search(&self, position: u32, reader: Reader) -> Option<SimulatedVma> {
        if self.starts_only(reader) {
            return self.space.starting_from(position);
        }
        self.space.ending_above(position)
    }

    fn starts_only(&self, reader: Reader) -> bool {
        self.has(Fault::SkipsStartsBefore) || reader.queries() && self.has(Fault::QueryReturnsNext)
    }

    /// Where the iterator's next step leads.
    fn iterate(&mut self, position: u32, reader: Reader) -> Option<SimulatedVma> {
        match self.iterator {
            Some(iterator) => self.space.behind(iterator),
            None => self.search_unlocked(position, reader),
        }
    }

    /// The same search without `mmap_lock` (`mas_find()` in lib/maple_tree.c):
    /// where nothing is mapped it walks to the empty slot and then steps on, and
    /// the writer may overtake it in between.
    fn search_unlocked(&mut self, position: u32, reader: Reader) -> Option<SimulatedVma> {
        let gap = self.space.iterator_in_gap(position);
        let Some(gap) = gap.filter(|_| !self.starts_only(reader)) else {
            return self.search(position, reader);
        };
        self.overtake();
        self.space.behind(gap)
    }

    /// Whether a writer is about, or was since the sequence was `noted`.
    fn moved(&self, noted: u64) -> bool {
        self.space.is_write_held() || self.space.sequence() != noted
    }

    /// The per-VMA walk (`lock_next_vma()` in mm/mmap_lock.c), with H1, H2 and
    /// H3 cured unless the fault says otherwise.
    fn lock_next_vma(&mut self, position: u32, reader: Reader) -> Option<SimulatedVma> {
        self.read_locked = None;
        loop {
            self.overtake();
            let mut noted = self.space.sequence();
            self.overtake();
            let found = self.iterate(position, reader);
            let iterator = found.map(|found| self.space.iterator_at(&found));
            self.overtake();
            if self.has(Fault::SequenceNotedLate) {
                noted = self.space.sequence();
                self.overtake();
            }
            let Some(found) = found else {
                if self.moved(noted) && !self.has(Fault::EndBelieved) {
                    return self.fall_back(position, position, reader);
                }
                return None;
            };
            self.iterator = iterator;
            let Some(vma) = self.space.with_identity(found.identity) else {
                if self.has(Fault::DetachedEnds) {
                    return None;
                }
                if !self.has(Fault::DetachIteratorKept) {
                    self.iterator = None;
                }
                continue;
            };
            if self.space.is_write_locked(&vma) && !self.has(Fault::WriteLockIgnored) {
                return self.fall_back(position, vma.start, reader);
            }
            self.read_locked = Some(vma.identity);
            self.overtake();
            if vma.end <= position && !self.has(Fault::PrintsBehind) {
                return self.fall_back(position, position, reader);
            }
            if vma.start > position
                && self.moved(noted)
                && self.checks_gaps(reader)
                && !self.is_found_again(&vma, position, reader)
            {
                return self.fall_back(position, vma.start, reader);
            }
            return Some(vma);
        }
    }

    fn checks_gaps(&self, reader: Reader) -> bool {
        !self.has(if reader.queries() {
            Fault::QuerySkipsGapCheck
        } else {
            Fault::NoGapCheck
        })
    }

    /// What released kernels do on a gap: search again, and believe the tree.
    fn is_found_again(&mut self, vma: &SimulatedVma, position: u32, reader: Reader) -> bool {
        if !self.has(Fault::EmptyTreeBelieved) {
            return false;
        }
        // One step: to be led past what grows over the gap, too, it would take
        // another round of the writer in the midst of it. The model has that.
        let again = self.search(position, reader);
        self.iterator = again.map(|again| self.space.iterator_at(&again));
        again.is_some_and(|again| again.identity == vma.identity)
    }

    /// Takes `mmap_lock`, finds, locks the VMA, drops `mmap_lock`, sets the
    /// iterator to the VMA's end. `found` is where what was found without the
    /// lock starts.
    fn fall_back(&mut self, position: u32, found: u32, reader: Reader) -> Option<SimulatedVma> {
        self.read_locked = None;
        if self.has(Fault::LostTail) {
            return None;
        }
        let from = if self.has(Fault::FallsBackToFound) {
            position.max(found)
        } else {
            position
        };
        self.mmap_read_lock();
        let vma = self.search(from, reader);
        self.read_locked = vma.map(|vma| vma.identity);
        self.mmap_lock_read_held = false;
        if self.has(Fault::FallBackIteratorKept) {
            self.keeps_iterator = self.iterator.is_some();
        } else {
            self.iterator = None;
        }
        vma
    }
}
