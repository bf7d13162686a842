//! Where two texts differ, in whole lines, without parsing what is equal.

use std::ops::Range;

use crate::maps::line::parse_range;
use crate::maps::scan_text::Lines;
use crate::maps::text_lines::{common_lines, line_at, line_start};

/// Lines of both texts that differ, with those that overlap them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) before: Range<usize>,
    pub(crate) after: Range<usize>,
}

pub(crate) struct Runs<'a> {
    before: &'a [u8],
    after: &'a [u8],
}

impl<'a> Runs<'a> {
    pub(crate) fn new(before: &'a [u8], after: &'a [u8]) -> Self {
        Runs { before, after }
    }

    /// All runs, in order.
    pub(crate) fn collect(&self, runs: &mut Vec<Run>) {
        let (mut i, mut j) = (0, 0);
        while i < self.before.len() || j < self.after.len() {
            let same = common_lines(&self.before[i..], &self.after[j..]);
            (i, j) = (i + same, j + same);
            let (from_i, from_j) = (i, j);
            while i < self.before.len() || j < self.after.len() {
                let (a, b) = (line_at(self.before, i), line_at(self.after, j));
                if a == b {
                    break;
                }
                // Ends never decrease in a scan, torn or not: so the lower end
                // is the one whose like cannot come any more.
                let order = match (a.is_empty(), b.is_empty()) {
                    (true, _) => std::cmp::Ordering::Greater,
                    (_, true) => std::cmp::Ordering::Less,
                    _ => end_of(a).cmp(&end_of(b)),
                };
                if order.is_le() {
                    i += a.len();
                }
                if order.is_ge() {
                    j += b.len();
                }
            }
            if i > from_i || j > from_j {
                let run = Run {
                    before: from_i..i,
                    after: from_j..j,
                };
                let run = self.with_overlaps(run, runs);
                (i, j) = (run.before.end, run.after.end);
                runs.push(run);
            }
        }
    }

    /// Takes in equal lines around a run that overlap it, so that overlaps are
    /// resolved within one run; and runs before that are reached by that.
    fn with_overlaps(&self, mut run: Run, runs: &mut Vec<Run>) -> Run {
        let mut span = Span::default();
        span.add(&self.before[run.before.clone()]);
        span.add(&self.after[run.after.clone()]);
        loop {
            let reached = runs.last().is_some_and(|last| {
                last.before.end == run.before.start && last.after.end == run.after.start
            });
            if reached && let Some(last) = runs.pop() {
                span.add(&self.before[last.before.clone()]);
                span.add(&self.after[last.after.clone()]);
                run.before.start = last.before.start;
                run.after.start = last.after.start;
                continue;
            }
            let common = run.before.start.min(run.after.start);
            let previous = line_start(self.before, run.before.start.saturating_sub(1));
            let length = run.before.start - previous;
            if length > 0
                && length <= common
                && let line = line_at(self.before, previous)
                && end_of(line) > span.low
            {
                run.before.start -= length;
                run.after.start -= length;
                span.add(line);
                continue;
            }
            let (a, b) = (
                line_at(self.before, run.before.end),
                line_at(self.after, run.after.end),
            );
            if !a.is_empty() && a == b && parse_range(a).is_some_and(|(start, _)| start < span.high)
            {
                run.before.end += a.len();
                run.after.end += b.len();
                span.add(a);
                continue;
            }
            return run;
        }
    }
}

/// The lowest start and the highest end of some lines.
struct Span {
    low: u64,
    high: u64,
}

impl Default for Span {
    fn default() -> Self {
        Span {
            low: u64::MAX,
            high: 0,
        }
    }
}

impl Span {
    fn add(&mut self, lines: &[u8]) {
        for (start, end) in Lines::of(lines).filter_map(parse_range) {
            self.low = self.low.min(start);
            self.high = self.high.max(end);
        }
    }
}

fn end_of(line: &[u8]) -> u64 {
    parse_range(line).map_or(0, |(_, end)| end)
}
