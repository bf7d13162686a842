//! Other addresses, in the same order.

use std::collections::BTreeMap;

use crate::maps::line_counts::GATES;

/// Bytes unmapped between two regions: what is nearer stays as far apart as it was.
const APART: u64 = 1 << 30;

/// Below are no addresses but 0 and the like.
const LOWEST: u64 = 0x1000;

/// How far above the lowest address of its digits a region is put, at least where there
/// is room.
const WAY_UP: u64 = 16 << 20;

/// Digits that `maps` prints at least.
const DIGITS: u32 = 8;

/// Where lower-half addresses end on x86-64 with four levels of page tables: nothing is
/// moved beyond it.
const FOUR_LEVELS: u64 = 0x7fff_ffff_f000;

/// The regions that were seen, and where they are moved.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    /// By start: the end, which may be an address too, and how far the region is moved.
    regions: BTreeMap<u64, (u64, u64)>,
}

impl Addresses {
    /// Remembers addresses from one to another.
    pub(super) fn see(&mut self, start: u64, end: u64) {
        let (mut start, mut end) = (start.min(end), start.max(end));
        if start < LOWEST || end >= GATES {
            return;
        }
        if self.region(start).is_some_and(|region| region.1 >= end) {
            return;
        }
        start -= start % LOWEST;
        end = end.next_multiple_of(LOWEST);
        // All that are not apart from it become one region with it.
        let near = |region: &(u64, u64), start, end| {
            let is_near = region.0 < end + APART && start < region.1 + APART;
            let is_like = digits(region.1) == digits(start) || digits(region.0) == digits(end);
            is_near && is_like || region.0 <= end && start <= region.1
        };
        loop {
            let around = self.regions.range(..end.saturating_add(APART));
            let mut around = around.rev().map(|(&start, &(end, _))| (start, end));
            let Some(region) = around.find(|region| near(region, start, end)) else {
                break;
            };
            self.regions.remove(&region.0);
            (start, end) = (start.min(region.0), end.max(region.1));
        }
        self.regions.insert(start, (end, 0));
    }

    /// The region an address is in, or ends.
    fn region(&self, address: u64) -> Option<(u64, u64, u64)> {
        let (&start, &(end, by)) = self.regions.range(..=address).next_back()?;
        (address <= end).then_some((start, end, by))
    }

    /// Finds out how far each region is moved.
    pub(super) fn settle(&mut self) {
        let regions = self.regions.iter().map(|(&start, it)| (start, it.0));
        let regions: Vec<(u64, u64)> = regions.collect();
        let is_like = |a: &(u64, u64), b: &(u64, u64)| {
            is_movable(a) && is_movable(b) && digits(a.0) == digits(b.0)
        };
        let mut rest = &regions[..];
        // Where the one before ended that could not be moved.
        let mut passed = LOWEST;
        for group in regions.chunk_by(is_like) {
            rest = &rest[group.len()..];
            if is_movable(&group[0]) {
                let digits = digits(group[0].0);
                let next = rest.first().map_or(u64::MAX, |next| next.0);
                let bottom = passed.max(bottom_of(digits));
                let last = group[group.len() - 1].1;
                self.place(group, (bottom, top_of(digits, last).min(next)));
            } else {
                passed = group[0].1;
            }
        }
    }

    /// Puts regions of as many digits one after the other, none of them higher than
    /// there is room; where there is none, they stay.
    fn place(&mut self, group: &[(u64, u64)], (bottom, top): (u64, u64)) {
        let end_of_all = |from: u64| {
            let sizes = group.iter().map(|(start, end)| end - start);
            let gaps = group.windows(2).map(|two| gap(two[0].1, two[1].0));
            from.checked_add(sizes.sum::<u64>() + gaps.sum::<u64>())
        };
        // Some way up, and not where it was.
        let ways = (0..40).map(|halved| (bottom.max(WAY_UP) >> halved) & !(LOWEST - 1));
        let mut places = ways.filter_map(|up| bottom.checked_add(up));
        let fits = |from: u64| end_of_all(from).is_some_and(|end| end <= top);
        let Some(mut at) = places.find(|from| fits(*from) && *from != group[0].0) else {
            return;
        };
        for (i, &(start, end)) in group.iter().enumerate() {
            self.regions.insert(start, (end, at.wrapping_sub(start)));
            let next = group.get(i + 1);
            at += end - start + next.map_or(0, |next| gap(end, next.0));
        }
    }

    /// What an address is to be; none where nothing was seen around it.
    pub(super) fn changed(&self, address: u64) -> Option<u64> {
        let (_, _, by) = self.region(address).filter(|_| address < GATES)?;
        Some(address.wrapping_add(by))
    }
}

/// How far apart two regions are to be, of which one starts here and one ended there.
fn gap(end: u64, start: u64) -> u64 {
    (start - end).min(APART)
}

/// Hexadecimal digits, as `maps` prints them.
fn digits(address: u64) -> u32 {
    (64 - address.leading_zeros()).div_ceil(4).max(DIGITS)
}

/// A region that spans addresses of more and less digits stays where it is.
fn is_movable(region: &(u64, u64)) -> bool {
    digits(region.0) == digits(region.1)
}

/// The lowest address of so many digits.
fn bottom_of(digits: u32) -> u64 {
    match digits {
        DIGITS => LOWEST,
        more => 1 << (4 * (more - 1)),
    }
}

/// What regions of so many digits end before, or at.
fn top_of(digits: u32, last: u64) -> u64 {
    if last <= FOUR_LEVELS && digits == 12 {
        return FOUR_LEVELS;
    }
    1u64.checked_shl(4 * digits)
        .map_or(GATES, |top| top - LOWEST)
        .min(GATES - LOWEST)
}
