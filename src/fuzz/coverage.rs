//! Which steps have been seen, and what came of the sequences that make them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::transition::Transition;
use crate::oracle::tally::Tally;

/// What came of the sequences that make a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    pub(crate) sequences: u64,
    pub(crate) scans: u64,
    pub(crate) torn: u64,
    pub(crate) violations: u64,
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
            let mine = self.0.entry(*one).or_default();
            mine.sequences += theirs.sequences;
            mine.scans += theirs.scans;
            mine.torn += theirs.torn;
            mine.violations += theirs.violations;
        }
    }

    /// The steps in their order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&Transition, &Counts)> {
        self.0.iter()
    }

    /// How many different ones there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
