//! What became of the VMAs of one run.

use super::change::{AddressSpaceChange, AddressSpaceChangeKind as Kind, ChangedVma};
use super::listed::{Listed, list};
use super::moves;
use super::runs::Run;

/// A VMA before and one after that continues it.
#[derive(Clone, Copy, Debug)]
struct Edge {
    before: usize,
    after: usize,
    /// Permissions and name are the same too.
    strong: bool,
}

/// Classifies run by run. It keeps its buffers.
#[derive(Debug, Default)]
pub(crate) struct Classifier {
    before: Vec<Listed>,
    after: Vec<Listed>,
    edges: Vec<Edge>,
    /// VMAs of all runs that nothing continues, or that continue nothing.
    pub(super) gone: Vec<Listed>,
    pub(super) came: Vec<Listed>,
}

impl Classifier {
    /// Adds the changes of one run.
    pub(crate) fn run(
        &mut self,
        before: &[u8],
        after: &[u8],
        run: Run,
        changes: &mut Vec<AddressSpaceChange>,
    ) {
        list(&before[run.before], &mut self.before);
        list(&after[run.after], &mut self.after);
        self.join();
        self.components(changes);
        let left = |listed: &Listed| !listed.taken;
        self.gone.extend(self.before.drain(..).filter(left));
        self.came.extend(self.after.drain(..).filter(left));
    }

    /// Decides about what came and went in all runs, and sorts.
    pub(crate) fn finish(&mut self, changes: &mut Vec<AddressSpaceChange>) {
        moves::pair(&mut self.gone, &mut self.came, changes);
        self.finish_without_moves(changes);
    }

    /// [`finish`](Self::finish), where what moved has been taken out.
    pub(super) fn finish_without_moves(&mut self, changes: &mut Vec<AddressSpaceChange>) {
        replace(&mut self.gone, &mut self.came, changes);
        changes.extend(self.gone.drain(..).map(|gone| AddressSpaceChange {
            kind: Kind::Unmap,
            before: vec![gone.vma],
            after: Vec::new(),
            torn: gone.torn,
        }));
        changes.extend(self.came.drain(..).map(|came| AddressSpaceChange {
            kind: Kind::Map,
            before: Vec::new(),
            after: vec![came.vma],
            torn: came.torn,
        }));
        changes.sort_by_key(|change| change.main().start);
    }

    /// Finds which VMA continues which: both lists are sorted and disjoint, so
    /// that one walk finds all that share addresses.
    fn join(&mut self) {
        self.edges.clear();
        let (mut i, mut j) = (0, 0);
        while let (Some(old), Some(new)) = (self.before.get_mut(i), self.after.get_mut(j)) {
            let (a, b) = (&old.vma, &new.vma);
            let overlap = a.start < b.end && b.start < a.end;
            let (a_end, b_end) = (a.end, b.end);
            if overlap && b.continues(a) {
                let strong = (a.permissions, &a.name) == (b.permissions, &b.name);
                old.strong |= strong;
                new.strong |= strong;
                self.edges.push(Edge {
                    before: i,
                    after: j,
                    strong,
                });
            }
            i += usize::from(a_end <= b_end);
            j += usize::from(b_end <= a_end);
        }
        // Where both have a better match, sharing addresses means that the
        // border between two neighbours moved.
        let (before, after) = (&self.before, &self.after);
        self.edges
            .retain(|edge| edge.strong || !before[edge.before].strong || !after[edge.after].strong);
    }

    /// One change for the VMAs that hang together. Edges are in the order of
    /// both lists, so what hangs together is side by side.
    fn components(&mut self, changes: &mut Vec<AddressSpaceChange>) {
        let joined = |a: &Edge, b: &Edge| a.before == b.before || a.after == b.after;
        for edges in self.edges.chunk_by(joined) {
            let (Some(first), Some(last)) = (edges.first(), edges.last()) else {
                continue;
            };
            let mut torn = false;
            let mut take = |list: &mut [Listed], member: &dyn Fn(usize) -> bool| {
                let mut members = Vec::with_capacity(1);
                for (at, listed) in list.iter_mut().enumerate() {
                    // What lies between may map another thing.
                    if member(at) {
                        listed.taken = true;
                        torn |= listed.torn;
                        members.push(listed.vma.clone());
                    }
                }
                members
            };
            let olds = &mut self.before[first.before..=last.before];
            let offset = first.before;
            let before = take(olds, &|at| has(edges, |edge| edge.before, offset + at));
            let news = &mut self.after[first.after..=last.after];
            let offset = first.after;
            let after = take(news, &|at| has(edges, |edge| edge.after, offset + at));
            if let Some(kind) = kind_of(&before, &after) {
                changes.push(AddressSpaceChange {
                    kind,
                    before,
                    after,
                    torn,
                });
            }
        }
    }
}

/// Whether one of `edges`, which are in order, ends at `index`.
fn has(edges: &[Edge], end: impl Fn(&Edge) -> usize, index: usize) -> bool {
    edges.binary_search_by_key(&index, end).is_ok()
}

/// What happened, unless nothing did: a line that was taken in only because
/// another overlapped it.
fn kind_of(before: &[ChangedVma], after: &[ChangedVma]) -> Option<Kind> {
    let ([was], [is]) = (before, after) else {
        return Some(match (before.len(), after.len()) {
            (1, _) => Kind::Split,
            (_, 1) => Kind::Merge,
            _ => Kind::Rearrange,
        });
    };
    let covers = |a: &ChangedVma, b: &ChangedVma| a.start <= b.start && b.end <= a.end;
    match (covers(is, was), covers(was, is)) {
        (true, true) if was.permissions != is.permissions => Some(Kind::Protect),
        (true, true) if was.name != is.name => Some(Kind::Rename),
        (true, true) if was.offset != is.offset => Some(Kind::Replace),
        (true, true) => None,
        (true, false) => Some(Kind::Grow),
        (false, true) => Some(Kind::Shrink),
        (false, false) => Some(Kind::Rearrange),
    }
}

/// What went and came at the very same addresses was replaced.
fn replace(gone: &mut Vec<Listed>, came: &mut Vec<Listed>, changes: &mut Vec<AddressSpaceChange>) {
    let range = |listed: &Listed| (listed.vma.start, listed.vma.end);
    gone.sort_unstable_by_key(range);
    came.sort_unstable_by_key(range);
    let mut j = 0;
    for old in &mut *gone {
        j += came[j..].partition_point(|new| range(new) < range(old));
        let Some(new) = came.get_mut(j) else { break };
        if range(new) == range(old) {
            new.taken = true;
            old.taken = true;
            changes.push(AddressSpaceChange {
                kind: Kind::Replace,
                before: vec![old.vma.clone()],
                after: vec![new.vma.clone()],
                torn: old.torn || new.torn,
            });
        }
    }
    gone.retain(|listed| !listed.taken);
    came.retain(|listed| !listed.taken);
}
