//! Sums over many verdicts.

use serde::{Deserialize, Serialize};

use super::by_name::{counts, runs};
use super::runs::Run;
use super::verdict::{TearKind, Verdict, ViolationKind};
use crate::linux::known_holes::{KnownHole, KnownHoles};

/// What many scans of one reader, or many queries, amount to.
///
/// For a text reader a scan is one pass over the file and its lines are the
/// VMA lines in it; for `query` a scan is one pass over the addresses it asks
/// for and its lines are the answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub scans: u64,
    /// Judged lines or answers.
    pub lines: u64,
    /// Scans that mix states, duplicates included.
    pub torn: u64,
    pub duplicates_at_boundary: u64,
    pub duplicates_inside: u64,
    /// Those of the duplicates whose start is even below the previous start.
    pub backward: u64,
    /// Scans with at least one violation.
    pub violating_scans: u64,
    /// Violations that show between two lines of one chunk.
    pub violations_inside: u64,
    /// Violations by [`ViolationKind::index`] and [`KnownHoles::index`].
    #[serde(with = "counts")]
    pub violations: [[u64; KnownHoles::SETS]; ViolationKind::NAMES.len()],
    /// The longest run of each.
    #[serde(with = "runs")]
    pub longest_runs: [[Run; KnownHoles::SETS]; ViolationKind::NAMES.len()],
}

impl Tally {
    /// Adds the verdict of one scan.
    pub fn add(&mut self, verdict: &Verdict) {
        self.scans += 1;
        self.lines += verdict.lines;
        self.torn += u64::from(verdict.torn());
        for tear in &verdict.tears {
            match tear.kind {
                TearKind::DuplicateAtBoundary => self.duplicates_at_boundary += 1,
                TearKind::DuplicateInside => self.duplicates_inside += 1,
            }
            self.backward += u64::from(tear.backward);
        }
        self.violating_scans += u64::from(!verdict.violations.is_empty());
        for violation in &verdict.violations {
            self.violations_inside += u64::from(!violation.first_in_chunk);
            self.add_violation(&violation.kind, violation.known);
        }
    }

    pub fn add_violation(&mut self, kind: &ViolationKind, known: KnownHoles) {
        self.violations[kind.index()][known.index()] += 1;
    }

    /// Takes note of how long a run of such violations has become.
    pub(crate) fn add_run(&mut self, kind: &ViolationKind, known: KnownHoles, run: Run) {
        let longest = &mut self.longest_runs[kind.index()][known.index()];
        *longest = run.max(*longest);
    }

    /// The longest run of violations of this kind and label.
    #[must_use]
    pub fn longest_run(&self, kind: &str, known: KnownHoles) -> Run {
        let index = ViolationKind::NAMES.iter().position(|name| *name == kind);
        index.map_or_else(Run::default, |index| {
            self.longest_runs[index][known.index()]
        })
    }

    /// Adds another; what a damaged file says may be beyond all that can be counted.
    pub fn merge(&mut self, other: &Tally) {
        let add = |mine: &mut u64, theirs: u64| *mine = mine.saturating_add(theirs);
        add(&mut self.scans, other.scans);
        add(&mut self.lines, other.lines);
        add(&mut self.torn, other.torn);
        add(
            &mut self.duplicates_at_boundary,
            other.duplicates_at_boundary,
        );
        add(&mut self.duplicates_inside, other.duplicates_inside);
        add(&mut self.backward, other.backward);
        add(&mut self.violating_scans, other.violating_scans);
        add(&mut self.violations_inside, other.violations_inside);
        for (mine, theirs) in self.violations.iter_mut().zip(&other.violations) {
            for (a, b) in mine.iter_mut().zip(theirs) {
                add(a, *b);
            }
        }
        for (mine, theirs) in self.longest_runs.iter_mut().zip(&other.longest_runs) {
            for (a, b) in mine.iter_mut().zip(theirs) {
                *a = (*a).max(*b);
            }
        }
    }

    /// What was added since it was `earlier`; of the runs, those that have become
    /// the longest since.
    #[must_use]
    pub fn since(&self, earlier: &Tally) -> Tally {
        let less = |now: u64, then: u64| now.saturating_sub(then);
        let mut violations = self.violations;
        for (mine, theirs) in violations.iter_mut().zip(&earlier.violations) {
            for (a, b) in mine.iter_mut().zip(theirs) {
                *a = less(*a, *b);
            }
        }
        let mut longest_runs = self.longest_runs;
        for (mine, theirs) in longest_runs.iter_mut().zip(&earlier.longest_runs) {
            for (a, b) in mine.iter_mut().zip(theirs) {
                if a == b {
                    *a = Run::default();
                }
            }
        }
        Tally {
            scans: less(self.scans, earlier.scans),
            lines: less(self.lines, earlier.lines),
            torn: less(self.torn, earlier.torn),
            duplicates_at_boundary: less(
                self.duplicates_at_boundary,
                earlier.duplicates_at_boundary,
            ),
            duplicates_inside: less(self.duplicates_inside, earlier.duplicates_inside),
            backward: less(self.backward, earlier.backward),
            violating_scans: less(self.violating_scans, earlier.violating_scans),
            violations_inside: less(self.violations_inside, earlier.violations_inside),
            violations,
            longest_runs,
        }
    }

    #[must_use]
    pub(crate) fn duplicates(&self) -> u64 {
        self.duplicates_at_boundary + self.duplicates_inside
    }

    #[must_use]
    pub fn violation_count(&self) -> u64 {
        self.violations.iter().flatten().sum()
    }

    /// Violations that bear the signature of a known hole.
    #[must_use]
    pub fn known_count(&self) -> u64 {
        self.violations.iter().flat_map(|row| &row[1..]).sum()
    }

    /// Violations that bear just these signatures; with none, those whose
    /// mechanism is not known.
    #[must_use]
    pub(crate) fn labelled(&self, known: KnownHoles) -> u64 {
        self.violations.iter().map(|row| row[known.index()]).sum()
    }

    /// Violations that bear this signature, perhaps with others.
    #[must_use]
    pub fn possibly(&self, hole: KnownHole) -> u64 {
        let sets = KnownHoles::sets().filter(|set| set.has(hole));
        sets.map(|set| self.labelled(set)).sum()
    }

    /// The kinds and labels that were seen, with their counts: the kind's
    /// name, the label, how many.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, KnownHoles, u64)> {
        self.all_named().filter(|(_, _, count)| *count > 0)
    }

    /// The same of all kinds and labels, seen or not.
    pub(crate) fn all_named(&self) -> impl Iterator<Item = (&'static str, KnownHoles, u64)> {
        let rows = ViolationKind::NAMES.iter().zip(&self.violations);
        rows.flat_map(|(name, row)| {
            let counts = KnownHoles::sets().zip(row);
            counts.map(|(known, count)| (*name, known, *count))
        })
    }

    /// The upper bound (95 %) on violations per scan where none was seen in
    /// `scans` independent scans: 3/n.
    #[must_use]
    pub(crate) fn bound(&self) -> Option<f64> {
        (self.violation_count() == 0 && self.scans > 0).then(|| 3.0 / self.scans as f64)
    }
}
