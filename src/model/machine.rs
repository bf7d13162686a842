//! The model: a writer, one or two readers, and one step at a time.

use super::address_space::{Action, AddressSpace};
use super::case::Case;
use super::judge::Sight;
use super::node::Name;
use super::protocols::Protocol;
use super::reader::{Iterator, Line, Point, Pointer, Reader};

pub(crate) const MOST_READERS: usize = 2;

/// A state of the model: how far the writer and each reader have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The writer's next step: an index into [`Case::steps`].
    pub writer: u16,
    /// Whether the writer has announced itself to the readers of the VMA that
    /// it wants to lock (`VMA_LOCK_OFFSET`) and waits for them.
    pub waits: bool,
    /// The readers; those beyond the model's count never step.
    pub readers: [Reader; MOST_READERS],
}

/// A step of a reader, of the writer, or of another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
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
    pub sight: Sight,
    /// Whether the search that led to it was overtaken, and stepped past what it
    /// should have found ([`Overtaken`](super::reader::Found::Overtaken)).
    pub overtaken: bool,
}

/// One case, and one or two readers that keep to one protocol.
#[derive(Clone, Copy, Debug)]
pub struct Model<'a> {
    pub case: &'a Case,
    /// What the readers do.
    pub protocol: Protocol,
    /// How many there are: 1 or 2.
    pub readers: u8,
}

impl<'a> Model<'a> {
    /// The model; more readers than [`MOST_READERS`] are too many.
    #[must_use]
    pub fn new(case: &'a Case, protocol: Protocol, readers: u8) -> Self {
        Model {
            case,
            protocol,
            readers: readers.clamp(1, MOST_READERS as u8),
        }
    }

    /// The state in which nobody has done anything.
    #[must_use]
    pub fn start(&self) -> State {
        State {
            writer: 0,
            waits: false,
            readers: [Reader::new(); MOST_READERS],
        }
    }

    /// The address space in this state.
    #[must_use]
    pub fn space(&self, state: &State) -> &'a AddressSpace {
        self.case.frame(state.writer)
    }

    /// Calls `found` with each step that can be made, always in the same
    /// order.
    pub fn each_step(&self, state: &State, mut found: impl FnMut(Step)) {
        for i in 0..self.readers {
            if self.can_read(state, i) {
                found(Step::Reader(i));
            }
            if state.readers[usize::from(i)].point == Point::Next && !self.protocol.query {
                found(Step::NewChunk(i));
            }
        }
        if self.can_write(state) {
            found(Step::Writer);
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
                found(Step::WriterReuses(i));
            }
            found(Step::OtherTakes(i));
        }
    }

    /// Makes a step that [`Self::each_step`] offers.
    #[must_use]
    pub fn step(&self, state: &State, step: Step) -> (State, Option<Printed>) {
        let mut next = *state;
        let printed = match step {
            Step::Reader(i) => {
                let (reader, printed) = self.read(state, i);
                next.readers[usize::from(i)] = reader;
                printed
            }
            Step::NewChunk(i) => return self.new_chunk(state, i),
            Step::Writer => {
                self.write(&mut next, None);
                None
            }
            Step::WriterReuses(i) => {
                let reused = state.readers[usize::from(i)].pointer;
                self.write(&mut next, Some((i, reused)));
                None
            }
            Step::OtherTakes(i) => {
                let taken = state.readers[usize::from(i)].pointer;
                self.redirect(&mut next, (i, taken), Pointer::Foreign);
                None
            }
        };
        (next, printed)
    }

    // --- the writer -----------------------------------------------------

    pub(crate) fn action(&self, state: &State) -> &'a Action {
        &self.case.steps[usize::from(state.writer)].action
    }

    fn can_write(&self, state: &State) -> bool {
        match self.action(state) {
            Action::WriteLock => !state.readers.iter().any(|reader| reader.holds_mmap_lock),
            Action::StartWrite(name) => !state.waits || !holds(state, *name),
            _ => true,
        }
    }

    fn write(&self, state: &mut State, reused: Option<(u8, Pointer)>) {
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
                    if let Iterator::Active(offset, last) = reader.iterator {
                        reader.iterator = Iterator::Replaced(offset, last);
                    }
                }
                Action::MarkDead => {
                    if let Iterator::Replaced(_, last) = reader.iterator {
                        reader.iterator = Iterator::Dead(last);
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
    fn redirect(&self, state: &mut State, (i, from): (u8, Pointer), to: Pointer) {
        for (j, reader) in (0..).zip(&mut state.readers) {
            let same = reader.pointer == from && matches!(from, Pointer::To(_));
            if j == i || same {
                reader.pointer = to;
            }
        }
    }

    fn is_freed(&self, state: &State, pointer: Pointer) -> bool {
        match pointer {
            Pointer::To(name) => self.space(state).get(name).freed,
            Pointer::Freed => true,
            Pointer::Nothing | Pointer::Foreign => false,
        }
    }
}

/// Whether some reader has taken the count of this structure.
fn holds(state: &State, name: Name) -> bool {
    let holds = |reader: &Reader| reader.holds_vma && reader.pointer == Pointer::To(name);
    state.readers.iter().any(holds)
}
