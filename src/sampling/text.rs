//! One scan of a text file, judged.

use std::sync::Arc;

use super::clock::Clock;
use super::events::{Allowance, FoundKind};
use crate::linux::chunk::{ChunkReader, ScanError};
use crate::linux::dwell::Pause;
use crate::linux::features::rule::{Reader, Rule};
use crate::linux::file::ProcFile;
use crate::linux::known_holes::KnownHoles;
use crate::linux::process::mm_is_alive;
use crate::maps::excerpt::Excerpt;
use crate::maps::scan_text::ScanText;
use crate::oracle::pairs::PairTable;
use crate::oracle::states::States;
use crate::oracle::tally::Tally;
use crate::oracle::text_judge::TextJudge;
use crate::oracle::verdict::{Verdict, Violation, ViolationKind};
use crate::setup::read_range::Extent;

/// Lines shown on each side of what was found.
const AROUND: usize = 3;

/// A reader of `maps` or `smaps` and the judge of its scans.
#[derive(Debug)]
pub(crate) struct TextSampling {
    file: ChunkReader<ProcFile>,
    smaps: bool,
    states: Arc<States>,
    judge: TextJudge,
    raw: ScanText,
    lines: ScanText,
    tears: Allowance,
    /// By label: a flood of one must not hide a rare other.
    violations: [Allowance; KnownHoles::SETS],
    pairs: PairTable,
    extent: Extent,
}

impl TextSampling {
    pub(crate) fn new(
        mut file: ChunkReader<ProcFile>,
        reader: Reader,
        states: Arc<States>,
        rule: Rule,
        extent: Extent,
    ) -> Self {
        if let Some(size) = extent.read_size {
            file.set_read_size(size);
        }
        file.pause_first(extent.one_read);
        TextSampling {
            file,
            extent,
            smaps: reader == Reader::Smaps,
            pairs: PairTable::new(&states),
            states,
            judge: TextJudge::new(reader, rule),
            raw: ScanText::default(),
            lines: ScanText::default(),
            tears: Allowance::new(4, 40),
            violations: [(); KnownHoles::SETS].map(|()| Allowance::new(16, 20)),
        }
    }

    /// One scan. Calls `found` for what is to be described and counts in
    /// `not_described` what is not.
    pub(crate) fn scan(
        &mut self,
        clock: &Clock,
        tally: &mut Tally,
        now_ns: impl Fn() -> u64,
        not_described: &mut u64,
        mut found: impl FnMut(FoundKind),
    ) -> Result<(), ScanError> {
        let whole = match self.extent.until {
            None => {
                self.file.scan(clock, &mut self.raw)?;
                true
            }
            Some(address) => self.file.scan_until(clock, &mut self.raw, address)?,
        };
        let scan = if self.smaps {
            self.lines.copy_headers_of(&self.raw);
            &self.lines
        } else {
            &self.raw
        };
        let verdict = if whole {
            self.judge.judge(&self.states, scan)
        } else {
            self.judge.judge_beginning(&self.states, scan)
        };
        if verdict.violations.iter().any(is_lost_tail) && !is_alive(&mut self.file) {
            // The target died in the middle: the kernel had no more to print.
            return Err(ScanError::TargetGone);
        }
        tally.add(verdict);
        self.pairs.add(scan, verdict);
        if verdict.coherent() {
            return Ok(());
        }
        let Verdict {
            tears, violations, ..
        } = verdict;
        for violation in violations {
            if self.violations[violation.known.index()].take(now_ns()) {
                found(FoundKind::Violation {
                    violation: violation.clone(),
                    excerpt: Excerpt::of_scan(scan, violation.at, AROUND),
                });
            } else {
                *not_described += 1;
            }
        }
        for tear in tears {
            if self.tears.take(now_ns()) {
                found(FoundKind::Tear {
                    tear: *tear,
                    excerpt: Excerpt::of_scan(scan, tear.at, AROUND),
                });
            } else {
                *not_described += 1;
            }
        }
        Ok(())
    }

    /// The pairs of lines counted so far.
    pub(crate) fn pairs(&self) -> &PairTable {
        &self.pairs
    }

    pub(crate) fn set_pause(&mut self, pause: Pause) {
        self.file.set_pause(pause);
    }

    /// Whether the address space that is read still exists.
    pub(crate) fn is_alive(&mut self) -> bool {
        is_alive(&mut self.file)
    }

    /// What the judge said of the latest scan.
    pub(crate) fn verdict(&self) -> &Verdict {
        self.judge.verdict()
    }

    /// The latest scan.
    pub(crate) fn latest(&self) -> &ScanText {
        if self.smaps { &self.lines } else { &self.raw }
    }

    /// Swaps the latest scan with `other`.
    pub(crate) fn swap_scan(&mut self, other: &mut ScanText) {
        let latest = if self.smaps {
            &mut self.lines
        } else {
            &mut self.raw
        };
        std::mem::swap(latest, other);
    }
}

fn is_lost_tail(violation: &Violation) -> bool {
    matches!(violation.kind, ViolationKind::LostTail(_))
}

/// What cannot be read at all is not alive either.
pub(crate) fn is_alive(file: &mut ChunkReader<ProcFile>) -> bool {
    mm_is_alive(file.file_mut()).unwrap_or(false)
}
