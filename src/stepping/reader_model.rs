//! What a reader does by its rule while the modifier stands still: pure.
//!
//! By hand nothing changes during a read, so all lines of a chunk are of one
//! state, whatever the reader locks. What is left of its rule is the place at
//! which it resumes: that place is all that the kernel carries from one
//! `read()` to the next (`seq_read_iter()`, fs/seq_file.c; `proc_get_vma()`
//! and `m_start()`, fs/proc/task_mmu.c).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::step::ReadSize;
use crate::linux::features::rule::{Position, Rule};
use crate::oracle::next_line::StateLine;
use crate::oracle::states::States;

/// Where the next chunk resumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ResumePoint {
    /// At the first VMA that ends above this address.
    Address(u64),
    /// There was no VMA left: at the gate VMA, if the kernel has one.
    Gate,
    /// At the end of the file.
    End,
}

/// A reader between two reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReaderPosition {
    pub place: ResumePoint,
    /// `vm_start` and `vm_end` of the VMA printed last.
    pub last: Option<(u64, u64)>,
}

impl ReaderPosition {
    /// At the start of the file.
    pub(crate) const START: Self = ReaderPosition {
        place: ResumePoint::Address(0),
        last: None,
    };

    /// Whether a VMA that starts at `start` would be printed a second time, in
    /// whole or in part.
    #[must_use]
    pub(crate) fn repeats(&self, start: u64) -> bool {
        self.last.is_some_and(|(_, end)| start < end)
    }
}

/// A line as it is named in a sentence: `10126000-10129000 r--p`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NamedLine<'a>(pub StateLine<'a>);

impl fmt::Display for NamedLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StateLine { start, end, text } = self.0;
        let permissions = text.split(|&byte| byte == b' ').nth(1).unwrap_or_default();
        let permissions = crate::text::sanitise::sanitise(permissions);
        write!(f, "{start:08x}-{end:08x} {permissions}")
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReadResult<'a> {
    /// The lines, the gate VMA's included.
    pub lines: Vec<StateLine<'a>>,
    /// Where the reader is afterwards.
    pub stand: ReaderPosition,
}

impl ReadResult<'_> {
    /// Whether the first line repeats what was printed before it.
    #[must_use]
    pub(crate) fn repeats(&self, before: &ReaderPosition) -> bool {
        self.lines
            .first()
            .is_some_and(|line| before.repeats(line.start))
    }
}

/// A reader that keeps to a rule, and the states of what it reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReaderModel<'a> {
    pub states: &'a States,
    pub rule: Rule,
    /// Bytes of a page, which are those of the kernel's buffer.
    pub page_size: usize,
}

enum Item<'a> {
    Vma(StateLine<'a>),
    Gate(StateLine<'a>),
    End,
}

impl<'a> ReaderModel<'a> {
    #[must_use]
    pub(crate) fn state_count(&self) -> usize {
        let first = self.states.sites().first();
        first.map_or(1, |site| site.state_count())
    }

    /// The line that the next read begins with, in a state; none at the end.
    #[must_use]
    pub(crate) fn next(&self, stand: &ReaderPosition, state: usize) -> Option<StateLine<'a>> {
        match self.item(stand.place, state) {
            Item::Vma(line) | Item::Gate(line) => Some(line),
            Item::End => None,
        }
    }

    /// What the next read returns, in a state.
    #[must_use]
    pub(crate) fn read(
        &self,
        from: &ReaderPosition,
        state: usize,
        size: ReadSize,
    ) -> ReadResult<'a> {
        let mut stand = *from;
        let mut lines = Vec::new();
        let mut bytes = 0;
        let mut item = self.item(stand.place, state);
        loop {
            let (line, behind) = match item {
                Item::Vma(line) => (line, ResumePoint::Address(line.end)),
                Item::Gate(line) => (line, ResumePoint::End),
                Item::End => break,
            };
            // A buffer that is filled to the last byte has overflowed; the
            // first record gets a larger one.
            if bytes > 0 && bytes + line.text.len() >= self.page_size {
                break;
            }
            bytes += line.text.len();
            lines.push(line);
            stand.last = Some((line.start, line.end));
            // The kernel looks for the next line before it asks whether there
            // is room for it.
            item = self.item(behind, state);
            if size == ReadSize::Line || bytes >= self.page_size {
                break;
            }
        }
        stand.place = match (item, stand.last) {
            (Item::End, _) => ResumePoint::End,
            (Item::Gate(_), _) => ResumePoint::Gate,
            (Item::Vma(next), last) => ResumePoint::Address(match (self.rule.position, last) {
                (Position::LastEnd, Some((_, end))) => end,
                _ => next.start,
            }),
        };
        ReadResult { lines, stand }
    }

    fn item(&self, place: ResumePoint, state: usize) -> Item<'a> {
        if let ResumePoint::Address(address) = place
            && let Some(line) = self.states.next_line(state, address)
        {
            return Item::Vma(line);
        }
        match (place, self.states.gate_line()) {
            (ResumePoint::End, _) | (_, None) => Item::End,
            (_, Some(text)) => {
                let range = crate::maps::line::parse_range(text);
                let (start, end) = range.unwrap_or((u64::MAX, u64::MAX));
                Item::Gate(StateLine { start, end, text })
            }
        }
    }
}
