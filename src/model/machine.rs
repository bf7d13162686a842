//! The model: a writer, one or two readers, and one step at a time.

use super::address_space::{Action, AddressSpace};
use super::case::ModelCase;
use super::judge::FindingKind;
use super::node::Name;
use super::protocols::Protocol;
use super::reader::{Found, Line, ModelReader, Point, Pointer, VmaIterator};

pub(crate) const MOST_READERS: usize = 2;

/// A state of the model: how far the writer and each reader have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModelState {
    /// The writer's next step: an index into [`ModelCase::steps`].
    pub writer: u16,
    /// Whether the writer has announced itself to the readers of the VMA that
    /// it wants to lock (`VMA_LOCK_OFFSET`) and waits for them.
    pub waits: bool,
    /// The readers; those beyond the model's count never step.
    pub readers: [ModelReader; MOST_READERS],
}

/// A step of a reader, of the writer, or of another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModelStep {
    /// The reader's next step.
    Reader(u8),
    /// The reader's chunk ends here: the buffer is full.
    NewChunk(u8),
    /// The writer's next step; a structure it takes is one that nobody knows.
    Writer,
    /// The writer takes the freed structure that this reader has found.
    WriterReuses(u8),
    /// Another process takes the freed structure that this reader has found.
    OtherTakes(u8),
}

/// A reader printed a line or reached the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Printed {
    pub reader: u8,
    /// The line; none: the end.
    pub line: Option<Line>,
    /// Whether it is in order, torn or a violation.
    pub kind: FindingKind,
    /// How the search found what it is, or the end.
    pub found: Found,
}

/// One case, and one or two readers that keep to one protocol.
#[derive(Clone, Copy, Debug)]
pub struct ProtocolModel<'a> {
    pub case: &'a ModelCase,
    /// What the readers do.
    pub protocol: Protocol,
    /// How many there are: 1 or 2.
    pub readers: u8,
}

impl<'a> ProtocolModel<'a> {
    /// The model; more readers than [`MOST_READERS`] are too many.
    #[must_use]
    pub fn new(case: &'a ModelCase, protocol: Protocol, readers: u8) -> Self {
        ProtocolModel {
            case,
            protocol,
            readers: readers.clamp(1, MOST_READERS as u8),
        }
    }

    /// The state in which nobody has done anything.
    #[must_use]
    pub fn start(&self) -> ModelState {
        ModelState {
            writer: 0,
            waits: false,
            readers: [ModelReader::new(); MOST_READERS],
        }
    }

    #[must_use]
    pub(crate) fn space(&self, state: &ModelState) -> &'a AddressSpace {
        self.case.frame(state.writer)
    }

    /// Calls `found` with each step that can be made, always in the same
    /// order.
    pub fn each_step(&self, state: &ModelState, mut found: impl FnMut(ModelStep)) {
        for i in 0..self.readers {
            if self.can_read(state, i) {
                found(ModelStep::Reader(i));
            }
            if state.readers[usize::from(i)].point == Point::Next && !self.protocol.query {
                found(ModelStep::NewChunk(i));
            }
        }
        if self.can_write(state) {
            found(ModelStep::Writer);
        }
        let allocates = matches!(self.action(state), Action::Allocate(..));
        for i in 0..self.readers {
            let pointer = state.readers[usize::from(i)].pointer;
            let same = |j: u8| state.readers[usize::from(j)].pointer == pointer;
            let named_before = matches!(pointer, Pointer::To(_)) && (0..i).any(same);
            if !self.is_freed(state, pointer) || named_before {
                continue;
            }
            if allocates {
                found(ModelStep::WriterReuses(i));
            }
            found(ModelStep::OtherTakes(i));
        }
    }

    /// Makes a step that [`Self::each_step`] offers.
    #[must_use]
    pub fn step(&self, state: &ModelState, step: ModelStep) -> (ModelState, Option<Printed>) {
        let mut next = *state;
        let printed = match step {
            ModelStep::Reader(i) => {
                let (reader, printed) = self.read(state, i);
                next.readers[usize::from(i)] = reader;
                printed
            }
            ModelStep::NewChunk(i) => return self.new_chunk(state, i),
            ModelStep::Writer => {
                self.write(&mut next, None);
                None
            }
            ModelStep::WriterReuses(i) => {
                let reused = state.readers[usize::from(i)].pointer;
                self.write(&mut next, Some((i, reused)));
                None
            }
            ModelStep::OtherTakes(i) => {
                let taken = state.readers[usize::from(i)].pointer;
                self.redirect(&mut next, (i, taken), Pointer::Foreign);
                None
            }
        };
        (next, printed)
    }

    // --- the writer -----------------------------------------------------

    pub(crate) fn action(&self, state: &ModelState) -> &'a Action {
        &self.case.steps[usize::from(state.writer)].action
    }

    fn can_write(&self, state: &ModelState) -> bool {
        match self.action(state) {
            Action::WriteLock => !state.readers.iter().any(|reader| reader.holds_mmap_lock),
            Action::StartWrite(name) => !state.waits || !holds(state, *name),
            _ => true,
        }
    }

    fn write(&self, state: &mut ModelState, reused: Option<(u8, Pointer)>) {
        let action = self.action(state);
        if let Action::StartWrite(name) = action {
            if !state.waits && holds(state, *name) {
                state.waits = true;
                return;
            }
            state.waits = false;
        }
        if let (Action::Allocate(name, _), Some(reused)) = (action, reused) {
            self.redirect(state, reused, Pointer::To(*name));
        }
        let begun = self
            .case
            .allowed_at(state.writer + u16::from(*action == Action::WriteLock));
        for reader in &mut state.readers {
            match action {
                Action::WriteLock | Action::WriteUnlock => {
                    reader.noted.moved |= self.has_noted(reader);
                    if reader.allowed != 0 {
                        reader.allowed |= begun;
                    }
                }
                Action::Publish(_) => {
                    if let VmaIterator::Active(offset, last) = reader.iterator {
                        reader.iterator = VmaIterator::Replaced(offset, last);
                    }
                }
                Action::MarkDead => {
                    if let VmaIterator::Replaced(_, last) = reader.iterator {
                        reader.iterator = VmaIterator::Dead(last);
                    }
                }
                _ => {}
            }
        }
        state.writer += 1;
        if usize::from(state.writer) == self.case.steps.len() {
            state.writer = 0;
            for reader in &mut state.readers {
                if let Pointer::To(name) = reader.pointer {
                    let renamed = self.case.renamed[usize::from(name)];
                    reader.pointer = renamed.map_or(Pointer::Freed, Pointer::To);
                }
            }
        }
    }

    /// The structure that a reader points to becomes another one; with a name
    /// it is one structure for all who point to it.
    fn redirect(&self, state: &mut ModelState, (i, from): (u8, Pointer), to: Pointer) {
        for (j, reader) in (0..).zip(&mut state.readers) {
            let same = reader.pointer == from && matches!(from, Pointer::To(_));
            if j == i || same {
                reader.pointer = to;
            }
        }
    }

    fn is_freed(&self, state: &ModelState, pointer: Pointer) -> bool {
        match pointer {
            Pointer::To(name) => self.space(state).get(name).freed,
            Pointer::Freed => true,
            Pointer::Nothing | Pointer::Foreign => false,
        }
    }
}

/// Whether some reader has taken the count of this structure.
fn holds(state: &ModelState, name: Name) -> bool {
    let holds = |reader: &ModelReader| reader.holds_vma && reader.pointer == Pointer::To(name);
    state.readers.iter().any(holds)
}
