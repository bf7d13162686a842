//! Sequences drawn at random, all from one seed.

use std::ops::Range;

use super::ingredients::{Family, MapKind, word};
use super::sequence::{GroundVma, Made, Sequence};
use crate::algorithms::random::Random;
use crate::scenario::advice::Advice;
use crate::scenario::call::{Call, Origin};
use crate::scenario::kernel_object::MAX_SEGMENT_PAGES;
use crate::scenario::page_layout::{LayoutVma, PageLayout};
use crate::scenario::protection::Protection;
use crate::scenario::special_call::{Backing, SpecialCall};

/// Most calls before those that lead back.
const MOST_CALLS: u64 = 4;

/// One sequence of so many needs a modifier of its own.
const RARELY: u64 = 16;

/// Draws sequences of these families of calls on mappings of these kinds.
#[derive(Clone, Debug)]
pub struct Generator {
    random: Random,
    families: Vec<Family>,
    kinds: Vec<MapKind>,
}

const ADVICE: [Advice; 16] = [
    Advice::Dontfork,
    Advice::Dofork,
    Advice::Wipeonfork,
    Advice::Keeponfork,
    Advice::Dontdump,
    Advice::Dodump,
    Advice::Sequential,
    Advice::Random,
    Advice::Normal,
    Advice::Hugepage,
    Advice::Nohugepage,
    Advice::Mergeable,
    Advice::Unmergeable,
    Advice::Dontneed,
    Advice::PopulateRead,
    Advice::PopulateWrite,
];

const PRIVATE: [Protection; 3] = [Protection::Read, Protection::Write, Protection::Execute];

impl Generator {
    /// `families` and `kinds` must not be empty.
    #[must_use]
    pub fn new(seed: u64, families: Vec<Family>, kinds: Vec<MapKind>) -> Self {
        let moves = |family: &Family| {
            use Family::{Mmap, Mprotect, Mremap, Munmap};
            matches!(family, Mmap | Munmap | Mremap | Mprotect)
        };
        // What changes VMAs by itself three times as often as what splits them.
        let more: Vec<Family> = families.iter().copied().filter(moves).collect();
        Generator {
            random: Random::new(seed),
            families: [families, more.clone(), more].concat(),
            kinds,
        }
    }

    /// Draws no more of what this kernel has not, if there is anything else to draw.
    pub(crate) fn leave_out(&mut self, call: &str) {
        let is_another =
            |family: &Family| word(family) != call && (*family, call) != (Family::Brk, "heap");
        if self.families.iter().any(is_another) {
            self.families.retain(is_another);
        }
        let is_another = |kind: &MapKind| word(kind) != call;
        if self.kinds.iter().any(is_another) {
            self.kinds.retain(is_another);
        }
    }

    /// Whether something happens that does so `part` times of `whole`.
    pub(crate) fn chance(&mut self, part: u64, whole: u64) -> bool {
        self.random.below(whole) < part
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.random.below(limit)
    }

    /// One of them; the first of none would be a bug of the caller.
    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.random.below(from.len() as u64) as usize].clone()
    }

    /// A new sequence.
    pub fn fresh(&mut self) -> Sequence {
        let mut sequence = Sequence {
            pages: 0,
            ground: Vec::new(),
            populated: None,
            source: None,
            last: self.chance(1, 4),
            body: Vec::new(),
            inverse: self.chance(1, 2),
        };
        self.draw_ground(&mut sequence);
        // There may be no huge pages to be faulted in.
        if !sequence.is_huge() && self.chance(1, 5) {
            let how = [Advice::PopulateRead, Advice::PopulateWrite];
            sequence.populated = Some(self.pick(&how));
        }
        let most = 1 + self.random.below(MOST_CALLS);
        for _ in 0..most {
            self.add_call(&mut sequence);
        }
        sequence
    }

    /// Another one that is like it.
    pub(crate) fn like(&mut self, other: &Sequence) -> Sequence {
        let mut sequence = other.clone();
        match self.random.below(6) {
            0 => self.draw_ground(&mut sequence),
            1 => sequence.last = !sequence.last,
            2 => sequence.inverse = !sequence.inverse,
            3 if sequence.body.len() > 1 => {
                let at = self.random.below(sequence.body.len() as u64) as usize;
                sequence.body.remove(at);
            }
            4 if !sequence.body.is_empty() => {
                let at = self.random.below(sequence.body.len() as u64) as usize;
                sequence.body.remove(at);
                self.add_call(&mut sequence);
            }
            _ => self.add_call(&mut sequence),
        }
        sequence.body.truncate(MOST_CALLS as usize + 1);
        let pages = sequence.pages;
        sequence.body.retain(|call| call.site_end_page() <= pages);
        if sequence.heap().is_none() {
            let is_brk = |call: &Call| matches!(call, Call::Special(SpecialCall::Brk { .. }));
            sequence.body.retain(|call| !is_brk(call));
        }
        let source = sequence.source.as_ref().map_or(0, PageLayout::page_count);
        sequence
            .body
            .retain(|call| call.source_end_page() <= source);
        if sequence.body.is_empty() {
            self.add_call(&mut sequence);
        }
        sequence
    }

    fn draw_ground(&mut self, sequence: &mut Sequence) {
        let (ground, mut page) = (&mut sequence.ground, 0);
        ground.clear();
        let count = 1 + self.random.below(4);
        let kinds = self.drawn_kinds();
        let brk = self.families.iter().filter(|it| **it == Family::Brk);
        let brk = brk.count() as u64;
        let others = self.families.len() as u64 - brk;
        // Always where there are no other calls. Its pages are no huge ones.
        let may_be_huge = kinds.contains(&MapKind::Hugetlb);
        let has_heap = brk > 0 && !may_be_huge && self.chance(1, 1 + others.min(3));
        let heap = has_heap.then(|| self.below(count));
        // Rarely: each needs a modifier of its own.
        let has_seals = self.families.contains(&Family::Mseal) && self.chance(1, RARELY);
        for number in 0..count {
            if self.chance(1, 4) && page > 0 {
                page += 1 + self.random.below(2) as u32;
            }
            let pages = 1 + self.random.below(3) as u32;
            let kind = self.pick(&kinds);
            let (protection, backing) = self.mapping(kind, page);
            ground.push(GroundVma {
                vma: LayoutVma {
                    first_page: page,
                    pages,
                    protection,
                },
                backing,
                made: Made::Mapped,
            });
            page += pages;
            if heap != Some(number) && has_seals && self.chance(1, 2) {
                ground[number as usize].made = Made::Sealed;
            }
            if heap == Some(number) {
                make_heap(&mut ground[number as usize]);
                // Room to grow, and a page that no heap takes before what follows.
                page += 1 + 1 + self.below(2) as u32;
            }
        }
        if self.chance(1, 4) && !sequence.last {
            page += 1 + self.random.below(2) as u32;
        }
        // Twenty at most.
        sequence.pages = page;
    }

    /// What a sequence is drawn of: one with huge pages rarely, as it needs a modifier
    /// of its own.
    fn drawn_kinds(&mut self) -> Vec<MapKind> {
        let kinds = self.kinds.iter().copied();
        let usual: Vec<_> = kinds.filter(|kind| *kind != MapKind::Hugetlb).collect();
        let has_no_others = usual.is_empty() || usual.len() == self.kinds.len();
        match has_no_others || self.chance(1, RARELY) {
            true => self.kinds.clone(),
            false => usual,
        }
    }

    /// Where the heap ends next; none where there is none, or where it can neither
    /// grow nor shrink.
    fn brk(&mut self, sequence: &Sequence) -> Option<u32> {
        let heap = sequence.heap()?.vma;
        let mut behind =
            (heap.end_page()..sequence.pages).filter(|page| sequence.owner(*page).is_some());
        // A page before what is mapped next is left free (`brk()`, mm/mmap.c): a fence
        // is, where the site is not the last.
        let most = match behind.next() {
            Some(next) => next - 1,
            None => sequence.pages - u32::from(!sequence.last),
        };
        let least = heap.first_page + 1;
        (least < most).then(|| least + self.below(u64::from(most - least) + 1) as u32)
    }

    fn mapping(&mut self, kind: MapKind, page: u32) -> (Protection, Backing) {
        let protection = self.pick(&PRIVATE);
        let shared = protection.shared_like(Protection::ReadShared);
        match kind {
            MapKind::Anonymous => (protection, Backing::Anonymous),
            MapKind::Shared => (shared, Backing::Anonymous),
            MapKind::Memfd => (protection, Backing::Memfd(page)),
            MapKind::MemfdShared => (shared, Backing::Memfd(page)),
            MapKind::File => (protection, Backing::File(page)),
            MapKind::Hugetlb => (protection, Backing::Hugetlb(page)),
        }
    }

    fn add_call(&mut self, sequence: &mut Sequence) {
        let family = match sequence.heap().is_some() && self.chance(1, 3) {
            true => Family::Brk,
            false => self.pick(&self.families.clone()),
        };
        if family == Family::Mseal {
            // That is of the original state: nothing could undo it.
            return;
        }
        if family == Family::Brk {
            let end = self.brk(sequence);
            let call = end.map(|end| Call::Special(SpecialCall::Brk { end }));
            return sequence.body.extend(call);
        }
        let pages = self.range(sequence);
        let call = self.call(family, pages, sequence);
        if call.site_end_page() <= sequence.pages {
            sequence.body.push(call);
        }
    }

    /// Pages of the site: mostly a part of a VMA, or whole VMAs.
    fn range(&mut self, sequence: &Sequence) -> Range<u32> {
        let one = self.pick(&sequence.ground).vma;
        let (first, end) = (one.first_page, one.end_page());
        let within = |random: &mut Random, range: Range<u32>| {
            range.start + random.below(u64::from(range.end - range.start)) as u32
        };
        match self.random.below(6) {
            0 | 1 => first..end,
            2 => first..within(&mut self.random, first..end) + 1,
            3 => within(&mut self.random, first..end)..end,
            4 => {
                let start = within(&mut self.random, first..end);
                start..start + 1
            }
            _ => {
                let start = within(&mut self.random, 0..sequence.pages);
                start..within(&mut self.random, start..sequence.pages) + 1
            }
        }
    }

    fn call(&mut self, family: Family, pages: Range<u32>, sequence: &mut Sequence) -> Call {
        let special = Call::Special;
        match family {
            Family::Mmap => {
                let mut kind = self.pick(&self.kinds.clone());
                if kind == MapKind::Hugetlb && !sequence.is_huge() {
                    kind = MapKind::Anonymous;
                }
                let first = self.random.below(64) as u32;
                let (protection, backing) = self.mapping(kind, first);
                let populate = self.chance(1, 5);
                if kind == MapKind::Anonymous && !populate {
                    return Call::Mmap { pages, protection };
                }
                special(SpecialCall::Map {
                    pages,
                    protection,
                    backing,
                    populate,
                    grows_down: false,
                })
            }
            Family::Munmap => Call::Munmap { pages },
            Family::Mprotect => Call::Mprotect {
                pages,
                protection: self.pick(&PRIVATE),
            },
            Family::Mremap => self.mremap(pages, sequence),
            Family::Madvise => special(SpecialCall::Advise {
                pages,
                advice: self.pick(&ADVICE),
            }),
            Family::Guard => special(SpecialCall::Advise {
                pages,
                advice: self.pick(&[Advice::GuardInstall, Advice::GuardRemove]),
            }),
            Family::Mlock if self.chance(1, 3) => special(SpecialCall::Unlock { pages }),
            Family::Mlock => special(SpecialCall::Lock { pages }),
            Family::Name if self.chance(1, 3) => special(SpecialCall::Unname { pages }),
            Family::Name => special(SpecialCall::Name { pages }),
            Family::Stack if self.chance(1, 2) => special(SpecialCall::Map {
                pages,
                protection: Protection::Write,
                backing: Backing::Anonymous,
                populate: false,
                grows_down: true,
            }),
            Family::Stack => special(SpecialCall::Touch { page: pages.start }),
            Family::Shmat => {
                let end = pages.end.min(pages.start + MAX_SEGMENT_PAGES);
                special(SpecialCall::Attach {
                    pages: pages.start..end,
                })
            }
            Family::RemapFilePages => special(SpecialCall::RemapFile {
                pages,
                first: self.random.below(64) as u32,
            }),
            Family::Userfaultfd if self.chance(1, 3) => special(SpecialCall::Unregister { pages }),
            Family::Userfaultfd => special(SpecialCall::Register { pages }),
            Family::Fork => special(SpecialCall::Fork),
            // Drawn with an eye on the heap.
            Family::Brk => special(SpecialCall::Brk { end: pages.end }),
            Family::Mseal => special(SpecialCall::Seal { pages }),
        }
    }

    fn mremap(&mut self, pages: Range<u32>, sequence: &mut Sequence) -> Call {
        let count = pages.len() as u32;
        let room = u64::from(sequence.pages - count);
        match self.random.below(6) {
            0 => Call::Resize {
                new_pages: 1 + self.random.below(u64::from(sequence.pages - pages.start)) as u32,
                pages,
            },
            1 => Call::Move {
                origin: Origin::Site,
                onto: self.random.below(room + 1) as u32,
                from: pages,
            },
            2 => {
                // Onto unmapped pages as often: what moves is then all that changes.
                let is_free = |page: &u32| {
                    let mut arrives = *page..*page + count;
                    arrives.all(|page| sequence.owner(page).is_none())
                };
                let free: Vec<u32> = (0..=room as u32).filter(is_free).collect();
                let onto = if free.is_empty() || self.chance(1, 2) {
                    self.random.below(room + 1) as u32
                } else {
                    self.pick(&free)
                };
                let most = u64::from(sequence.pages - onto);
                let new_pages = match self.chance(1, 2) {
                    true => count,
                    false => 1 + self.random.below(most) as u32,
                };
                Call::Special(SpecialCall::Transfer {
                    from: pages,
                    onto,
                    new_pages,
                })
            }
            _ => {
                // From elsewhere, so that no page of the site is unmapped by it.
                let known = sequence.source.as_ref().map_or(0, PageLayout::page_count);
                if known < count {
                    let protection = self.pick(&PRIVATE);
                    let vma = LayoutVma {
                        first_page: 0,
                        pages: count,
                        protection,
                    };
                    sequence.source = PageLayout::of_vmas(count, vec![vma]);
                }
                Call::Move {
                    origin: Origin::Source,
                    from: 0..count,
                    onto: pages.start,
                }
            }
        }
    }
}

/// As brk makes it.
fn make_heap(one: &mut GroundVma) {
    one.made = Made::Heap;
    one.backing = Backing::Anonymous;
    one.vma.protection = Protection::Write;
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::super::sequence::Restore;
    use super::*;

    #[test]
    fn a_seed_draws_the_same_sequences_and_each_stays_on_its_site() {
        let all = || {
            (
                Family::value_variants().to_vec(),
                MapKind::value_variants().to_vec(),
            )
        };
        let mut generators = [0, 0].map(|_| {
            let (families, kinds) = all();
            Generator::new(7, families, kinds)
        });
        let [first, second] = &mut generators;
        let mut families_seen = std::collections::HashSet::new();
        for _ in 0..3_000 {
            let sequence = first.fresh();
            assert_eq!(sequence, second.fresh());
            let like = first.like(&sequence);
            assert_eq!(like, second.like(&sequence));
            for sequence in [sequence, like] {
                let end = sequence.ground.last().map(|one| one.vma.end_page());
                assert!(end <= Some(sequence.pages), "{sequence:?}");
                for call in &sequence.body {
                    let text = call.to_string();
                    assert!(call.site_end_page() <= sequence.pages, "{text}");
                    assert_eq!(text.parse::<Call>().as_ref(), Ok(call));
                    families_seen.insert(text.split(' ').next().unwrap_or_default().to_owned());
                }
                for restore in Restore::ALL {
                    let scenario = sequence.scenario("one".into(), restore);
                    let calls = scenario.iter().flat_map(|scenario| scenario.calls());
                    for call in calls {
                        assert!(call.site_end_page() <= sequence.pages, "{call}");
                    }
                }
            }
        }
        for word in [
            "mmap",
            "munmap",
            "mprotect",
            "mremap",
            "madvise",
            "mlock",
            "munlock",
            "name",
            "unname",
            "touch",
            "shmat",
            "remap_file_pages",
            "uffd-register",
            "uffd-unregister",
            "fork",
            "brk",
        ] {
            assert!(families_seen.contains(word), "{word}");
        }
    }
}
