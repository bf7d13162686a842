//! One scan of a text file of a modifier, judged by its states.

use std::sync::Arc;

use super::clock::Clock;
use super::finds::{AROUND, Allowance, Finds, FoundKind};
use super::options::SamplerError;
use super::reader::Sampling;
use super::text_reader::TextReader;
use crate::linux::chunk::{ChunkReader, ScanError};
use crate::linux::dwell::DwellTime;
use crate::linux::features::rule::Rule;
use crate::linux::file::ProcFile;
use crate::linux::interrupt_storm::InterruptStorm;
use crate::linux::known_holes::KnownHoles;
use crate::linux::reader::Reader;
use crate::maps::excerpt::Excerpt;
use crate::maps::scan_text::ScanText;
use crate::oracle::pairs::PairTable;
use crate::oracle::runs::Runs;
use crate::oracle::states::States;
use crate::oracle::text_judge::TextJudge;
use crate::oracle::verdict::{Verdict, Violation, ViolationKind};
use crate::setup::read_range::ReadRange;

/// A reader of `maps` or `smaps` and the judge of its scans.
#[derive(Debug)]
pub(crate) struct TextSampling {
    reader: TextReader,
    states: Arc<States>,
    judge: TextJudge,
    tears: Allowance,
    /// By label: a flood of one must not hide a rare other.
    violations: [Allowance; KnownHoles::SETS],
    runs: Runs,
    pairs: PairTable,
}

impl TextSampling {
    pub(crate) fn new(
        file: ChunkReader<ProcFile>,
        reader: Reader,
        states: Arc<States>,
        rule: Rule,
        extent: ReadRange,
    ) -> Self {
        TextSampling {
            reader: TextReader::new(file, reader == Reader::Smaps, extent),
            runs: Runs::new(),
            pairs: PairTable::new(&states),
            states,
            judge: TextJudge::new(reader, rule),
            tears: Allowance::new(4, 40),
            violations: [(); KnownHoles::SETS].map(|()| Allowance::new(16, 20)),
        }
    }
}

impl Sampling for TextSampling {
    fn sample(&mut self, clock: &Clock, finds: &mut Finds<'_>) -> Result<bool, SamplerError> {
        let whole = self.reader.scan(clock)?;
        let scan = self.reader.text();
        let verdict = if whole {
            self.judge.judge(&self.states, scan)
        } else {
            self.judge.judge_beginning(&self.states, scan)
        };
        if verdict.violations.iter().any(is_lost_tail) && !self.reader.is_alive()? {
            // The target died in the middle: the kernel had no more to print.
            return Err(ScanError::TargetGone.into());
        }
        let scan = self.reader.text();
        finds.tally.add(verdict);
        self.pairs.add(scan, verdict);
        for violation in &verdict.violations {
            let at_ns = (finds.now_ns)();
            let run = self.runs.note(&self.states, violation.into(), at_ns);
            finds.tally.add_run(&violation.kind, violation.known, run);
            let allowance = &mut self.violations[violation.known.index()];
            finds.describe(allowance, || FoundKind::Violation {
                violation: violation.clone(),
                excerpt: Excerpt::of_scan(scan, violation.at, AROUND),
            });
        }
        self.runs.end_scan();
        for tear in &verdict.tears {
            finds.describe(&mut self.tears, || FoundKind::Tear {
                tear: *tear,
                excerpt: Excerpt::of_scan(scan, tear.at, AROUND),
            });
        }
        Ok(!verdict.coherent())
    }

    fn set_dwell(&mut self, pause: DwellTime) {
        self.reader.set_dwell(pause);
    }

    fn begin_storm(&mut self, storm: InterruptStorm) {
        self.reader.begin_storm(storm);
    }

    fn is_alive(&mut self) -> Result<bool, ScanError> {
        self.reader.is_alive()
    }

    fn pairs(&self) -> Option<&PairTable> {
        Some(&self.pairs)
    }

    fn latest(&self) -> Option<(&ScanText, &Verdict)> {
        Some((self.reader.text(), self.judge.verdict()))
    }

    fn give_scan(&mut self, other: &mut ScanText) {
        std::mem::swap(self.reader.text_mut(), other);
    }
}

fn is_lost_tail(violation: &Violation) -> bool {
    matches!(violation.kind, ViolationKind::LostTail(_))
}
