//! One scan of a target whose states nobody knows.

use super::clock::Clock;
use super::events::{Allowance, FoundKind};
use super::text::is_alive;
use crate::linux::chunk::{ChunkReader, ScanError};
use crate::linux::file::ProcFile;
use crate::maps::excerpt::Excerpt;
use crate::maps::scan_text::ScanText;
use crate::oracle::tally::Tally;
use crate::oracle::unknown_judge::{MissingCounts, UnknownJudge};
use crate::oracle::verdict::Verdict;

/// Lines shown on each side of what was found.
const AROUND: usize = 3;

/// A reader of `maps` or `smaps`, and the judge that knows no states.
#[derive(Debug)]
pub(crate) struct UnknownSampling {
    file: ChunkReader<ProcFile>,
    smaps: bool,
    judge: UnknownJudge,
    raw: ScanText,
    lines: ScanText,
    counts: MissingCounts,
    tears: Allowance,
    blinks: Allowance,
}

impl UnknownSampling {
    pub(crate) fn new(file: ChunkReader<ProcFile>, smaps: bool) -> Self {
        UnknownSampling {
            file,
            smaps,
            judge: UnknownJudge::new(),
            raw: ScanText::default(),
            lines: ScanText::default(),
            counts: MissingCounts::default(),
            tears: Allowance::new(4, 40),
            // Normal: enough to look at, and no crowd that hides the tears.
            blinks: Allowance::new(4, 2),
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
        self.file.scan(clock, &mut self.raw)?;
        let scan = if self.smaps {
            self.lines.copy_headers_of(&self.raw);
            &mut self.lines
        } else {
            &mut self.raw
        };
        // A target that dies or calls exec lets a scan end early. One that
        // ends as the scan before did has not been cut short.
        let last = last_line(scan.text());
        let complete = !last.is_empty() && last == last_line(self.judge.latest().text());
        if !complete && !is_alive(&mut self.file) {
            return Err(ScanError::TargetGone);
        }
        tally.add(self.judge.judge(scan));
        self.counts.merge(self.judge.counts());
        // Now `scan` is the one before, which the blinks are about.
        for blink in self.judge.blinks() {
            if self.blinks.take(now_ns()) {
                found(FoundKind::Blink {
                    excerpt: Excerpt::of_scan(scan, blink.at, AROUND),
                    blink: blink.clone(),
                });
            } else {
                *not_described += 1;
            }
        }
        for tear in &self.judge.verdict().tears {
            if self.tears.take(now_ns()) {
                found(FoundKind::Tear {
                    tear: *tear,
                    excerpt: Excerpt::of_scan(self.judge.latest(), tear.at, AROUND),
                });
            } else {
                *not_described += 1;
            }
        }
        Ok(())
    }

    /// What the judge said of the latest scan.
    pub(crate) fn verdict(&self) -> &Verdict {
        self.judge.verdict()
    }

    /// What was missing and came back, so far.
    pub(crate) fn counts(&self) -> MissingCounts {
        self.counts
    }

    /// Whether the address space that is read still exists.
    pub(crate) fn is_alive(&mut self) -> bool {
        is_alive(&mut self.file)
    }

    /// The latest scan.
    pub(crate) fn latest(&self) -> &ScanText {
        self.judge.latest()
    }

    /// Copies the latest scan; the judge needs its own for the next one.
    pub(crate) fn copy_scan(&self, into: &mut ScanText) {
        into.copy_from(self.judge.latest());
    }
}

/// The last line of a text, with its newline.
fn last_line(text: &[u8]) -> &[u8] {
    let body = text.strip_suffix(b"\n").unwrap_or(text);
    &text[memchr::memrchr(b'\n', body).map_or(0, |newline| newline + 1)..]
}
