//! Finds the slots that put the sites where a case wants them.

use std::ops::Range;

use super::case_setup::CaseSetup;
use super::error::SetupError;
use super::modifier_setup::ModifierSetup;
use super::placement::Placement;
use super::text_file::TextFile;
use crate::maps::line::parse_range;
use crate::maps::scan_text::{Lines, ScanText};
use crate::modifier::error::ModifierError;
use crate::scenario::arena::{Arena, Site};
use crate::scenario::arena_plan::slots_of;
use crate::scenario::definition::{MAX_SITES, Scenario};

/// Lines of the arena that must stand on each side of the site, so that there
/// is something to show around it.
const MARGIN: u32 = 4;

/// Slots tried after the first guess. A chunk of `smaps` holds 4 to 6 VMAs, of
/// `maps` the layout moves a boundary by a line at most.
const TRIES: u32 = 48;

/// Sites that `inside` spreads over a chunk, if they find room.
pub(crate) const INSIDE_SITES: usize = 4;

/// The slot of a site that is read with small reads: as low as its fences
/// allow.
const LOW_SLOT: u32 = 1;

/// The variant of a site at the end of the address space that is read in whole
/// scans.
const LAST_WHOLE: usize = 1;

/// Where a site must stand in the chunks it is read in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stands {
    /// Its line of this number, from 0, is the last of its chunk.
    Last(usize),
    InOneChunk,
}

impl ModifierSetup {
    /// Lays the scenario out as `setting` says; the sites, in address order.
    pub(crate) fn place(
        &mut self,
        scenario: &Scenario,
        file: &mut TextFile,
        setting: &CaseSetup,
    ) -> Result<Vec<Site>, SetupError> {
        let slots = match setting.placement {
            Placement::Last => return self.place_last(scenario, setting),
            Placement::Low => vec![LOW_SLOT],
            Placement::Boundary => vec![self.search(scenario, file, setting, Stands::Last(0))?],
            Placement::Sweep => {
                vec![self.search(scenario, file, setting, Stands::Last(setting.variant))?]
            }
            Placement::Inside => self.spread(scenario, file, setting)?,
            Placement::Every => self.at_every_boundary(scenario, file, setting)?,
        };
        let slots = self.with_more(scenario, slots, setting.sites);
        Ok(self.modifier.layout_sites(scenario, &slots)?)
    }

    /// One site at the end of the address space; any others that were asked for
    /// at the lowest addresses.
    fn place_last(
        &mut self,
        scenario: &Scenario,
        setting: &CaseSetup,
    ) -> Result<Vec<Site>, SetupError> {
        let others = setting.sites.unwrap_or(1).clamp(1, MAX_SITES) - 1;
        let slots = match others {
            0 => Vec::new(),
            others => self.with_more(scenario, vec![LOW_SLOT], Some(others)),
        };
        let is_whole = setting.variant == LAST_WHOLE;
        Ok(self.modifier.layout_last(scenario, &slots, is_whole)?)
    }

    /// The slot at which a single site stands as wanted.
    fn search(
        &mut self,
        scenario: &Scenario,
        file: &mut TextFile,
        setting: &CaseSetup,
        stands: Stands,
    ) -> Result<u32, SetupError> {
        self.modifier.plain_layout()?;
        let arena = self.modifier.arena();
        let boundary = first_boundary(&arena, file.scan()?, 0).unwrap_or(MARGIN);
        let first = match stands {
            // Its lines before the last of the chunk push it forward.
            Stands::Last(line) => boundary.saturating_sub(line as u32).max(MARGIN),
            Stands::InOneChunk => boundary + MARGIN,
        };
        let near = (first..first + TRIES).chain((LOW_SLOT..first).rev().take(MARGIN as usize));
        for slot in near {
            if self.fits(scenario, file, &[slot], stands)? {
                return Ok(slot);
            }
        }
        Err(no_place(scenario, setting.placement))
    }

    /// Whether the scenario can be laid out at these slots, with the last of
    /// the sites where it is wanted.
    fn fits(
        &mut self,
        scenario: &Scenario,
        file: &mut TextFile,
        slots: &[u32],
        wanted: Stands,
    ) -> Result<bool, SetupError> {
        let sites = match self.modifier.layout_sites(scenario, slots) {
            Ok(sites) => sites,
            Err(ModifierError::Layout(_)) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let scan = file.scan()?;
        Ok(sites.last().is_some_and(|site| stands(scan, site, wanted)))
    }

    /// Sites throughout one chunk, none of them across its borders.
    fn spread(
        &mut self,
        scenario: &Scenario,
        file: &mut TextFile,
        setting: &CaseSetup,
    ) -> Result<Vec<u32>, SetupError> {
        let mut slots = vec![self.search(scenario, file, setting, Stands::InOneChunk)?];
        let wanted = setting.sites.unwrap_or(INSIDE_SITES).clamp(1, MAX_SITES);
        let (needed, first) = (slots_of(scenario), slots[0]);
        self.modifier.layout(scenario, first)?;
        let arena = self.modifier.arena();
        let end = first_boundary(&arena, file.scan()?, first).unwrap_or(first);
        let step = (end.saturating_sub(first) / wanted as u32).max(needed);
        for slot in (1..wanted as u32).map(|i| first + i * step) {
            slots.push(slot);
            if !self.fits(scenario, file, &slots, Stands::InOneChunk)? {
                slots.pop();
                break;
            }
        }
        Ok(slots)
    }

    /// A site at each chunk boundary in the arena, as many as there may be.
    fn at_every_boundary(
        &mut self,
        scenario: &Scenario,
        file: &mut TextFile,
        setting: &CaseSetup,
    ) -> Result<Vec<u32>, SetupError> {
        let mut slots = vec![self.search(scenario, file, setting, Stands::Last(0))?];
        let needed = slots_of(scenario);
        let most = setting.sites.unwrap_or(MAX_SITES).clamp(1, MAX_SITES);
        let arena = self.modifier.arena();
        while let Some(&last) = slots.last().filter(|_| slots.len() < most) {
            self.modifier.layout_sites(scenario, &slots)?;
            let Some(boundary) = first_boundary(&arena, file.scan()?, last + needed) else {
                break;
            };
            let found = (boundary.saturating_sub(2)..boundary + 4).find_map(|slot| {
                slots.push(slot);
                let fits = self.fits(scenario, file, &slots, Stands::Last(0));
                slots.pop();
                match fits {
                    Ok(true) => Some(Ok(slot)),
                    Ok(false) => None,
                    Err(error) => Some(Err(error)),
                }
            });
            match found {
                Some(slot) => slots.push(slot?),
                None => break,
            }
        }
        Ok(slots)
    }

    /// The slots, and so many more close behind as were asked for and find
    /// room.
    fn with_more(
        &self,
        scenario: &Scenario,
        mut slots: Vec<u32>,
        sites: Option<usize>,
    ) -> Vec<u32> {
        let needed = slots_of(scenario);
        let end = self.modifier.arena().slots;
        while let Some(last) = slots.last().copied().filter(|last| {
            slots.len() < sites.unwrap_or(1).min(MAX_SITES) && last + 2 * needed < end
        }) {
            slots.push(last + needed);
        }
        slots
    }
}

pub(crate) fn no_place(scenario: &Scenario, placement: Placement) -> SetupError {
    SetupError::NoPlace {
        scenario: scenario.name.clone(),
        placement: placement.description(),
    }
}

/// The slot of the last line of the first chunk that ends in the arena, at or
/// behind `from`.
fn first_boundary(arena: &Arena, scan: &ScanText, from: u32) -> Option<u32> {
    let range: Range<u64> = arena.slot_address(from)..arena.range().end;
    scan.chunks
        .iter()
        .filter_map(|chunk| parse_range(scan.lines(chunk).last()?))
        .find(|(start, _)| range.contains(start))
        .map(|(start, _)| ((start - arena.base) / arena.slot_bytes()) as u32)
}

pub(crate) fn stands(scan: &ScanText, site: &Site, wanted: Stands) -> bool {
    scan.chunks.iter().any(|chunk| {
        let mut lines = scan.lines(chunk).filter_map(parse_range);
        match wanted {
            Stands::InOneChunk => {
                let Some(first) = lines.next() else {
                    return false;
                };
                let last = lines.last().unwrap_or(first);
                first.0 <= site.start && site.end <= last.1
            }
            Stands::Last(number) => {
                let of_site = |(start, end): &(u64, u64)| *end > site.start && *start < site.end;
                let Some(last) = lines.last().filter(of_site) else {
                    return false;
                };
                let all = Lines::of(scan.text())
                    .filter_map(parse_range)
                    .filter(of_site);
                all.enumerate().any(|(i, line)| i == number && line == last)
            }
        }
    })
}
