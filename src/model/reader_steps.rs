//! A reader's walk, step by step: `lock_next_vma()` (mm/mmap_lock.c) and the
//! readers before it, as their protocol has them.

use super::address_space::Action;
use super::judge::{judge_end, judge_line};
use super::machine::{ModelState, Printed, ProtocolModel};
use super::protocol_options::{Afresh, GapCheck, Guard, Locking, ResumeAt};
use super::reader::{ModelReader, Noted, Point, Pointer, VmaIterator};

impl ProtocolModel<'_> {
    pub(crate) fn can_read(&self, state: &ModelState, i: u8) -> bool {
        match state.readers[usize::from(i)].point {
            Point::ReadLock | Point::FallBack | Point::Retry => !self.space(state).write_held,
            Point::Done => false,
            _ => true,
        }
    }

    /// Where the reader's searches start.
    #[must_use]
    pub(crate) fn from(&self, reader: &ModelReader) -> u8 {
        match self.protocol.position {
            ResumeAt::LastStart => reader.last_start,
            ResumeAt::LastEnd | ResumeAt::NextStart => reader.position,
        }
    }

    /// Whether the reader has noted the sequence and will ask for it again.
    #[must_use]
    pub(crate) fn has_noted(&self, reader: &ModelReader) -> bool {
        let protocol = &self.protocol;
        match reader.point {
            Point::Find | Point::StepOn => {
                !protocol.notes_late || protocol.locking == Locking::RcuSequence
            }
            Point::LockCheck
            | Point::LockTake
            | Point::Compare
            | Point::Sequence
            | Point::CopyStart
            | Point::CopyEnd
            | Point::CopyCheck => true,
            Point::Print | Point::Next => protocol.locking == Locking::RcuSequence,
            _ => false,
        }
    }

    pub(crate) fn read(&self, state: &ModelState, i: u8) -> (ModelReader, Option<Printed>) {
        let mut reader = state.readers[usize::from(i)];
        let space = self.space(state);
        let protocol = &self.protocol;
        let has = |guard| protocol.guards.has(guard);
        match reader.point {
            Point::Start => {
                if reader.allowed == 0 || protocol.query {
                    reader.allowed = self.case.allowed_at(state.writer);
                }
                if protocol.position != ResumeAt::NextStart {
                    reader.iterator = VmaIterator::Fresh(self.from(&reader));
                }
                reader.point = match protocol.locking {
                    Locking::MmapLock => Point::ReadLock,
                    Locking::RcuSequence | Locking::PerVma => self.before_find(),
                };
            }
            Point::ReadLock => {
                reader.holds_mmap_lock = true;
                reader.point = Point::Find;
            }
            Point::Note => {
                reader.noted = Noted {
                    odd: space.write_held,
                    moved: false,
                };
                reader.point = match protocol.locking {
                    Locking::RcuSequence if space.write_held => Point::Retry,
                    _ if protocol.notes_late => Point::LockCheck,
                    _ => Point::Find,
                };
            }
            Point::Find | Point::StepOn => return self.find(state, i, reader),
            Point::LockCheck => {
                let locked = self.content(state, reader.pointer).write_locked;
                reader.point = if locked && has(Guard::LockedBefore) {
                    Point::FallBack
                } else {
                    Point::LockTake
                };
            }
            Point::LockTake => self.take(state, &mut reader),
            Point::Compare => {
                let (start, end, _) = self.content(state, reader.pointer).line;
                let from = self.from(&reader);
                if end <= from && has(Guard::Behind) {
                    let_go(&mut reader, Point::FallBack);
                } else if start > from {
                    reader.point = match protocol.gap_check {
                        GapCheck::None => Point::Print,
                        GapCheck::SearchAlways => Point::SearchAgain,
                        GapCheck::SearchIfMoved | GapCheck::FallBackIfMoved => Point::Sequence,
                    };
                } else {
                    reader.point = Point::Print;
                }
            }
            Point::Sequence => match (self.in_motion(&reader), protocol.gap_check) {
                (false, _) => reader.point = Point::Print,
                (true, GapCheck::FallBackIfMoved) => let_go(&mut reader, Point::FallBack),
                (true, _) => reader.point = Point::SearchAgain,
            },
            Point::SearchAgain | Point::StepOnAgain => self.search_again(space, &mut reader),
            Point::FallBack => {
                reader = reader.forget(false);
                reader.holds_mmap_lock = true;
                reader.point = Point::FallBackFind;
            }
            Point::FallBackFind => {
                let from = self.from(&reader);
                reader.iterator = VmaIterator::Fresh(from);
                let Some(name) = self.advance(space, &mut reader) else {
                    return self.end(reader, i);
                };
                reader.pointer = Pointer::To(name);
                reader.holds_vma = true;
                reader.point = Point::FallBackUnlock;
            }
            Point::FallBackUnlock => {
                reader.holds_mmap_lock = false;
                if protocol.afresh != Afresh::Chunks {
                    let (_, end, _) = self.content(state, reader.pointer).line;
                    reader.iterator = VmaIterator::Fresh(end);
                }
                reader.point = Point::Print;
            }
            Point::CopyStart => {
                reader.copy.0 = self.content(state, reader.pointer).line.0;
                reader.point = Point::CopyEnd;
            }
            Point::CopyEnd => {
                let (_, end, letter) = self.content(state, reader.pointer).line;
                reader.copy = (reader.copy.0, end, letter);
                reader.point = Point::CopyCheck;
            }
            Point::CopyCheck => {
                reader.point = if reader.noted.moved {
                    reader = reader.forget(false);
                    Point::Retry
                } else {
                    reader.pointer = Pointer::Nothing;
                    Point::Print
                };
            }
            Point::Retry => {
                reader.noted = Noted::default();
                reader.iterator = VmaIterator::Fresh(self.from(&reader));
                reader.point = Point::Find;
            }
            Point::Print => return self.print(state, i, reader),
            Point::Next => {
                reader.holds_vma = false;
                reader = reader.forget(protocol.locking == Locking::RcuSequence);
                if protocol.afresh == Afresh::Lines {
                    reader.iterator = VmaIterator::Fresh(self.from(&reader));
                }
                if protocol.query {
                    reader.point = Point::Start;
                    reader.iterator = VmaIterator::Fresh(self.from(&reader));
                    reader.allowed = 0;
                } else {
                    reader.point = match protocol.locking {
                        Locking::PerVma => self.before_find(),
                        Locking::MmapLock | Locking::RcuSequence => Point::Find,
                    };
                }
            }
            Point::Done => {}
        }
        (reader, None)
    }

    fn before_find(&self) -> Point {
        if self.protocol.notes_late {
            Point::Find
        } else {
            Point::Note
        }
    }

    /// `vma_start_read()`: takes the count, then looks again.
    fn take(&self, state: &ModelState, reader: &mut ModelReader) {
        let content = self.content(state, reader.pointer);
        let has = |guard| self.protocol.guards.has(guard);
        let announced = state.waits
            && matches!((self.action(state), reader.pointer),
                (Action::StartWrite(wanted), Pointer::To(name)) if *wanted == name);
        reader.point = if !content.attached && has(Guard::Attached) {
            *reader = reader.forget(false);
            if self.protocol.retries_detached {
                if has(Guard::IteratorReset) {
                    reader.iterator = VmaIterator::Fresh(self.from(reader));
                }
                self.before_find()
            } else {
                Point::FallBack
            }
        } else if content.write_locked && has(Guard::LockedAfter)
            || announced && has(Guard::WriterWaits)
            || reader.pointer == Pointer::Foreign && has(Guard::SameMm)
        {
            Point::FallBack
        } else {
            reader.holds_vma = true;
            Point::Compare
        };
        if reader.point == Point::FallBack {
            *reader = reader.forget(false);
        }
    }

    fn print(
        &self,
        state: &ModelState,
        i: u8,
        mut reader: ModelReader,
    ) -> (ModelReader, Option<Printed>) {
        let content = self.content(state, reader.pointer);
        let line = match self.protocol.locking {
            Locking::RcuSequence => reader.copy,
            Locking::MmapLock | Locking::PerVma => content.line,
        };
        let detached = self.protocol.locking == Locking::PerVma && !content.attached;
        let printed = Printed {
            reader: i,
            line: Some(line),
            kind: judge_line(self.case, self.protocol.position, &reader, line, detached),
            found: reader.found,
        };
        reader.last_start = line.0;
        reader.position = line.1;
        reader = ModelReader {
            pointer: reader.pointer,
            ..reader.forget(self.protocol.locking == Locking::RcuSequence)
        };
        if self.protocol.locking != Locking::PerVma {
            reader.pointer = Pointer::Nothing;
        }
        reader.point = Point::Next;
        (reader, Some(printed))
    }

    pub(crate) fn end(&self, reader: ModelReader, i: u8) -> (ModelReader, Option<Printed>) {
        let printed = Printed {
            reader: i,
            line: None,
            kind: judge_end(self.case, &reader),
            found: reader.found,
        };
        let done = ModelReader {
            point: Point::Done,
            ..ModelReader::new()
        };
        (done, Some(printed))
    }

    /// `m_stop()`, and `m_start()` of the next chunk.
    pub(crate) fn new_chunk(&self, state: &ModelState, i: u8) -> (ModelState, Option<Printed>) {
        let mut next = *state;
        let mut reader = state.readers[usize::from(i)].forget(false);
        reader.holds_vma = false;
        reader.point = Point::Start;
        if self.protocol.position == ResumeAt::NextStart {
            // The VMA that comes next was looked up before the lock was
            // dropped; only its start is kept.
            let space = self.space(state);
            let Some(name) = self.advance(space, &mut reader) else {
                let (reader, printed) = self.end(reader, i);
                next.readers[usize::from(i)] = reader;
                return (next, printed);
            };
            reader.iterator = VmaIterator::Fresh(space.get(name).start);
        } else {
            reader.iterator = VmaIterator::Fresh(self.from(&reader));
        }
        reader.holds_mmap_lock = false;
        next.readers[usize::from(i)] = reader;
        (next, None)
    }
}

/// Unlocks the VMA and goes on elsewhere.
pub(crate) fn let_go(reader: &mut ModelReader, point: Point) {
    reader.holds_vma = false;
    *reader = reader.forget(false);
    reader.point = point;
}
