//! The simulated `/proc/PID/maps`, or `smaps`.

use std::io;

use super::Locking;
use super::address_space::PAGE;
use super::address_space::{AddressSpace, SimulatedVma};
use super::fault::Fault;
use super::order::Ordering;
use super::reader::Machine;
use super::writer::{SimulatedCounters, Workload, Writer};
use vmascope::internals::linux::MapsFile;
use vmascope::internals::linux::Reader;
use vmascope::internals::linux::{Lookup, QueriedVma, Query};
use vmascope::internals::maps::Permissions;
use vmascope::internals::maps::{Device, MapsLine};

const GATE_LINE: &[u8] =
    b"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

/// Where the file stands, in the terms of `seq_file`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    /// In pages.
    Page(u32),
    Gate,
    End,
}

/// A kernel of which one process is simulated.
#[derive(Debug)]
pub(crate) struct SimulatedKernel {
    machine: Machine,
    /// Bytes generated at once.
    buffer_size: usize,
    buffer: Vec<u8>,
    /// How much of the buffer has been copied out.
    copied: usize,
    position: Position,
}

impl SimulatedKernel {
    /// A kernel whose seq_file buffer holds `buffer_size` bytes (a page on
    /// Linux; less makes for more boundaries in a small address space).
    #[must_use]
    pub(crate) fn new(
        workload: &Workload,
        locking: Locking,
        fault: Option<Fault>,
        buffer_size: usize,
        seed: u64,
    ) -> Self {
        let space = AddressSpace::new(0x7f00_0000_0000, &workload.pages);
        let writer = Writer::new(workload.effects.clone());
        SimulatedKernel {
            machine: Machine::new(space, writer, locking, fault, seed),
            buffer_size,
            buffer: Vec::new(),
            copied: 0,
            position: Position::Page(0),
        }
    }

    /// The same, where the writer moves only when it is told to
    /// [`operate`](Self::operate).
    #[must_use]
    pub(crate) fn by_hand(mut self) -> Self {
        self.machine.by_hand = true;
        self
    }

    /// The same, of which not `maps` is read but the file that `reader` reads.
    /// It prints the same lines, in another way.
    #[must_use]
    pub(crate) fn read_by(mut self, reader: Reader) -> Self {
        self.machine.reader = reader;
        self
    }

    /// The same, where reader and writer step in another order.
    #[must_use]
    pub(crate) fn ordered(mut self, ordering: Ordering) -> Self {
        self.machine.order.drawn_as(ordering);
        self
    }

    /// The writer does one operation, whole; how many it has finished then.
    pub(crate) fn operate(&mut self) -> u64 {
        use vmascope::internals::linux::ReadClock;
        let counters = self.counters();
        let wanted = counters.finished()[0] + 1;
        while counters.finished()[0] < wanted {
            let Machine { writer, space, .. } = &mut self.machine;
            writer.step(space, false, None);
        }
        wanted
    }

    /// The modifier's counters.
    #[must_use]
    pub(crate) fn counters(&self) -> SimulatedCounters {
        self.machine.writer.counters()
    }

    /// Steps that reader and writer took so far.
    #[must_use]
    pub(crate) fn steps(&self) -> u64 {
        self.machine.steps
    }

    /// The address of a page of the workload.
    #[must_use]
    pub(crate) fn address(&self, page: u32) -> u64 {
        self.machine.space.address(page)
    }

    /// The text of `maps` as it is now, read without being overtaken.
    #[must_use]
    pub(crate) fn snapshot(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for vma in self.machine.space.vmas() {
            self.print(vma, &mut text);
        }
        text.extend_from_slice(GATE_LINE);
        text
    }

    fn print(&self, vma: &SimulatedVma, into: &mut Vec<u8>) {
        let space = &self.machine.space;
        let range = space.address(vma.start)..space.address(vma.end);
        let anonymous = Device::default();
        MapsLine::new(range, permissions(vma.letter), 0, anonymous, 0, b"").write_to(into);
    }

    fn item_from(&mut self, position: Position) -> Item {
        match position {
            Position::End => Item::End,
            Position::Gate => Item::Gate,
            Position::Page(page) => match self.machine.next_vma(page, self.machine.reader) {
                Some(vma) => Item::Vma(vma),
                None => Item::Gate,
            },
        }
    }

    /// Where the next chunk resumes, `next` being the first that is not in
    /// this one.
    fn resume(&self, last: Option<SimulatedVma>, next: &Item) -> Position {
        match (next, last) {
            (Item::End, _) => Position::End,
            (Item::Gate, _) => Position::Gate,
            (Item::Vma(next), None) => Position::Page(next.start),
            (Item::Vma(next), Some(last)) => Position::Page(match self.machine.locking {
                _ if self.machine.fault == Some(Fault::ResumesAtLastStart) => last.start,
                _ if self.machine.fault == Some(Fault::ResumesPageTooFar) => last.end + 1,
                Locking::ChunkNextStart => next.start,
                Locking::ChunkLastEnd | Locking::LineLastEnd => last.end,
            }),
        }
    }

    /// Fills the buffer with whole lines, as many as fit and as `wanted` asks
    /// for, as `seq_read_iter()` does.
    fn generate(&mut self, wanted: usize) {
        self.buffer.clear();
        self.copied = 0;
        self.machine.start(match self.position {
            Position::Page(page) => page,
            Position::Gate | Position::End => 0,
        });
        let mut last = None;
        let mut item = self.item_from(self.position);
        loop {
            let before = self.buffer.len();
            let mut buffer = std::mem::take(&mut self.buffer);
            match &item {
                Item::End => {}
                Item::Gate => buffer.extend_from_slice(GATE_LINE),
                Item::Vma(vma) => self.print(vma, &mut buffer),
            }
            self.buffer = buffer;
            if before > 0 && self.buffer.len() >= self.buffer_size {
                self.buffer.truncate(before);
                break;
            }
            item = match item {
                Item::End => break,
                Item::Gate => Item::End,
                Item::Vma(vma) => {
                    last = Some(vma);
                    self.item_from(Position::Page(vma.end))
                }
            };
            if self.buffer.len() >= wanted {
                break;
            }
        }
        self.position = self.resume(last, &item);
        self.machine.stop();
    }

    /// Copies out what is left over; how much it was.
    fn copy_out(&mut self, into: &mut [u8]) -> usize {
        let left = &self.buffer[self.copied..];
        let length = left.len().min(into.len());
        into[..length].copy_from_slice(&left[..length]);
        self.copied += length;
        length
    }
}

/// What a position leads to.
#[derive(Clone, Copy, Debug)]
enum Item {
    Vma(SimulatedVma),
    Gate,
    End,
}

impl MapsFile for SimulatedKernel {
    fn rewind(&mut self) -> io::Result<()> {
        self.buffer.clear();
        self.copied = 0;
        self.position = Position::Page(0);
        Ok(())
    }

    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.machine.overtake();
        let mut length = self.copy_out(into);
        if self.copied == self.buffer.len() {
            self.generate(into.len() - length);
            length += self.copy_out(&mut into[length..]);
        }
        self.machine.overtake();
        Ok(length)
    }
}

impl SimulatedKernel {
    /// Answers as `query_matching_vma()` does.
    ///
    /// A simulated VMA has no name, so there is nothing more to ask for.
    pub(crate) fn query(&mut self, query: &Query) -> Option<QueriedVma> {
        self.machine.overtake();
        self.machine.start(0);
        let mut address = query.address;
        let found = loop {
            let Some(vma) = self
                .machine
                .next_vma(self.machine.space.page(address), Reader::Query)
            else {
                break None;
            };
            let space = &self.machine.space;
            let found = QueriedVma {
                start: space.address(vma.start),
                end: space.address(vma.end),
                permissions: permissions(vma.letter),
                page_size: PAGE,
                offset: 0,
                inode: 0,
                device: Device { major: 0, minor: 0 },
            };
            let or_next = query.lookup == Lookup::CoveringOrNext
                || self.machine.fault == Some(Fault::QueryReturnsNext);
            if query.filter.accepts(found.permissions, false) && (or_next || found.start <= address)
            {
                break Some(found);
            }
            if !or_next {
                break None;
            }
            address = found.end;
        };
        self.machine.stop();
        self.machine.overtake();
        found
    }
}

fn permissions(letter: u8) -> Permissions {
    Permissions {
        read: matches!(letter, b'r' | b'w' | b'x'),
        write: letter == b'w',
        execute: letter == b'x',
        shared: false,
    }
}
