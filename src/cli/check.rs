//! The arguments of `vmascope check`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::kernel::features::{Granularity, Position, Reader, Rule};

/// Arguments of `vmascope check`.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = EXIT_CODES)]
pub struct CheckArguments {
    /// Scenarios to run: names separated by commas, or all
    #[arg(
        long = "scenario",
        value_name = "NAME,…",
        value_delimiter = ',',
        default_value = "all"
    )]
    pub scenarios: Vec<String>,

    /// Readers to judge: maps, query, smaps
    #[arg(
        long = "reader",
        value_name = "READER,…",
        value_delimiter = ',',
        default_value = "maps,query,smaps"
    )]
    pub readers: Vec<Reader>,

    /// How long each case reads
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = duration)]
    pub duration: Duration,

    /// How many of the reader run at once, each judged
    #[arg(long = "readers", value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u16).range(1..=32))]
    pub reader_count: u16,

    /// The rule to judge text readers by, instead of what this kernel's version and behaviour say
    #[arg(long, value_name = "RULE", default_value = "auto")]
    pub rule: RuleChoice,

    /// Have a thread of the target touch the always-mapped pages all the while
    #[arg(long)]
    pub prove: bool,

    /// Exit 0 if all violations bear the signature of a known hole (H1, H2)
    #[arg(long)]
    pub allow_known: bool,

    /// Write a plain-text report of the violations, fit for a mailing list
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,

    /// Show the boundary before and after each operation, and a dot each second
    #[arg(long, short)]
    pub verbose: bool,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table, and what was violated
    Human,
    /// The kernel's test protocol, one test for each scenario and reader
    Ktap,
    /// One JSON document
    Json,
}

/// The rule for text readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RuleChoice {
    /// By this kernel's version, configuration and behaviour
    Auto,
    /// One VMA at a time, resuming at the last vm_end (maps since 6.17)
    LineEnd,
    /// One mmap_lock hold a chunk, resuming at the last vm_end (smaps 6.17 to 7.1)
    ChunkEnd,
    /// One mmap_lock hold a chunk, resuming at the next vm_start (to 6.16)
    ChunkStart,
}

impl RuleChoice {
    /// The rule, unless it is to be found out.
    #[must_use]
    pub fn rule(self) -> Option<Rule> {
        let (granularity, position) = match self {
            RuleChoice::Auto => return None,
            RuleChoice::LineEnd => (Granularity::Line, Position::LastEnd),
            RuleChoice::ChunkEnd => (Granularity::Chunk, Position::LastEnd),
            RuleChoice::ChunkStart => (Granularity::Chunk, Position::NextStart),
        };
        Some(Rule {
            granularity,
            position,
        })
    }
}

const EXIT_CODES: &str = "\
Exit status:
  0  every promise that must hold held (with --allow-known: but for H1 and H2)
  1  a violation was seen
  2  the command line is wrong
  3  the check could not run, or not to its end
  4  every case was skipped

Ctrl-C ends the check early, with the totals so far: status 1 if there was a
violation, else 3.";

/// Longest time a case may take: a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write it like 500ms, 1s or 2m"))?;
    if duration.is_zero() || duration > LONGEST {
        return Err("a case takes more than nothing and at most a day".into());
    }
    Ok(duration)
}
