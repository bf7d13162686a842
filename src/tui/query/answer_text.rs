//! An answer in words.

use crate::linux::procmap_query::QueriedVma;
use crate::sampling::probe::reading::ProbeAnswer;
use crate::tui::theme::Role;

/// An answer in a few words, and its role.
pub(super) fn answer_text(answer: &ProbeAnswer) -> (String, Role) {
    match answer {
        ProbeAnswer::Vma(vma) => (vma_text(vma), Role::Good),
        ProbeAnswer::Nothing => ("ENOENT, no such VMA".into(), Role::Changed),
        ProbeAnswer::Failed(_) => (answer.errno(), Role::Violation),
    }
}

fn vma_text(vma: &QueriedVma) -> String {
    let letters = String::from_utf8_lossy(&vma.permissions.as_bytes()).into_owned();
    format!("{:08x}-{:08x} {letters}", vma.start, vma.end)
}
