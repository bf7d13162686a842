//! Single interleavings, drawn by priorities
//! ([`PriorityOrder`](crate::algorithms::priorities)), where not all are visited.
//!
//! The threads are those of [`ModelStep`]: besides readers and writer also what
//! ends a reader's chunk, and who takes what was freed. So the order of the
//! threads is all that is drawn, and a seed is an interleaving.

use std::ops::ControlFlow;

use super::case::ModelCase;
use super::machine::{ModelStep, ProtocolModel};
use super::protocols::Protocol;
use super::verdict::{Finding, line_before};
use super::verdict_table::VerdictTable;
use crate::algorithms::priorities::{PriorityOrder, most_runs};
use crate::algorithms::random::Random;

/// The depth that is looked for where nothing else is said. H2 in `split-tail`
/// has it: writer, reader, writer, reader, the last before the writer goes on.
pub(crate) const DEPTH: u32 = 4;

/// The most steps of a reader that is alone, where it never ends.
const MOST_ALONE: u64 = 1_000;

/// Which walks are drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawn {
    /// Of the first; each other has the next number.
    pub seed: u64,
    pub depth: u32,
    /// How many, of each model, unless one breaks a promise.
    pub most: u64,
}

impl Drawn {
    /// Draws them of all models, on so many threads at once, and tells each verdict
    /// in their order; none where `tell` ended it.
    pub(crate) fn study(
        self,
        cases: Vec<ModelCase>,
        protocols: Vec<Protocol>,
        readers: u8,
        threads: usize,
        tell: impl FnMut(&ProtocolModel<'_>, &WalksVerdict) -> ControlFlow<()>,
    ) -> Option<VerdictTable<WalksVerdict>> {
        let judge = |model: &ProtocolModel<'_>| {
            Walks::new(*model, self.depth).to_first(self.seed, self.most)
        };
        VerdictTable::judged(cases, protocols, readers, threads, judge, tell)
    }
}

/// How the walks of one model are drawn.
#[derive(Clone, Debug)]
pub(crate) struct Walks<'a> {
    model: ProtocolModel<'a>,
    depth: u32,
    threads: Vec<ModelStep>,
    most_steps: u64,
}

/// What breaks a promise in a walk, at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    Violation(Finding),
    /// Nobody can do anything.
    Deadlock,
}

/// What came of some walks, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WalksVerdict {
    pub threads: usize,
    /// Steps after which a walk is given up.
    pub most_steps: u64,
    /// Walks in which a violation of the depth is met once, on average, at the
    /// most.
    pub promised: u64,
    /// Walks made: to the first that broke a promise, or all that were wanted.
    pub walks: u64,
    /// Steps made in them.
    pub steps: u64,
    /// What was found, and the seed of that walk.
    pub found: Option<(u64, Broken)>,
}

impl<'a> Walks<'a> {
    /// No walk is longer than twice what the readers make when each is alone, and
    /// two rounds of the writer.
    #[must_use]
    pub(crate) fn new(model: ProtocolModel<'a>, depth: u32) -> Self {
        let mut threads = vec![ModelStep::Writer];
        for i in 0..model.readers {
            let reader = [
                ModelStep::Reader(i),
                ModelStep::WriterReuses(i),
                ModelStep::OtherTakes(i),
            ];
            threads.extend(reader);
            threads.extend((!model.protocol.query).then_some(ModelStep::NewChunk(i)));
        }
        let round = model.case.steps.len() as u64;
        Walks {
            model,
            depth,
            threads,
            most_steps: 2 * (u64::from(model.readers) * steps_alone(&model) + round),
        }
    }

    /// The walk that a seed draws: its steps, and what it breaks.
    #[must_use]
    pub(crate) fn draw(&self, seed: u64) -> (Vec<ModelStep>, Option<Broken>) {
        let (threads, random) = (self.threads.len(), &mut Random::new(seed));
        let mut order = PriorityOrder::draw(random, threads, self.most_steps, self.depth);
        let (mut state, mut steps) = (self.model.start(), Vec::new());
        let readers = usize::from(self.model.readers);
        let mut broken = None;
        while broken.is_none() && (steps.len() as u64) < self.most_steps {
            if state.readers[..readers].iter().all(|it| it.is_done()) {
                break;
            }
            let mut possible = 0_u32;
            self.model.each_step(&state, |step| {
                let thread = self.threads.iter().position(|one| *one == step);
                possible |= thread.map_or(0, |thread| 1 << thread);
            });
            let Some(thread) = order.next(|thread| possible & 1 << thread != 0) else {
                broken = Some(Broken::Deadlock);
                break;
            };
            let (next, printed) = self.model.step(&state, self.threads[thread]);
            state = next;
            steps.push(self.threads[thread]);
            let violation = printed.filter(|printed| printed.kind.violation().is_some());
            broken = violation.map(|printed| {
                Broken::Violation(Finding {
                    kind: printed.kind,
                    printed,
                    previous: line_before(&self.model, &steps, printed.reader),
                    steps: steps.clone(),
                })
            });
        }
        (steps, broken)
    }

    /// Makes the walks of a seed and those that follow it, at most so many, until
    /// one breaks a promise.
    #[must_use]
    pub(crate) fn to_first(&self, seed: u64, most: u64) -> WalksVerdict {
        let mut verdict = WalksVerdict {
            threads: self.threads.len(),
            most_steps: self.most_steps,
            promised: most_runs(self.threads.len(), self.most_steps, self.depth),
            walks: 0,
            steps: 0,
            found: None,
        };
        while verdict.found.is_none() && verdict.walks < most {
            let seed = seed.wrapping_add(verdict.walks);
            let (steps, broken) = self.draw(seed);
            verdict.found = broken.map(|broken| (seed, broken));
            verdict.walks += 1;
            verdict.steps += steps.len() as u64;
        }
        verdict
    }
}

impl Broken {
    /// The cause or the name of the violation, or `deadlock`.
    #[must_use]
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Broken::Violation(finding) => finding.label(),
            Broken::Deadlock => "deadlock",
        }
    }
}

/// The steps of a reader whose writer never begins.
fn steps_alone(model: &ProtocolModel<'_>) -> u64 {
    let (mut state, mut steps) = (model.start(), 0);
    while !state.readers[0].is_done() && steps < MOST_ALONE {
        state = model.step(&state, ModelStep::Reader(0)).0;
        steps += 1;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::case::cases;
    use crate::model::judge::HoleCause;
    use crate::model::trace::Trace;
    use crate::model::verdict::ProtocolVerdict;

    fn case(name: &str) -> ModelCase {
        let mut all = cases().unwrap().into_iter();
        all.find(|case| case.name == name).unwrap()
    }

    fn first(case: &ModelCase, reader: &str, readers: u8, most: u64) -> WalksVerdict {
        let protocol = Protocol::find(reader).unwrap();
        Walks::new(ProtocolModel::new(case, protocol, readers), DEPTH).to_first(1, most)
    }

    #[test]
    fn each_known_hole_is_found_and_with_the_cures_nothing_is() {
        for (name, reader, cause) in [
            ("replace", "merged", HoleCause::H1),
            ("merge-both", "merged", HoleCause::H2),
            ("replace-last", "query", HoleCause::H3),
            ("split-tail", "no-gap-check", HoleCause::MovedStart),
        ] {
            let case = case(name);
            let verdict = first(&case, reader, 1, 20_000);
            let (_, broken) = verdict.found.expect(name);
            assert_eq!(broken.word(), cause.label(), "{name}");
            assert_eq!(first(&case, "merged-all-cures", 1, 3_000).found, None);
        }
    }

    #[test]
    fn a_seed_draws_a_walk_again_and_all_its_steps_can_be_made() {
        let case = case("replace");
        let model = ProtocolModel::new(&case, Protocol::find("merged").unwrap(), 1);
        let walks = Walks::new(model, DEPTH);
        let mut different = std::collections::HashSet::new();
        for seed in 0..500 {
            let (steps, broken) = walks.draw(seed);
            assert_eq!(walks.draw(seed), (steps.clone(), broken.clone()));
            assert!(steps.len() as u64 <= walks.most_steps);
            let trace = Trace::of(&model, &steps);
            assert_eq!(trace.rows.len(), steps.len(), "seed {seed}");
            let violations = trace.rows.iter().filter(|row| {
                let printed = row.printed.as_ref();
                printed.is_some_and(|printed| printed.kind.violation().is_some())
            });
            assert_eq!(violations.count(), usize::from(broken.is_some()));
            different.insert(steps);
        }
        assert!(different.len() > 250, "{}", different.len());
    }

    #[test]
    fn what_walks_find_the_checker_finds_too() {
        let case = case("replace");
        for reader in ["merged", "query", "no-gap-check", "no-detach-check"] {
            let model = ProtocolModel::new(&case, Protocol::find(reader).unwrap(), 1);
            let all = ProtocolVerdict::of(&model);
            let walks = Walks::new(model, DEPTH);
            let mut found = 0;
            for seed in 0..2_000 {
                if let (_, Some(broken)) = walks.draw(seed) {
                    found += 1;
                    let mut words = all.violations().map(|it| it.label());
                    assert!(words.any(|word| word == broken.word()), "{reader}, {seed}");
                }
            }
            assert!(found > 20, "{reader}: {found}");
        }
    }

    #[test]
    fn two_readers_walk_too() {
        let case = case("replace");
        let verdict = first(&case, "merged", 2, 10_000);
        assert_eq!(verdict.threads, 9);
        assert!(verdict.found.is_some());
        assert_eq!(first(&case, "merged-all-cures", 2, 1_000).found, None);
    }
}
