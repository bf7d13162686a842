//! What happened to each VMA in the last minute, by its address.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::time::Duration;

use crate::maps::diff::change::{AddressSpaceChange, AddressSpaceChangeKind as Kind};

/// How long something is recent.
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
/// A minute is counted in pieces of this length.
const PIECE: Duration = Duration::from_secs(10);
/// VMAs of which is known what happened; the oldest are forgotten first.
const MOST: usize = 4096;
/// VMAs that are no more and are remembered, the same.
const MOST_ENDED: usize = 1 << 16;

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
            came: None,
            grown: 0,
            seen,
        }
    }

    /// Its size less that of the VMAs that had its addresses a minute ago, or a
    /// little less: nothing is added up, so splits and merges cannot mislead.
    /// Nothing, where that is not known, and where it was moved since: that
    /// others had these addresses says nothing of it.
    #[must_use]
    pub(crate) fn grown(&self) -> i64 {
        self.grown
    }

    /// The same, of the VMAs of that time that are no more, by address.
    fn grown_since(&self, boundary: u64, ended: &[Range<u64>]) -> i64 {
        let moved = self.seen[Kind::Move as usize];
        if self.came.is_none_or(|came| came < boundary)
            || moved.is_some_and(|at| piece_of(at) >= boundary)
        {
            return 0;
        }
        let below = ended.partition_point(|vma| vma.start < self.end);
        let same_addresses = ended[..below].iter().rev();
        let then: u64 = same_addresses
            .take_while(|vma| self.start < vma.end)
            .map(|vma| vma.end - vma.start)
            .sum();
        (self.end - self.start).wrapping_sub(then).cast_signed()
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
        let ended = self.ended.iter().filter(was_there);
        let mut ended: Vec<Range<u64>> = ended.map(|it| it.vma.clone()).collect();
        ended.sort_unstable_by_key(|vma| vma.start);
        for recent in &mut all {
            recent.grown = recent.grown_since(boundary, &ended);
        }
        all
    }

    pub(crate) fn clear(&mut self) {
        self.by_start.clear();
        self.ended.clear();
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

    /// A layout of pages: consecutive ones with the same letter are a VMA.
    fn vmas(pages: &[u8]) -> Vec<(u64, u64, u8)> {
        let mut vmas: Vec<(u64, u64, u8)> = Vec::new();
        for (page, &letter) in (0x10..).zip(pages) {
            let (start, end) = (page * 0x1000, (page + 1) * 0x1000);
            match vmas.last_mut() {
                Some(last) if (last.1, last.2) == (start, letter) => last.1 = end,
                _ if letter > 0 => vmas.push((start, end, letter)),
                _ => {}
            }
        }
        vmas
    }

    fn text_of(pages: &[u8]) -> String {
        let line = |(start, end, letter): &(u64, u64, u8)| {
            let permissions = ["r--p", "rw-p", "r-xp"][usize::from(*letter) - 1];
            format!("{start:08x}-{end:08x} {permissions} 00000000 00:00 0 \n")
        };
        vmas(pages).iter().map(line).collect()
    }

    proptest::proptest! {
        /// The reference keeps all scans.
        #[test]
        fn growth_is_the_size_now_less_that_of_the_same_addresses_a_minute_ago(
            scans in proptest::collection::vec(
                (1u64..25, proptest::collection::vec(0u8..4, 12)), 2..12)
        ) {
            let mut recents = Recents::default();
            let mut seen: Vec<(u64, &[u8])> = Vec::new();
            let mut now = 0;
            for (seconds, pages) in &scans {
                now += seconds;
                recents.expire(Duration::from_secs(now));
                if let Some((_, before)) = seen.last() {
                    let (before, after) = (text_of(before), text_of(pages));
                    for change in Diff::new().compare(before.as_bytes(), after.as_bytes()) {
                        recents.add(Duration::from_secs(now), change);
                    }
                }
                seen.push((now, pages));
                let boundary = (now / 10 * 10).saturating_sub(50);
                let then = seen.iter().rev().find(|(at, _)| *at < boundary);
                let then = vmas(then.unwrap_or(&seen[0]).1);
                let all = recents.sorted();
                for (start, end, _) in vmas(pages) {
                    let had = then.iter().filter(|vma| vma.0 < end && start < vma.1);
                    let had: u64 = had.map(|vma| vma.1 - vma.0).sum();
                    let expected = (end - start).cast_signed() - had.cast_signed();
                    let recent = all.iter().find(|recent| recent.start == start);
                    let moved = recent.is_some_and(|it| it.seen[Kind::Move as usize].is_some());
                    let grown = recent.map_or(0, Recent::grown);
                    proptest::prop_assert!(grown <= (end - start).cast_signed());
                    proptest::prop_assert!(moved || grown == expected, "{grown} {expected}");
                }
            }
        }
    }

    #[test]
    fn what_a_split_took_away_a_merge_does_not_add() {
        let mut recents = Recents::default();
        let whole: &[(u64, u64)] = &[(0x1000, 0x9000)];
        let parts: &[(u64, u64)] = &[(0x1000, 0x3000), (0x4000, 0x9000)];
        for second in 1..9 {
            let (before, after) = match second % 2 {
                1 => (whole, parts),
                _ => (parts, whole),
            };
            step(&mut recents, second * SECOND, before, after);
        }
        assert_eq!(recents.sorted()[0].grown(), 0);
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
