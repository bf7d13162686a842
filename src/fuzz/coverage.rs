//! Which steps have been seen, and what came of the sequences that make them.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum as _;
use serde::Serialize;

use super::transition::{Part, Shape, Transition};
use crate::oracle::tally::Tally;

/// What came of the sequences that make a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    pub(crate) sequences: u64,
    pub(crate) scans: u64,
    pub(crate) torn: u64,
    pub(crate) violations: u64,
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.sequences += other.sequences;
        self.scans += other.scans;
        self.torn += other.torn;
        self.violations += other.violations;
    }
}

/// A cell of the table: what happens, and in which part of a VMA; no part: at the
/// end of the address space.
pub(crate) type Cell = (Shape, Option<Part>);

/// The cells in which a step is counted.
pub(crate) fn cells_of(step: &Transition) -> Vec<Cell> {
    let mut cells = vec![(step.shape, Some(step.part))];
    if step.last {
        cells.push((step.shape, None));
    }
    cells
}

/// The columns of the table, in their order.
pub(crate) fn columns() -> Vec<Option<Part>> {
    let parts = Part::value_variants().iter().copied().map(Some);
    parts.chain([None]).collect()
}

/// All steps seen so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage(BTreeMap<Transition, Counts>);

impl Coverage {
    /// How many of these have not been seen.
    pub(crate) fn new_among(&self, transitions: &BTreeSet<Transition>) -> usize {
        let new = transitions.iter().filter(|one| !self.0.contains_key(one));
        new.count()
    }

    /// A sequence that makes these steps will be run.
    pub(crate) fn begin(&mut self, transitions: &BTreeSet<Transition>) {
        for one in transitions {
            self.0.entry(*one).or_default().sequences += 1;
        }
    }

    /// It was read so often.
    pub(crate) fn note(&mut self, transitions: &BTreeSet<Transition>, tally: &Tally) {
        for one in transitions {
            let counts = self.0.entry(*one).or_default();
            counts.scans += tally.scans;
            counts.torn += tally.torn;
            counts.violations += tally.violation_count();
        }
    }

    /// Adds what another one has seen.
    pub(crate) fn merge(&mut self, other: &Coverage) {
        for (one, theirs) in &other.0 {
            self.0.entry(*one).or_default().add(theirs);
        }
    }

    /// The steps in their order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&Transition, &Counts)> {
        self.0.iter()
    }

    /// What came of the steps that are counted under each key.
    pub(crate) fn summed<K: Ord>(
        &self,
        keys: impl Fn(&Transition) -> Vec<K>,
    ) -> BTreeMap<K, Counts> {
        let mut sums: BTreeMap<K, Counts> = BTreeMap::new();
        for (step, counts) in &self.0 {
            for key in keys(step) {
                sums.entry(key).or_default().add(counts);
            }
        }
        sums
    }

    /// How many different ones there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
