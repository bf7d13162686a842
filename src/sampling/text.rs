//! One scan of a text file of a modifier, judged by its states.

use std::sync::Arc;
use std::time::Instant;

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
use crate::recording::raw::Raw;
use crate::setup::read_range::ReadRange;
use crate::text::number::nanoseconds;

/// A reader of `maps` or `smaps`, and the judge of its scans.
#[derive(Debug)]
pub(crate) struct TextSampling {
    reader: TextReader,
    judging: TextJudging,
    /// Whether the latest scan is one of the whole file.
    whole: bool,
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
            judging: TextJudging::new(reader, rule, states),
            whole: true,
        }
    }
}

impl Sampling for TextSampling {
    fn sample(
        &mut self,
        clock: &Clock,
        start: Instant,
        finds: &mut Finds<'_>,
    ) -> Result<bool, SamplerError> {
        self.whole = self.reader.scan(clock)?;
        finds.now_ns = nanoseconds(start.elapsed());
        let verdict = self.judging.judge(self.reader.text(), self.whole);
        if verdict.violations.iter().any(is_lost_tail) && !self.reader.is_alive()? {
            // The target died in the middle: the kernel had no more to print.
            return Err(ScanError::TargetGone.into());
        }
        Ok(self.judging.count(self.reader.text(), finds))
    }

    fn raw(&self) -> Raw<'_> {
        Raw::Scan {
            text: self.reader.text(),
            whole: self.whole,
        }
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
        Some(self.judging.pairs())
    }

    fn latest(&self) -> Option<(&ScanText, &Verdict)> {
        Some((self.reader.text(), self.judging.verdict()))
    }

    fn give_scan(&mut self, other: &mut ScanText) {
        std::mem::swap(self.reader.text_mut(), other);
    }
}

/// Judges scans of `maps` or `smaps`, and counts and describes what they show.
#[derive(Debug)]
pub(crate) struct TextJudging {
    states: Arc<States>,
    judge: TextJudge,
    tears: Allowance,
    /// By label: a flood of one must not hide a rare other.
    violations: [Allowance; KnownHoles::SETS],
    runs: Runs,
    pairs: PairTable,
}

impl TextJudging {
    pub(crate) fn new(reader: Reader, rule: Rule, states: Arc<States>) -> Self {
        TextJudging {
            judge: TextJudge::new(reader, rule),
            tears: Allowance::new(4, 40),
            violations: [(); KnownHoles::SETS].map(|()| Allowance::new(16, 20)),
            runs: Runs::new(),
            pairs: PairTable::new(&states),
            states,
        }
    }

    /// Judges a scan, of the whole file or not.
    pub(crate) fn judge(&mut self, scan: &ScanText, whole: bool) -> &Verdict {
        match whole {
            true => self.judge.judge(&self.states, scan),
            false => self.judge.judge_beginning(&self.states, scan),
        }
    }

    /// Counts the scan that was judged last, and describes what it shows; whether it
    /// was torn, or violates a promise.
    pub(crate) fn count(&mut self, scan: &ScanText, finds: &mut Finds<'_>) -> bool {
        let verdict = self.judge.verdict();
        finds.tally.add(verdict);
        self.pairs.add(scan, verdict);
        for violation in &verdict.violations {
            let run = self.runs.note(&self.states, violation.into(), finds.now_ns);
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
        !verdict.coherent()
    }

    /// The next scan does not follow the one that was judged last.
    pub(crate) fn after_gap(&mut self) {
        self.runs.after_gap();
    }

    /// What was said of the scan judged last.
    pub(crate) fn verdict(&self) -> &Verdict {
        self.judge.verdict()
    }

    /// The pairs of lines counted so far.
    pub(crate) fn pairs(&self) -> &PairTable {
        &self.pairs
    }
}

fn is_lost_tail(violation: &Violation) -> bool {
    matches!(violation.kind, ViolationKind::LostTail(_))
}
