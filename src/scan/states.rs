//! What the address space looks like in every state of the running scenario.

use std::ops::Range;

use thiserror::Error;

use crate::kernel::chunk::Window;
use crate::kernel::line::{Device, MapsLine, Permissions};

/// Most states one site may have: a set of them is one `u64`.
pub const MAX_STATES: usize = 64;

/// What `maps` and `PROCMAP_QUERY` say of a VMA besides where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VmaAttributes {
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
pub(super) struct Line {
    /// `vm_start`.
    pub(super) start: u64,
    /// `vm_end`.
    pub(super) end: u64,
    /// The bytes in [`States::text`], newline included.
    pub(super) text: Range<usize>,
}

/// A run of addresses that every state divides from its neighbours at the same
/// places. Where it belongs to a site it has one variant for each state of
/// that site, elsewhere just one.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// The first address that is not in this segment.
    pub(super) end: u64,
    /// Which site, if any.
    pub(super) site: Option<usize>,
    /// Indices into [`States::lines`].
    pub(super) variants: Vec<Range<usize>>,
}

/// One operation of a site's cycle, as far as a verdict needs to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationInfo {
    /// The system call, to show.
    pub text: String,
    /// The addresses that `mremap(MREMAP_FIXED)` unmaps before it moves
    /// something there, in bytes.
    pub move_destination: Option<Range<u64>>,
}

/// A site: the addresses its scenario works on, and its cycle.
#[derive(Clone, Debug)]
pub struct SiteStates {
    /// The addresses in bytes.
    pub range: Range<u64>,
    /// Operation `k` leads from state `k` to state `(k + 1) % len`.
    pub operations: Vec<OperationInfo>,
}

impl SiteStates {
    /// How many states the site's cycle has.
    #[must_use]
    pub fn state_count(&self) -> usize {
        self.operations.len()
    }

    /// The set of states, one bit each, that the site may have been in while
    /// its two counters moved through `window`.
    #[must_use]
    pub fn allowed(&self, window: Window) -> u64 {
        let count = self.operations.len() as u64;
        let all = u64::MAX >> (64 - count);
        if window.begun.saturating_sub(window.finished) >= count - 1 {
            return all;
        }
        (window.finished..=window.begun).fold(0, |set, k| set | 1 << (k % count))
    }

    /// The operations that were begun and perhaps not finished in `window`.
    pub fn under_way(&self, window: Window) -> impl Iterator<Item = &OperationInfo> {
        let count = self.operations.len() as u64;
        let last = window.begun.min(window.finished.saturating_add(count));
        (window.finished..last).map(move |k| &self.operations[(k % count) as usize])
    }
}

/// What one reading of the whole address space gave while one site stood still
/// in one state.
pub type Capture = Vec<u8>;

/// Why captures do not make a set of states.
#[derive(Debug, Error)]
pub enum StatesError {
    /// No capture, or more than [`MAX_STATES`].
    #[error("a scenario needs 1 to {MAX_STATES} states, this one has {0}: shorten its cycle")]
    Count(usize),
    /// A line could not be parsed.
    #[error("cannot use a line of the captured states: {0}")]
    Line(#[from] crate::kernel::line::ParseLineError),
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
}

/// Every state of the watched address space.
///
/// Sites change independently of each other, so the states of several sites
/// combine freely; what no site touches has one state.
#[derive(Clone, Debug)]
pub struct States {
    pub(super) text: Vec<u8>,
    pub(super) lines: Vec<Line>,
    pub(super) attributes: Vec<VmaAttributes>,
    pub(super) segments: Vec<Segment>,
    sites: Vec<SiteStates>,
    /// The gate VMA's line: last in the text, not in the tree.
    pub(super) gate: Option<Vec<u8>>,
}

impl States {
    /// The states of an address space in which one site changes: `captures[k]`
    /// is the whole text of `maps` in state `k`.
    ///
    /// # Errors
    /// When a line cannot be parsed, or when anything outside the site's
    /// addresses differs between two captures.
    pub fn of_site(site: SiteStates, captures: &[Capture]) -> Result<Self, StatesError> {
        if captures.is_empty()
            || captures.len() > MAX_STATES
            || captures.len() != site.operations.len()
        {
            return Err(StatesError::Count(captures.len()));
        }
        let mut states = States {
            text: Vec::new(),
            lines: Vec::new(),
            attributes: Vec::new(),
            segments: Vec::new(),
            sites: Vec::new(),
            gate: None,
        };
        let parts = captures
            .iter()
            .enumerate()
            .map(|(k, text)| divide(text, &site.range, k))
            .collect::<Result<Vec<_>, _>>()?;
        for (k, part) in parts.iter().enumerate() {
            for (mine, first) in [(part.before, parts[0].before), (part.after, parts[0].after)] {
                if mine != first {
                    return Err(StatesError::NotQuiet(k, first_difference(mine, first)));
                }
            }
        }
        let after_end = u64::MAX;
        states.push_segment(site.range.start, None, &[parts[0].before])?;
        let variants: Vec<&[u8]> = parts.iter().map(|part| part.inside).collect();
        states.push_segment(site.range.end, Some(0), &variants)?;
        states.push_segment(after_end, None, &[parts[0].after])?;
        states.gate = parts[0].gate.map(<[u8]>::to_vec);
        states.sites.push(site);
        Ok(states)
    }

    fn push_segment(
        &mut self,
        end: u64,
        site: Option<usize>,
        variants: &[&[u8]],
    ) -> Result<(), StatesError> {
        let mut ranges = Vec::with_capacity(variants.len());
        for text in variants {
            let first = self.lines.len();
            for line in text.split_inclusive(|&b| b == b'\n') {
                let parsed = MapsLine::parse(line)?;
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
            end,
            site,
            variants: ranges,
        });
        Ok(())
    }

    /// The sites, in address order.
    #[must_use]
    pub fn sites(&self) -> &[SiteStates] {
        &self.sites
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

    /// The VMAs of one site in one of its states: `vm_start`, `vm_end`.
    pub fn site_vmas(&self, site: usize, state: usize) -> impl Iterator<Item = (u64, u64)> {
        let range = self
            .segments
            .iter()
            .find(|segment| segment.site == Some(site))
            .and_then(|segment| segment.variants.get(state))
            .cloned()
            .unwrap_or(0..0);
        self.lines[range].iter().map(|line| (line.start, line.end))
    }

    /// The index in `variant` of `next(s, cursor)`: the first line that ends
    /// above `cursor`.
    pub(super) fn next_in(&self, variant: &Range<usize>, cursor: u64) -> Option<usize> {
        let lines = &self.lines[variant.clone()];
        let at = lines.partition_point(|line| line.end <= cursor);
        (at < lines.len()).then_some(variant.start + at)
    }

    /// The first segment that reaches above `cursor`.
    pub(super) fn segment_at(&self, cursor: u64) -> usize {
        self.segments
            .partition_point(|segment| segment.end <= cursor)
    }

    pub(super) fn text_of(&self, lines: Range<usize>) -> &[u8] {
        if lines.is_empty() {
            return &[];
        }
        &self.text[self.lines[lines.start].text.start..self.lines[lines.end - 1].text.end]
    }

    pub(super) fn line_text(&self, index: usize) -> &[u8] {
        &self.text[self.lines[index].text.clone()]
    }
}

struct Parts<'a> {
    before: &'a [u8],
    inside: &'a [u8],
    after: &'a [u8],
    gate: Option<&'a [u8]>,
}

fn divide<'a>(text: &'a [u8], site: &Range<u64>, state: usize) -> Result<Parts<'a>, StatesError> {
    let (mut inside_at, mut after_at, mut gate_at) = (None, None, None);
    let mut at = 0;
    for line in text.split_inclusive(|&b| b == b'\n') {
        let parsed = MapsLine::parse(line)?;
        if parsed.is_gate() {
            gate_at = Some(at);
        } else if parsed.start >= site.end {
            after_at.get_or_insert(at);
        } else if parsed.end > site.start {
            if parsed.start < site.start || parsed.end > site.end {
                return Err(StatesError::Border(parsed.start, parsed.end, state));
            }
            inside_at.get_or_insert(at);
        }
        at += line.len();
    }
    let gate_start = gate_at.unwrap_or(text.len());
    let after_start = after_at.unwrap_or(gate_start);
    let inside_start = inside_at.unwrap_or(after_start);
    Ok(Parts {
        before: &text[..inside_start],
        inside: &text[inside_start..after_start],
        after: &text[after_start..gate_start],
        gate: gate_at.map(|at| &text[at..]),
    })
}

fn first_difference(a: &[u8], b: &[u8]) -> u64 {
    let newline = |&byte: &u8| byte == b'\n';
    a.split(newline)
        .zip(b.split(newline))
        .find(|(x, y)| x != y)
        .and_then(|(x, y)| {
            crate::kernel::line::parse_range(if x.is_empty() { y } else { x })
                .map(|(start, _)| start)
        })
        .unwrap_or(0)
}
