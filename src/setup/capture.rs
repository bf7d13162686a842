//! Captures every state of a scenario while the modifier stands still.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::declared::{Shown, Vma, compare, declared, filled_in, fuller, seen};
use super::error::SetupError;
use super::modifier_setup::ModifierSetup;
use super::placement::Placement;
use super::prepared_scenario::PreparedScenario;
use super::read_range::ReadRange;
use super::state_info::{BoundaryView, StateInfo};
use super::text_file::TextFile;
use crate::maps::excerpt::Excerpt;
use crate::maps::line::parse_range;
use crate::maps::scan_text::{Lines, ScanText};
use crate::oracle::site::{MovedVma, OperationInfo, SiteClock, SiteStates};
use crate::oracle::states::States;
use crate::scenario::arena::Site;
use crate::scenario::definition::Scenario;

/// Lines shown on each side of the boundary.
const AROUND: usize = 3;

impl ModifierSetup {
    /// Steps every writer once around the cycle. After each operation `maps`
    /// is read twice, must agree with itself, and must show the strip the
    /// scenario declares; after the last it must show the original state
    /// again. A VMA that `maps` leaves out although it can be read is put into
    /// the states, so that a reader that leaves it out is blamed.
    pub(crate) fn capture(
        &mut self,
        scenario: &Scenario,
        sites: Vec<Site>,
        placement: Placement,
        file: &mut TextFile,
    ) -> Result<PreparedScenario, SetupError> {
        if scenario.states().all(|state| *state == scenario.original) {
            return Err(SetupError::NoChange {
                scenario: scenario.name.clone(),
                original: scenario.original.to_string(),
            });
        }
        let original = self.still_text()?;
        let original = self.with_hidden(scenario, &sites, 0, original)?;
        let mut boundary = vec![around(placement, scenario, 0, file, &sites[0])?];
        let mut captures = vec![vec![original.clone()]; sites.len()];
        let writers = self.modifier.writers();
        let count = scenario.operations.len();
        for writer in 0..writers {
            let mine: Vec<usize> = (writer..sites.len()).step_by(writers).collect();
            for (operation, &site) in (0..count).flat_map(|k| mine.iter().map(move |i| (k, i))) {
                self.modifier.step_writer(writer)?;
                let text = self.still_text()?;
                let finished = operation + 1;
                let this = std::slice::from_ref(&sites[site]);
                let text = self.with_hidden(scenario, this, finished, text)?;
                if site == 0 {
                    boundary.push(around(placement, scenario, finished, file, &sites[0])?);
                }
                if finished < count {
                    captures[site].push(text);
                } else if Some(&site) == mine.last() && text != original {
                    let text = self.with_hidden(scenario, &sites, finished, text)?;
                    if text != original {
                        return Err(restless(&text, &original));
                    }
                }
            }
        }
        // What is faulted in may merge otherwise the second time.
        if scenario.has_special_calls() || self.modifier.populates() {
            self.capture_again(scenario, sites.len(), &captures)?;
        }
        let site_states: Vec<SiteStates> = sites
            .iter()
            .enumerate()
            .map(|(i, site)| SiteStates {
                range: site.start..site.end,
                operations: operations(scenario, site),
                clock: SiteClock {
                    writer: i % writers,
                    turn: (i / writers) as u64,
                    turns: (i % writers..sites.len()).step_by(writers).count() as u64,
                },
            })
            .collect();
        let known = site_states.into_iter().zip(&captures);
        let states = States::of_sites(known.map(|(site, texts)| (site, &texts[..])).collect())?;
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
        Ok(PreparedScenario {
            scenario: scenario.clone(),
            site: sites[0].clone(),
            sites,
            placement,
            extent: ReadRange::default(),
            scan_time: Duration::ZERO,
            states: Arc::new(states),
            state_infos,
            boundary,
        })
    }

    /// Steps every writer around once more: each state must look as it did.
    fn capture_again(
        &mut self,
        scenario: &Scenario,
        sites: usize,
        captures: &[Vec<Vec<u8>>],
    ) -> Result<(), SetupError> {
        let (writers, count) = (self.modifier.writers(), scenario.operations.len());
        for writer in 0..writers {
            for finished in 1..=count {
                for site in (writer..sites).step_by(writers) {
                    self.modifier.step_writer(writer)?;
                    let text = self.still_text()?;
                    // The original state looks as it did once all sites are in it.
                    let known = captures[site].get(finished);
                    if known.is_some_and(|known| *known != text) {
                        return Err(SetupError::OtherEachTime {
                            scenario: scenario.name.clone(),
                            state: finished,
                        });
                    }
                }
            }
        }
        Ok(())
    }

    /// The text of `maps` while the modifier stands still, read twice.
    fn still_text(&mut self) -> Result<Vec<u8>, SetupError> {
        let text = self.read_maps()?.to_vec();
        let again = self.read_maps()?.to_vec();
        if text == again {
            return Ok(text);
        }
        let Some((full, only_there)) = fuller(&text, &again) else {
            return Err(restless(&text, &again));
        };
        for pages in only_there {
            if !self.modifier.can_read(pages)? {
                return Err(restless(&text, &again));
            }
        }
        // The fuller one is true: a reader that reads the other is blamed.
        Ok(full.to_vec())
    }

    /// Checks that these sites are in `text` as the scenario declares after so
    /// many operations; adds lines for what the text leaves out although it can
    /// be read.
    fn with_hidden(
        &mut self,
        scenario: &Scenario,
        sites: &[Site],
        finished: usize,
        mut text: Vec<u8>,
    ) -> Result<Vec<u8>, SetupError> {
        let strip = scenario.state_after(finished as u64);
        for site in sites {
            let (declared, seen) = (declared(site, strip), seen(site, &text));
            match compare(&declared, &seen, |pages| self.modifier.can_read(pages))? {
                Shown::AsDeclared => {}
                Shown::Hidden(hidden) => text = filled_in(&text, &hidden),
                Shown::Otherwise => {
                    let show = |(range, permissions): &Vma| {
                        format!("{:x}-{:x} {permissions}", range.start, range.end)
                    };
                    let seen: Vec<String> = seen.iter().map(show).collect();
                    return Err(SetupError::NoEffect {
                        scenario: scenario.name.clone(),
                        state: finished % scenario.operations.len(),
                        declared: strip.to_string(),
                        seen: seen.join(", "),
                    });
                }
            }
        }
        Ok(text)
    }
}

fn operations(scenario: &Scenario, site: &Site) -> Vec<OperationInfo> {
    let operations = scenario.operations.iter().zip(scenario.states());
    let source = scenario.source.as_ref();
    let addresses =
        |pages: Range<u32>| site.page_address(pages.start)..site.page_address(pages.end);
    operations
        .enumerate()
        .map(|(number, (operation, before))| OperationInfo {
            text: operation.call.to_string(),
            moves: (operation.call.moves(before, source).into_iter())
                .map(|moved| MovedVma {
                    to: addresses(moved.to),
                    from: moved.from.map(addresses),
                    tail: moved.tail.map(addresses),
                })
                .collect(),
            unmaps: (scenario.unmapped_pages(number).into_iter())
                .map(addresses)
                .collect(),
        })
        .collect()
}

/// The lines around a site, after so many operations.
fn around(
    placement: Placement,
    scenario: &Scenario,
    finished: usize,
    file: &mut TextFile,
    site: &Site,
) -> Result<BoundaryView, SetupError> {
    let scan = file.scan()?;
    Ok(BoundaryView {
        when: moment(scenario, finished),
        lines: match placement {
            Placement::Boundary | Placement::Every | Placement::Sweep => {
                around_boundary(scan, site)
            }
            Placement::Inside | Placement::Low | Placement::Last => around_site(scan, site),
        },
    })
}

fn moment(scenario: &Scenario, finished: usize) -> String {
    match finished {
        0 => "before modification".into(),
        n if n == scenario.operations.len() => "after restore".into(),
        n => format!("after {}", scenario.operations[n - 1].call),
    }
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

fn restless(a: &[u8], b: &[u8]) -> SetupError {
    let near = Lines::of(a)
        .zip(Lines::of(b))
        .find(|(x, y)| x != y)
        .and_then(|(x, _)| parse_range(x))
        .map_or(0, |(start, _)| start);
    SetupError::Restless { near }
}
