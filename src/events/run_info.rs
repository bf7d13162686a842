//! What runs, and where.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::linux::features::{KernelFacts, ReaderRule};
use crate::linux::kernel_text::{kernel_text, per_vma_lock_text};
use crate::linux::process::page_size;
use crate::linux::reader::Reader;
use crate::setup::cpus::allowed_cpus;
use crate::setup::placement::Placement;
use crate::text::number::bytes;
use crate::text::sanitise::sanitise;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunInfo {
    pub version: String,
    /// The command line, sanitised.
    pub command_line: String,
    /// `uname -srvm`.
    pub kernel: String,
    /// CONFIG_PER_VMA_LOCK, and where that is known from.
    pub per_vma_lock: String,
    /// Whether and how the kernel preempts itself, and where that is known from.
    pub preemption: String,
    /// CPUs that this process may use.
    pub cpus: usize,
    /// The schedules, their shares of the time, and what the writer may; empty
    /// where nothing is shared.
    pub schedules: String,
    pub page_size: u64,
    /// How large a letter of a layout is where what is mapped is faulted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub populated: Option<Populated>,
    /// Wall-clock start, RFC 3339.
    pub started: String,
    /// How many cases will run.
    pub cases: usize,
    /// How many of each reader run at once.
    pub readers_at_once: u16,
    /// Where the sites stand, one after the other; empty where that changes.
    pub placements: Vec<Placement>,
    /// The scenarios that are placed at the end of the address space whatever
    /// else is asked for.
    pub placed_last: Vec<String>,
    /// What each reader holds still and where it resumes, and why we think so.
    pub rules: Vec<RuleInfo>,
}

/// How large a letter of a layout is, and that what operations map is faulted in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Populated {
    pub letter_bytes: u64,
    /// What was asked for.
    pub asked_bytes: u64,
    /// Why it is less.
    pub why_less: Option<String>,
}

impl fmt::Display for Populated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (size, asked) = (bytes(self.letter_bytes), bytes(self.asked_bytes));
        write!(
            f,
            "each page of a layout stands for {size}, and what operations map is faulted in, \
             without huge pages"
        )?;
        match &self.why_less {
            Some(why) => write!(f, "; {asked} were asked for, but {why}"),
            None => Ok(()),
        }
    }
}

/// The rule that one reader is judged by.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RuleInfo {
    pub reader: String,
    /// `line-end`, `chunk-end` or `chunk-start`.
    pub rule: String,
    pub why: String,
}

/// The machine, as far as schedules depend on it, in one line.
pub(crate) fn cpus_and_preemption(run: &RunInfo) -> String {
    let cpus = match run.cpus {
        1 => "1 CPU".to_owned(),
        cpus => format!("{cpus} CPUs"),
    };
    format!("{cpus}, preemption model {}", run.preemption)
}

/// A run of so many cases, by these rules, that starts now; with one reader at a
/// time, at no placement yet.
pub(crate) fn run_info(
    cases: usize,
    facts: &KernelFacts,
    rules: &[(Reader, ReaderRule)],
) -> RunInfo {
    RunInfo {
        version: env!("CARGO_PKG_VERSION").into(),
        command_line: command_line(),
        kernel: kernel_text(),
        per_vma_lock: per_vma_lock_text(facts),
        preemption: facts.preemption.to_string(),
        cpus: allowed_cpus(),
        schedules: String::new(),
        page_size: page_size(),
        populated: None,
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

/// The command line of this program, sanitised.
pub(crate) fn command_line() -> String {
    let words = std::env::args_os();
    let words: Vec<String> = words
        .map(|word| sanitise(word.as_encoded_bytes()).into_owned())
        .collect();
    words.join(" ")
}
