//! An interleaving, step by step: what a listing or the screen shows.

use super::case::Vma;
use super::describe::{StepDescription, page, strip};
use super::judge::{FindingKind, HoleCause, ModelViolation};
use super::machine::{ModelState, ModelStep, Printed, ProtocolModel};
use super::reader::{Found, Line, Point};

/// One step of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceStep {
    /// Who did what.
    pub step: ModelStep,
    /// The same in words.
    pub description: StepDescription,
    /// The state after it.
    pub state: ModelState,
    pub printed: Option<Printed>,
}

/// An interleaving from the start.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The state before the first step.
    pub start: ModelState,
    /// The steps made.
    pub rows: Vec<TraceStep>,
}

/// The three diagrams of the patch series' changelog, for any interleaving: what
/// the reader found, what the writer made of it, what is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceDiagram {
    /// The tree when the reader found the VMA.
    pub found: Vec<Vma>,
    /// The VMA that it found, as the structure was then.
    pub found_vma: Option<Line>,
    /// The tree when it printed.
    pub made: Vec<Vma>,
    pub reported: Vec<Line>,
    /// The pages that it left out though every state has them mapped.
    pub hole: Option<(u8, u8)>,
}

impl Trace {
    /// The trace in which nothing has happened yet.
    #[must_use]
    pub(crate) fn new(model: &ProtocolModel<'_>) -> Self {
        Trace::of(model, &[])
    }

    /// The steps made one after the other, as far as they can be made.
    #[must_use]
    pub fn of(model: &ProtocolModel<'_>, steps: &[ModelStep]) -> Self {
        Trace::from(model, model.start(), steps)
    }

    /// The same from another start.
    #[must_use]
    pub fn from(model: &ProtocolModel<'_>, start: ModelState, steps: &[ModelStep]) -> Self {
        let rows = Vec::new();
        let mut trace = Trace { start, rows };
        for &step in steps {
            if !trace.make(model, step) {
                break;
            }
        }
        trace
    }

    /// The state now.
    #[must_use]
    pub fn state(&self) -> &ModelState {
        self.rows.last().map_or(&self.start, |row| &row.state)
    }

    /// Makes a step; false where it cannot be made now.
    pub fn make(&mut self, model: &ProtocolModel<'_>, step: ModelStep) -> bool {
        let before = *self.state();
        let mut possible = false;
        model.each_step(&before, |one| possible |= one == step);
        if possible {
            let (state, printed) = model.step(&before, step);
            self.rows.push(TraceStep {
                step,
                description: model.describe_step(&before, step, &state, printed.as_ref()),
                state,
                printed,
            });
        }
        possible
    }

    /// The lines that a reader has printed.
    #[must_use]
    pub fn lines(&self, reader: u8) -> Vec<Line> {
        let printed = self.rows.iter().filter_map(|row| row.printed);
        printed
            .filter(|printed| printed.reader == reader)
            .filter_map(|printed| printed.line)
            .collect()
    }

    /// The picture of the last line that a reader printed, if it printed one.
    #[must_use]
    pub fn diagram(&self, model: &ProtocolModel<'_>, reader: u8) -> Option<TraceDiagram> {
        let at = self.rows.iter().rposition(|row| {
            let printed = row.printed.filter(|printed| printed.reader == reader);
            printed.is_some()
        })?;
        let printed = self.rows[at].printed?;
        let finds = |at: &usize| {
            let point = self.before(*at).readers[usize::from(reader)].point;
            self.rows[*at].step == ModelStep::Reader(reader)
                && matches!(point, Point::Find | Point::StepOn | Point::FallBackFind)
        };
        let found = (0..=at).rev().find(finds)?;
        let pointer = self.rows[found].state.readers[usize::from(reader)].pointer;
        let found_in = self.before(found);
        let printer = &self.before(at).readers[usize::from(reader)];
        let hole = printed
            .kind
            .violation()
            .and_then(ModelViolation::cause)
            .map(|_| {
                let to = printed.line.map_or(model.case.pages, |line| line.0);
                let always = model.case.always_mapped(printer.allowed);
                let bits = super::case::range_mask(printer.position, to) & always;
                let end = 32 - bits.leading_zeros() as u8;
                (bits.trailing_zeros() as u8, end)
            });
        Some(TraceDiagram {
            found: model.space(found_in).vmas(),
            found_vma: model.vma_at(found_in, pointer),
            made: model.space(self.before(at)).vmas(),
            reported: self.lines(reader),
            hole,
        })
    }
}

/// The tree as a strip, in this state.
#[must_use]
pub(crate) fn tree_strip(model: &ProtocolModel<'_>, state: &ModelState) -> String {
    strip(&model.space(state).vmas(), model.case.pages)
}

/// Why the line, or the end, was printed: one or two sentences.
#[must_use]
pub(crate) fn explain(printed: &Printed, hole: Option<(u8, u8)>) -> String {
    let at = hole.map_or(String::new(), |(start, end)| match end - start {
        1 => format!("Page {} is mapped in every state. ", page(start)),
        _ => format!(
            "Pages {} to {} are mapped in every state. ",
            page(start),
            page(end - 1)
        ),
    });
    let why = match printed.kind {
        FindingKind::InOrder => "Each line is true, and they are in order.",
        FindingKind::SeenTwice => "The same VMA before and after a change: allowed.",
        FindingKind::Duplicate => "A page is in two lines, before and after a change: allowed.",
        FindingKind::Backward => {
            "The line starts before the line before it: allowed, though proc.rst promises \
             that addresses never go backwards."
        }
        FindingKind::Violation(violation) => match violation {
            ModelViolation::Hole(HoleCause::H1) if printed.found == Found::Overtaken => {
                "The reader came to an empty slot; before it stepped on, a VMA had grown over the \
                 slot's last page, and it stepped past that one, in each search that it made. So it \
                 found the same VMA again, and believed the gap: H1."
            }
            ModelViolation::LostTail(HoleCause::H3) if printed.found == Found::Overtaken => {
                "The reader came to an empty slot; before it stepped on, a VMA had grown over the \
                 slot's last page, and it stepped past that one. Nothing is mapped behind, and it \
                 believed the end: H3."
            }
            ModelViolation::Hole(HoleCause::H1) | ModelViolation::LostTail(HoleCause::H1) => {
                "The reader searched while a move had unmapped its destination and not filled it \
                 yet, and believed the empty tree: H1."
            }
            ModelViolation::Hole(HoleCause::H2) => {
                "The VMA printed before had grown or shrunk; the iterator stepped from its old \
                 end past what a search would have found, and the sequence, noted afterwards, \
                 had not moved: H2."
            }
            ModelViolation::LostTail(HoleCause::H2) => {
                "The VMA printed before had grown or shrunk; the iterator stepped from its old \
                 end past what a search would have found, and behind it is nothing: H2."
            }
            ModelViolation::Hole(HoleCause::H3) | ModelViolation::LostTail(HoleCause::H3) => {
                "The reader searched while a move had unmapped its destination and not filled it \
                 yet; nothing is mapped behind, and it believed the end: H3."
            }
            ModelViolation::Hole(HoleCause::MovedStart)
            | ModelViolation::LostTail(HoleCause::MovedStart) => {
                "The VMA was the next one when the reader found it; before it was locked its \
                 start moved up and another VMA came in front: the race that the gap check is for."
            }
            ModelViolation::ForeignLine => "No state since the walk began has this VMA.",
            ModelViolation::StaleLine => "It ends where the reader already is, or before.",
            ModelViolation::SkippedLine => {
                "Every state that has this VMA has another one before it."
            }
            ModelViolation::DetachedStructure => {
                "The structure was detached when the reader printed it: nobody keeps it from \
                 being freed and reused."
            }
        },
    };
    format!("{at}{why}")
}
