//! The judge of scans of a target whose states nobody knows.
//!
//! *Duplicates are certain*: they show in one scan by itself.
//!
//! *Holes are suspected*, never more. A range of addresses is suspected when
//! it is covered by lines in the scan before and in the scan after, covered by
//! none in this one, and no `PROCMAP_QUERY` asked between this scan and the
//! next denied it. By that definition a correct kernel causes a suspicion in
//! just these cases, all of which need the target itself to change the range:
//!
//! * it unmapped the range between the scan before and this one's passing
//!   there, and mapped it, or anything else in its place, before the next scan
//!   passed (and before the query, if one was asked);
//! * it did so more than once: a range that is mapped and unmapped in turn is
//!   suspected whenever one scan in the middle of three hits it unmapped;
//! * it moved a VMA away from there and back, or grew a VMA, shrank it and
//!   grew it again.
//!
//! That the very same line stands before and after
//! ([`SuspectedHole::same_line`]) makes those less likely, not impossible. A
//! range that *stays* missing is never suspected, nor is one that a real hole
//! hides from two scans in a row: both look like an unmapping.

use std::ops::Range;

use super::bytes::{common_lines, first_ending_above, line_at, line_start};
use super::coverage::{self, Intervals};
use super::verdict::{Tear, TearKind, Verdict};
use crate::kernel::chunk::{Lines, ScanText};
use crate::kernel::line::parse_range;

/// Missing ranges of one scan that are followed into the next; more than that
/// is a target that unmaps a great deal, and is counted instead.
const MOST_CANDIDATES: usize = 256;

/// A range that may have been a hole in the scan before the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspectedHole {
    /// The addresses, in bytes.
    pub range: Range<u64>,
    /// `vm_start` and `vm_end` of the line before it in that scan, if any.
    pub previous: Option<(u64, u64)>,
    /// The same of the line behind it.
    pub line: Option<(u64, u64)>,
    /// Where that line starts in that scan's text, in bytes; the text's length
    /// where there is none.
    pub at: usize,
    /// Whether the line that covers the range's start is, byte for byte, the
    /// same in the scans before and after.
    pub same_line: bool,
    /// Whether `PROCMAP_QUERY` was asked in between, and found it mapped.
    pub queried: bool,
}

/// A range that the latest scan lacks and the one before had.
#[derive(Clone, Debug)]
struct Candidate {
    range: Range<u64>,
    /// Of the line that covered its start.
    hash: u64,
    /// What queries said: any denial counts.
    found: Option<bool>,
}

/// Judges consecutive scans of one address space. It keeps its buffers.
///
/// Three scans decide about a hole: before, this one, after. Of the one before
/// only the ranges missing in this one are kept; so two texts are held, and
/// what is equal in both, byte for byte, is not parsed.
#[derive(Debug, Default)]
pub struct UnknownJudge {
    latest: ScanText,
    /// Scans judged so far.
    scans: u64,
    lines: u64,
    torn: bool,
    verdict: Verdict,
    candidates: Vec<Candidate>,
    suspected: Vec<SuspectedHole>,
    /// Missing ranges that were not followed.
    not_followed: u64,
    missing: Vec<Candidate>,
    scratch: [Intervals; 2],
}

impl UnknownJudge {
    /// A judge that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges the next finished scan, and swaps it for the one before it:
    /// that is the one in which [`suspected`](Self::suspected) holes are.
    ///
    /// The verdict is about the scan given: its lines and its tears; it never
    /// holds a violation.
    pub fn judge(&mut self, scan: &mut ScanText) -> &Verdict {
        std::mem::swap(&mut self.latest, scan);
        self.verdict.clear();
        self.suspected.clear();
        self.missing.clear();
        self.scans += 1;
        let before = &*scan;
        if self.scans == 1 || before.text() != self.latest.text() {
            self.compare(before);
            self.settle(before);
        } else if self.torn {
            // The chunks may differ.
            self.find_all_tears();
        }
        self.torn = !self.verdict.tears.is_empty();
        self.verdict.lines = self.lines;
        std::mem::swap(&mut self.candidates, &mut self.missing);
        &self.verdict
    }

    /// The verdict about the scan judged last.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// The scan judged last.
    #[must_use]
    pub fn latest(&self) -> &ScanText {
        &self.latest
    }

    /// The holes suspected in the scan before the one judged last.
    #[must_use]
    pub fn suspected(&self) -> &[SuspectedHole] {
        &self.suspected
    }

    /// The ranges missing in the scan judged last, by number: what is worth a
    /// query before the next scan.
    pub fn candidates(&self) -> impl Iterator<Item = Range<u64>> {
        self.candidates.iter().map(|missing| missing.range.clone())
    }

    /// Takes in that a query, asked after the scan judged last, found all of
    /// the candidate of this number mapped, or did not.
    pub fn note_query(&mut self, candidate: usize, found: bool) {
        if let Some(candidate) = self.candidates.get_mut(candidate) {
            candidate.found = Some(found && candidate.found != Some(false));
        }
    }

    /// Missing ranges that were too many to be followed, in all scans.
    #[must_use]
    pub fn not_followed(&self) -> u64 {
        self.not_followed
    }

    /// Walks through both texts, past what is equal; finds the tears of the
    /// latest, and what it lacks.
    fn compare(&mut self, before: &ScanText) {
        let was_torn = self.torn;
        let (old, new) = (before.text(), self.latest.text());
        let [old_run, new_run] = &mut self.scratch;
        let (mut i, mut j) = (0, 0);
        while i < old.len() || j < new.len() {
            let same = common_lines(&old[i..], &new[j..]);
            (i, j) = (i + same, j + same);
            old_run.clear();
            new_run.clear();
            let from = i;
            while i < old.len() || j < new.len() {
                let (a, b) = (line_at(old, i), line_at(new, j));
                if a == b {
                    break;
                }
                let ends = (parse_range(a), parse_range(b));
                let end_of = |range: Option<(u64, u64)>| range.map_or(0, |(_, end)| end);
                let order = match (a.is_empty(), b.is_empty()) {
                    (true, _) => std::cmp::Ordering::Greater,
                    (_, true) => std::cmp::Ordering::Less,
                    _ => end_of(ends.0).cmp(&end_of(ends.1)),
                };
                if order.is_le() {
                    old_run.extend(ends.0);
                    i += a.len();
                    self.lines = self.lines.saturating_sub(1);
                }
                if order.is_ge() {
                    new_run.extend(ends.1);
                    push_tear(&mut self.verdict, &self.latest, j, ends.1);
                    j += b.len();
                    self.lines += 1;
                }
            }
            // The line behind a run has another one before it now.
            if j < new.len() {
                push_tear(&mut self.verdict, &self.latest, j, None);
            }
            coverage::normalise(old_run);
            coverage::normalise(new_run);
            for &(start, end) in &*old_run {
                let missing = &mut self.missing;
                coverage::split(start..end, new_run, |range, covered| {
                    if !covered && self.scans > 1 {
                        if missing.len() < MOST_CANDIDATES {
                            let hash = hash_of_covering(&old[from..i], range.start);
                            missing.push(Candidate {
                                range,
                                hash,
                                found: None,
                            });
                        } else {
                            self.not_followed += 1;
                        }
                    }
                });
            }
        }
        if was_torn {
            self.find_all_tears();
        }
        if (was_torn || !self.verdict.tears.is_empty()) && !self.missing.is_empty() {
            self.recheck_missing();
        }
    }

    /// Tears may also lie in what did not change.
    fn find_all_tears(&mut self) {
        self.verdict.tears.clear();
        let mut at = 0;
        let mut end = 0;
        for line in Lines::of(self.latest.text()) {
            let range = parse_range(line);
            if range.is_some_and(|(start, _)| start < end) {
                push_tear(&mut self.verdict, &self.latest, at, range);
            }
            end = range.map_or(end, |(_, end)| end);
            at += line.len();
        }
    }

    /// Where lines overlap, a line elsewhere may cover what looks missing.
    fn recheck_missing(&mut self) {
        let [all, _] = &mut self.scratch;
        coverage::of_text(self.latest.text(), all);
        let count = self.missing.len();
        for i in 0..count {
            let candidate = self.missing[i].clone();
            let missing = &mut self.missing;
            coverage::split(candidate.range.clone(), all, |range, covered| {
                if !covered {
                    missing.push(Candidate {
                        range,
                        ..candidate.clone()
                    });
                }
            });
        }
        self.missing.drain(..count);
        // Lines of the scan before that overlap lack the same twice.
        self.missing
            .sort_unstable_by_key(|missing| missing.range.start);
        let mut end = 0;
        self.missing.retain_mut(|missing| {
            missing.range.start = missing.range.start.max(end);
            end = missing.range.end.max(end);
            !missing.range.is_empty()
        });
    }

    /// Decides about what the scan before lacked: what the latest has is
    /// suspected.
    fn settle(&mut self, before: &ScanText) {
        let new = self.latest.text();
        let torn = !self.verdict.tears.is_empty();
        let [covered, _] = &mut self.scratch;
        if torn && !self.candidates.is_empty() {
            coverage::of_text(new, covered);
        }
        for candidate in &self.candidates {
            if candidate.found == Some(false) {
                continue;
            }
            if !torn {
                covered.clear();
                let from = first_ending_above(new, candidate.range.start);
                let behind = |range: &(u64, u64)| range.0 < candidate.range.end;
                let lines = Lines::of(&new[from..]).map_while(parse_range);
                covered.extend(lines.take_while(behind));
                coverage::normalise(covered);
            }
            let hash = hash_of_covering(new, candidate.range.start);
            let suspected = &mut self.suspected;
            coverage::split(candidate.range.clone(), covered, |range, covered| {
                if covered {
                    suspected.push(SuspectedHole {
                        same_line: hash == candidate.hash,
                        queried: candidate.found == Some(true),
                        ..surroundings(before.text(), range)
                    });
                }
            });
        }
    }
}

/// Adds a tear if the line at `at` starts before the line before it ends.
fn push_tear(verdict: &mut Verdict, scan: &ScanText, at: usize, range: Option<(u64, u64)>) {
    let text = scan.text();
    if at == 0 {
        return;
    }
    let Some(line) = range.or_else(|| parse_range(line_at(text, at))) else {
        return;
    };
    let before = line_start(text, at - 1);
    let Some(previous) = parse_range(&text[before..at]) else {
        return;
    };
    if line.0 >= previous.1 || verdict.tears.last().is_some_and(|last| last.at == at) {
        return;
    }
    let chunk = scan.chunks.partition_point(|chunk| chunk.bytes.end <= at);
    let Some(of) = scan.chunks.get(chunk) else {
        return;
    };
    verdict.tears.push(Tear {
        kind: if of.bytes.start == at {
            TearKind::DuplicateAtBoundary
        } else {
            TearKind::DuplicateInside
        },
        backward: line.0 < previous.0,
        chunk,
        at,
        previous,
        line,
        window: of.window,
    });
}

/// A number that stands for the text of the line that covers `address`; 0 if
/// none does. Ends must not decrease, or another line's may be taken.
fn hash_of_covering(text: &[u8], address: u64) -> u64 {
    let line = line_at(text, first_ending_above(text, address));
    match parse_range(line) {
        // FNV-1a: fixed, and good enough to tell a line from its neighbours.
        Some((start, _)) if start <= address => {
            line.iter().fold(0xcbf2_9ce4_8422_2325, |hash, b| {
                (hash ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3)
            })
        }
        _ => 0,
    }
}

/// The lines on both sides of a range that `text` lacks.
fn surroundings(text: &[u8], range: Range<u64>) -> SuspectedHole {
    let at = first_ending_above(text, range.start);
    let before = at.checked_sub(1).map(|last| line_start(text, last));
    SuspectedHole {
        range,
        previous: before.and_then(|before| parse_range(&text[before..at])),
        line: parse_range(line_at(text, at)),
        at,
        same_line: false,
        queried: false,
    }
}

#[cfg(test)]
#[path = "unknown_tests.rs"]
mod tests;
