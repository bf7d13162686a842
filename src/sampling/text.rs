//! One scan of a text file of a modifier, judged by its states.

use std::sync::Arc;

use super::clock::Clock;
use super::events::{Allowance, Finds, FoundKind};
use super::text_reader::TextReader;
use crate::linux::chunk::{ChunkReader, ScanError};
use crate::linux::dwell::Pause;
use crate::linux::features::rule::{Reader, Rule};
use crate::linux::file::ProcFile;
use crate::linux::known_holes::KnownHoles;
use crate::maps::excerpt::Excerpt;
use crate::maps::scan_text::ScanText;
use crate::oracle::pairs::PairTable;
use crate::oracle::states::States;
use crate::oracle::text_judge::TextJudge;
use crate::oracle::verdict::{Verdict, Violation, ViolationKind};
use crate::setup::read_range::Extent;

/// Lines shown on each side of what was found.
const AROUND: usize = 3;

/// A reader of `maps` or `smaps` and the judge of its scans.
#[derive(Debug)]
pub(crate) struct TextSampling {
    reader: TextReader,
    states: Arc<States>,
    judge: TextJudge,
    tears: Allowance,
    /// By label: a flood of one must not hide a rare other.
    violations: [Allowance; KnownHoles::SETS],
    pairs: PairTable,
}

impl TextSampling {
    pub(crate) fn new(
        file: ChunkReader<ProcFile>,
        reader: Reader,
        states: Arc<States>,
        rule: Rule,
        extent: Extent,
    ) -> Self {
        TextSampling {
            reader: TextReader::new(file, reader == Reader::Smaps, extent),
            pairs: PairTable::new(&states),
            states,
            judge: TextJudge::new(reader, rule),
            tears: Allowance::new(4, 40),
            violations: [(); KnownHoles::SETS].map(|()| Allowance::new(16, 20)),
        }
    }

    /// One scan; whether it was torn, or violates a promise.
    pub(crate) fn scan(&mut self, clock: &Clock, finds: &mut Finds<'_>) -> Result<bool, ScanError> {
        let whole = self.reader.scan(clock)?;
        let scan = self.reader.text();
        let verdict = if whole {
            self.judge.judge(&self.states, scan)
        } else {
            self.judge.judge_beginning(&self.states, scan)
        };
        if verdict.violations.iter().any(is_lost_tail) && !self.reader.is_alive() {
            // The target died in the middle: the kernel had no more to print.
            return Err(ScanError::TargetGone);
        }
        let scan = self.reader.text();
        finds.tally.add(verdict);
        self.pairs.add(scan, verdict);
        for violation in &verdict.violations {
            let allowance = &mut self.violations[violation.known.index()];
            finds.describe(allowance, || FoundKind::Violation {
                violation: violation.clone(),
                excerpt: Excerpt::of_scan(scan, violation.at, AROUND),
            });
        }
        for tear in &verdict.tears {
            finds.describe(&mut self.tears, || FoundKind::Tear {
                tear: *tear,
                excerpt: Excerpt::of_scan(scan, tear.at, AROUND),
            });
        }
        Ok(!verdict.coherent())
    }

    /// The pairs of lines counted so far.
    pub(crate) fn pairs(&self) -> &PairTable {
        &self.pairs
    }

    pub(crate) fn set_pause(&mut self, pause: Pause) {
        self.reader.set_pause(pause);
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        self.reader.is_alive()
    }

    /// What the judge said of the latest scan.
    pub(crate) fn verdict(&self) -> &Verdict {
        self.judge.verdict()
    }

    pub(crate) fn latest(&self) -> &ScanText {
        self.reader.text()
    }

    /// Swaps the latest scan with `other`.
    pub(crate) fn swap_scan(&mut self, other: &mut ScanText) {
        std::mem::swap(self.reader.text_mut(), other);
    }
}

fn is_lost_tail(violation: &Violation) -> bool {
    matches!(violation.kind, ViolationKind::LostTail(_))
}
