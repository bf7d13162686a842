//! Two texts compared, one change at a time: for texts of millions of lines of
//! which every one may differ.

use super::change::{AddressSpaceChange, AddressSpaceChangeKind as Kind, ChangedVma};
use super::classify::Classifier;
use super::listed::Listed;
use super::moves;
use super::runs::{Run, Runs};
use crate::maps::line::{MapsLine, parse_range};
use crate::maps::text_lines::{first_ending_above, line_at, line_start};

/// What [`Diff::compare`](super::compare::Diff::compare) finds, in the same order.
///
/// It goes through the texts twice: first for what moved, which shows only when
/// all that went and came is known, and of which little is kept; then for the
/// changes.
#[derive(Debug)]
pub(crate) struct Changes<'a> {
    before: &'a [u8],
    after: &'a [u8],
    /// The runs to come, and the pieces of the first, both the last first.
    runs: Vec<Run>,
    pieces: Vec<Run>,
    moved: Moved,
    classifier: Classifier,
    ready: std::vec::IntoIter<AddressSpaceChange>,
}

impl<'a> Changes<'a> {
    /// Of two texts of `maps`, whole lines both, whose ends do not decrease.
    pub(crate) fn between(before: &'a [u8], after: &'a [u8]) -> Self {
        let mut runs = Vec::new();
        if before != after {
            Runs::new(before, after).collect(&mut runs);
        }
        runs.reverse();
        let mut changes = Changes {
            before,
            after,
            moved: Moved::default(),
            runs: runs.clone(),
            pieces: Vec::new(),
            classifier: Classifier::default(),
            ready: Vec::new().into_iter(),
        };
        let mut seen = Vec::new();
        while changes.classify(&mut Vec::new()) {
            let classifier = &mut changes.classifier;
            for (list, is_new) in [(&mut classifier.gone, false), (&mut classifier.came, true)] {
                let whole = list.drain(..).filter(|listed| !listed.torn);
                seen.extend(
                    whole
                        .map(|Listed { vma, .. }| (moves::likeness(&vma, true), is_new, vma.start)),
                );
            }
        }
        changes.moved = Moved::among(seen, before, after);
        changes.runs = runs;
        changes
    }

    /// Classifies the next piece; false where there is none.
    fn classify(&mut self, changes: &mut Vec<AddressSpaceChange>) -> bool {
        if self.pieces.is_empty()
            && let Some(run) = self.runs.pop()
        {
            cut(self.before, self.after, run, &mut self.pieces);
        }
        let Some(piece) = self.pieces.pop() else {
            return false;
        };
        self.classifier.run(self.before, self.after, piece, changes);
        true
    }
}

impl Iterator for Changes<'_> {
    type Item = AddressSpaceChange;

    fn next(&mut self) -> Option<AddressSpaceChange> {
        loop {
            if let Some(change) = self.ready.next() {
                return Some(change);
            }
            let mut changes = Vec::new();
            if !self.classify(&mut changes) {
                return None;
            }
            let (moved, before) = (&self.moved, self.before);
            self.classifier
                .gone
                .retain(|listed| listed.torn || moved.to(listed.vma.start).is_none());
            self.classifier.came.retain(|listed| {
                let from = moved.from(listed.vma.start).filter(|_| !listed.torn);
                let was = from.and_then(|from| vma_at(before, from));
                let is_new = was.is_none();
                changes.extend(was.map(|was| AddressSpaceChange {
                    kind: Kind::Move,
                    before: vec![was],
                    after: vec![listed.vma.clone()],
                    torn: false,
                }));
                is_new
            });
            self.classifier.finish_without_moves(&mut changes);
            self.ready = changes.into_iter();
        }
    }
}

/// What moved: by `vm_start`, where from and where to.
#[derive(Debug, Default)]
struct Moved {
    to: Vec<(u64, u64)>,
    from: Vec<(u64, u64)>,
}

impl Moved {
    /// Of all that came and went: its likeness, whether it came, its `vm_start`.
    fn among(mut seen: Vec<(u64, bool, u64)>, before: &[u8], after: &[u8]) -> Self {
        let mut moved = Moved::default();
        for with_size in [true, false] {
            for (old, new) in moves::only_pairs(&mut seen) {
                if let (Some(was), Some(is)) = (vma_at(before, old), vma_at(after, new))
                    && moves::are_alike(&was, &is, with_size)
                {
                    moved.to.push((old, new));
                    moved.from.push((new, old));
                }
            }
            moved.to.sort_unstable();
            moved.from.sort_unstable();
            if !with_size {
                break;
            }
            seen.retain_mut(|(likeness, is_new, start)| {
                let (text, taken) = match is_new {
                    true => (after, moved.from(*start)),
                    false => (before, moved.to(*start)),
                };
                let vma = vma_at(text, *start).filter(|vma| moves::may_move(vma, false));
                let Some(vma) = vma.filter(|_| taken.is_none()) else {
                    return false;
                };
                *likeness = moves::likeness(&vma, false);
                true
            });
        }
        moved
    }

    fn to(&self, start: u64) -> Option<u64> {
        find(&self.to, start)
    }

    fn from(&self, start: u64) -> Option<u64> {
        find(&self.from, start)
    }
}

fn find(pairs: &[(u64, u64)], start: u64) -> Option<u64> {
    let at = pairs.binary_search_by_key(&start, |pair| pair.0).ok()?;
    Some(pairs[at].1)
}

/// The VMA that starts there, of which no other line of the text has a part.
fn vma_at(text: &[u8], start: u64) -> Option<ChangedVma> {
    let line = line_at(text, first_ending_above(text, start));
    let line = MapsLine::parse(line).ok()?;
    Some(ChangedVma::of_line(&line, line.name.into()))
}

/// Cuts a run where no VMA of either text reaches across, the last piece first:
/// from the end, as a torn scan may go back to lower starts, but never to lower
/// ends.
fn cut(before: &[u8], after: &[u8], run: Run, pieces: &mut Vec<Run>) {
    let (mut i, mut j) = (run.before.end, run.after.end);
    let (mut end, mut low) = ((i, j), u64::MAX);
    while i > run.before.start || j > run.after.start {
        let last = |text: &[u8], from: usize, to: usize| {
            let at = (to > from).then(|| line_start(text, to - 1))?;
            Some((at, parse_range(line_at(text, at)).unwrap_or((0, 0))))
        };
        let (a, b) = (
            last(before, run.before.start, i),
            last(after, run.after.start, j),
        );
        let high = a.iter().chain(&b).map(|(_, range)| range.1).max();
        if high.is_some_and(|high| high <= low) && (i, j) != end {
            pieces.push(Run {
                before: i..end.0,
                after: j..end.1,
            });
            (end, low) = ((i, j), u64::MAX);
        }
        // The higher end first.
        match (a, b) {
            (Some((at, range)), b) if b.is_none_or(|(_, other)| other.1 <= range.1) => {
                (i, low) = (at, low.min(range.0));
            }
            (_, Some((at, range))) => (j, low) = (at, low.min(range.0)),
            _ => break,
        }
    }
    pieces.push(Run {
        before: i..end.0,
        after: j..end.1,
    });
}
