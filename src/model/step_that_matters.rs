//! The step of an interleaving that matters: where it leaves the order in which
//! reader and writer would not have met.

use super::case::{FENCE, SITE};
use super::describe::{describe_vma, page, pages};
use super::interleaving::cause_of;
use super::judge::{FindingKind, HoleCause, ModelViolation};
use super::machine::{ModelState, ModelStep, Printed, ProtocolModel};
use super::reader::{Line, Point};
use super::trace::{Trace, explain};

/// A step, and why it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepThatMatters {
    /// Its row in the trace, from 0.
    pub row: usize,
    /// One sentence or two.
    pub sentence: String,
}

impl Trace {
    /// The step that matters for what the row `printed` printed.
    ///
    /// Where something is missing it is the search that stepped past it, or was
    /// believed; if that search found the right VMA, the writer's step that took it
    /// out of the reader's way. Else it is the writer's step since the line before
    /// from which on the address space has the VMA that was printed. None where the
    /// row printed nothing.
    #[must_use]
    pub fn step_that_matters(
        &self,
        model: &ProtocolModel<'_>,
        printed: usize,
    ) -> Option<StepThatMatters> {
        let what = self.rows.get(printed)?.printed?;
        // What a query's filter rejected on the way is printed, too.
        let mut rows = self.rows[..printed].iter().enumerate();
        let broken = rows.find_map(|(at, row)| {
            let printed = row.printed.filter(|it| it.kind.violation().is_some());
            Some((at, printed?))
        });
        let (printed, what) = match (broken, what.line) {
            (Some(broken), _) if model.protocol.query => broken,
            _ => (printed, what),
        };
        let before = self.printed_before(printed, what.reader);
        let missing = match what.kind {
            FindingKind::Violation(ModelViolation::Hole(_) | ModelViolation::LostTail(_)) => {
                Some(what)
            }
            _ => None,
        };
        match missing {
            Some(missing) => Some(self.of_missing(model, printed, &missing)),
            None => self.of_tear(model, printed, &what, before),
        }
    }

    fn of_missing(
        &self,
        model: &ProtocolModel<'_>,
        printed: usize,
        what: &Printed,
    ) -> StepThatMatters {
        let reader = usize::from(what.reader);
        let searches = |at: &usize| {
            let point = self.before(*at).readers[reader].point;
            self.rows[*at].step == ModelStep::Reader(what.reader)
                && matches!(
                    point,
                    Point::Find
                        | Point::StepOn
                        | Point::SearchAgain
                        | Point::StepOnAgain
                        | Point::FallBackFind
                )
        };
        let search = (0..=printed).rev().find(searches).unwrap_or(printed);
        let row = match cause_of(what) {
            HoleCause::MovedStart => {
                let start = |at: usize| {
                    // Its name is another in the writer's next cycle.
                    let state = &self.rows[at].state;
                    let vma = model.vma_at(state, state.readers[reader].pointer);
                    vma.map(|vma| vma.0)
                };
                let found = start(search);
                // A structure that is free has a start of no meaning until it is taken again.
                let writes = |at: &usize| self.is_writers(*at) && start(*at) > found;
                let moved = (search + 1..printed).find(writes);
                moved.unwrap_or(search)
            }
            _ => search,
        };
        let so_far = Trace {
            start: self.start,
            rows: self.rows[..=printed].to_vec(),
        };
        let hole = so_far.diagram(model, what.reader).and_then(|it| it.hole);
        StepThatMatters {
            row,
            sentence: explain(what, hole),
        }
    }

    fn of_tear(
        &self,
        model: &ProtocolModel<'_>,
        printed: usize,
        what: &Printed,
        before: Option<(usize, Line)>,
    ) -> Option<StepThatMatters> {
        let line = what.line?;
        let since = before.map_or(0, |(at, _)| at + 1);
        let has_it = |state: &ModelState| model.space(state).vmas().contains(&line);
        let without = (since..=printed).rev().find(|&at| !has_it(self.before(at)));
        let row = without
            .filter(|&at| self.is_writers(at))
            .or_else(|| (since..printed).find(|&at| self.is_writers(at)))
            .unwrap_or(printed);
        let now = describe_vma(line);
        let reader = &self.before(printed).readers[usize::from(what.reader)];
        let from = page(model.from(reader));
        let sentence = match before {
            Some((_, previous)) if line.0 < previous.1 => {
                let twice = pages(line.0.max(previous.0), line.1.min(previous.1));
                format!(
                    "After {} the reader goes on from {from}. From this step on {now} is there: \
                     {twice} is printed twice.",
                    describe_vma(previous)
                )
            }
            Some((_, previous)) if previous.2 != FENCE || line.0 > SITE => format!(
                "After {} the reader goes on from {from}. From this step on it finds {now}.",
                describe_vma(previous)
            ),
            _ => format!("From this step on the reader, at {from}, finds {now}."),
        };
        Some(StepThatMatters { row, sentence })
    }

    /// The state before a row.
    pub(crate) fn before(&self, at: usize) -> &ModelState {
        match at {
            0 => &self.start,
            at => &self.rows[at - 1].state,
        }
    }

    fn is_writers(&self, at: usize) -> bool {
        let step = self.rows[at].step;
        matches!(step, ModelStep::Writer | ModelStep::WriterReuses(_))
    }

    /// The line that a reader printed before a row, and that line's row.
    fn printed_before(&self, at: usize, reader: u8) -> Option<(usize, Line)> {
        let rows = self.rows[..at].iter().enumerate().rev();
        let mut printed = rows.filter_map(|(at, row)| Some((at, row.printed?)));
        let (at, printed) = printed.find(|(_, printed)| printed.reader == reader)?;
        Some((at, printed.line?))
    }
}
