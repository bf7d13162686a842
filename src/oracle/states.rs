//! What the address space looks like in every state of the running scenario.

mod divided;
pub(crate) mod parts;

use std::ops::Range;

use thiserror::Error;

use super::site::SiteStates;
use crate::maps::line::{Device, MapsLine};
use crate::maps::permissions::Permissions;
use divided::{divide, first_difference};
use parts::StatesParts;

/// Most states one site may have: a set of them is one `u64`.
pub(crate) const MAX_STATES: usize = 64;

/// What `maps` and `PROCMAP_QUERY` say of a VMA besides where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VmaAttributes {
    /// The `rwxp` column.
    pub permissions: Permissions,
    /// `vm_pgoff` in bytes, 0 where there is no file.
    pub offset: u64,
    /// The device of the file.
    pub device: Device,
    /// The inode of the file, 0 where there is none.
    pub inode: u64,
    /// Whether there is a file behind it.
    pub file_backed: bool,
}

/// One line of one state.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// `vm_start`.
    pub(crate) start: u64,
    /// `vm_end`.
    pub(crate) end: u64,
    /// The bytes in [`States::text`], newline included.
    pub(crate) text: Range<usize>,
}

/// A run of addresses that every state divides from its neighbours at the same
/// places. Where it belongs to a site it has one variant for each state of
/// that site, elsewhere just one.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// The first address that is not in this segment.
    pub(crate) end: u64,
    /// Which site, if any.
    pub(crate) site: Option<usize>,
    /// Indices into [`States::lines`].
    pub(crate) variants: Vec<Range<usize>>,
}

/// What one reading of the whole address space gave while one site stood still
/// in one state.
pub type Capture = Vec<u8>;

/// Why captures do not make a set of states.
#[derive(Debug, Error)]
pub enum StatesError {
    /// No capture, or more than 64.
    #[error("a scenario needs 1 to {MAX_STATES} states, this one has {0}: shorten its cycle")]
    Count(usize),
    /// A line could not be parsed.
    #[error("cannot use a line of the captured states: {0}")]
    Line(#[from] crate::maps::line::ParseLineError),
    /// A VMA crosses the border of the site.
    #[error(
        "the VMA {0:x}-{1:x} crosses the border of the site in state {2}: the site needs fences that cannot merge"
    )]
    Border(u64, u64, usize),
    /// The address space changes outside the site.
    #[error(
        "the modifier is not quiet: outside its site, state {0} differs from state 0 near {1:x}: stop what else runs in it"
    )]
    NotQuiet(usize, u64),
    /// Something about this site, from 1, that no site has.
    #[error("site {0} of the states is none: {1}")]
    Site(usize, &'static str),
    /// A VMA that is not where it stands.
    #[error(
        "the VMA {0:x}-{1:x} cannot be where the states have it: before it or around it is another"
    )]
    Misplaced(u64, u64),
    /// The line of the gate VMA is not one, or a part is missing.
    #[error("the states are not those of a whole address space: {0}")]
    Parts(&'static str),
}

/// Every state of the watched address space.
///
/// Sites change independently of each other, so the states of several sites
/// combine freely; what no site touches has one state.
#[derive(Clone, Debug)]
pub struct States {
    pub(crate) text: Vec<u8>,
    pub(crate) lines: Vec<Line>,
    pub(crate) attributes: Vec<VmaAttributes>,
    pub(crate) segments: Vec<Segment>,
    sites: Vec<SiteStates>,
    /// The gate VMA's line: last in the text, not in the tree.
    pub(crate) gate: Option<Vec<u8>>,
}

impl States {
    /// The states of an address space in which one site changes: `captures[k]`
    /// is the whole text of `maps` in state `k`.
    ///
    /// # Errors
    /// When a line cannot be parsed, or when anything outside the site's
    /// addresses differs between two captures.
    pub fn of_site(site: SiteStates, captures: &[Capture]) -> Result<Self, StatesError> {
        Self::of_sites(vec![(site, captures)])
    }

    /// The same with several sites, in address order, each with the captures
    /// of its own states; the other sites may be in any state meanwhile.
    ///
    /// # Errors
    /// When a line cannot be parsed, or when anything outside the sites'
    /// addresses differs between two captures.
    pub fn of_sites<C: AsRef<[u8]>>(sites: Vec<(SiteStates, &[C])>) -> Result<Self, StatesError> {
        for (_, captures) in &sites {
            if captures.is_empty() {
                return Err(StatesError::Count(0));
            }
        }
        let ranges: Vec<Range<u64>> = sites.iter().map(|(site, _)| site.range.clone()).collect();
        let first = sites
            .first()
            .map_or(&[][..], |(_, captures)| captures[0].as_ref());
        let first = divide(first, &ranges, 0)?;
        let mut parts = StatesParts {
            sites: Vec::with_capacity(sites.len()),
            outside: first.outside,
            gate: first.gate,
        };
        for (i, (site, captures)) in sites.into_iter().enumerate() {
            let mut variants = Vec::with_capacity(captures.len());
            for (k, text) in captures.iter().enumerate() {
                let divided = divide(text.as_ref(), &ranges, k)?;
                for (mine, quiet) in divided.outside.iter().zip(&parts.outside) {
                    if mine != quiet {
                        return Err(StatesError::NotQuiet(k, first_difference(mine, quiet)));
                    }
                }
                variants.push(divided.inside[i]);
            }
            parts.sites.push((site, variants));
        }
        Self::of_parts(&parts)
    }

    /// The states that are made of these parts.
    ///
    /// # Errors
    /// When a line cannot be parsed, or when the parts cannot be those of an address
    /// space, so that no judge could tell what comes next in a state.
    pub(crate) fn of_parts(parts: &StatesParts<'_>) -> Result<Self, StatesError> {
        parts.check()?;
        let mut states = States::unknown();
        let (mut outside, mut passed) = (parts.outside.iter().copied(), 0);
        for (i, (site, variants)) in parts.sites.iter().enumerate() {
            let quiet = outside.next().unwrap_or_default();
            states.push_segment(passed..site.range.start, None, &[quiet])?;
            states.push_segment(site.range.clone(), Some(i), variants)?;
            states.sites.push(site.clone());
            passed = site.range.end;
        }
        let last = outside.next().unwrap_or_default();
        states.push_segment(passed..u64::MAX, None, &[last])?;
        states.gate = parts.gate.map(<[u8]>::to_vec);
        Ok(states)
    }

    /// What they are made of, for [`Self::of_parts`].
    #[must_use]
    pub(crate) fn parts(&self) -> StatesParts<'_> {
        let mut parts = StatesParts {
            gate: self.gate.as_deref(),
            ..StatesParts::default()
        };
        for segment in &self.segments {
            let mut texts = segment.variants.iter().map(|it| self.text_of(it.clone()));
            match segment.site {
                Some(site) => parts
                    .sites
                    .push((self.sites[site].clone(), texts.collect())),
                None => parts.outside.extend(texts.next()),
            }
        }
        parts
    }

    fn push_segment(
        &mut self,
        addresses: Range<u64>,
        site: Option<usize>,
        variants: &[&[u8]],
    ) -> Result<(), StatesError> {
        let mut ranges = Vec::with_capacity(variants.len());
        for text in variants {
            let (first, mut passed) = (self.lines.len(), addresses.start);
            for line in text.split_inclusive(|&b| b == b'\n') {
                let parsed = MapsLine::parse(line)?;
                let is_in_order = passed <= parsed.start && parsed.start < parsed.end;
                if !is_in_order || parsed.end > addresses.end || parsed.is_gate() {
                    return Err(StatesError::Misplaced(parsed.start, parsed.end));
                }
                passed = parsed.end;
                let at = self.text.len();
                self.text.extend_from_slice(line);
                self.lines.push(Line {
                    start: parsed.start,
                    end: parsed.end,
                    text: at..self.text.len(),
                });
                self.attributes.push(VmaAttributes {
                    permissions: parsed.perms,
                    offset: parsed.offset,
                    device: parsed.device,
                    inode: parsed.inode,
                    file_backed: parsed.inode != 0,
                });
            }
            ranges.push(first..self.lines.len());
        }
        self.segments.push(Segment {
            end: addresses.end,
            site,
            variants: ranges,
        });
        Ok(())
    }

    /// No states: those of an address space that nobody knows.
    #[must_use]
    pub fn unknown() -> Self {
        States {
            text: Vec::new(),
            lines: Vec::new(),
            attributes: Vec::new(),
            segments: Vec::new(),
            sites: Vec::new(),
            gate: None,
        }
    }

    /// The sites, in address order.
    #[must_use]
    pub fn sites(&self) -> &[SiteStates] {
        &self.sites
    }

    /// The site that `address` belongs to, or else the first behind it, or else
    /// the last: what happened there is mostly its doing.
    #[must_use]
    pub fn site_near(&self, address: u64) -> Option<&SiteStates> {
        let behind = self.sites.partition_point(|site| site.range.end < address);
        self.sites.get(behind).or(self.sites.last())
    }

    /// Bytes of `maps` text of one site in one of its states.
    #[must_use]
    pub fn site_text(&self, site: usize, state: usize) -> &[u8] {
        self.segments
            .iter()
            .find(|segment| segment.site == Some(site))
            .and_then(|segment| segment.variants.get(state))
            .map_or(&[], |lines| self.text_of(lines.clone()))
    }

    /// Bytes of `maps` text of what lies below `address` and in no site.
    #[must_use]
    pub fn bytes_outside_below(&self, address: u64) -> usize {
        let outside = self.segments.iter().filter(|it| it.site.is_none());
        outside
            .flat_map(|segment| &self.lines[segment.variants[0].clone()])
            .take_while(|line| line.end <= address)
            .map(|line| line.text.len())
            .sum()
    }

    /// The index in `variant` of `next(s, cursor)`: the first line that ends
    /// above `cursor`.
    pub(crate) fn next_in(&self, variant: &Range<usize>, cursor: u64) -> Option<usize> {
        let lines = &self.lines[variant.clone()];
        let at = lines.partition_point(|line| line.end <= cursor);
        (at < lines.len()).then_some(variant.start + at)
    }

    /// The first segment that reaches above `cursor`.
    pub(crate) fn segment_at(&self, cursor: u64) -> usize {
        self.segments
            .partition_point(|segment| segment.end <= cursor)
    }

    pub(crate) fn text_of(&self, lines: Range<usize>) -> &[u8] {
        if lines.is_empty() {
            return &[];
        }
        &self.text[self.lines[lines.start].text.start..self.lines[lines.end - 1].text.end]
    }

    pub(crate) fn line_text(&self, index: usize) -> &[u8] {
        &self.text[self.lines[index].text.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::site::tests::site;

    #[test]
    fn several_sites_are_cut_out_of_the_text() {
        let line = |start: u64, end: u64, permissions| {
            format!("{start:08x}-{end:08x} {permissions}p 00000000 00:00 0 \n")
        };
        let quiet = [line(0x1000, 0x2000, "rw-"), line(0x9000, 0xa000, "rw-")];
        let text = |a: &str, b: &str| [&quiet[0], a, b, &quiet[1]].concat().into_bytes();
        let (a0, a1) = (line(0x3000, 0x5000, "r--"), line(0x3000, 0x4000, "r--"));
        let (b0, b1) = (line(0x6000, 0x8000, "r-x"), String::new());
        let sites = [0x3000..0x5000, 0x6000..0x8000].map(|range| SiteStates { range, ..site(2) });
        let [first, second] = sites;
        let states = States::of_sites(vec![
            (first.clone(), &[text(&a0, &b0), text(&a1, &b1)][..]),
            (second.clone(), &[text(&a1, &b0), text(&a0, &b1)][..]),
        ])
        .unwrap();
        let site_text = |site, state| String::from_utf8_lossy(states.site_text(site, state));
        assert_eq!([site_text(0, 0), site_text(0, 1)], [&*a0, &*a1]);
        assert_eq!([site_text(1, 0), site_text(1, 1)], [&*b0, &*b1]);
        assert_eq!(states.bytes_outside_below(0x3000), quiet[0].len());
        let restless = text(&a0, &b0).repeat(2);
        let refused = States::of_sites(vec![(first, &[text(&a0, &b0), restless][..])]);
        assert!(
            matches!(refused, Err(StatesError::NotQuiet(1, _))),
            "{refused:?}"
        );
    }
}
