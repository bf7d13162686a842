//! Two texts compared: runs that differ, classified.

use super::change::{AddressSpaceChange, ChangeCounts};
use super::classify::Classifier;
use super::runs::{Run, Runs};
use crate::maps::line::parse_range;
use crate::maps::text_lines::{first_ending_above, line_at, line_start};

/// Compares scans. It keeps its buffers: where nothing changed it allocates
/// nothing.
#[derive(Debug, Default)]
pub struct Diff {
    runs: Vec<Run>,
    classifier: Classifier,
    changes: Vec<AddressSpaceChange>,
    counts: ChangeCounts,
}

impl Diff {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Compares two texts of `maps`, whole lines both, in time linear in what
    /// they hold (and, for what may have moved, in `n log n` of what came and
    /// went). The changes are in the order of their addresses.
    pub fn compare(&mut self, before: &[u8], after: &[u8]) -> &[AddressSpaceChange] {
        self.changes.clear();
        self.counts = ChangeCounts::default();
        if before == after {
            return &self.changes;
        }
        self.runs.clear();
        Runs::new(before, after).collect(&mut self.runs);
        for run in &self.runs {
            self.classifier
                .run(before, after, run.clone(), &mut self.changes);
        }
        self.classifier.finish(&mut self.changes);
        for change in &self.changes {
            self.counts.add(change.kind);
        }
        &self.changes
    }

    /// The same of two scans that may not have been read to the end: what lies
    /// behind the last line of either is not compared.
    pub(crate) fn compare_beginnings(
        &mut self,
        before: &[u8],
        after: &[u8],
    ) -> &[AddressSpaceChange] {
        let (before, after) = beginnings(before, after);
        self.compare(before, after)
    }

    /// The changes found by the last comparison.
    #[cfg(test)]
    pub(crate) fn changes(&self) -> &[AddressSpaceChange] {
        &self.changes
    }

    /// The changes found by the last comparison, to be kept.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = AddressSpaceChange> + '_ {
        self.changes.drain(..)
    }

    /// How many of each kind the last comparison found.
    #[must_use]
    pub(crate) fn counts(&self) -> &ChangeCounts {
        &self.counts
    }
}

/// Both texts up to where the shorter one ends, in addresses.
fn beginnings<'a>(before: &'a [u8], after: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let last_end = |text: &[u8]| {
        let last = text.len().checked_sub(1).map(|end| line_start(text, end));
        last.and_then(|last| parse_range(line_at(text, last)))
            .map_or(0, |(_, end)| end)
    };
    let known = last_end(before).min(last_end(after));
    let cut = |text: &'a [u8]| {
        // The line that holds the last known byte is still compared.
        let at = first_ending_above(text, known.saturating_sub(1));
        let line = line_at(text, at);
        match parse_range(line) {
            Some((start, _)) if start < known => &text[..at + line.len()],
            _ => &text[..at],
        }
    };
    (cut(before), cut(after))
}
