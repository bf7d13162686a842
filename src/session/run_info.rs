//! What runs, and where.

use crate::kernel::features::{Granularity, KernelFacts, Position, Reader, ReaderRule, Rule};
use crate::kernel::process::page_size;
use crate::kernel::sanitise::sanitise;
use crate::observation::{RuleInfo, RunInfo};

/// What runs, and where: `cases` of them, by these rules.
#[must_use]
pub fn run_info(cases: usize, facts: &KernelFacts, rules: &[(Reader, ReaderRule)]) -> RunInfo {
    let command_line: Vec<String> = std::env::args_os()
        .map(|word| sanitise(word.as_encoded_bytes()).into_owned())
        .collect();
    RunInfo {
        version: env!("CARGO_PKG_VERSION").into(),
        command_line: command_line.join(" "),
        kernel: kernel_text(),
        per_vma_lock: per_vma_lock_text(facts),
        page_size: page_size(),
        started: chrono::Local::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, false),
        cases,
        readers_at_once: 1,
        placements: Vec::new(),
        placed_last: Vec::new(),
        rules: rules
            .iter()
            .map(|(reader, rule)| RuleInfo {
                reader: reader.to_string(),
                rule: rule.rule.to_string(),
                why: rule.why.clone(),
            })
            .collect(),
    }
}

/// What a reader locks and where it resumes, in plain words.
#[must_use]
pub fn in_plain_words(reader: Reader, rule: Rule) -> String {
    let holds = match (reader, rule.granularity) {
        (_, Granularity::Line) => "locks one VMA at a time",
        (Reader::Query | Reader::QueryWalk, Granularity::Chunk) => {
            "holds mmap_lock for each answer"
        }
        (_, Granularity::Chunk) => "holds mmap_lock for each chunk",
    };
    let resumes = match (reader, rule.position) {
        (Reader::Query | Reader::QueryWalk, _) => "searches afresh",
        (_, Position::LastEnd) => "resumes at the last vm_end",
        (_, Position::NextStart) => "resumes at the next vm_start",
    };
    format!("{holds}, {resumes}")
}

/// `uname -srvm`.
#[must_use]
pub fn kernel_text() -> String {
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
pub fn per_vma_lock_text(facts: &KernelFacts) -> String {
    let from = &facts.per_vma_lock_from;
    match facts.per_vma_lock {
        Some(true) => format!("CONFIG_PER_VMA_LOCK=y (from {from})"),
        Some(false) => format!("CONFIG_PER_VMA_LOCK is not set (from {from})"),
        None => "CONFIG_PER_VMA_LOCK unknown: no configuration of this kernel was found".into(),
    }
}
