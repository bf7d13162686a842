//! The shortest interleaving whose lines are those that a reader of a kernel printed.

use super::address_space::Action;
use super::case::{FENCE, SITE};
use super::judge::{FindingKind, HoleCause, ModelViolation, hole_cause, tail_cause};
use super::machine::{ModelState, ModelStep, Printed, ProtocolModel};
use super::reader::{Line, Point};
use crate::algorithms::breadth_first::BreadthFirst;

/// One thing that a reader printed, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// A line of `maps`.
    Line(Line),
    /// An answer: first page, end page.
    Answer(u8, u8),
    /// The answer that nothing covers this page.
    NotCovered(u8),
    /// Nothing more.
    End,
}

/// The operations during which a chunk was generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operations {
    /// Those finished before it was begun.
    pub finished: u64,
    /// Those begun before it was over.
    pub begun: u64,
}

/// What one reader printed of a site, one thing after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// What was printed, and the chunk that each is of. At least one. The end has the
    /// chunk of what is before it: in that it may have been decided, and in another.
    pub sights: Vec<(Sight, usize)>,
    /// The one that it is about.
    pub marked: usize,
    /// The page that the reader is at before: not the start for a query alone.
    pub from: u8,
    /// Whether lines of the site may have been printed before the first.
    pub is_cut: bool,
    /// Of a query with a filter, the letters that it lets pass.
    pub filter: Option<Vec<u8>>,
    /// The operations during the chunk of the marked one, where they are known.
    pub during: Option<Operations>,
    /// The cause of what is missing in front of the marked one, if it bears the
    /// signatures of these.
    pub causes: Vec<HoleCause>,
}

/// An interleaving: where it begins, and its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interleaving {
    /// The reader has not begun, the writer stands between two operations.
    pub start: ModelState,
    pub steps: Vec<ModelStep>,
    /// The step that printed the marked line, from 0.
    pub marked: usize,
    /// States visited to find it.
    pub states: usize,
}

/// Operations that may still begin are not counted.
const ANY: u8 = u8::MAX;

/// How far an interleaving has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Progress {
    state: ModelState,
    /// How much of what was seen is printed.
    printed: u8,
    /// The operations that may still begin in this chunk, or [`ANY`].
    may_begin: u8,
}

impl Sighting {
    /// The shortest interleaving that prints just this: the writer may begin with
    /// any operation, and the reader's chunks end where they ended.
    ///
    /// # Errors
    /// Where there is none, the number of states visited: those are all.
    pub fn shortest(&self, model: &ProtocolModel<'_>) -> Result<Interleaving, usize> {
        let mut search = BreadthFirst::from_any(self.starts(model));
        while let Some((from, progress)) = search.visit() {
            let mut last = None;
            model.each_step(&progress.state, |step| {
                let Some(next) = self.after(model, &progress, step) else {
                    return;
                };
                if usize::from(next.printed) == self.sights.len() {
                    last = last.or(Some(step));
                } else {
                    search.reach(from, step, next);
                    if let Some(waiting) = self.also_before_the_first(&progress, &next) {
                        search.reach(from, step, waiting);
                    }
                }
            });
            if let Some(last) = last {
                let (start, mut steps) = search.way_to(from);
                steps.push(last);
                let marked = self.step_of_marked(model, start.state, &steps);
                return Ok(Interleaving {
                    start: start.state,
                    steps,
                    marked,
                    states: search.nodes().len(),
                });
            }
        }
        Err(search.nodes().len())
    }

    /// The writer before each of its operations.
    fn starts(&self, model: &ProtocolModel<'_>) -> Vec<Progress> {
        let steps = 0..model.case.steps.len() as u16;
        let begins = steps.filter(|&at| !model.case.operation_began(at));
        begins
            .map(|writer| {
                let mut state = model.start();
                state.writer = writer;
                state.readers[0].position = self.from;
                Progress {
                    state,
                    printed: 0,
                    may_begin: ANY,
                }
            })
            .collect()
    }

    /// What a step leads to; none where what follows is not what was seen.
    fn after(
        &self,
        model: &ProtocolModel<'_>,
        before: &Progress,
        step: ModelStep,
    ) -> Option<Progress> {
        let mut next = *before;
        let reader = &before.state.readers[0];
        match step {
            ModelStep::NewChunk(_) if !self.may_end_chunk(before) => return None,
            ModelStep::Reader(_) if reader.point == Point::Next && self.must_end_chunk(before) => {
                return None;
            }
            ModelStep::Reader(_) if reader.point == Point::Start => {
                next.may_begin = self.may_begin(model, before)?;
            }
            ModelStep::Writer | ModelStep::WriterReuses(_) => {
                let begins = matches!(model.action(&before.state), Action::WriteLock);
                if begins && before.may_begin != ANY {
                    next.may_begin = before.may_begin.checked_sub(1)?;
                }
            }
            _ => {}
        }
        let (state, printed) = model.step(&before.state, step);
        next.state = state;
        if let Some(printed) = printed {
            let at = usize::from(before.printed);
            if self.is_seen(at, &printed) {
                next.printed += 1;
            } else if !(at == 0 && self.may_come_before(&printed)) {
                return None;
            }
        }
        Some(next)
    }

    /// Where lines may have been printed before the first, one that looks like the
    /// first may be one of those.
    fn also_before_the_first(&self, before: &Progress, next: &Progress) -> Option<Progress> {
        let is_first = before.printed == 0 && next.printed == 1;
        (is_first && self.is_cut).then_some(Progress {
            printed: 0,
            ..*next
        })
    }

    fn may_come_before(&self, printed: &Printed) -> bool {
        let is_fence = |line: Line| line.2 == FENCE && line.1 <= SITE;
        let may = |line: Line| self.is_cut || self.may_reject(line) || is_fence(line);
        printed.line.is_some_and(may)
    }

    /// Whether a filter lets a VMA pass; nobody knows of a fence.
    fn may_pass(&self, line: Line) -> bool {
        let passes = |letters: &Vec<u8>| letters.contains(&line.2) || line.2 == FENCE;
        self.filter.as_ref().is_none_or(passes)
    }

    fn may_reject(&self, line: Line) -> bool {
        let filter = self.filter.as_ref();
        filter.is_some_and(|letters| !letters.contains(&line.2))
    }

    fn is_seen(&self, at: usize, printed: &Printed) -> bool {
        let is_it = match (self.sights[at].0, printed.line) {
            (Sight::Line(seen), Some(line)) => seen == line,
            (Sight::Answer(start, end), Some(line)) => {
                (start, end) == (line.0, line.1) && self.may_pass(line)
            }
            (Sight::NotCovered(page), Some(line)) => line.0 > page || self.may_reject(line),
            (Sight::End | Sight::NotCovered(_), None) => true,
            _ => false,
        };
        let has_cause = || match printed.kind {
            FindingKind::Violation(
                ModelViolation::Hole(cause) | ModelViolation::LostTail(cause),
            ) => self.causes.contains(&cause),
            // Its states are those since the walk began, more than were judged by.
            _ => self.causes.contains(&cause_of(printed)),
        };
        is_it && (at != self.marked || self.causes.is_empty() || has_cause())
    }

    fn may_end_chunk(&self, at: &Progress) -> bool {
        at.printed == 0 || self.must_end_chunk(at) || self.is_end(usize::from(at.printed))
    }

    fn is_end(&self, at: usize) -> bool {
        self.sights[at].0 == Sight::End
    }

    fn must_end_chunk(&self, at: &Progress) -> bool {
        let chunk = |at: usize| self.sights[at].1;
        let next = usize::from(at.printed);
        next > 0 && chunk(next) != chunk(next - 1)
    }

    /// The operations that may begin in a chunk that begins now; none where it
    /// cannot begin now.
    fn may_begin(&self, model: &ProtocolModel<'_>, before: &Progress) -> Option<u8> {
        let next = usize::from(before.printed);
        let is_it = match self.is_end(next) {
            true => next == self.marked,
            false => self.sights[next].1 == self.sights[self.marked].1,
        };
        let Some(during) = self.during.filter(|_| is_it) else {
            return Some(ANY);
        };
        let states = model.case.states.len() as u64;
        let most = during.begun.saturating_sub(during.finished);
        if most >= states {
            return Some(ANY);
        }
        let writer = before.state.writer;
        let operation = u64::from(model.case.steps[usize::from(writer)].operation);
        let passed = (operation + states - during.finished % states) % states;
        let begun = passed + u64::from(model.case.operation_began(writer));
        u8::try_from(most.checked_sub(begun)?).ok()
    }

    fn step_of_marked(
        &self,
        model: &ProtocolModel<'_>,
        start: ModelState,
        steps: &[ModelStep],
    ) -> usize {
        // What follows the marked one was printed last.
        let behind = self.sights.len() - self.marked;
        let mut prints = Vec::new();
        let mut state = start;
        for (at, &step) in steps.iter().enumerate() {
            let (next, printed) = model.step(&state, step);
            state = next;
            prints.extend(printed.map(|_| at));
        }
        let at = prints.len().saturating_sub(behind);
        prints.get(at).copied().unwrap_or(0)
    }
}

/// The cause, if something is missing in front of what was printed.
pub(crate) fn cause_of(printed: &Printed) -> HoleCause {
    match printed.line {
        Some(_) => hole_cause(printed.found),
        None => tail_cause(printed.found),
    }
}
