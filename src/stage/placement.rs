//! Finds the slot that puts a site where a case wants it.

use std::ops::Range;

use super::{Extent, Stage, StageError, Staged, TextFile};
use crate::kernel::chunk::{Lines, ScanText};
use crate::kernel::line::parse_range;
use crate::observation::Placement;
use crate::target::layout::Site;
use crate::target::scenario::Scenario;

/// Lines of the arena that must stand on each side of the site, so that there
/// is something to show around it.
const MARGIN: u32 = 4;

/// Slots tried after the first guess. A chunk of `smaps` holds 4 to 6 VMAs, of
/// `maps` the layout moves a boundary by a line at most.
const TRIES: u32 = 48;

/// The slot of a site that is read with small reads: as low as its fences
/// allow.
pub(super) const LOW_SLOT: u32 = 1;

/// How to read a site near the lowest addresses, in its original state: with
/// reads just large enough that one of them generates the whole site in any
/// of its states, and the line behind it.
pub(super) fn low_extent(file: &mut TextFile, staged: &Staged) -> Result<Extent, StageError> {
    let site = &staged.site;
    let before = staged.states.bytes_before(site.start);
    let longest = (0..staged.states.sites()[0].state_count())
        .map(|state| staged.states.site_text(0, state).len())
        .max();
    let behind = Lines::of(file.scan()?.text())
        .find(|line| parse_range(line).is_some_and(|(start, _)| start >= site.end))
        .map_or(0, <[u8]>::len);
    let read_size = before + longest.unwrap_or(0) + behind;
    file.file.set_read_size(read_size);
    if stands(file.scan()?, site, Placement::Inside) {
        let address = site.end;
        return Ok(Extent::Until { address, read_size });
    }
    Err(StageError::NoPlace {
        scenario: staged.scenario.name.clone(),
        placement: "inside a chunk",
    })
}

impl Stage {
    /// Lays the scenario out so that its first VMA is the last line of a
    /// chunk, or the whole site lies inside one chunk.
    pub(super) fn place(
        &mut self,
        scenario: &Scenario,
        file: &mut TextFile,
        placement: Placement,
    ) -> Result<Site, StageError> {
        self.modifier.plain_layout()?;
        let arena = self.modifier.arena();
        let boundary = first_boundary_in(file.scan()?, &arena.range());
        let boundary = boundary.map_or(MARGIN, |address| {
            ((address - arena.base) / arena.slot_bytes()) as u32
        });
        let first = match placement {
            Placement::Boundary => boundary.max(MARGIN),
            Placement::Inside => boundary + MARGIN,
        };
        for slot in (first..first + TRIES).chain((MARGIN..first).rev().take(MARGIN as usize)) {
            let site = match self.modifier.layout(scenario, slot) {
                Ok(site) => site,
                Err(crate::target::ModifierError::Layout(_)) => continue,
                Err(error) => return Err(error.into()),
            };
            if stands(file.scan()?, &site, placement) {
                return Ok(site);
            }
        }
        Err(StageError::NoPlace {
            scenario: scenario.name.clone(),
            placement: match placement {
                Placement::Boundary => "at a chunk boundary",
                Placement::Inside => "inside a chunk",
            },
        })
    }
}

/// `vm_start` of the last line of the first chunk that ends inside `arena`
/// with some lines to spare before it.
fn first_boundary_in(scan: &ScanText, arena: &Range<u64>) -> Option<u64> {
    scan.chunks
        .iter()
        .filter_map(|chunk| {
            let last = scan.lines(chunk).last()?;
            parse_range(last).map(|(start, _)| start)
        })
        .find(|start| arena.contains(start))
}

fn stands(scan: &ScanText, site: &Site, placement: Placement) -> bool {
    scan.chunks.iter().any(|chunk| {
        let mut lines = scan.lines(chunk).filter_map(parse_range);
        let Some(first) = lines.next() else {
            return false;
        };
        let last = lines.last().unwrap_or(first);
        match placement {
            Placement::Boundary => last.0 == site.start,
            Placement::Inside => first.0 <= site.start && site.end <= last.1,
        }
    })
}
