//! Which rows a picture has: which of its lines are shown, and what is said
//! between them.

use std::ops::Range;
use std::sync::Arc;

use super::changes::Change;
use super::explorer::arrangement::Arrangement;
use super::explorer::filter::{Candidate, LineFilter};
use super::explorer::kind::name_of_line;
use super::explorer::recent::recent_of;
use super::lines::LineRef;
use super::picture::Picture;
use super::rows::Row;
use crate::maps::line::parse_range;
use crate::oracle::verdict::{Violation, ViolationKind};

impl Picture {
    /// Lays the rows out as its [arrangement](Picture::arrangement) says, with
    /// the vanished lines where they were.
    pub fn lay_out(&mut self, changes: Vec<Change>) {
        self.changes = changes;
        let mut rows = std::mem::take(&mut self.rows);
        rows.clear();
        let mut fitting = 0;
        let arrangement = self.arrangement.clone();
        let filter = &arrangement.filter;
        let all = filter.is_empty();
        let mut vanished = (0u32..)
            .zip(&self.changes)
            .filter(|(_, change)| is_vanished(change, self) && fits_vanished(filter, change))
            .peekable();
        let mut violations = (0u32..).zip(&self.scan.verdict.violations).peekable();
        let (mut chunk, mut previous_end, mut folded) = (None, 0, 0);
        for (i, line) in (0u32..).zip(&self.lines) {
            if i < folded {
                previous_end = line.end;
                continue;
            }
            if chunk != Some(line.chunk) && all {
                chunk = Some(line.chunk);
                rows.push(Row::Chunk(line.chunk));
            }
            while let Some((index, _)) = vanished.next_if(|(_, change)| change.start < line.start) {
                rows.push(Row::Vanished(index));
            }
            let mut is_hole = false;
            while let Some((index, violation)) =
                violations.next_if(|(_, violation)| violation.at <= line.position())
            {
                is_hole |= matches!(violation.kind, ViolationKind::Hole(_));
                rows.push(Row::Violation(index));
            }
            let fits = all || self.fits(filter, line);
            if fits {
                if all && line.start > previous_end && !is_hole && previous_end > 0 {
                    rows.push(Row::Gap(i));
                }
                let group = self.group_at(i, &arrangement);
                fitting += group as usize;
                if group > 1 {
                    folded = i + group;
                    rows.push(Row::Group(i, group));
                } else {
                    rows.push(Row::Line(i));
                }
                if line.duplicate {
                    rows.push(Row::Note(i));
                }
            }
            previous_end = line.end;
        }
        rows.extend(vanished.map(|(index, _)| Row::Vanished(index)));
        rows.extend(violations.map(|(index, _)| Row::Violation(index)));
        rows.push(Row::End);
        self.rows = rows;
        self.fitting = fitting;
        self.focus = self.find_focus();
    }

    /// The same picture, arranged in another way.
    #[must_use]
    pub(crate) fn arranged(&self, arrangement: Arc<Arrangement>) -> Self {
        let mut picture = self.clone();
        picture.arrangement = arrangement;
        let changes = std::mem::take(&mut picture.changes);
        picture.lay_out(changes);
        picture
    }

    fn fits(&self, filter: &LineFilter, line: &LineRef) -> bool {
        let mut candidate = Candidate {
            start: line.start,
            end: line.end,
            line: line.text(self.scan.text.text()),
            changed: &[],
        };
        if !filter.wants_changes() {
            return filter.accepts(&candidate);
        }
        let names: Vec<_> = recent_of(&self.recent, &line.range())
            .map(|recent| recent.names(self.at).collect())
            .unwrap_or_default();
        candidate.changed = &names;
        filter.accepts(&candidate)
    }

    /// How many lines from this one are to be one row.
    fn group_at(&self, first: u32, arrangement: &Arrangement) -> u32 {
        let text = self.scan.text.text();
        let Some(line) = self.lines.get(first as usize) else {
            return 1;
        };
        let name = name_of_line(line.text(text));
        if !arrangement.fold
            || !name.starts_with(b"/")
            || line.duplicate
            || arrangement.unfolded.contains(&line.start)
        {
            return 1;
        }
        let rest = self.lines.get(first as usize + 1..).unwrap_or_default();
        let alike = rest.iter().take_while(|other| {
            // What tears stays in sight, and chunks stay apart.
            !other.duplicate
                && other.chunk == line.chunk
                && name_of_line(other.text(text)) == name
                && (arrangement.filter.is_empty() || self.fits(&arrangement.filter, other))
        });
        1 + alike.count() as u32
    }

    /// The row in which a line is shown, or that of the first shown behind it.
    #[must_use]
    pub(crate) fn row_of_line(&self, line: u32) -> Option<usize> {
        // Rows keep the order of lines; between two that belong to lines there
        // are only a few others.
        let place_from = |row: usize| {
            let rest = self.rows.get(row..).unwrap_or_default();
            rest.iter()
                .zip(row..)
                .find_map(|(row, at)| Some((row.line()?, *row, at)))
        };
        let (mut low, mut high) = (0, self.rows.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let is_before = place_from(middle).is_some_and(|(first, row, _)| {
                let count = if let Row::Group(_, count) = row {
                    count
                } else {
                    1
                };
                first + count <= line
            });
            if is_before {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        place_from(low).map(|(.., at)| at)
    }

    /// The line that covers an address, or the first behind it.
    #[must_use]
    pub(crate) fn line_at(&self, address: u64) -> Option<u32> {
        // Ends go backwards only where a VMA changed while it was read.
        let at = self.lines.partition_point(|line| line.end <= address);
        self.lines.get(at).map(|_| at as u32)
    }

    /// What happened lately to the VMA that starts there, if it is still there.
    #[must_use]
    pub(crate) fn change_at(&self, start: u64) -> Option<&Change> {
        let found = self
            .changes
            .binary_search_by_key(&start, |change| change.start);
        found.ok().map(|at| &self.changes[at])
    }

    /// The addresses of a row, from the first byte to that behind the last;
    /// none for rules and the like.
    #[must_use]
    pub(crate) fn range_of(&self, row: Row) -> Option<Range<u64>> {
        let (first, count) = match row {
            Row::Group(first, count) => (first, count),
            other => (other.place()?, 1),
        };
        let start = self.lines.get(first as usize)?.start;
        let end = self.lines.get((first + count - 1) as usize)?.end;
        Some(start..end)
    }

    /// From the lowest to the highest address of some rows; none where they are
    /// rules and the like only.
    #[must_use]
    pub(crate) fn addresses_of(&self, rows: Range<usize>) -> Option<Range<u64>> {
        let rows = self.rows.get(rows).unwrap_or_default();
        let ranges = || rows.iter().filter_map(|row| self.range_of(*row));
        let start = ranges().map(|range| range.start).min()?;
        Some(start..ranges().map(|range| range.end).max()?)
    }

    fn find_focus(&self) -> usize {
        let violation = self
            .rows
            .iter()
            .position(|row| matches!(row, Row::Violation(_)));
        let line = self.site.first().map(|site| site.line).or_else(|| {
            let duplicate = (0u32..).zip(&self.lines).find(|(_, line)| line.duplicate);
            duplicate.map(|(i, _)| i)
        });
        violation
            .or_else(|| line.and_then(|line| self.row_of_line(line)))
            .unwrap_or(0)
    }
}

/// Whether a change is that of a line that is gone, and is to be shown: the
/// picture has no line with any of its addresses (which would be what became of
/// it), and does not show it as a hole.
fn is_vanished(change: &Change, picture: &Picture) -> bool {
    let in_hole = |violation: &Violation| match &violation.kind {
        ViolationKind::Hole(hole) => hole.contains(&change.start),
        _ => false,
    };
    let Some((start, end)) = parse_range(&change.was) else {
        return false;
    };
    let line = picture.line_at(start).map(|at| picture.lines[at as usize]);
    !line.is_some_and(|line| line.overlaps(&(start..end)))
        && !picture.scan.verdict.violations.iter().any(in_hole)
}

fn fits_vanished(filter: &LineFilter, change: &Change) -> bool {
    let range = parse_range(&change.was).unwrap_or_default();
    filter.accepts(&Candidate {
        start: range.0,
        end: range.1,
        line: &change.was,
        changed: &["unmap", "gone"],
    })
}
