//! The checker: visits every state that any interleaving can reach.

use std::collections::HashMap;

use super::judge::Sight;
use super::liveness;
use super::liveness::Progress;
use super::machine::{Model, Printed, State, Step};
use super::reader::Point;

/// A transition that printed something worth telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The state before it.
    pub from: u32,
    /// The step.
    pub step: Step,
    /// What was printed.
    pub printed: Printed,
    /// Steps from the start, this one included: none has fewer.
    pub depth: u32,
}

/// All that the checker found.
#[derive(Clone, Debug)]
pub struct Exploration {
    states: Vec<State>,
    /// How each state was first reached; the start from itself.
    parents: Vec<(u32, Step)>,
    depths: Vec<u32>,
    /// Transitions: from, to, by a reader's step.
    pub(crate) edges: Vec<Edge>,
    /// The shortest way to each sight, in the order of their names' severity.
    pub sights: Vec<(Sight, Witness)>,
    /// States in which nobody can do anything and a reader is not done.
    pub deadlocks: Vec<u32>,
    /// Whether the readers come to an end.
    pub progress: Progress,
}

/// A transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// Whose step it is: 0 and 1 the readers, else nobody that must end.
    pub(crate) reader: u8,
    /// Whether that reader takes `mmap_lock` because it had to fall back.
    pub(crate) falls_back: bool,
}

/// Explores a model.
#[must_use]
pub fn explore(model: &Model<'_>) -> Exploration {
    let mut found = Exploration {
        states: vec![model.start()],
        parents: vec![(0, Step::Writer)],
        depths: vec![0],
        edges: Vec::new(),
        sights: Vec::new(),
        deadlocks: Vec::new(),
        progress: Progress::default(),
    };
    let hasher = foldhash::fast::FixedState::default();
    let mut numbers: HashMap<State, u32, _> = HashMap::with_hasher(hasher);
    numbers.insert(model.start(), 0);
    let mut at = 0;
    while at < found.states.len() {
        let from = at as u32;
        let state = found.states[at];
        at += 1;
        let mut stuck = true;
        model.each_step(&state, |step| {
            stuck = false;
            let (next, printed) = model.step(&state, step);
            let number = found.states.len() as u32;
            let to = *numbers.entry(next).or_insert(number);
            if to == number {
                found.states.push(next);
                found.parents.push((from, step));
                found.depths.push(found.depths[from as usize] + 1);
            }
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
    found.progress = liveness::progress(&found, model.readers);
    found
}

/// The shortest way to something that is printed, if any way leads there:
/// `wanted` gets the state before and what is printed.
#[must_use]
pub(crate) fn nearest(
    model: &Model<'_>,
    wanted: impl Fn(&State, &Printed) -> bool,
) -> Option<Vec<Step>> {
    let found = explore(model);
    for (number, state) in (0..).zip(&found.states) {
        let mut last = None;
        model.each_step(state, |step| {
            let printed = model.step(state, step).1;
            if last.is_none() && printed.is_some_and(|printed| wanted(state, &printed)) {
                last = Some(step);
            }
        });
        if let Some(last) = last {
            let mut steps = found.steps_to(number);
            steps.push(last);
            return Some(steps);
        }
    }
    None
}

impl Exploration {
    fn note(&mut self, from: u32, step: Step, printed: Printed) {
        // States are met in the order of their depth: the first is a nearest.
        if self.sights.iter().all(|(sight, _)| *sight != printed.sight) {
            let depth = self.depths[from as usize] + 1;
            let witness = Witness {
                from,
                step,
                printed,
                depth,
            };
            self.sights.push((printed.sight, witness));
        }
    }

    /// States visited.
    #[must_use]
    pub fn state_count(&self) -> usize {
        self.states.len()
    }

    /// Transitions between them.
    #[must_use]
    pub fn transition_count(&self) -> usize {
        self.edges.len()
    }

    /// The state of that number.
    #[must_use]
    pub fn state(&self, number: u32) -> &State {
        &self.states[number as usize]
    }

    /// The steps that lead to a state, shortest.
    #[must_use]
    pub fn steps_to(&self, mut number: u32) -> Vec<Step> {
        let mut steps = Vec::new();
        while number != 0 {
            let (parent, step) = self.parents[number as usize];
            steps.push(step);
            number = parent;
        }
        steps.reverse();
        steps
    }

    /// The steps that lead to a witness, its own included.
    #[must_use]
    pub fn steps_of(&self, witness: &Witness) -> Vec<Step> {
        let mut steps = self.steps_to(witness.from);
        steps.push(witness.step);
        steps
    }
}
