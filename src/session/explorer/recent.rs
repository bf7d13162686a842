//! What happened to each VMA in the last minute, by its address.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::maps::diff::change::{AddressSpaceChange, AddressSpaceChangeKind as Kind, ChangedVma};
use crate::maps::line::Device;

/// How long something is recent.
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
/// A minute is counted in pieces of this length.
const PIECE: Duration = Duration::from_secs(10);
/// VMAs of which is known what happened; the oldest are forgotten first.
const MOST: usize = 4096;
/// VMAs that are no more and are remembered, the same.
const MOST_ENDED: usize = 1 << 16;

/// What VMAs have in common that may have one another's addresses as their own:
/// whether nobody may use them, as of a reserve that a heap grows into, and the
/// file. All else `mprotect` gives to a part of a VMA, which grows nothing.
type Like = (bool, Device, u64);

fn like(vma: &ChangedVma) -> Like {
    let it = vma.permissions;
    let is_reserve = !(it.read || it.write || it.execute);
    (is_reserve, vma.device, vma.inode)
}

/// What happened to one VMA lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// Where it starts now, in bytes.
    pub start: u64,
    /// Where it ends now, in bytes.
    pub end: u64,
    /// The last change.
    pub kind: Kind,
    /// When that was, since the session started.
    pub at: Duration,
    like: Like,
    /// The piece in which it came; none: it was there from the start.
    came: Option<u64>,
    grown: i64,
    /// When each kind of change was seen last.
    seen: [Option<Duration>; Kind::ALL.len()],
}

const PIECES: u64 = MINUTE.as_secs() / PIECE.as_secs();

fn piece_of(at: Duration) -> u64 {
    at.as_secs() / PIECE.as_secs()
}

impl Recent {
    /// Of a VMA of which nothing else is known.
    #[must_use]
    pub(crate) fn new(vma: Range<u64>, kind: Kind, at: Duration) -> Self {
        let mut seen = [None; Kind::ALL.len()];
        seen[kind as usize] = Some(at);
        Recent {
            start: vma.start,
            end: vma.end,
            kind,
            at,
            like: Like::default(),
            came: None,
            grown: 0,
            seen,
        }
    }

    /// Its size less what was its own a minute ago, or a little less: nothing is
    /// added up, so splits and merges cannot mislead. What a VMA of that time had
    /// belongs to those of the like of it that have the addresses now, and what
    /// none has, to the lowest of them.
    /// Nothing, where that is not known, and where it was moved since: that
    /// others had these addresses says nothing of it.
    #[must_use]
    pub(crate) fn grown(&self) -> i64 {
        self.grown
    }

    /// Whether it is not as it was at the beginning of a piece, and did not come
    /// from elsewhere since.
    fn may_have_grown_since(&self, boundary: u64) -> bool {
        let moved = self.seen[Kind::Move as usize];
        self.came.is_some_and(|came| came >= boundary)
            && moved.is_none_or(|at| piece_of(at) < boundary)
    }

    /// What happened to it in the minute before `now`, in the words that a
    /// filter looks for.
    pub(crate) fn names(&self, now: Duration) -> impl Iterator<Item = &'static str> {
        let recent = move |seen: Option<Duration>| seen.is_some_and(|at| now < at + MINUTE);
        let kinds = Kind::ALL.into_iter().zip(self.seen);
        kinds
            .filter(move |(_, seen)| recent(*seen))
            .flat_map(|(kind, _)| names(kind))
            .copied()
    }
}

/// What happened to the VMA of a line, of what happened by address. A line may
/// have been read later, and have moved an end or both meanwhile: it is the VMA
/// that has some of the same addresses.
#[must_use]
pub(crate) fn recent_of<'a>(recent: &'a [Recent], line: &Range<u64>) -> Option<&'a Recent> {
    let same = recent.binary_search_by_key(&line.start, |recent| recent.start);
    let at = same.ok().or_else(|| {
        let behind = recent.partition_point(|recent| recent.start < line.end);
        behind.checked_sub(1)
    })?;
    Some(&recent[at]).filter(|recent| line.start < recent.end)
}

/// The words for a kind: what it is called, and what people say.
#[must_use]
pub(crate) fn names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Map => &["map", "new"],
        Kind::Unmap => &["unmap", "gone"],
        Kind::Grow => &["grow", "grew"],
        Kind::Shrink => &["shrink", "shrank", "shrunk"],
        Kind::Split => &["split"],
        Kind::Merge => &["merge"],
        Kind::Protect => &["protect"],
        Kind::Move => &["move", "moving"],
        Kind::Rename => &["rename"],
        Kind::Replace => &["replace"],
        Kind::Rearrange => &["rearrange"],
    }
}

/// A VMA that is no more.
#[derive(Clone, Debug)]
struct Ended {
    vma: Range<u64>,
    like: Like,
    /// The piece in which it came; none: it was there from the start.
    came: Option<u64>,
    /// The piece in which it ended.
    ended: u64,
}

/// Collects what happened, and forgets it after a minute.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recents {
    by_start: HashMap<u64, Recent>,
    /// The first that ended first.
    ended: VecDeque<Ended>,
    piece: u64,
    /// The first piece at whose beginning all VMAs are known.
    known_from: u64,
}

impl Recents {
    pub(crate) fn add(&mut self, at: Duration, change: &AddressSpaceChange) {
        // What is known of the VMAs before goes over to those after.
        let mut before: Vec<Recent> = Vec::new();
        for vma in &change.before {
            let known = self.by_start.remove(&vma.start);
            before.extend(known);
            let came = known.and_then(|known| known.came);
            // Those that no beginning of a piece saw are in no comparison.
            if came.is_none_or(|came| came < self.piece) {
                self.ended.push_back(Ended {
                    vma: vma.start..vma.end,
                    like: like(vma),
                    came,
                    ended: self.piece,
                });
            }
        }
        for vma in &change.after {
            let known = before.iter().find(|known| known.start == vma.start);
            let known = known.or(before.first()).copied();
            let mut recent = known.unwrap_or(Recent::new(vma.start..vma.end, change.kind, at));
            (recent.start, recent.end) = (vma.start, vma.end);
            recent.like = like(vma);
            recent.kind = change.kind;
            recent.at = at;
            recent.seen[change.kind as usize] = Some(at);
            recent.came = Some(self.piece);
            self.by_start.insert(vma.start, recent);
        }
    }

    /// The piece at whose beginning a minute ago was, or a little less.
    fn boundary(&self) -> u64 {
        (self.piece + 1).saturating_sub(PIECES)
    }

    /// Forgets what is older than a minute; whether something may be another
    /// now.
    pub(crate) fn expire(&mut self, now: Duration) -> bool {
        let piece = piece_of(now);
        let is_new = piece != self.piece && !self.by_start.is_empty();
        self.piece = piece;
        let boundary = self.boundary();
        while let Some(first) = self.ended.front()
            && (first.ended < boundary || self.ended.len() > MOST_ENDED)
        {
            if first.ended >= boundary {
                self.known_from = first.ended + 1;
            }
            self.ended.pop_front();
        }
        let count = self.by_start.len();
        self.by_start.retain(|_, recent| now < recent.at + MINUTE);
        if let Some(excess) = self.by_start.len().checked_sub(MOST + 1) {
            let mut times: Vec<Duration> = self.by_start.values().map(|it| it.at).collect();
            let (_, limit, _) = times.select_nth_unstable(excess);
            let limit = *limit;
            self.by_start.retain(|_, recent| recent.at > limit);
            self.known_from = self.known_from.max(piece_of(limit) + 1);
        }
        is_new || self.by_start.len() != count
    }

    /// All of it, by address.
    pub(crate) fn sorted(&self) -> Vec<Recent> {
        let mut all: Vec<Recent> = self.by_start.values().copied().collect();
        all.sort_unstable_by_key(|recent| recent.start);
        let boundary = self.boundary();
        if boundary < self.known_from {
            return all;
        }
        let was_there =
            |it: &&Ended| it.ended >= boundary && it.came.is_none_or(|came| came < boundary);
        for recent in &mut all {
            recent.grown = (recent.end - recent.start).cast_signed();
        }
        for old in self.ended.iter().filter(was_there) {
            inherit(&mut all, old);
        }
        for recent in &mut all {
            if !recent.may_have_grown_since(boundary) {
                recent.grown = 0;
            }
        }
        all
    }

    pub(crate) fn clear(&mut self) {
        self.by_start.clear();
        self.ended.clear();
    }
}

/// Takes what a VMA had off those, by address, that have it now.
fn inherit(all: &mut [Recent], old: &Ended) {
    let Range { start, end } = old.vma;
    let below = all.partition_point(|it| it.start < end);
    let mut left = (end - start).cast_signed();
    let mut lowest = None;
    let near = all[..below].iter_mut().rev();
    for heir in near.take_while(|it| start < it.end) {
        if heir.like == old.like {
            let shared = heir.end.min(end) - heir.start.max(start);
            heir.grown -= shared.cast_signed();
            left -= shared.cast_signed();
            lowest = Some(heir);
        }
    }
    if let Some(lowest) = lowest {
        lowest.grown -= left;
    }
}

#[cfg(test)]
#[path = "recent_tests.rs"]
mod tests;
