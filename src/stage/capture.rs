//! Captures every state of a scenario while the modifier stands still.

use std::sync::Arc;

use super::{Extent, Stage, StageError, Staged, TextFile};
use crate::kernel::chunk::{Lines, ScanText};
use crate::kernel::line::{MapsLine, parse_range};
use crate::observation::{BoundaryView, Excerpt, Placement, StateInfo};
use crate::scan::{OperationInfo, SiteStates, States};
use crate::target::layout::Site;
use crate::target::scenario::Scenario;

/// Lines shown on each side of the boundary.
const AROUND: usize = 3;

impl Stage {
    /// Steps once around the cycle. In each state `maps` is read twice, must
    /// agree with itself, and must show the strip the scenario declares; after
    /// the last operation it must show the original state again.
    pub(super) fn capture(
        &mut self,
        scenario: &Scenario,
        site: Site,
        placement: Placement,
        file: &mut TextFile,
    ) -> Result<Staged, StageError> {
        let count = scenario.operations.len();
        let mut captures = Vec::with_capacity(count);
        let mut boundary = Vec::with_capacity(count + 1);
        for finished in 0..=count {
            let text = self.read_maps()?.to_vec();
            let again = self.read_maps()?;
            if text != again {
                return Err(StageError::Restless {
                    near: first_difference(&text, again),
                });
            }
            check_declared(scenario, &site, finished, &text)?;
            boundary.push(BoundaryView {
                when: moment(scenario, finished),
                lines: match placement {
                    Placement::Boundary => around_boundary(file.scan()?, &site),
                    Placement::Inside => around_site(file.scan()?, &site),
                },
            });
            if finished < count {
                captures.push(text);
                self.modifier.step()?;
            } else if text != captures[0] {
                return Err(StageError::Restless {
                    near: first_difference(&text, &captures[0]),
                });
            }
        }
        let operations = scenario
            .operations
            .iter()
            .map(|operation| OperationInfo {
                text: operation.call.to_string(),
                move_destination: operation
                    .call
                    .move_destination()
                    .map(|pages| site.page_address(pages.start)..site.page_address(pages.end)),
            })
            .collect();
        let range = site.start..site.end;
        let states = States::of_site(SiteStates { range, operations }, &captures)?;
        let state_infos = scenario
            .states()
            .zip(&scenario.operations)
            .enumerate()
            .map(|(k, (strip, operation))| StateInfo {
                strip: strip.to_string(),
                lines: Excerpt::of_text(states.site_text(0, k)),
                operation: operation.call.to_string(),
                code: operation.call.code("site"),
            })
            .collect();
        Ok(Staged {
            scenario: scenario.clone(),
            site,
            placement,
            extent: Extent::Whole,
            states: Arc::new(states),
            state_infos,
            boundary,
        })
    }
}

fn moment(scenario: &Scenario, finished: usize) -> String {
    match finished {
        0 => "before modification".into(),
        n if n == scenario.operations.len() => "after restore".into(),
        n => format!("after {}", scenario.operations[n - 1].call),
    }
}

/// Compares the site's VMAs with the strip the scenario declares.
fn check_declared(
    scenario: &Scenario,
    site: &Site,
    finished: usize,
    text: &[u8],
) -> Result<(), StageError> {
    let strip = scenario.state_after(finished as u64);
    let declared = site
        .vmas(strip)
        .map(|(range, protection)| (range.start, range.end, protection.permissions().to_owned()));
    let seen: Vec<_> = Lines::of(text)
        .filter_map(|line| MapsLine::parse(line).ok())
        .filter(|vma| vma.end > site.start && vma.start < site.end)
        .map(|vma| {
            let permissions = String::from_utf8_lossy(&vma.perms.as_bytes()).into_owned();
            (vma.start, vma.end, permissions)
        })
        .collect();
    if declared.eq(seen.iter().cloned()) {
        return Ok(());
    }
    Err(StageError::NoEffect {
        scenario: scenario.name.clone(),
        state: finished % scenario.operations.len(),
        declared: strip.to_string(),
        seen: seen
            .iter()
            .map(|(start, end, permissions)| format!("{start:x}-{end:x} {permissions}"))
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// The lines on both sides of the first chunk boundary behind the start of the
/// site.
fn around_boundary(scan: &ScanText, site: &Site) -> Excerpt {
    let at = scan
        .chunks
        .iter()
        .find(|chunk| {
            let last = scan.lines(chunk).last().and_then(parse_range);
            last.is_some_and(|(_, end)| end > site.start)
        })
        .map_or(scan.text().len(), |chunk| chunk.bytes.end);
    let mut excerpt = Excerpt::of_scan(scan, at, AROUND);
    excerpt.lines.truncate(2 * AROUND);
    for line in &mut excerpt.lines {
        line.marked = false;
    }
    excerpt
}

/// The lines of the site, and some on each side.
fn around_site(scan: &ScanText, site: &Site) -> Excerpt {
    let mut at = 0;
    let mut lines = 0;
    for line in Lines::of(scan.text()) {
        match parse_range(line) {
            Some((_, end)) if end <= site.start => at += line.len(),
            Some((start, _)) if start < site.end => lines += 1,
            _ => break,
        }
    }
    let before = Lines::of(&scan.text()[..at]).count().min(AROUND);
    let mut excerpt = Excerpt::of_scan(scan, at, AROUND + lines);
    let first = excerpt.lines.iter().position(|line| line.marked);
    excerpt
        .lines
        .drain(..first.unwrap_or(0).saturating_sub(before));
    excerpt.lines.truncate(before + lines + AROUND);
    for line in &mut excerpt.lines {
        line.marked = false;
    }
    excerpt
}

fn first_difference(a: &[u8], b: &[u8]) -> u64 {
    Lines::of(a)
        .zip(Lines::of(b))
        .find(|(x, y)| x != y)
        .and_then(|(x, _)| parse_range(x))
        .map_or(0, |(start, _)| start)
}
