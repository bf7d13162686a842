//! The checker: visits every state that any interleaving can reach.

use super::judge::FindingKind;
use super::liveness::{Edge, Liveness, progress};
use super::machine::{ModelState, ModelStep, Printed, ProtocolModel};
use super::reader::Point;
use crate::algorithms::breadth_first::BreadthFirst;

/// A transition that printed something worth telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The state before it.
    pub from: u32,
    pub step: ModelStep,
    pub printed: Printed,
}

/// All that the checker found.
#[derive(Clone, Debug)]
pub struct Exploration {
    search: BreadthFirst<ModelState, ModelStep>,
    edges: Vec<Edge>,
    /// The shortest way to each sight, in the order of their names' severity.
    pub findings: Vec<(FindingKind, Witness)>,
    /// States in which nobody can do anything and a reader is not done.
    pub deadlocks: Vec<u32>,
    /// Whether the readers come to an end.
    pub progress: Liveness,
}

/// Explores a model.
#[must_use]
pub fn explore(model: &ProtocolModel<'_>) -> Exploration {
    let mut found = Exploration {
        search: BreadthFirst::from(model.start()),
        edges: Vec::new(),
        findings: Vec::new(),
        deadlocks: Vec::new(),
        progress: Liveness::default(),
    };
    while let Some((from, state)) = found.search.visit() {
        let mut stuck = true;
        model.each_step(&state, |step| {
            stuck = false;
            let (next, printed) = model.step(&state, step);
            let to = found.search.reach(from, step, next);
            let reader = match step {
                ModelStep::Reader(i) | ModelStep::NewChunk(i) => i,
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
    found.findings.sort_by_key(|(kind, _)| *kind);
    found.progress = progress(found.state_count(), &found.edges, model.readers);
    found
}

impl Exploration {
    fn note(&mut self, from: u32, step: ModelStep, printed: Printed) {
        // States are met in the order of their distance: the first is a nearest.
        if self.findings.iter().all(|(kind, _)| *kind != printed.kind) {
            let witness = Witness {
                from,
                step,
                printed,
            };
            self.findings.push((printed.kind, witness));
        }
    }

    /// States visited.
    #[must_use]
    pub fn state_count(&self) -> usize {
        self.search.nodes().len()
    }

    /// Transitions between them.
    #[must_use]
    pub(crate) fn transition_count(&self) -> usize {
        self.edges.len()
    }

    /// The state of that number.
    #[must_use]
    pub fn state(&self, number: u32) -> &ModelState {
        &self.search.nodes()[number as usize]
    }

    /// The steps that lead to a state, shortest.
    #[must_use]
    pub(crate) fn steps_to(&self, number: u32) -> Vec<ModelStep> {
        self.search.steps_to(number)
    }

    /// The steps that lead to a witness, its own included.
    #[must_use]
    pub(crate) fn steps_of(&self, witness: &Witness) -> Vec<ModelStep> {
        self.search.steps_through(witness.from, witness.step)
    }
}
