//! One scan of a target whose states nobody knows.

use std::ops::Range;

use super::clock::Clock;
use super::events::{Allowance, FoundKind};
use super::text::is_alive;
use crate::kernel::chunk::{ChunkReader, ScanError, ScanText};
use crate::kernel::file::ProcFile;
use crate::kernel::procmap_query::{Filter, Lookup, Query, VmaQuery};
use crate::observation::Excerpt;
use crate::scan::{Tally, UnknownJudge, Verdict, keep_headers};

/// Lines shown on each side of what was found.
const AROUND: usize = 3;

/// Missing ranges that are asked about after one scan.
const MOST_ASKED: usize = 16;

/// A reader of `maps` or `smaps`, and the judge that knows no states.
#[derive(Debug)]
pub(super) struct UnknownSampling {
    file: ChunkReader<ProcFile>,
    smaps: bool,
    has_query: bool,
    judge: UnknownJudge,
    raw: ScanText,
    lines: ScanText,
    suspected_holes: u64,
    tears: Allowance,
    suspicions: Allowance,
}

impl UnknownSampling {
    pub(super) fn new(file: ChunkReader<ProcFile>, smaps: bool) -> Self {
        UnknownSampling {
            file,
            smaps,
            has_query: !smaps,
            judge: UnknownJudge::new(),
            raw: ScanText::default(),
            lines: ScanText::default(),
            suspected_holes: 0,
            tears: Allowance::new(4, 40),
            suspicions: Allowance::new(16, 40),
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
        // Now `scan` is the one before, in which holes may be.
        for hole in self.judge.suspected() {
            self.suspected_holes += 1;
            if self.suspicions.take(now_ns()) {
                found(FoundKind::SuspectedHole {
                    excerpt: Excerpt::of_scan(scan, hole.at, AROUND),
                    hole: hole.clone(),
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
        ask_about_missing(self.file.file(), &mut self.judge, &mut self.has_query);
        Ok(())
    }

    /// What the judge said of the latest scan.
    pub(super) fn verdict(&self) -> &Verdict {
        self.judge.verdict()
    }

    /// Suspected holes, and missing ranges that were not followed, so far.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.suspected_holes, self.judge.not_followed())
    }

    /// Whether the address space that is read still exists.
    pub(super) fn is_alive(&mut self) -> bool {
        is_alive(&mut self.file)
    }

    /// The latest scan.
    pub(super) fn latest(&self) -> &ScanText {
        self.judge.latest()
    }

    /// Copies the latest scan; the judge needs its own for the next one.
    pub(super) fn copy_scan(&self, into: &mut ScanText) {
        into.copy_from(self.judge.latest());
    }
}

/// Asks about what the latest scan lacks: both ends must be mapped. Where the
/// kernel does not answer, `has_query` becomes false and nothing is asked.
pub(crate) fn ask_about_missing(file: &ProcFile, judge: &mut UnknownJudge, has_query: &mut bool) {
    for number in 0..MOST_ASKED {
        let Some(range) = judge.candidates().nth(number) else {
            return;
        };
        if !*has_query {
            return;
        }
        match is_mapped(file, &range) {
            Some(mapped) => judge.note_query(number, mapped),
            // Not on this kernel; if the target is gone, the next scan says so.
            None => *has_query = false,
        }
    }
}

/// Whether `PROCMAP_QUERY` finds the first and the last byte mapped; `None`
/// where it does not answer.
fn is_mapped(mut file: &ProcFile, range: &Range<u64>) -> Option<bool> {
    for address in [range.start, range.end - 1] {
        let query = Query {
            address,
            lookup: Lookup::Covering,
            filter: Filter::default(),
        };
        if file.query(&query).ok()?.is_none() {
            return Some(false);
        }
    }
    Some(true)
}

/// The last line of a text, with its newline.
fn last_line(text: &[u8]) -> &[u8] {
    let body = text.strip_suffix(b"\n").unwrap_or(text);
    &text[memchr::memrchr(b'\n', body).map_or(0, |newline| newline + 1)..]
}
