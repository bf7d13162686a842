//! One scan of a text file, judged.

use std::sync::Arc;

use super::clock::Clock;
use super::events::{Allowance, FoundKind};
use crate::kernel::chunk::{ChunkReader, ScanError, ScanText};
use crate::kernel::features::Rule;
use crate::kernel::file::ProcFile;
use crate::observation::Excerpt;
use crate::scan::{States, Tally, TextJudge, Verdict, keep_headers};

/// Lines shown on each side of what was found.
const AROUND: usize = 3;

/// A reader of `maps` or `smaps` and the judge of its scans.
#[derive(Debug)]
pub(super) struct TextSampling {
    file: ChunkReader<ProcFile>,
    smaps: bool,
    states: Arc<States>,
    judge: TextJudge,
    raw: ScanText,
    lines: ScanText,
    tears: Allowance,
    violations: Allowance,
}

impl TextSampling {
    pub(super) fn new(
        file: ChunkReader<ProcFile>,
        smaps: bool,
        states: Arc<States>,
        rule: Rule,
    ) -> Self {
        TextSampling {
            file,
            smaps,
            states,
            judge: TextJudge::new(rule),
            raw: ScanText::default(),
            lines: ScanText::default(),
            tears: Allowance::new(4, 40),
            violations: Allowance::new(16, 40),
        }
    }

    /// One scan. Calls `found` for what is to be described and counts in
    /// `not_described` what is not.
    pub(super) fn scan(
        &mut self,
        clock: &Clock,
        tally: &mut Tally,
        now_ns: impl Fn() -> u64,
        not_described: &mut u64,
        mut found: impl FnMut(FoundKind),
    ) -> Result<(), ScanError> {
        self.file.scan(clock, &mut self.raw)?;
        let scan = if self.smaps {
            keep_headers(&self.raw, &mut self.lines);
            &self.lines
        } else {
            &self.raw
        };
        let verdict = self.judge.judge(&self.states, scan);
        tally.add(verdict);
        if verdict.coherent() {
            return Ok(());
        }
        let Verdict {
            tears, violations, ..
        } = verdict;
        for violation in violations {
            if self.violations.take(now_ns()) {
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

    /// What the judge said of the latest scan.
    pub(super) fn verdict(&self) -> &Verdict {
        self.judge.verdict()
    }

    /// Swaps the latest scan with `other`.
    pub(super) fn swap_scan(&mut self, other: &mut ScanText) {
        let latest = if self.smaps {
            &mut self.lines
        } else {
            &mut self.raw
        };
        std::mem::swap(latest, other);
    }
}
