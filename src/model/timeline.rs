//! Reader and writer side by side, a row a step: who did what, what each holds
//! after it, the sequence, and the pages of the site.

use super::address_space::Action;
use super::machine::{ModelState, ModelStep, ProtocolModel};
use super::reader::Point;
use super::trace::{Trace, tree_strip};

/// Whose step it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Reader,
    Writer,
}

/// Whether a lock is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Hold {
    #[default]
    No,
    Yes,
    /// It is waited for.
    Waits,
}

/// What one of the two holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) mmap_lock: Hold,
    /// The lock of a VMA; of the writer, of one or more.
    pub(crate) vma_lock: Hold,
}

/// How things are after a step, and the step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TimelineRow {
    /// Whose step; none: the beginning.
    pub(crate) side: Option<Side>,
    pub(crate) text: String,
    pub(crate) reader: Held,
    pub(crate) writer: Held,
    /// The mm's sequence, counted from the beginning: odd while it is written. None
    /// where it is not known.
    pub(crate) sequence: Option<u32>,
    /// The site: a letter a page, a space between VMAs.
    pub(crate) pages: String,
    /// Whether the pages are others than a step before.
    pub(crate) changed: bool,
}

impl Trace {
    /// The beginning and a row for each step.
    #[must_use]
    pub(crate) fn timeline(&self, model: &ProtocolModel<'_>) -> Vec<TimelineRow> {
        let mut sequence = u32::from(model.space(&self.start).write_held);
        let mut rows = vec![TimelineRow {
            sequence: Some(sequence),
            ..model.timeline_row(&self.start)
        }];
        for (at, row) in self.rows.iter().enumerate() {
            let moves = matches!(row.step, ModelStep::Writer | ModelStep::WriterReuses(_))
                && matches!(
                    model.action(self.before(at)),
                    Action::WriteLock | Action::WriteUnlock
                );
            sequence += u32::from(moves);
            let after = model.timeline_row(&row.state);
            rows.push(TimelineRow {
                side: Some(match row.step {
                    ModelStep::Reader(_) | ModelStep::NewChunk(_) => Side::Reader,
                    ModelStep::Writer | ModelStep::WriterReuses(_) | ModelStep::OtherTakes(_) => {
                        Side::Writer
                    }
                }),
                text: row.description.text.clone(),
                sequence: Some(sequence),
                changed: rows
                    .last()
                    .is_some_and(|before| before.pages != after.pages),
                ..after
            });
        }
        rows
    }
}

impl ProtocolModel<'_> {
    /// How things are in a state.
    fn timeline_row(&self, state: &ModelState) -> TimelineRow {
        let reader = &state.readers[0];
        let space = self.space(state);
        let wants = matches!(
            reader.point,
            Point::ReadLock | Point::FallBack | Point::Retry
        );
        let locked = |held: bool, waits: bool| match (held, waits) {
            (_, true) => Hold::Waits,
            (true, _) => Hold::Yes,
            _ => Hold::No,
        };
        let mut structures = space.structures.iter();
        let has_locked = structures.any(|vma| vma.write_locked && !vma.freed);
        TimelineRow {
            reader: Held {
                mmap_lock: locked(reader.holds_mmap_lock, wants && space.write_held),
                vma_lock: locked(reader.holds_vma, false),
            },
            writer: Held {
                mmap_lock: locked(space.write_held, false),
                vma_lock: locked(has_locked, state.waits),
            },
            pages: tree_strip(self, state),
            ..TimelineRow::default()
        }
    }
}
