//! What a step did, in words.

use super::address_space::{Action, AddressSpace};
use super::case::{FENCE, ModelCase, SITE, Vma};
use super::machine::{ModelState, ModelStep, Printed, ProtocolModel};
use super::protocol_options::{Afresh, Locking};
use super::reader::{Found, Line, ModelReader, Point, Pointer, VmaIterator};
use super::reader_search::leaf;
use super::writer::KernelFunction;

/// One step as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepDescription {
    pub place: KernelFunction,
    /// What it did, or found.
    pub text: String,
}

/// Another mm takes a structure: somewhere, at some time.
const OTHER: KernelFunction = super::writer::kernel_function("vm_area_alloc", "mm/vma_init.c");

/// A VMA in pages of the site, with its letter.
#[must_use]
pub fn describe_vma((start, end, letter): Line) -> String {
    match letter {
        FENCE if start < SITE => "the fence before".into(),
        FENCE => "the fence behind".into(),
        b'?' => "a structure that is not ours".into(),
        letter => format!("{} {}", char::from(letter), pages(start, end)),
    }
}

/// A page range in pages of the site.
#[must_use]
pub(crate) fn pages(start: u8, end: u8) -> String {
    format!("{}-{}", page(start), page(end))
}

/// A page's number in the site.
#[must_use]
pub(crate) fn page(page: u8) -> String {
    match page.checked_sub(SITE) {
        Some(page) => page.to_string(),
        None => "the start".into(),
    }
}

/// VMAs as a strip: one letter a page, a space between two VMAs, the fences
/// left out.
#[must_use]
pub(crate) fn strip(vmas: &[Vma], page_count: u8) -> String {
    let mut text = String::new();
    let mut from = SITE;
    let gap = |text: &mut String, from: u8, to: u8| {
        if from < to {
            let space = if text.is_empty() { "" } else { " " };
            *text += &format!("{space}{}", ".".repeat(usize::from(to - from)));
        }
    };
    for &(start, end, letter) in vmas.iter().filter(|vma| vma.2 != FENCE) {
        gap(&mut text, from, start);
        let space = if text.is_empty() { "" } else { " " };
        let letters = char::from(letter)
            .to_string()
            .repeat(usize::from(end - start));
        text += &format!("{space}{letters}");
        from = end;
    }
    gap(&mut text, from, page_count - 1);
    text
}

impl ModelCase {
    /// What the writer's step `at` does.
    #[must_use]
    pub fn describe_step(&self, at: u16) -> StepDescription {
        let step = &self.steps[usize::from(at)];
        StepDescription {
            place: step.place,
            text: describe_writer_step(self.frame(at), &step.action, self.pages),
        }
    }
}

impl ProtocolModel<'_> {
    /// What a step did.
    #[must_use]
    pub(crate) fn describe_step(
        &self,
        before: &ModelState,
        step: ModelStep,
        after: &ModelState,
        printed: Option<&Printed>,
    ) -> StepDescription {
        match step {
            ModelStep::Reader(i) => {
                let was = &before.readers[usize::from(i)];
                let is = &after.readers[usize::from(i)];
                StepDescription {
                    place: was.point.place(&self.protocol),
                    text: self.describe_reader_step(before, was, is, printed),
                }
            }
            ModelStep::NewChunk(i) => StepDescription {
                place: super::writer::kernel_function("m_stop", "fs/proc/task_mmu.c"),
                text: match (after.readers[usize::from(i)].point, self.protocol.locking) {
                    (Point::Done, _) => "the chunk ends here, and nothing is left".into(),
                    (_, Locking::MmapLock) => "the chunk ends here: mmap_lock dropped".into(),
                    (_, Locking::RcuSequence) => "the chunk ends here".into(),
                    (_, Locking::PerVma) => "the chunk ends here: the VMA unlocked".into(),
                },
            },
            ModelStep::Writer | ModelStep::WriterReuses(_) => {
                let StepDescription { place, mut text } = self.case.describe_step(before.writer);
                let waits = after.waits && after.writer == before.writer;
                if waits {
                    text = text.replace("write-locks", "waits for the readers of");
                }
                if let ModelStep::WriterReuses(_) = step {
                    text += ", the structure that the reader has found";
                }
                StepDescription { place, text }
            }
            ModelStep::OtherTakes(_) => StepDescription {
                place: OTHER,
                text: "another process takes the freed structure".into(),
            },
        }
    }

    fn describe_reader_step(
        &self,
        before: &ModelState,
        was: &ModelReader,
        is: &ModelReader,
        printed: Option<&Printed>,
    ) -> String {
        let space = self.space(before);
        let vma = |reader: &ModelReader| self.describe_pointer(before, reader.pointer);
        let from = page(self.from(was));
        let next = match is.point {
            Point::FallBack => "falls back",
            Point::Print => "believed",
            Point::SearchAgain | Point::StepOnAgain => "searches again",
            Point::Note | Point::Find => "tries again",
            _ => "goes on",
        };
        if let Some(Printed { line: None, .. }) = printed {
            let passed = match was.point {
                Point::Find | Point::StepOn => self.first_from(space, was),
                _ => None,
            };
            let passed = passed.map_or(String::new(), |vma| format!("steps PAST {vma}: "));
            return format!("{passed}nothing more: the end");
        }
        match was.point {
            Point::Start if self.protocol.query => format!("a query for {from}"),
            Point::Start if was.position == 0 => "the walk begins".into(),
            Point::Start => format!("a new chunk from {from}"),
            Point::ReadLock => "takes mmap_lock for reading".into(),
            Point::Note if is.noted.odd => "the sequence is odd: a writer is active".into(),
            Point::Note => "notes the sequence: even".into(),
            Point::Find | Point::SearchAgain
                if matches!(is.point, Point::StepOn | Point::StepOnAgain) =>
            {
                format!("mas_walk() finds nothing at {from}")
            }
            Point::Find | Point::StepOn if is.point == Point::FallBack => {
                "nothing more, in motion: falls back".into()
            }
            Point::Find | Point::StepOn if matches!(is.found, Found::Past | Found::Overtaken) => {
                let passed = self.first_from(space, was).unwrap_or_default();
                let who = match was.point {
                    Point::StepOn => "",
                    _ => "the iterator ",
                };
                format!("{who}steps PAST {passed}, to {}", vma(is))
            }
            Point::Find | Point::StepOn if matches!(is.iterator, VmaIterator::Replaced(..)) => {
                format!("finds {} in the old node", vma(is))
            }
            Point::Find | Point::StepOn => format!("finds {}", vma(is)),
            Point::LockCheck if is.point == Point::FallBack => "write-locked: falls back".into(),
            Point::LockCheck => "not write-locked".into(),
            Point::LockTake => match is.point {
                Point::Compare => format!("locks {}", vma(was)),
                Point::FallBack if was.pointer == Pointer::Foreign => {
                    "belongs to another mm: falls back".into()
                }
                Point::FallBack => "cannot lock it: falls back".into(),
                _ => "detached meanwhile: searches again".into(),
            },
            Point::Compare if is.point == Point::FallBack => {
                format!("ends at or before {from}: falls back")
            }
            Point::Compare => {
                let start = self.vma_at(before, was.pointer).map_or(0, |line| line.0);
                if start > self.from(was) {
                    format!("starts at {}: a gap from {from}", page(start))
                } else {
                    format!("covers {from}: no gap")
                }
            }
            Point::Sequence | Point::CopyCheck if is.point == Point::Print => {
                "the sequence has not moved: believed".into()
            }
            Point::Sequence if was.noted.odd => format!("a writer was active: {next}"),
            Point::Sequence => format!("the sequence has moved: {next}"),
            Point::StepOnAgain if is.point == Point::Print && is.found == Found::Overtaken => {
                let passed = self.first_from(space, was).unwrap_or_default();
                format!("steps PAST {passed}, to {} again: believed", vma(is))
            }
            Point::SearchAgain | Point::StepOnAgain if is.point == Point::Print => {
                format!("finds {} again: believed", vma(is))
            }
            Point::SearchAgain | Point::StepOnAgain => "finds another VMA: falls back".into(),
            Point::FallBack => "takes mmap_lock for reading".into(),
            Point::FallBackFind => format!("finds and locks {}", vma(is)),
            Point::FallBackUnlock if self.protocol.afresh == Afresh::Chunks => {
                "drops mmap_lock".into()
            }
            Point::FallBackUnlock => "drops mmap_lock; the iterator to its end".into(),
            Point::CopyStart => format!("copies vm_start of {}", vma(was)),
            Point::CopyEnd => "copies vm_end and the flags".into(),
            Point::CopyCheck => "the sequence has moved: tries again".into(),
            Point::Retry => "waits for writers, notes the sequence".into(),
            Point::Print => {
                let line = printed.and_then(|printed| printed.line);
                let verb = if self.protocol.query {
                    "answers"
                } else {
                    "prints"
                };
                format!("{verb} {}", line.map_or(String::new(), describe_vma))
            }
            Point::Next if self.protocol.afresh == Afresh::Lines => {
                "unlocks the VMA; the iterator to its end".into()
            }
            Point::Next if self.protocol.locking == Locking::PerVma => "unlocks the VMA".into(),
            Point::Next => "goes on".into(),
            Point::Done => String::new(),
        }
    }

    /// The VMA that is the first from the reader's position on, in the leaf that
    /// it reads.
    fn first_from(&self, space: &AddressSpace, reader: &ModelReader) -> Option<String> {
        let searches = self.protocol.afresh == Afresh::Searches && reader.point == Point::Find;
        let leaf = if searches {
            &space.node
        } else {
            leaf(space, reader)
        };
        let (_, name) = leaf.find(reader.position)?;
        let vma = space.get(name);
        Some(describe_vma((vma.start, vma.end, vma.letter)))
    }

    /// What the structure says that a reader has found.
    #[must_use]
    pub fn vma_at(&self, state: &ModelState, pointer: Pointer) -> Option<Line> {
        match pointer {
            Pointer::To(name) => {
                let vma = self.space(state).get(name);
                Some((vma.start, vma.end, vma.letter))
            }
            Pointer::Nothing | Pointer::Freed | Pointer::Foreign => None,
        }
    }

    /// The same in words.
    #[must_use]
    pub fn describe_pointer(&self, state: &ModelState, pointer: Pointer) -> String {
        match pointer {
            Pointer::Nothing => "nothing".into(),
            Pointer::Freed => "a freed structure".into(),
            Pointer::Foreign => "a structure of another mm".into(),
            Pointer::To(_) => self
                .vma_at(state, pointer)
                .map_or(String::new(), describe_vma),
        }
    }
}

/// What an action does to the address space before it.
fn describe_writer_step(space: &AddressSpace, action: &Action, page_count: u8) -> String {
    let vma = |name: u8| {
        let vma = space.get(name);
        describe_vma((vma.start, vma.end, vma.letter))
    };
    let after = |action: &Action| {
        let mut after = space.clone();
        after.apply(action);
        strip(&after.vmas(), page_count)
    };
    match action {
        Action::WriteLock => "takes mmap_lock; the sequence is odd".into(),
        Action::WriteUnlock => "drops mmap_lock and all VMA locks; the sequence is even".into(),
        Action::StartWrite(name) => format!("write-locks {}", vma(*name)),
        Action::SetStart(name, to) => format!("vm_start of {} becomes {}", vma(*name), page(*to)),
        Action::SetEnd(name, to) => format!("vm_end of {} becomes {}", vma(*name), page(*to)),
        Action::SetLetter(name, letter) => {
            format!("the flags of {} become {}", vma(*name), char::from(*letter))
        }
        Action::Allocate(_, new) => {
            format!(
                "a new structure for {}",
                describe_vma((new.start, new.end, new.letter))
            )
        }
        Action::Attach(name) => format!("attaches {}", vma(*name)),
        Action::Detach(name) => format!("detaches {}", vma(*name)),
        Action::Free(name) => format!("frees {}", vma(*name)),
        Action::Publish(_) => format!("a new tree node: {}", after(action)),
        Action::MarkDead => "the old node is marked dead".into(),
        Action::SetEntry(..) => format!("a slot's pointer in place: {}", after(action)),
        Action::SetPivot(..) => format!("a slot's border in place: {}", after(action)),
    }
}
