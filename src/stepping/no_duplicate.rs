//! Why there is no way to a duplicate: sentences made of the facts.

use super::narration::Narrator;
use super::reader_model::{NamedLine, ReaderModel, ResumePoint};
use super::step::{ManualStep, keys};
use super::way_to_duplicate::SearchState;
use crate::linux::features::rule::{Position, Rule};

impl Narrator<'_> {
    /// Why nothing can be repeated by hand. `elsewhere` are the steps with
    /// which a reader that resumes at the last `vm_end` would.
    pub(crate) fn why_no_duplicate(&self, elsewhere: Option<&[ManualStep]>) -> String {
        elsewhere
            .and_then(|steps| self.why_not_here(steps))
            .unwrap_or_else(|| self.why_not_anywhere())
    }

    fn why_not_here(&self, steps: &[ManualStep]) -> Option<String> {
        let there = ReaderModel {
            rule: Rule {
                position: Position::LastEnd,
                ..self.model.rule
            },
            ..self.model
        };
        let (_, all_but_last) = steps.split_last()?;
        let (mut here_at, mut there_at) = (SearchState::START, SearchState::START);
        for step in all_but_last {
            here_at = here_at.after(&self.model, *step).0;
            there_at = there_at.after(&there, *step).0;
        }
        let (start, end) = here_at.stand.last?;
        let ResumePoint::Address(kept) = here_at.stand.place else {
            return None;
        };
        if there_at.stand.last != here_at.stand.last {
            return None;
        }
        let found = self.model.next(&here_at.stand, here_at.state)?;
        let repeated = there.next(&there_at.stand, there_at.state)?;
        Some(format!(
            "No duplicate can be had by hand: no order of reads and operations leads to one on this \
             kernel. Between two reads it keeps the vm_start of the VMA that came next, and no VMA \
             of any state reaches across that from what is printed. After {}, say, \
             {start:08x}-{end:08x} is the last line and {kept:#x} is kept: {} has grown over that \
             line but ends at or below {kept:#x}, so the kernel goes on with {}. A kernel that \
             resumes at the last vm_end (since 6.17) would repeat it.",
            keys(all_but_last),
            NamedLine(repeated),
            NamedLine(found)
        ))
    }

    fn why_not_anywhere(&self) -> String {
        let mut ends: Vec<u64> = (0..self.model.state_count())
            .flat_map(|state| self.site(state))
            .map(|line| line.end)
            .collect();
        ends.sort_unstable();
        ends.dedup();
        let ends: Vec<String> = ends.iter().map(|end| format!("{end:#x}")).collect();
        format!(
            "No duplicate can be had by hand: no order of reads and operations leads to one. \
             Lines of the site end at {}; in every state what comes next starts there or above, \
             so no VMA reaches back over what is printed.",
            ends.join(", ")
        )
    }
}
