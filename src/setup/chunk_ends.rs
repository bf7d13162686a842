//! Finds the size of a read with which the chunks of a site end where a case wants
//! them to.

use super::case_setup::CaseSetup;
use super::error::SetupError;
use super::place_sites::{Stands, no_place, stands};
use super::placement::Placement;
use super::prepared_scenario::PreparedScenario;
use super::read_range::ReadRange;
use super::text_file::TextFile;
use crate::linux::process::page_size;
use crate::maps::scan_text::Lines;
use crate::scenario::arena::Site;

/// Bytes from one size of a read that is tried to the next: less than a line.
const SIZE_STEP: usize = 48;

/// How a placement near the lowest addresses reads: up to the line behind the
/// last site. Variant 0: one read generates all of that. Variant `n`: the
/// first read ends behind the `n`th line of the first site.
pub(crate) fn low_extent(
    file: &mut TextFile,
    prepared: &PreparedScenario,
    setting: &CaseSetup,
) -> Result<ReadRange, SetupError> {
    let end = prepared.sites.last().map_or(0, |site| site.end);
    let extent = ReadRange {
        read_size: setting.read_size,
        until: Some(end),
        one_read: setting.variant == 0 && setting.read_size.is_none(),
        ..ReadRange::default()
    };
    if setting.read_size.is_some() || setting.reader.queries() {
        return Ok(extent);
    }
    let bytes = match setting.variant {
        // A chunk of smaps is hardly longer than a site.
        0 if file.smaps => return Ok(extent),
        0 => {
            let longest = |site: usize| {
                let states = 0..prepared.states.sites()[site].state_count();
                states
                    .map(|state| prepared.states.site_text(site, state).len())
                    .max()
            };
            let sites: usize = (0..prepared.sites.len()).filter_map(longest).sum();
            let outside = prepared.states.bytes_outside_below(end);
            let behind = file.bytes_up_to(end, 1)? - file.bytes_up_to(end, 0)?;
            outside + sites + behind
        }
        number => file.bytes_up_to(prepared.site.start, number)?,
    };
    file.file.set_read_size(bytes);
    let scan = file.scan()?;
    let in_one = |site: &Site| stands(scan, site, Stands::InOneChunk);
    if setting.variant == 0 && !prepared.sites.iter().all(in_one) {
        return Err(no_place(&prepared.scenario, Placement::Low));
    }
    Ok(ReadRange {
        read_size: Some(bytes),
        ..extent
    })
}

/// How a placement at the end of the address space reads: always to the end.
///
/// Variants 0 and 1: a page at a time, short scans and whole ones. Variant
/// `n` from 2: a chunk ends behind line `n - 1` of the site.
pub(crate) fn last_extent(
    file: &mut TextFile,
    prepared: &PreparedScenario,
    setting: &CaseSetup,
) -> Result<ReadRange, SetupError> {
    let extent = ReadRange {
        read_size: setting.read_size,
        ..ReadRange::default()
    };
    let Some(line) = setting.variant.checked_sub(2) else {
        let one_read = !file.smaps && file.scan()?.chunks.len() == 1;
        return Ok(ReadRange { one_read, ..extent });
    };
    let Some(site) = prepared.sites.last() else {
        return Ok(extent);
    };
    let page = page_size() as usize;
    // Where what precedes is less than a page, the first chunk ends there: in
    // the state with most lines, if there is such a line only in some states.
    let number = prepared.sites.len() - 1;
    let texts = (0..prepared.scenario.operations.len())
        .map(|state| prepared.states.site_text(number, state));
    let longest = texts.max_by_key(|text| text.len()).unwrap_or_default();
    let lines: usize = Lines::of(longest).take(line + 1).map(<[u8]>::len).sum();
    let exactly = file.bytes_up_to(site.start, 0)? + lines;
    let at = |size| {
        Ok(ReadRange {
            read_size: Some(size),
            ..extent
        })
    };
    if exactly <= page {
        return at(exactly);
    }
    for size in (page / 4..page).step_by(SIZE_STEP) {
        file.file.set_read_size(size);
        if stands(file.scan()?, site, Stands::Last(line)) {
            return at(size);
        }
    }
    Err(no_place(&prepared.scenario, Placement::Last))
}
