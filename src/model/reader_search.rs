//! A reader's searches: what its iterator finds, and what a hole or a lost tail
//! that it leads to comes from.

use super::address_space::AddressSpace;
use super::case::range_mask;
use super::machine::{ModelState, Printed, ProtocolModel};
use super::node::{Name, Node};
use super::protocol_options::{Afresh, Guard, Locking};
use super::reader::{Found, Line, ModelReader, Point, Pointer, VmaIterator};
use super::reader_steps::let_go;

/// What a reader can see of a structure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content {
    pub(crate) line: Line,
    pub(crate) attached: bool,
    pub(crate) write_locked: bool,
}

impl ProtocolModel<'_> {
    /// `vma_next()`. Where a reader without `mmap_lock` searches for a page that
    /// is not mapped, it is two steps: the walk to the empty slot, and the step
    /// on from there.
    pub fn find(
        &self,
        state: &ModelState,
        i: u8,
        mut reader: ModelReader,
    ) -> (ModelReader, Option<Printed>) {
        let space = self.space(state);
        let steps_on = reader.point == Point::StepOn;
        if self.protocol.afresh == Afresh::Searches && !steps_on {
            reader.iterator = VmaIterator::Fresh(self.from(&reader));
        }
        if self.walks_into_a_gap(space, &mut reader) {
            reader.point = Point::StepOn;
            return (reader, None);
        }
        let leaf = leaf(space, &reader);
        let Some(name) = self.advance(space, &mut reader) else {
            if self.protocol.checks_end && self.in_motion(&reader) {
                let_go(&mut reader, Point::FallBack);
                return (reader, None);
            }
            reader.found = match leaf.find(reader.position) {
                Some(_) if steps_on => Found::Overtaken,
                Some(_) => Found::Past,
                None => Found::Empty,
            };
            return self.end(reader, i);
        };
        reader.pointer = Pointer::To(name);
        reader.found = self.how_found(space, &reader, steps_on);
        reader.point = match self.protocol.locking {
            Locking::MmapLock => Point::Print,
            Locking::RcuSequence => Point::CopyStart,
            Locking::PerVma if self.protocol.notes_late => Point::Note,
            Locking::PerVma => Point::LockCheck,
        };
        (reader, None)
    }

    /// Whether the sequence says that the address space was changing, as far
    /// as the reader looks at it.
    pub(crate) fn in_motion(&self, reader: &ModelReader) -> bool {
        let has = |guard| self.protocol.guards.has(guard);
        reader.noted.odd && has(Guard::NotedEven) || reader.noted.moved && has(Guard::NotMoved)
    }

    /// `mas_walk()` (lib/maple_tree.c): whether a search that begins comes to an
    /// empty slot with something behind it. The iterator stands there then, and
    /// may be overtaken before it steps on. From a slot that reaches to the end
    /// a step leads nowhere, whatever happens in between: that is no step of its
    /// own.
    fn walks_into_a_gap(&self, space: &AddressSpace, reader: &mut ModelReader) -> bool {
        let (VmaIterator::Fresh(page), true) =
            (reader.iterator, self.protocol.locking != Locking::MmapLock)
        else {
            return false;
        };
        let gap = space.node.gap_at(page);
        if let Some((offset, last)) = gap {
            reader.iterator = VmaIterator::Active(offset, last);
        }
        gap.is_some()
    }

    /// Moves the iterator to the next VMA.
    pub(crate) fn advance(&self, space: &AddressSpace, reader: &mut ModelReader) -> Option<Name> {
        let node = leaf(space, reader);
        let found = match reader.iterator {
            VmaIterator::Fresh(page) => node.find(page),
            VmaIterator::Active(offset, _) | VmaIterator::Replaced(offset, _) => node.after(offset),
            VmaIterator::Dead(page) => node.after_page(page),
        };
        let (offset, name) = found?;
        let last = node.slots()[usize::from(offset)].end - 1;
        reader.iterator = match reader.iterator {
            VmaIterator::Replaced(..) => VmaIterator::Replaced(offset, last),
            _ => VmaIterator::Active(offset, last),
        };
        Some(name)
    }

    /// How the VMA was found that the iterator stands on: what counts is the
    /// leaf that was read, which may have been replaced since, and whether the
    /// step led there `from_gap`.
    fn how_found(&self, space: &AddressSpace, reader: &ModelReader, from_gap: bool) -> Found {
        let (VmaIterator::Active(offset, _) | VmaIterator::Replaced(offset, _)) = reader.iterator
        else {
            return Found::Sound;
        };
        let node = leaf(space, reader);
        let start = match offset {
            0 => 0,
            offset => node.slots()[usize::from(offset) - 1].end,
        };
        let first = node.find(reader.position);
        let skipped = range_mask(reader.position, start) & self.case.always_mapped(reader.allowed);
        if start <= reader.position {
            Found::Sound
        } else if first.is_some_and(|(first, _)| first < offset) {
            if from_gap {
                Found::Overtaken
            } else {
                Found::Past
            }
        } else if space.write_held && skipped != 0 {
            Found::Empty
        } else {
            Found::Sound
        }
    }

    /// The second search of the gap check, in one step or two like the first. It
    /// leaves the iterator on what it
    /// finds.
    pub(crate) fn search_again(&self, space: &AddressSpace, reader: &mut ModelReader) {
        let steps_on = reader.point == Point::StepOnAgain;
        if !steps_on {
            reader.iterator = VmaIterator::Fresh(self.from(reader));
        }
        if self.walks_into_a_gap(space, reader) {
            reader.point = Point::StepOnAgain;
            return;
        }
        let again = self.advance(space, reader);
        let same = again.is_some_and(|name| reader.pointer == Pointer::To(name));
        if same || !self.protocol.guards.has(Guard::FoundAgain) {
            if again.is_some() {
                reader.found = self.how_found(space, reader, steps_on);
            }
            reader.point = Point::Print;
        } else {
            let_go(reader, Point::FallBack);
        }
    }

    /// What the structure that the reader points to says now.
    pub(crate) fn content(&self, state: &ModelState, pointer: Pointer) -> Content {
        match pointer {
            Pointer::To(name) => {
                let structure = self.space(state).get(name);
                Content {
                    line: (structure.start, structure.end, structure.letter),
                    attached: structure.attached,
                    write_locked: structure.write_locked,
                }
            }
            // Whatever is in there by now.
            Pointer::Nothing | Pointer::Freed | Pointer::Foreign => Content {
                line: (0, self.case.pages, b'?'),
                attached: pointer == Pointer::Foreign,
                write_locked: false,
            },
        }
    }
}

/// The leaf that a reader's next search reads, or its last one read.
pub(crate) fn leaf<'s>(space: &'s AddressSpace, reader: &ModelReader) -> &'s Node {
    match reader.iterator {
        VmaIterator::Replaced(..) => space.replaced.as_ref().unwrap_or(&space.node),
        VmaIterator::Fresh(_) | VmaIterator::Active(..) | VmaIterator::Dead(_) => &space.node,
    }
}
