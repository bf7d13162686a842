//! Which lines followed each other around the site, and how often.

use std::ops::Range;
use std::sync::Arc;

use super::engine::{Sets, mapped_in_all};
use super::states::States;
use super::verdict::{Verdict, ViolationKind};
use crate::maps::line::parse_range;
use crate::maps::scan_text::ScanText;
use crate::maps::text_lines::{first_ending_above, line_at, line_start};
use crate::text::sanitise::sanitise;

/// What a pair of neighbouring lines is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PairForm {
    /// Both lines as the original state has them, next to each other.
    Original,
    /// Both as this later state has them (the lowest such number), next to
    /// each other.
    Modified(usize),
    /// Of two states, and allowed; no line is seen twice.
    Mixed,
    /// The second starts before the first one ends.
    Duplicate,
    /// The second even starts before the first one starts.
    Backward,
    /// A violation other than a hole: a foreign, stale or skipped line, or a
    /// mixed chunk.
    OtherViolation,
    /// Addresses between the two are mapped in every state that was allowed: a
    /// violation.
    Hole,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairRow {
    /// The first line, sanitised, without its newline.
    pub previous: String,
    /// The line that followed.
    pub line: String,
    pub form: PairForm,
    /// Whether a chunk boundary was between them: the first was the last line
    /// of its chunk.
    pub across_boundary: bool,
    pub count: u64,
    /// Whether no correct kernel shows it.
    pub must_never: bool,
}

/// The pairs of neighbouring lines that scans showed around one site, the
/// first one of the states: pairs of which at least one line lies in it.
///
/// Counting allocates only when a pair is seen for the first time, and looks
/// only at the lines around the site.
#[derive(Clone, Debug)]
pub struct PairTable {
    known: Arc<Known>,
    /// Sorted by key; those that must never be seen are there from the start.
    counts: Vec<(Key, u64)>,
}

/// Lines by number.
type Id = u16;

/// The number of all lines that no state has.
const FOREIGN: Id = Id::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    form: PairForm,
    previous: Id,
    line: Id,
    across_boundary: bool,
}

#[derive(Debug, Default)]
struct Known {
    site: Range<u64>,
    /// The distinct lines, by number: where, and the text.
    lines: Vec<((u64, u64), Vec<u8>)>,
    /// Neighbours, and the lowest state that has them so; sorted.
    neighbours: Vec<((Id, Id), usize)>,
}

impl PairTable {
    /// An empty table for the first site of `states`; without a site, it stays
    /// empty.
    #[must_use]
    pub fn new(states: &States) -> Self {
        let Some(site) = states.sites().first() else {
            return Self {
                known: Arc::default(),
                counts: Vec::new(),
            };
        };
        let mut known = Known {
            site: site.range.clone(),
            ..Known::default()
        };
        let sequences: Vec<Vec<Id>> = (0..site.state_count())
            .map(|state| known.take_in(states, state))
            .collect();
        for (state, sequence) in sequences.iter().enumerate() {
            for pair in sequence.windows(2) {
                let pair = (pair[0], pair[1]);
                if !known.neighbours.iter().any(|(seen, _)| *seen == pair) {
                    known.neighbours.push((pair, state));
                }
            }
        }
        known.neighbours.sort_unstable();
        let mut table = Self {
            counts: Vec::with_capacity(64),
            known: Arc::new(known),
        };
        table.add_forbidden(states, &sequences);
        table
    }

    /// Enters, at 0, the pairs that would skip one VMA: from every state to
    /// itself and to the one that follows it in the cycle, or is followed by
    /// it, the pair that passes over the next VMA though some of what is in
    /// between is mapped in all states.
    fn add_forbidden(&mut self, states: &States, sequences: &[Vec<Id>]) {
        let mut all = Sets::default();
        all.set_all(states);
        let known = self.known.clone();
        let count = sequences.len();
        for (a, from) in sequences.iter().enumerate() {
            for b in [a, (a + 1) % count, (a + count - 1) % count] {
                for &previous in from {
                    let cursor = known.range(previous).1;
                    let mut rest = sequences[b]
                        .iter()
                        .copied()
                        .filter(|&id| known.range(id).1 > cursor);
                    let (Some(_), Some(line)) = (rest.next(), rest.next()) else {
                        continue;
                    };
                    let start = known.range(line).0;
                    if start <= cursor || mapped_in_all(states, &all, cursor..start).is_none() {
                        continue;
                    }
                    for across_boundary in [false, true] {
                        let key = Key {
                            form: PairForm::Hole,
                            previous,
                            line,
                            across_boundary,
                        };
                        self.count(key, 0);
                    }
                }
            }
        }
    }

    /// Counts the pairs of one scan, of which the judge says `verdict`.
    pub fn add(&mut self, scan: &ScanText, verdict: &Verdict) {
        let known = self.known.clone();
        if known.site.is_empty() {
            return;
        }
        let text = scan.text();
        let mut at = first_ending_above(text, known.site.start);
        let mut previous = at.checked_sub(1).and_then(|last| {
            let line = &text[line_start(text, last)..at];
            Some((parse_range(line)?, known.id(line)))
        });
        let mut chunk = scan.chunks.partition_point(|chunk| chunk.bytes.end <= at);
        while at < text.len() {
            let line = line_at(text, at);
            let Some(range) = parse_range(line) else {
                return;
            };
            while scan.chunks.get(chunk).is_some_and(|c| c.bytes.end <= at) {
                chunk += 1;
            }
            let id = known.id(line);
            let inside = |range: (u64, u64)| range.0 < known.site.end && range.1 > known.site.start;
            if let Some((before, previous)) = previous
                && (inside(before) || inside(range) || before.1 <= known.site.start)
            {
                let key = Key {
                    form: known.form(verdict, at, (before, previous), (range, id)),
                    previous,
                    line: id,
                    across_boundary: scan.chunks.get(chunk).is_some_and(|c| c.bytes.start == at),
                };
                self.count(key, 1);
            }
            if range.0 >= known.site.end {
                return;
            }
            previous = Some((range, id));
            at += line.len();
        }
    }

    fn count(&mut self, key: Key, more: u64) {
        match self.counts.binary_search_by(|(other, _)| other.cmp(&key)) {
            Ok(at) => self.counts[at].1 += more,
            Err(at) => self.counts.insert(at, (key, more)),
        }
    }

    /// The table: by form, then by address.
    #[must_use]
    pub fn rows(&self) -> Vec<PairRow> {
        let mut counts: Vec<_> = self.counts.iter().collect();
        let place = |id| (id == FOREIGN, self.known.range(id));
        counts.sort_by_key(|(key, _)| {
            let Key {
                form,
                previous,
                line,
                across_boundary,
            } = *key;
            (form, place(previous), place(line), !across_boundary)
        });
        let row = |&(key, count): &(Key, u64)| PairRow {
            previous: self.known.text(key.previous),
            line: self.known.text(key.line),
            form: key.form,
            across_boundary: key.across_boundary,
            count,
            must_never: key.form >= PairForm::OtherViolation,
        };
        counts.into_iter().map(row).collect()
    }
}

impl Known {
    /// Numbers the lines of the site in `state` and its two neighbours, and
    /// returns them in order.
    fn take_in(&mut self, states: &States, state: usize) -> Vec<Id> {
        let site = states.segments.iter().position(|s| s.site == Some(0));
        let Some(site) = site else {
            return Vec::new();
        };
        let variant = |segment: Option<&super::states::Segment>| {
            segment.map_or(0..0, |segment| segment.variants[0].clone())
        };
        let before = variant(site.checked_sub(1).map(|at| &states.segments[at]));
        let after = variant(states.segments.get(site + 1));
        let lines = before
            .last()
            .into_iter()
            .chain(states.segments[site].variants[state].clone());
        let gate = states.gate.as_deref().filter(|_| after.is_empty());
        lines
            .chain(after.take(1))
            .map(|line| states.line_text(line))
            .chain(gate)
            .map(|text| match self.id(text) {
                FOREIGN => {
                    let range = parse_range(text).unwrap_or_default();
                    self.lines.push((range, text.to_vec()));
                    (self.lines.len() - 1) as Id
                }
                id => id,
            })
            .collect()
    }

    fn id(&self, text: &[u8]) -> Id {
        let found = self.lines.iter().position(|(_, line)| line == text);
        found.map_or(FOREIGN, |at| at as Id)
    }

    fn range(&self, id: Id) -> (u64, u64) {
        self.lines
            .get(usize::from(id))
            .map_or((0, 0), |(range, _)| *range)
    }

    fn text(&self, id: Id) -> String {
        match self.lines.get(usize::from(id)) {
            Some((_, text)) => sanitise(text.strip_suffix(b"\n").unwrap_or(text)).into_owned(),
            None => "(a line of no state)".into(),
        }
    }

    /// What the pair is whose second line starts at `at`.
    fn form(
        &self,
        verdict: &Verdict,
        at: usize,
        (before, previous): ((u64, u64), Id),
        (range, line): ((u64, u64), Id),
    ) -> PairForm {
        let mut violations = verdict.violations.iter();
        if let Some(violation) = violations.find(|violation| violation.at == at) {
            return match violation.kind {
                ViolationKind::Hole(_) => PairForm::Hole,
                _ => PairForm::OtherViolation,
            };
        }
        let pair = (previous, line);
        match self
            .neighbours
            .binary_search_by_key(&pair, |(pair, _)| *pair)
        {
            Ok(found) => match self.neighbours[found].1 {
                0 => PairForm::Original,
                state => PairForm::Modified(state),
            },
            Err(_) if range.0 < before.0 => PairForm::Backward,
            Err(_) if range.0 < before.1 => PairForm::Duplicate,
            Err(_) => PairForm::Mixed,
        }
    }
}

#[cfg(test)]
#[path = "pairs_tests.rs"]
mod tests;
