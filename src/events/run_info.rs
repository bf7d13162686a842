//! What runs, and where.

use super::{RuleInfo, RunInfo};
use crate::linux::features::rule::Reader;
use crate::linux::features::{KernelFacts, ReaderRule};
use crate::linux::kernel_text::{kernel_text, per_vma_lock_text};
use crate::linux::process::page_size;
use crate::text::sanitise::sanitise;

/// What runs, and where: `cases` of them, by these rules.
#[must_use]
pub(crate) fn run_info(
    cases: usize,
    facts: &KernelFacts,
    rules: &[(Reader, ReaderRule)],
) -> RunInfo {
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
