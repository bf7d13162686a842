//! `next(s, c)` of a single state, for callers that judge nothing: the lines of
//! that state, one by one.

use super::states::States;

/// A line of one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StateLine<'a> {
    /// `vm_start`, in bytes.
    pub start: u64,
    /// `vm_end`, in bytes.
    pub end: u64,
    /// The line, its newline included.
    pub text: &'a [u8],
}

impl States {
    /// `next(s, cursor)`: the first VMA that ends above `cursor` (bytes) while
    /// every site is in its state `state`, counted round the site's cycle;
    /// none behind the last. The gate VMA is not among them.
    #[must_use]
    pub(crate) fn next_line(&self, state: usize, cursor: u64) -> Option<StateLine<'_>> {
        let first = self.segment_at(cursor);
        self.segments.get(first..)?.iter().find_map(|segment| {
            let variant = segment.variants.get(state % segment.variants.len())?;
            let index = self.next_in(variant, cursor)?;
            let line = &self.lines[index];
            Some(StateLine {
                start: line.start,
                end: line.end,
                text: self.line_text(index),
            })
        })
    }

    /// The line of the gate VMA, last in the file, where the kernel has one.
    #[must_use]
    pub(crate) fn gate_line(&self) -> Option<&[u8]> {
        self.gate.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::site::{OperationInfo, SiteClock, SiteStates};

    const BEFORE: &str = "10000000-10001000 rw-p 00000000 00:00 0 \n";
    const BEHIND: &str = "30000000-30001000 rw-p 00000000 00:00 0 \n";
    const GATE: &str =
        "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

    #[test]
    fn the_next_line_is_that_of_the_state() {
        let operation = || OperationInfo {
            text: String::new(),
            ..OperationInfo::default()
        };
        let site = SiteStates {
            range: 0x2000_0000..0x2000_3000,
            operations: vec![operation(), operation()],
            clock: SiteClock::default(),
        };
        let captures = [
            "20000000-20003000 r--p 00000000 00:00 0 \n",
            "20000000-20001000 r-xp 00000000 00:00 0 \n20001000-20003000 r--p 00000000 00:00 0 \n",
        ]
        .map(|inside| format!("{BEFORE}{inside}{BEHIND}{GATE}").into_bytes());
        let states = States::of_site(site, &captures).expect("states");
        let next = |state, cursor| {
            let line = states.next_line(state, cursor)?;
            assert!(
                line.text
                    .starts_with(format!("{:x}-", line.start).as_bytes())
            );
            Some((line.start, line.end))
        };
        assert_eq!(next(0, 0), Some((0x1000_0000, 0x1000_1000)));
        assert_eq!(next(0, 0x2000_1000), Some((0x2000_0000, 0x2000_3000)));
        assert_eq!(next(1, 0x2000_1000), Some((0x2000_1000, 0x2000_3000)));
        assert_eq!(next(2, 0x2000_1000), next(0, 0x2000_1000));
        assert_eq!(next(1, 0x2000_3000), Some((0x3000_0000, 0x3000_1000)));
        assert_eq!(next(0, 0x3000_1000), None);
        assert_eq!(states.gate_line(), Some(GATE.as_bytes()));
    }
}
