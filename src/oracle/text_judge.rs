//! The judge of `maps` and `smaps` scans.

mod end;
mod violation;

use super::engine::{Expected, Sets, each_next, narrow};
use super::states::States;
use super::verdict::{Tear, TearKind, Verdict, ViolationKind};
use crate::linux::features::rule::{Granularity, Position, Rule};
use crate::linux::known_holes::KnownHoles;
use crate::linux::reader::Reader;
use crate::maps::line::{MapsLine, parse_range};
use crate::maps::scan_text::{Chunk, ScanText, Window};
use crate::maps::text_lines::common_prefix;

/// Judges scans of a text file that prints one line for each VMA.
///
/// It keeps its buffers, so that judging a coherent scan allocates nothing.
#[derive(Debug)]
pub struct TextJudge {
    reader: Reader,
    rule: Rule,
    verdict: Verdict,
    /// What the window of the chunk allows.
    allowed: Sets,
    /// Chunk granularity: what also explains the chunk's lines so far.
    explaining: Sets,
    /// The states that explain every line of the scan so far.
    whole: Sets,
    scratch: Sets,
    /// Next-start position: where the next chunk may resume; none is the end.
    cursors: Vec<Option<u64>>,
    /// Whether the chunk before may have found that there was nothing more:
    /// the gate line did not fit into it, and is all that follows.
    ended: bool,
    /// The window of the chunk before.
    window_before: Option<Window>,
}

/// Where the judge is in a scan.
#[derive(Clone, Copy)]
struct PlaceInScan {
    /// The end of the last line.
    cursor: u64,
    previous: Option<(u64, u64)>,
    chunk: usize,
    first_in_chunk: bool,
    after_gate: bool,
    window: Window,
}

impl TextJudge {
    /// A judge for `reader`, which keeps to `rule`.
    #[must_use]
    pub fn new(reader: Reader, rule: Rule) -> Self {
        TextJudge {
            reader,
            rule,
            verdict: Verdict::default(),
            allowed: Sets::default(),
            explaining: Sets::default(),
            whole: Sets::default(),
            scratch: Sets::default(),
            cursors: Vec::new(),
            ended: false,
            window_before: None,
        }
    }

    /// The rule it judges by.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// What it said of the last scan.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// Judges one finished scan.
    pub fn judge(&mut self, states: &States, scan: &ScanText) -> &Verdict {
        let place = self.judge_chunks(states, scan);
        self.judge_end(states, scan, place);
        self.verdict.mixed |= self.whole.0.contains(&0);
        &self.verdict
    }

    /// Judges the beginning of a scan that was not read to its end: nothing is
    /// said of what would have followed.
    pub fn judge_beginning(&mut self, states: &States, scan: &ScanText) -> &Verdict {
        self.judge_chunks(states, scan);
        self.verdict.mixed |= self.whole.0.contains(&0);
        &self.verdict
    }

    fn judge_chunks(&mut self, states: &States, scan: &ScanText) -> PlaceInScan {
        self.verdict.clear();
        self.whole.set_all(states);
        self.cursors.clear();
        self.cursors.push(Some(0));
        self.ended = false;
        self.window_before = None;
        let text = scan.text();
        let mut place = PlaceInScan {
            cursor: 0,
            previous: None,
            chunk: 0,
            first_in_chunk: true,
            after_gate: false,
            window: scan.eof,
        };
        self.allowed.set_allowed(states, scan.eof);
        self.explaining.copy_from(&self.allowed);
        for (index, chunk) in scan.chunks.iter().enumerate() {
            place.chunk = index;
            place.first_in_chunk = true;
            place.window = chunk.window;
            self.allowed.set_allowed(states, chunk.window);
            self.explaining.copy_from(&self.allowed);
            self.judge_chunk(states, text, chunk, &mut place);
            self.note_cursors(states, &place);
        }
        place
    }

    fn judge_chunk(
        &mut self,
        states: &States,
        text: &[u8],
        chunk: &Chunk,
        place: &mut PlaceInScan,
    ) {
        let (mut at, end) = (chunk.bytes.start, chunk.bytes.end);
        while at < end {
            at += match self.run_of_static_lines(states, &text[at..end], at, place) {
                0 => self.judge_line(states, &text[at..end], at, place),
                length => length,
            };
            place.first_in_chunk = false;
        }
    }

    /// Accepts as many whole lines as equal, byte for byte, what no site
    /// touches. Returns their length in bytes.
    fn run_of_static_lines(
        &mut self,
        states: &States,
        text: &[u8],
        at: usize,
        place: &mut PlaceInScan,
    ) -> usize {
        if self.rule.position == Position::NextStart && place.first_in_chunk || place.after_gate {
            return 0;
        }
        let Some(segment) = states.segments.get(states.segment_at(place.cursor)) else {
            return 0;
        };
        if segment.site.is_some() {
            return 0;
        }
        let variant = &segment.variants[0];
        let Some(first) = states.next_in(variant, place.cursor) else {
            return 0;
        };
        let expected = states.text_of(first..variant.end);
        let same = common_prefix(expected, text);
        let from = states.lines[first].text.start;
        let count =
            states.lines[first..variant.end].partition_point(|line| line.text.end - from <= same);
        if count == 0 {
            return 0;
        }
        self.note_line(
            place,
            at,
            (states.lines[first].start, states.lines[first].end),
        );
        let last = &states.lines[first + count - 1];
        self.verdict.lines += count as u64 - 1;
        place.previous = Some((last.start, last.end));
        place.cursor = last.end;
        last.text.end - from
    }

    /// Judges the one line that `text` starts with. Returns its length.
    fn judge_line(
        &mut self,
        states: &States,
        text: &[u8],
        at: usize,
        place: &mut PlaceInScan,
    ) -> usize {
        let length = memchr::memchr(b'\n', text).map_or(text.len(), |newline| newline + 1);
        let line = &text[..length];
        if states.gate.as_deref() == Some(line)
            || MapsLine::parse(line).is_ok_and(|line| line.is_gate())
        {
            self.judge_gate(states, line, at, place);
            return length;
        }
        let Some(range) = parse_range(line) else {
            self.verdict.lines += 1;
            self.violation(
                ViolationKind::ForeignLine,
                KnownHoles::NONE,
                at,
                None,
                place,
            );
            return length;
        };
        if place.after_gate {
            self.verdict.lines += 1;
            self.violation(
                ViolationKind::StaleLine,
                KnownHoles::NONE,
                at,
                Some(range),
                place,
            );
            return length;
        }
        let expected = Expected::Line(line);
        // What a name depends on may be no VMA's, as `mm->brk` is for `[heap]`: a name of
        // another moment makes no other VMA, but a state does not explain it.
        let exactly = Expected::Exactly(line);
        if !narrow(states, &mut self.whole, place.cursor, &exactly) {
            self.whole.0.fill(0);
        }
        if self.may_come_next(states, &expected, place) {
            self.note_line(place, at, range);
        } else {
            self.name(states, line, range, at, place);
            self.verdict.lines += 1;
        }
        place.previous = Some(range);
        place.cursor = range.1;
        length
    }

    /// Whether the rule allows `expected` here. Narrows what explains the chunk.
    fn may_come_next(
        &mut self,
        states: &States,
        expected: &Expected<'_>,
        place: &PlaceInScan,
    ) -> bool {
        let base = match self.rule.granularity {
            Granularity::Line => &self.allowed,
            Granularity::Chunk => &self.explaining,
        };
        if self.rule.position == Position::NextStart && place.first_in_chunk {
            let mut united: Option<Sets> = None;
            for cursor in &self.cursors {
                self.scratch.copy_from(base);
                let possible = match cursor {
                    Some(cursor) => narrow(states, &mut self.scratch, *cursor, expected),
                    None => matches!(expected, Expected::Nothing),
                };
                if possible {
                    match &mut united {
                        Some(sets) => sets.unite(&self.scratch),
                        None => united = Some(self.scratch.clone()),
                    }
                }
            }
            let possible = united.is_some();
            if let Some(sets) = united {
                self.explaining = sets;
            }
            return possible;
        }
        self.scratch.copy_from(base);
        let possible = narrow(states, &mut self.scratch, place.cursor, expected);
        if possible && self.rule.granularity == Granularity::Chunk {
            self.explaining.copy_from(&self.scratch);
        }
        possible
    }

    /// Counts an accepted line, and a duplicate if it is one.
    fn note_line(&mut self, place: &mut PlaceInScan, at: usize, line: (u64, u64)) {
        self.verdict.lines += 1;
        if let Some(previous) = place.previous
            && line.0 < previous.1
        {
            self.verdict.tears.push(Tear {
                kind: if place.first_in_chunk {
                    TearKind::DuplicateAtBoundary
                } else {
                    TearKind::DuplicateInside
                },
                backward: line.0 < previous.0,
                chunk: place.chunk,
                at,
                previous,
                line,
                window: place.window,
            });
        }
    }

    /// Notes where the next chunk may resume: whether nothing may be left, and
    /// with next-start position the starts of what may be next when the chunk
    /// is full, in any state that explains it.
    fn note_cursors(&mut self, states: &States, place: &PlaceInScan) {
        let sets = match self.rule.granularity {
            Granularity::Line => &self.allowed,
            Granularity::Chunk => &self.explaining,
        };
        self.scratch.copy_from(sets);
        self.ended = narrow(states, &mut self.scratch, place.cursor, &Expected::Nothing);
        self.window_before = Some(place.window);
        if self.rule.position == Position::LastEnd {
            return;
        }
        self.cursors.clear();
        let cursors = &mut self.cursors;
        each_next(states, sets, place.cursor, |next| {
            let cursor = next.map(|line| states.lines[line].start);
            if !cursors.contains(&cursor) {
                cursors.push(cursor);
            }
        });
    }
}

#[cfg(test)]
mod tests;
