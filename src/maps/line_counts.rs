//! Lines and VMAs are not the same number.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::line::parse_range;
use super::scan_text::Lines;

/// From here on addresses are the kernel's; of these `maps` shows the gate VMA
/// only.
pub(crate) const GATES: u64 = 1 << 63;

/// The lines of a `maps` text, and the VMAs of the process that they show. The
/// gate line (`[vsyscall]` on x86) is of no VMA of the process, and a duplicate
/// shows one again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineCounts {
    pub lines: u64,
    pub vmas: u64,
}

impl LineCounts {
    #[must_use]
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut counts = LineCounts::default();
        let mut last = 0;
        for line in Lines::of(text) {
            counts.lines += 1;
            let Some((start, end)) = parse_range(line) else {
                continue;
            };
            counts.vmas += u64::from((last..GATES).contains(&start));
            last = end;
        }
        counts
    }
}

impl fmt::Display for LineCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} VMAs in {} lines", self.vmas, self.lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_line_and_duplicates_are_no_vmas() {
        let text =
            b"00001000-00002000 rw-p 0 00:00 0\n00002000-00004000 r--p 0 00:00 0\n00003000-00004000 rw-p 0 00:00 0\n\
            ffffffffff600000-ffffffffff601000 --xp 0 00:00 0 [vsyscall]\n";
        let counts = LineCounts::of(text);
        assert_eq!(counts, LineCounts { lines: 4, vmas: 2 });
        assert_eq!(counts.to_string(), "2 VMAs in 4 lines");
    }
}
