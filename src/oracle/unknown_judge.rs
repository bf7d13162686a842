//! The judge of scans of a target whose states nobody knows.
//!
//! *Duplicates are certain*: they show in one scan by itself.
//!
//! *What is missing is not known to be a hole.* Addresses that a line of the
//! scan before maps, that no line of this scan covers, and that are covered
//! again in the scan after, are
//!
//! * *remapped*, where what covers them afterwards is another line: the target
//!   unmapped them and mapped something else, as every dynamic loader does;
//! * a *blink*, where the very same line stands before and after: unmapped and
//!   mapped again, or skipped by the reader. From outside nobody can tell, so
//!   nothing is claimed. No second reader helps: what is asked after the scan
//!   is answered as of after the scan.
//!
//! Both are normal, and counted. A range that *stays* missing is neither, nor
//! is one that two scans in a row lack: both look like an unmapping. Whoever
//! sees the target's calls can tell ([`evidence`](super::evidence)), and for
//! them the judge also follows what several scans lack.

use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::missing::{CameBack, MissingCounts};
use super::verdict::{Tear, TearKind, Verdict};
use crate::maps::intervals::Intervals;
use crate::maps::line::parse_range;
use crate::maps::scan_text::{Lines, ScanText};
use crate::maps::text_lines::{common_lines, first_ending_above, line_at, line_start};

/// Missing ranges of one scan that are followed into the next; more than that
/// is a target that unmaps a great deal, and is counted instead.
const MOST_CANDIDATES: usize = 256;

/// Addresses of a line of an earlier scan that the latest lacks.
#[derive(Clone, Debug)]
struct Candidate {
    range: Range<u64>,
    /// How many scans have lacked them.
    scans: u64,
    /// Of that line's text.
    hash: u64,
}

/// Judges consecutive scans of one address space. It keeps its buffers.
///
/// Three scans decide: before, this one, after. Of the one before only what is
/// missing in this one is kept; so two texts are held, and what is equal in
/// both, byte for byte, is not parsed.
#[derive(Debug, Default)]
pub struct UnknownJudge {
    latest: ScanText,
    /// Scans judged so far.
    scans: u64,
    lines: u64,
    torn: bool,
    verdict: Verdict,
    candidates: Vec<Candidate>,
    /// Until how many scans have lacked a range it is followed.
    most_scans: u64,
    came_back: Vec<CameBack>,
    counts: MissingCounts,
    missing: Vec<Candidate>,
    scratch: Intervals,
}

impl UnknownJudge {
    /// A judge that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        UnknownJudge {
            most_scans: 1,
            ..Self::default()
        }
    }

    /// From now on also follows what up to so many scans in a row lack.
    pub(crate) fn follow_for(&mut self, scans: u64) {
        self.most_scans = scans;
    }

    /// Judges the next finished scan, and swaps it for the one before it:
    /// that is the one in which [`came_back`](Self::came_back) was missing.
    ///
    /// The verdict is about the scan given: its lines and its tears; it never
    /// holds a violation.
    pub fn judge(&mut self, scan: &mut ScanText) -> &Verdict {
        std::mem::swap(&mut self.latest, scan);
        self.verdict.clear();
        self.came_back.clear();
        self.counts = MissingCounts::default();
        self.missing.clear();
        self.scans += 1;
        let before = &*scan;
        if self.scans == 1 || before.text() != self.latest.text() {
            self.compare(before);
            self.settle(before);
        } else {
            // What the one lacks the other lacks.
            let most = self.most_scans;
            let missing = self.candidates.iter().filter_map(|it| it.still(most));
            self.missing.extend(missing);
            if self.torn {
                // The chunks may differ.
                self.find_all_tears();
            }
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

    /// What the scan before the one judged last lacked and this one has, though
    /// an earlier one had it.
    #[must_use]
    pub fn came_back(&self) -> &[CameBack] {
        &self.came_back
    }

    /// Of these, the blinks.
    pub fn blinks(&self) -> impl Iterator<Item = &CameBack> {
        self.came_back.iter().filter(|it| it.is_blink())
    }

    /// What came back in the scan judged last, and what it lacks that is too
    /// much to be followed.
    #[must_use]
    pub fn counts(&self) -> MissingCounts {
        self.counts
    }

    /// Walks through both texts, past what is equal; finds the tears of the
    /// latest, and what it lacks.
    fn compare(&mut self, before: &ScanText) {
        let was_torn = self.torn;
        let (old, new) = (before.text(), self.latest.text());
        let new_run = &mut self.scratch;
        let (mut i, mut j) = (0, 0);
        while i < old.len() || j < new.len() {
            let same = common_lines(&old[i..], &new[j..]);
            (i, j) = (i + same, j + same);
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
            crate::maps::intervals::normalise(new_run);
            if self.scans > 1 {
                let lines = &old[from..i];
                self.counts.not_followed += find_missing(lines, new_run, &mut self.missing);
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
        let all = &mut self.scratch;
        crate::maps::intervals::of_text(self.latest.text(), all);
        let count = self.missing.len();
        for i in 0..count {
            let candidate = self.missing[i].clone();
            let missing = &mut self.missing;
            crate::maps::intervals::split(candidate.range.clone(), all, |range, covered| {
                if !covered {
                    missing.push(Candidate {
                        range,
                        ..candidate.clone()
                    });
                }
            });
        }
        self.missing.drain(..count);
    }

    /// Decides about what the scan before lacked and the latest has.
    fn settle(&mut self, before: &ScanText) {
        let new = self.latest.text();
        let torn = !self.verdict.tears.is_empty();
        for candidate in &self.candidates {
            let Candidate { range, scans, hash } = candidate;
            // Where lines overlap, those that cover the range may be anywhere.
            let from = match torn {
                true => 0,
                false => first_ending_above(new, range.start),
            };
            let (mut covered, mut same) = (false, false);
            for line in Lines::of(&new[from..]) {
                let (start, end) = parse_range(line).unwrap_or_default();
                if start < range.end && range.start < end {
                    covered = true;
                    same |= hash_of(line) == *hash;
                } else if !torn {
                    break;
                }
            }
            if !covered {
                // Kept last: what is newly missing has the room first.
                let still = candidate.still(self.most_scans);
                if self.missing.len() < MOST_CANDIDATES {
                    self.missing.extend(still);
                }
                continue;
            }
            let came_back = came_back(before.text(), range.clone(), same, *scans);
            if let Some(count) = self.counts.of(&came_back) {
                *count += 1;
            }
            self.came_back.push(came_back);
        }
    }
}

impl Candidate {
    /// The same after one more scan that lacks it, if it is to be followed.
    fn still(&self, most_scans: u64) -> Option<Candidate> {
        let scans = self.scans + 1;
        (scans <= most_scans).then(|| Candidate {
            scans,
            ..self.clone()
        })
    }
}

/// Adds what lines of the scan before map and `covered` does not, as far as
/// there is room; gives how many ranges found none.
fn find_missing(lines: &[u8], covered: &[(u64, u64)], missing: &mut Vec<Candidate>) -> u64 {
    let mut not_followed = 0;
    for line in Lines::of(lines) {
        let (start, end) = parse_range(line).unwrap_or_default();
        crate::maps::intervals::split(start..end, covered, |range, covered| {
            if covered {
                return;
            }
            if missing.len() < MOST_CANDIDATES {
                let hash = hash_of(line);
                missing.push(Candidate {
                    range,
                    scans: 1,
                    hash,
                });
            } else {
                not_followed += 1;
            }
        });
    }
    not_followed
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

/// Tells a line from another one at its addresses.
fn hash_of(line: &[u8]) -> u64 {
    FixedState::default().hash_one(line)
}

/// What `text` lacks, with the lines on both sides.
fn came_back(text: &[u8], range: Range<u64>, by_same_line: bool, scans: u64) -> CameBack {
    let at = first_ending_above(text, range.start);
    let before = at.checked_sub(1).map(|last| line_start(text, last));
    CameBack {
        range,
        by_same_line,
        scans,
        previous: before.and_then(|before| parse_range(&text[before..at])),
        line: parse_range(line_at(text, at)),
        at,
    }
}

#[cfg(test)]
#[path = "unknown_judge_tests.rs"]
mod tests;
