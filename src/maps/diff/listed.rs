//! The VMAs of one run, taken from its lines.

use std::sync::Arc;

use super::change::ChangedVma;
use crate::maps::line::MapsLine;
use crate::maps::scan_text::Lines;

/// A VMA of a run, and whether it overlapped another one.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) vma: ChangedVma,
    pub(crate) torn: bool,
    /// Some VMA of the other list continues it with the same permissions and
    /// name.
    pub(super) strong: bool,
    /// It belongs to some change.
    pub(super) taken: bool,
}

impl Listed {
    /// Marks it as part of a change.
    pub(super) fn take(&mut self) -> ChangedVma {
        self.taken = true;
        self.vma.clone()
    }
}

/// The VMAs of some lines, sorted and disjoint: where lines overlap the later
/// one is believed. Lines that cannot be read are left out.
pub(super) fn list(text: &[u8], into: &mut Vec<Listed>) {
    into.clear();
    let mut name: Arc<[u8]> = Arc::default();
    for line in Lines::of(text).filter_map(|line| MapsLine::parse(line).ok()) {
        if *line.name != *name {
            name = line.name.into();
        }
        if line.start >= line.end {
            continue;
        }
        // Ends only grow in a sound scan; no reader goes back to where it was.
        if let Some(last) = into.last_mut()
            && line.end <= last.vma.end
        {
            last.torn = true;
            continue;
        }
        let mut torn = false;
        while let Some(last) = into.last_mut()
            && line.start < last.vma.end
        {
            torn = true;
            if last.vma.start < line.start {
                last.vma.end = line.start;
                last.torn = true;
                break;
            }
            into.pop();
        }
        into.push(Listed {
            vma: ChangedVma::of_line(&line, name.clone()),
            torn,
            strong: false,
            taken: false,
        });
    }
}
