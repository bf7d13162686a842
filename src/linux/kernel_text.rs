//! The running kernel and its readers, in words.

use super::features::KernelFacts;
use super::features::rule::{Granularity, Position, Rule};
use super::reader::Reader;
use crate::text::sanitise::sanitise;

/// What a reader locks and where it resumes, in plain words.
#[must_use]
pub(crate) fn in_plain_words(reader: Reader, rule: Rule) -> String {
    let holds = match rule.granularity {
        Granularity::Line => "locks one VMA at a time",
        Granularity::Chunk if reader.queries() => "holds mmap_lock for each answer",
        Granularity::Chunk => "holds mmap_lock for each chunk",
    };
    let resumes = match rule.position {
        _ if reader.queries() => "searches afresh",
        Position::LastEnd => "resumes at the last vm_end",
        Position::NextStart => "resumes at the next vm_start",
    };
    format!("{holds}, {resumes}")
}

/// `uname -srvm`.
#[must_use]
pub(crate) fn kernel_text() -> String {
    let uname = rustix::system::uname();
    let part = |text: &std::ffi::CStr| sanitise(text.to_bytes()).into_owned();
    format!(
        "{} {} {} {}",
        part(uname.sysname()),
        part(uname.release()),
        part(uname.version()),
        part(uname.machine()),
    )
}

/// Whether VMAs have locks of their own, and where that is known from.
#[must_use]
pub(crate) fn per_vma_lock_text(facts: &KernelFacts) -> String {
    let from = &facts.per_vma_lock_from;
    match facts.per_vma_lock {
        Some(true) => format!("CONFIG_PER_VMA_LOCK=y (from {from})"),
        Some(false) => format!("CONFIG_PER_VMA_LOCK is not set (from {from})"),
        None => "CONFIG_PER_VMA_LOCK unknown: no configuration of this kernel was found".into(),
    }
}
