//! What a set of states is made of: to be written down, and made of again.

use std::ops::Range;

use super::{MAX_STATES, StatesError};
use crate::maps::line::MapsLine;
use crate::maps::scan_text::MAX_WRITERS;
use crate::oracle::site::{MovedVma, SiteStates};

/// The sites and the texts of which [`States`](super::States) are made.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatesParts<'a> {
    /// The sites, in address order, each with its lines in each of its states.
    pub(crate) sites: Vec<(SiteStates, Vec<&'a [u8]>)>,
    /// The lines before the first site, between the sites, behind the last.
    pub(crate) outside: Vec<&'a [u8]>,
    /// The line of the gate VMA.
    pub(crate) gate: Option<&'a [u8]>,
}

impl StatesParts<'_> {
    /// Finds what judges rely on and texts do not show.
    pub(super) fn check(&self) -> Result<(), StatesError> {
        let mut passed = 0;
        for (i, (site, variants)) in self.sites.iter().enumerate() {
            let count = variants.len();
            if count == 0 || count > MAX_STATES || count != site.operations.len() {
                return Err(StatesError::Count(count));
            }
            check_site(site, passed).map_err(|why| StatesError::Site(i + 1, why))?;
            passed = site.range.end;
        }
        if self.outside.len() != self.sites.len() + 1 {
            return Err(StatesError::Parts("what is around a site is missing"));
        }
        if let Some(gate) = self.gate
            && !MapsLine::parse(gate)?.is_gate()
        {
            return Err(StatesError::Parts("the line of the gate VMA is another"));
        }
        Ok(())
    }
}

/// Why this is no site behind addresses that are passed.
fn check_site(site: &SiteStates, passed: u64) -> Result<(), &'static str> {
    if site.range.is_empty() || site.range.start < passed {
        return Err("it has no addresses, or those of the site before");
    }
    let clock = site.clock;
    if clock.writer >= MAX_WRITERS || clock.turn >= clock.turns {
        return Err("no writer has such a turn at it");
    }
    let ranges = site.operations.iter().flat_map(|operation| {
        let of_move = |it: &MovedVma| [Some(it.to.clone()), it.from.clone(), it.tail.clone()];
        let moves = operation.moves.iter().flat_map(of_move).flatten();
        moves.chain(operation.unmaps.iter().cloned())
    });
    let mut backwards = ranges.filter(|Range { start, end }| start > end);
    match backwards.next() {
        Some(_) => Err("an operation is of addresses that end before they start"),
        None => Ok(()),
    }
}
