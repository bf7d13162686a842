//! What happened to each VMA in the last minute, by its address.

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use crate::maps::diff::change::{AddressSpaceChange, AddressSpaceChangeKind as Kind};

/// How long something is recent.
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
/// A minute is counted in pieces of this length.
const PIECE: Duration = Duration::from_secs(10);
/// VMAs of which is known what happened; the oldest are forgotten first.
const MOST: usize = 4096;

/// What happened to one VMA lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recent {
    /// Where it starts now, in bytes.
    pub start: u64,
    /// Where it ends now, in bytes.
    pub end: u64,
    /// The last change.
    pub kind: Kind,
    /// When that was, since the session started.
    pub at: Duration,
    /// By how much it grew in each piece of the last minute, in bytes.
    grown: [i64; PIECES],
    /// When each kind of change was seen last.
    seen: [Option<Duration>; Kind::ALL.len()],
}

const PIECES: usize = (MINUTE.as_secs() / PIECE.as_secs()) as usize;

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
            grown: [0; PIECES],
            seen,
        }
    }

    /// By how much it grew, or shrank, in the last minute or a little less.
    #[must_use]
    pub(crate) fn grown(&self) -> i64 {
        self.grown
            .iter()
            .fold(0, |sum, piece| sum.saturating_add(*piece))
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

/// Collects what happened, and forgets it after a minute.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recents {
    by_start: HashMap<u64, Recent>,
    piece: u64,
}

impl Recents {
    pub(crate) fn add(&mut self, at: Duration, change: &AddressSpaceChange) {
        // What is known of the VMAs before goes over to those after.
        let before: Vec<Recent> = change
            .before
            .iter()
            .filter_map(|vma| self.by_start.remove(&vma.start))
            .collect();
        let was: u64 = change.before.iter().map(|vma| vma.end - vma.start).sum();
        let is: u64 = change.after.iter().map(|vma| vma.end - vma.start).sum();
        let grown = match change.kind {
            Kind::Grow | Kind::Shrink | Kind::Merge | Kind::Move => is.wrapping_sub(was) as i64,
            // How much of the rest belongs to which of them is not known.
            _ => 0,
        };
        for vma in &change.after {
            let known = before.iter().find(|known| known.start == vma.start);
            let known = known.or(before.first()).copied();
            let mut recent = known.unwrap_or(Recent::new(vma.start..vma.end, change.kind, at));
            (recent.start, recent.end) = (vma.start, vma.end);
            recent.kind = change.kind;
            recent.at = at;
            recent.seen[change.kind as usize] = Some(at);
            if change.after.len() == 1 {
                let piece = &mut recent.grown[(self.piece % PIECES as u64) as usize];
                *piece = piece.saturating_add(grown);
            }
            self.by_start.insert(vma.start, recent);
        }
    }

    /// Forgets what is older than a minute; whether there was something.
    pub(crate) fn expire(&mut self, now: Duration) -> bool {
        let piece = now.as_secs() / PIECE.as_secs();
        let passed = (piece - self.piece.min(piece)).min(PIECES as u64);
        for passed in 1..=passed {
            let at = ((self.piece + passed) % PIECES as u64) as usize;
            for recent in self.by_start.values_mut() {
                recent.grown[at] = 0;
            }
        }
        self.piece = piece;
        let count = self.by_start.len();
        self.by_start.retain(|_, recent| now < recent.at + MINUTE);
        if let Some(excess) = self.by_start.len().checked_sub(MOST + 1) {
            let mut times: Vec<Duration> = self.by_start.values().map(|it| it.at).collect();
            let (_, limit, _) = times.select_nth_unstable(excess);
            let limit = *limit;
            self.by_start.retain(|_, recent| recent.at > limit);
        }
        self.by_start.len() != count
    }

    /// All of it, by address.
    pub(crate) fn sorted(&self) -> Vec<Recent> {
        let mut all: Vec<Recent> = self.by_start.values().copied().collect();
        all.sort_unstable_by_key(|recent| recent.start);
        all
    }

    pub(crate) fn clear(&mut self) {
        self.by_start.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::diff::compare::Diff;

    const SECOND: Duration = Duration::from_secs(1);

    fn text(vmas: &[(u64, u64)]) -> Vec<u8> {
        vmas.iter()
            .map(|(start, end)| format!("{start:08x}-{end:08x} rw-p 00000000 00:00 0 \n"))
            .collect::<String>()
            .into()
    }

    fn step(recents: &mut Recents, at: Duration, before: &[(u64, u64)], after: &[(u64, u64)]) {
        recents.expire(at);
        for change in Diff::new().compare(&text(before), &text(after)) {
            recents.add(at, change);
        }
    }

    #[test]
    fn growth_is_summed_over_a_minute_and_follows_the_vma() {
        let mut recents = Recents::default();
        step(
            &mut recents,
            SECOND,
            &[(0x1000, 0x2000)],
            &[(0x1000, 0x4000)],
        );
        step(
            &mut recents,
            12 * SECOND,
            &[(0x1000, 0x4000)],
            &[(0x1000, 0x5000)],
        );
        // Down as a stack does: it starts elsewhere now.
        step(
            &mut recents,
            13 * SECOND,
            &[(0x1000, 0x5000)],
            &[(0x0800, 0x5000)],
        );
        let all = recents.sorted();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].start, all[0].kind), (0x800, Kind::Grow));
        assert_eq!(all[0].grown(), 0x3800);
        // The first growth is a minute old, the others are not.
        recents.expire(65 * SECOND);
        assert_eq!(recents.sorted()[0].grown(), 0x1800);
        assert_eq!(recents.sorted()[0].names(65 * SECOND).next(), Some("grow"));
        assert!(recents.expire(74 * SECOND));
        assert_eq!(recents.sorted(), []);
    }

    #[test]
    fn what_happened_earlier_in_the_minute_is_still_known() {
        let mut recents = Recents::default();
        step(
            &mut recents,
            SECOND,
            &[(0x1000, 0x2000)],
            &[(0x1000, 0x4000)],
        );
        step(
            &mut recents,
            2 * SECOND,
            &[(0x1000, 0x4000)],
            &[(0x1000, 0x2000), (0x3000, 0x4000)],
        );
        let names = |start: u64, at| -> Vec<&str> {
            let all = recents.sorted();
            let found = all.iter().find(|recent| recent.start == start);
            found.unwrap().names(at).collect()
        };
        assert_eq!(names(0x1000, 3 * SECOND), ["grow", "grew", "split"]);
        assert_eq!(names(0x3000, 61 * SECOND), ["split"]);
    }

    #[test]
    fn the_oldest_are_forgotten_when_there_are_too_many() {
        let mut recents = Recents::default();
        for i in 0..2 * MOST as u64 {
            let start = (i + 1) * 0x10000;
            let at = Duration::from_millis(i);
            step(&mut recents, at, &[], &[(start, start + 0x1000)]);
        }
        recents.expire(Duration::from_millis(2 * MOST as u64));
        let all = recents.sorted();
        assert_eq!(all.len(), MOST);
        assert_eq!(all[0].start, (MOST as u64 + 1) * 0x10000);
    }
}
