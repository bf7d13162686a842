//! A text of `maps` by sites.

use std::ops::Range;

use super::StatesError;
use crate::maps::line::MapsLine;

/// A text of `maps`, cut at the borders of the sites.
pub(super) struct Divided<'a> {
    /// What lies before the first site, between the sites, behind the last.
    pub(super) outside: Vec<&'a [u8]>,
    /// What lies in each site.
    pub(super) inside: Vec<&'a [u8]>,
    pub(super) gate: Option<&'a [u8]>,
}

pub(super) fn divide<'a>(
    text: &'a [u8],
    sites: &[Range<u64>],
    state: usize,
) -> Result<Divided<'a>, StatesError> {
    // Where part `i` starts: outside, site 0, outside, site 1, …
    let mut starts = Vec::with_capacity(2 * sites.len() + 1);
    let mut gate_at = None;
    let mut at = 0;
    for line in text.split_inclusive(|&b| b == b'\n') {
        let parsed = MapsLine::parse(line)?;
        if parsed.is_gate() {
            gate_at = Some(at);
        } else {
            let passed = sites.partition_point(|site| site.end <= parsed.start);
            let part = match sites.get(passed) {
                Some(site) if parsed.end > site.start => {
                    if parsed.start < site.start || parsed.end > site.end {
                        return Err(StatesError::Border(parsed.start, parsed.end, state));
                    }
                    2 * passed + 1
                }
                _ => 2 * passed,
            };
            while starts.len() <= part {
                starts.push(at);
            }
        }
        at += line.len();
    }
    let end = gate_at.unwrap_or(text.len());
    starts.resize(2 * sites.len() + 2, end);
    let part = |i: usize| &text[starts[i]..starts[i + 1]];
    Ok(Divided {
        outside: (0..=sites.len()).map(|i| part(2 * i)).collect(),
        inside: (0..sites.len()).map(|i| part(2 * i + 1)).collect(),
        gate: gate_at.map(|at| &text[at..]),
    })
}

/// An address near the first line that differs; 0 where none does.
pub(super) fn first_difference(a: &[u8], b: &[u8]) -> u64 {
    let newline = |&byte: &u8| byte == b'\n';
    a.split(newline)
        .zip(b.split(newline))
        .find(|(x, y)| x != y)
        .and_then(|(x, y)| {
            crate::maps::line::parse_range(if x.is_empty() { y } else { x }).map(|(start, _)| start)
        })
        .unwrap_or(0)
}
