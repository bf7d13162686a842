//! What a hunt came to, and what several did together.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::coverage::Coverage;
use super::find::{Find, FindKey};
use crate::events::case::Fallbacks;
use crate::oracle::tally::Tally;

/// How often a call was made, and how often this kernel refused it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct CallCounts {
    pub(crate) tried: u64,
    pub(crate) refused: u64,
    /// What the kernel said last.
    pub(crate) reason: Option<String>,
}

/// What has come of it so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) elapsed: Duration,
    /// Sequences drawn; those that were no cycle here, or changed nothing; those run.
    pub(crate) drawn: u64,
    pub(crate) no_cycle: u64,
    pub(crate) run: u64,
    /// Operations that the modifier made while somebody read.
    pub(crate) operations: u64,
    pub(crate) tally: Tally,
    /// Fallbacks to mmap_lock, where they were counted.
    pub(crate) fallbacks: Option<Fallbacks>,
    /// By the call's first word.
    pub(crate) calls: BTreeMap<String, CallCounts>,
    pub(crate) coverage: Coverage,
    /// How often each kind of violation was seen, by reader.
    pub(crate) violations: BTreeMap<(FindKey, String), u64>,
    /// Modifiers that ended and were started anew, and why the last did.
    pub(crate) restarts: u64,
    pub(crate) restarted_for: Option<String>,
}

impl Totals {
    /// How many trials showed a violation with the signature of a known hole.
    pub(crate) fn labelled(&self) -> u64 {
        self.count(|key| key.label.is_some())
    }

    /// How many showed one of no known mechanism.
    pub(crate) fn unlabelled(&self) -> u64 {
        self.count(|key| key.label.is_none())
    }

    pub(crate) fn add_fallbacks(&mut self, more: Option<Fallbacks>) {
        self.fallbacks = Fallbacks::sum([self.fallbacks, more]);
    }

    fn count(&self, which: impl Fn(&FindKey) -> bool) -> u64 {
        let counted = self.violations.iter().filter(|((key, _), _)| which(key));
        counted.map(|(_, count)| count).sum()
    }

    fn merge(&mut self, other: &Totals) {
        self.elapsed = self.elapsed.max(other.elapsed);
        self.drawn += other.drawn;
        self.no_cycle += other.no_cycle;
        self.run += other.run;
        self.operations += other.operations;
        self.tally.merge(&other.tally);
        self.add_fallbacks(other.fallbacks);
        for (word, counts) in &other.calls {
            let mine = self.calls.entry(word.clone()).or_default();
            mine.tried += counts.tried;
            mine.refused += counts.refused;
            mine.reason = mine.reason.take().or_else(|| counts.reason.clone());
        }
        self.coverage.merge(&other.coverage);
        for (key, count) in &other.violations {
            *self.violations.entry(key.clone()).or_default() += count;
        }
        self.restarts += other.restarts;
        self.restarted_for = self
            .restarted_for
            .take()
            .or_else(|| other.restarted_for.clone());
    }
}

/// What one hunter or several came to.
#[derive(Debug, Default)]
pub(crate) struct HuntResult {
    pub(crate) totals: Totals,
    pub(crate) finds: Vec<Find>,
    /// Why it ended before its time.
    pub(crate) problem: Option<anyhow::Error>,
}

impl HuntResult {
    /// Adds what another came to; of finds of the same the first counts.
    pub(crate) fn merge(&mut self, other: HuntResult) {
        self.totals.merge(&other.totals);
        for find in other.finds {
            match self.finds.iter_mut().find(|one| one.key == find.key) {
                None => self.finds.push(find),
                Some(known) if find.after < known.after => *known = find,
                Some(_) => {}
            }
        }
        self.finds.sort_by_key(|find| find.after);
        self.problem = self.problem.take().or(other.problem);
    }
}
