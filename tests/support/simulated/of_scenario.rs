//! A catalogue scenario as a simulated workload.

use std::ops::Range;

use super::writer::{Effect, How, Workload};
use vmascope::internals::scenario::Scenario;
use vmascope::internals::scenario::{Call, Origin, SpecialCall};
use vmascope::internals::scenario::{Page, PageLayout};

/// VMAs on either side of the site: enough for several chunks where the
/// seq_file's buffer holds a few lines.
const NEIGHBOURS: usize = 9;

/// Pages of each of them.
const NEIGHBOUR_PAGES: usize = 3;

/// A page of what cannot merge with anything.
const FENCE: u8 = b'-';

impl Workload {
    /// The address space in which the modifier does `scenario`: VMAs that
    /// alternate, the site between fences, the source behind it if there is
    /// one, and VMAs that alternate again; or else as [`last`](Self::last), if
    /// the scenario wants that.
    #[must_use]
    pub(crate) fn of_scenario(scenario: &Scenario) -> Self {
        Self::among(scenario, NEIGHBOURS, NEIGHBOURS)
    }

    /// The same with so many VMAs before the first fence, and behind the last.
    #[must_use]
    pub(crate) fn among(scenario: &Scenario, before: usize, behind: usize) -> Self {
        Self::if_known(scenario, before, behind).expect("the catalogue's calls succeed")
    }

    /// The same of a scenario that was drawn at random: none where simulated
    /// kernels do not know one of its calls, or where Linux would refuse it.
    #[must_use]
    pub(crate) fn if_known(scenario: &Scenario, before: usize, behind: usize) -> Option<Self> {
        if !scenario.setup.is_empty() {
            return None;
        }
        if scenario.last {
            return Self::at_the_end(scenario, before);
        }
        let mut pages = alternating(before);
        pages.push(FENCE);
        let site = pages.len() as u32;
        pages.extend(letters(&scenario.original));
        pages.push(FENCE);
        let source = pages.len() as u32;
        if let Some(strip) = &scenario.source {
            pages.extend(letters(strip));
            pages.push(FENCE);
        }
        pages.extend(alternating(behind));
        Self::laid_out(scenario, pages, site, source)
    }

    /// The address space of which the site of `scenario` is the end: VMAs that
    /// alternate, the source between fences if there is one, a fence, the site.
    #[must_use]
    pub(crate) fn last(scenario: &Scenario) -> Self {
        Self::at_the_end(scenario, NEIGHBOURS).expect("the catalogue's calls succeed")
    }

    fn at_the_end(scenario: &Scenario, before: usize) -> Option<Self> {
        let mut pages = alternating(before);
        pages.push(FENCE);
        let source = pages.len() as u32;
        if let Some(strip) = &scenario.source {
            pages.extend(letters(strip));
            pages.push(FENCE);
        }
        let site = pages.len() as u32;
        pages.extend(letters(&scenario.original));
        Self::laid_out(scenario, pages, site, source)
    }

    fn laid_out(scenario: &Scenario, pages: Vec<u8>, site: u32, source: u32) -> Option<Self> {
        let mut now = pages.clone();
        let effects = scenario
            .operations
            .iter()
            .map(|operation| {
                let effect = effect(&operation.call, &now, site, source)?;
                let mut fill = |pages: &Range<u32>, letter| {
                    now[pages.start as usize..pages.end as usize].fill(letter);
                };
                fill(&effect.pages, effect.to);
                effect.from.iter().for_each(|from| fill(from, b'.'));
                Some(effect)
            })
            .collect::<Option<_>>()?;
        Some(Workload {
            pages,
            site: site..site + scenario.original.page_count(),
            effects,
        })
    }
}

fn alternating(count: usize) -> Vec<u8> {
    let vma = |at| [b"wr"[at % 2]; NEIGHBOUR_PAGES];
    (0..count).flat_map(vma).collect()
}

fn letters(strip: &PageLayout) -> impl Iterator<Item = u8> {
    strip.pages().iter().map(|page| match page {
        Page::Unmapped => b'.',
        Page::Mapped(protection) => protection.letter() as u8,
    })
}

/// What a call does to the pages that are there `now`. What is moved or
/// resized is one VMA, so its first page stands for all of it. None where
/// simulated kernels do not know the call, or where Linux would refuse it.
fn effect(call: &Call, now: &[u8], site: u32, source: u32) -> Option<Effect> {
    let letters = |pages: Range<u32>| &now[pages.start as usize..pages.end as usize];
    let is_one_vma = |pages: Range<u32>| {
        let letters = letters(pages);
        letters[0] != b'.' && letters.iter().all(|letter| *letter == letters[0])
    };
    let at = |pages: &Range<u32>| site + pages.start..site + pages.end;
    let set = |pages, to| Effect {
        pages,
        to,
        how: How::Changes,
        from: None,
        tail: None,
    };
    let moved_onto = |moved: Range<u32>, pages: Range<u32>| {
        let overlap = moved.start < pages.end && pages.start < moved.end;
        (is_one_vma(moved.clone()) && !overlap).then(|| Effect {
            how: How::EmptiesFirst,
            ..set(pages, now[moved.start as usize])
        })
    };
    Some(match call {
        Call::Mmap { pages, protection } => Effect {
            how: How::Replaces,
            ..set(at(pages), protection.letter() as u8)
        },
        Call::Mprotect { pages, .. } if letters(at(pages)).contains(&b'.') => return None,
        Call::Mprotect { pages, protection } => set(at(pages), protection.letter() as u8),
        Call::Munmap { pages } => set(at(pages), b'.'),
        Call::Resize { pages, .. } if !is_one_vma(at(pages)) => return None,
        Call::Resize { pages, new_pages } => {
            let end = pages.start + new_pages;
            if end < pages.end {
                set(at(&(end..pages.end)), b'.')
            } else if letters(at(&(pages.end..end))).iter().all(|it| *it == b'.') {
                set(at(&(pages.end..end)), now[(site + pages.start) as usize])
            } else {
                return None;
            }
        }
        Call::Move { origin, from, onto } => {
            let base = match origin {
                Origin::Site => site,
                Origin::Source => source,
            };
            let moved = base + from.start..base + from.end;
            moved_onto(moved, at(&(*onto..onto + from.len() as u32)))?
        }
        Call::Special(SpecialCall::Transfer {
            from,
            onto,
            new_pages,
        }) => {
            let tail = from.start + new_pages..from.end;
            Effect {
                from: Some(at(from)),
                tail: (!tail.is_empty()).then(|| at(&tail)),
                ..moved_onto(at(from), at(&(*onto..onto + new_pages)))?
            }
        }
        Call::Special(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Locking;
    use super::super::address_space::PAGE;
    use super::super::run::SimulatedCase;
    use super::*;
    use vmascope::internals::maps::MapsLine;
    use vmascope::internals::scenario::{find, scenarios};

    /// A site's VMAs as a strip would have them: pages and permissions.
    fn declared(strip: &PageLayout) -> Vec<(u64, u64, String)> {
        let vmas = strip.vmas().iter();
        vmas.map(|vma| {
            let range = (u64::from(vma.first_page), u64::from(vma.end_page()));
            (range.0, range.1, vma.protection.permissions().to_owned())
        })
        .collect()
    }

    #[test]
    fn the_captured_states_are_those_the_catalogue_declares() {
        let layouts = [Workload::of_scenario, Workload::last];
        for (scenario, layout) in scenarios().iter().flat_map(|it| layouts.map(|l| (it, l))) {
            let workload = layout(scenario);
            let case = SimulatedCase::new(&workload, Locking::LineLastEnd, None, 4096, 1).unwrap();
            let states = case.states();
            let site = states.sites()[0].range.start;
            assert_eq!(states.sites()[0].state_count(), scenario.operations.len());
            for (k, strip) in scenario.states().enumerate() {
                let text = states.site_text(0, k);
                let captured: Vec<_> = text
                    .split_inclusive(|&byte| byte == b'\n')
                    .map(|line| {
                        let line = MapsLine::parse(line).unwrap();
                        let page = |address| (address - site) / PAGE;
                        (page(line.start), page(line.end), line.perms.to_string())
                    })
                    .collect();
                assert_eq!(captured, declared(strip), "{} state {k}", scenario.name);
            }
        }
    }

    #[test]
    fn only_moves_have_a_destination_that_is_emptied() {
        for scenario in scenarios() {
            let workload = Workload::of_scenario(scenario);
            let case = SimulatedCase::new(&workload, Locking::LineLastEnd, None, 4096, 1).unwrap();
            let site = &case.states().sites()[0];
            let operations = scenario.operations.iter().zip(scenario.states());
            for ((operation, before), info) in operations.zip(&site.operations) {
                let source = scenario.source.as_ref();
                let declared = operation.call.moves(before, source);
                let address = |page| site.range.start + u64::from(page) * PAGE;
                let declared: Vec<_> = declared
                    .into_iter()
                    .map(|moved| address(moved.to.start)..address(moved.to.end))
                    .collect();
                let moves: Vec<_> = info.moves.iter().map(|moved| moved.to.clone()).collect();
                assert_eq!(moves, declared, "{}", scenario.name);
            }
        }
    }

    #[test]
    fn the_source_stays_where_it_is() {
        let workload = Workload::of_scenario(find("replace-two").unwrap());
        let around = &workload.pages[workload.site.start as usize - 1..][..9];
        assert_eq!(around, b"-rwrw-xx-");
        let workload = Workload::last(find("replace-two").unwrap());
        assert!(workload.pages.ends_with(b"-xx-rwrw"));
        let workload = Workload::of_scenario(find("replace-last").unwrap());
        assert!(workload.pages.ends_with(b"-x-rw"));
        assert_eq!(workload.site.end as usize, workload.pages.len());
    }
}
