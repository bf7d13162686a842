//! The checker: visits every state that any interleaving can reach.

use super::judge::Sight;
use super::liveness::{Edge, Progress, progress};
use super::machine::{Model, Printed, State, Step};
use super::reader::Point;
use crate::algorithms::breadth_first::BreadthFirst;

/// A transition that printed something worth telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The state before it.
    pub from: u32,
    pub step: Step,
    pub printed: Printed,
}

/// All that the checker found.
#[derive(Clone, Debug)]
pub struct Exploration {
    search: BreadthFirst<State, Step>,
    edges: Vec<Edge>,
    /// The shortest way to each sight, in the order of their names' severity.
    pub sights: Vec<(Sight, Witness)>,
    /// States in which nobody can do anything and a reader is not done.
    pub deadlocks: Vec<u32>,
    /// Whether the readers come to an end.
    pub progress: Progress,
}

/// Explores a model.
#[must_use]
pub fn explore(model: &Model<'_>) -> Exploration {
    let mut found = Exploration {
        search: BreadthFirst::from(model.start()),
        edges: Vec::new(),
        sights: Vec::new(),
        deadlocks: Vec::new(),
        progress: Progress::default(),
    };
    while let Some((from, state)) = found.search.visit() {
        let mut stuck = true;
        model.each_step(&state, |step| {
            stuck = false;
            let (next, printed) = model.step(&state, step);
            let to = found.search.reach(from, step, next);
            let reader = match step {
                Step::Reader(i) | Step::NewChunk(i) => i,
                _ => u8::MAX,
            };
            let point = (reader != u8::MAX).then(|| state.readers[usize::from(reader)].point);
            found.edges.push(Edge {
                from,
                to,
                reader,
                falls_back: matches!(point, Some(Point::FallBack | Point::Retry)),
            });
            if let Some(printed) = printed {
                found.note(from, step, printed);
            }
        });
        let done = |i| state.readers[usize::from(i)].is_done();
        if stuck && !(0..model.readers).all(done) {
            found.deadlocks.push(from);
        }
    }
    found.sights.sort_by_key(|(sight, _)| *sight);
    found.progress = progress(found.state_count(), &found.edges, model.readers);
    found
}

/// The shortest way to something that is printed, if any way leads there:
/// `wanted` gets the state before and what is printed.
#[must_use]
pub(crate) fn nearest(
    model: &Model<'_>,
    wanted: impl Fn(&State, &Printed) -> bool,
) -> Option<Vec<Step>> {
    let mut search = BreadthFirst::from(model.start());
    while let Some((from, state)) = search.visit() {
        let mut last = None;
        model.each_step(&state, |step| {
            let (next, printed) = model.step(&state, step);
            search.reach(from, step, next);
            if last.is_none() && printed.is_some_and(|printed| wanted(&state, &printed)) {
                last = Some(step);
            }
        });
        if let Some(last) = last {
            return Some(search.steps_through(from, last));
        }
    }
    None
}

impl Exploration {
    fn note(&mut self, from: u32, step: Step, printed: Printed) {
        // States are met in the order of their distance: the first is a nearest.
        if self.sights.iter().all(|(sight, _)| *sight != printed.sight) {
            let witness = Witness {
                from,
                step,
                printed,
            };
            self.sights.push((printed.sight, witness));
        }
    }

    /// States visited.
    #[must_use]
    pub fn state_count(&self) -> usize {
        self.search.nodes().len()
    }

    /// Transitions between them.
    #[must_use]
    pub fn transition_count(&self) -> usize {
        self.edges.len()
    }

    /// The state of that number.
    #[must_use]
    pub fn state(&self, number: u32) -> &State {
        &self.search.nodes()[number as usize]
    }

    /// The steps that lead to a state, shortest.
    #[must_use]
    pub fn steps_to(&self, number: u32) -> Vec<Step> {
        self.search.steps_to(number)
    }

    /// The steps that lead to a witness, its own included.
    #[must_use]
    pub fn steps_of(&self, witness: &Witness) -> Vec<Step> {
        self.search.steps_through(witness.from, witness.step)
    }
}
