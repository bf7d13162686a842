//! The arguments of `vmascope check`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::record::RecordArguments;
use super::schedule::ScheduleArguments;
use crate::linux::dwell::DwellTime;
use crate::linux::features::ReaderRule;
use crate::linux::features::rule::{Granularity, Position, Rule};
use crate::linux::reader::Reader;
use crate::sampling::options::Dwell;
use crate::scenario::definition::{MAX_SITES, MAX_WRITERS};
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;

#[derive(Clone, Debug, Args)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct CheckArguments {
    /// Scenarios to run: names separated by commas, or all [default: all]
    #[arg(long = "scenario", value_name = "NAME,…", value_delimiter = ',')]
    pub scenarios: Vec<String>,

    /// Read more scenarios from this file, TOML as scenarios.toml of the sources
    #[arg(long = "scenario-file", value_name = "FILE")]
    pub scenario_files: Vec<PathBuf>,

    /// Readers to judge: maps, query, query-walk, smaps [default: maps,query,smaps]
    #[arg(long = "reader", value_name = "READER,…", value_delimiter = ',')]
    pub readers: Vec<Reader>,

    /// How long each case reads [default: 1s, or less: a run takes 90 s at most, set-up included]
    #[arg(long, value_name = "TIME", value_parser = super::values::duration)]
    pub duration: Option<Duration>,

    /// Where the sites stand relative to the reader's chunks [default: low,boundary]
    #[arg(long = "placement", value_name = "PLACEMENT,…", value_delimiter = ',')]
    pub placements: Vec<Placement>,

    /// Read with a buffer of this size, instead of what the placement wants
    #[arg(long, alias = "chunk", value_name = "BYTES",
          value_parser = clap::value_parser!(u32).range(1..=16 << 20))]
    pub read_size: Option<u32>,

    #[command(flatten)]
    pub record: RecordArguments,

    #[command(flatten)]
    scheduling: ScheduleArguments,

    /// The pause before each read or query in the schedule dwell: a time (then it is the only
    /// schedule, unless --schedule says more), or auto to find the one that tears most
    #[arg(long, value_name = "TIME|auto", default_value = "auto", value_parser = dwelling)]
    pub dwell: Dwell,

    /// How many sites the modifier works on at once, instead of what the placement wants
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MAX_SITES as i64))]
    pub sites: Option<u16>,

    /// How many threads of the modifier operate at once, each on sites of its own
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u16).range(1..=MAX_WRITERS as i64))]
    pub writers: u16,

    /// Operate in bursts of at most N operations, with rests of up to a scan; 0 never rests
    /// [default: 1 where the placement is low, else 0]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub burst: Option<u32>,

    /// Let each page of a layout stand for SIZE, whole pages, at most 1GiB, and fault in what operations map, as
    /// far as memory allows: a hole lasts longer then [scenarios by default: those that replace
    /// VMAs; placement: low; schedule: apart]
    #[arg(long, value_name = "SIZE", value_parser = super::values::populate)]
    pub populate: Option<u64>,

    /// Have the readers that query share one file
    #[arg(long)]
    pub shared_fd: bool,

    /// How many of the reader run at once, each judged [default: 1]
    #[arg(long = "readers", value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..=i64::from(MOST_READERS)))]
    pub reader_count: Option<u16>,

    /// The rule to judge all readers by, instead of what this kernel's version and behaviour say
    #[arg(long, value_name = "RULE", default_value = "auto")]
    pub rule: RuleChoice,

    /// Have a thread of the target touch the always-mapped pages all the while
    #[arg(long)]
    pub prove: bool,

    /// Exit 0 if all violations bear the signature of a known hole (H1, H2, H3)
    #[arg(long)]
    pub allow_known: bool,

    /// Write a plain-text report of the violations, fit for a mailing list
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// Make a kit of each finding in this folder: the scenario, a C program that shows it without
    /// vmascope, tried here, and a mail about it
    #[arg(long, value_name = "DIR")]
    pub kit: Option<PathBuf>,

    /// Compare with a run that was kept with --format json: the same cases again, unless the
    /// command line says otherwise, and what got better or worse
    #[arg(long, value_name = "FILE")]
    pub compare: Option<PathBuf>,

    /// What to print; ktap has one test for each scenario and reader
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: CheckFormat,

    /// Show the boundary before and after each operation, and a dot each second instead of the
    /// progress bar
    #[arg(long, short)]
    pub verbose: bool,
}

impl CheckArguments {
    /// The schedules asked for; none: all, by what they find.
    pub(crate) fn schedules(&self) -> Option<Vec<Schedule>> {
        self.scheduling.schedules()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// Text for people
    Human,
    /// The kernel's test protocol
    Ktap,
    /// One JSON document
    Json,
}

/// The rule for text readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RuleChoice {
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
    pub(crate) fn rule(self) -> Option<ReaderRule> {
        let (granularity, position) = match self {
            RuleChoice::Auto => return None,
            RuleChoice::LineEnd => (Granularity::Line, Position::LastEnd),
            RuleChoice::ChunkEnd => (Granularity::Chunk, Position::LastEnd),
            RuleChoice::ChunkStart => (Granularity::Chunk, Position::NextStart),
        };
        Some(ReaderRule {
            rule: Rule {
                granularity,
                position,
            },
            why: "as --rule says".into(),
        })
    }
}

const EXIT_CODES: &str = "\
Exit status:
  0  every promise that must hold held (with --allow-known: but for H1, H2 and H3)
  1  a violation was seen
  2  the command line is wrong
  3  the check could not run, or not to its end, and no violation was seen
  4  every case was skipped

With --compare the status is that of the comparison instead:
  0  nothing got worse, as far as these counts can show
  1  something got worse, or there is a violation of no known mechanism and of
     a kind that FILE does not have
A verdict needs a rate that changed at least twofold and an exact test of the
two counts that would err in one of a hundred comparisons (Holm's correction).
Events that come in bursts count as fewer.

FILE of --report is new, or takes the place of a regular file when it is whole;
until then, and when that fails, the old one stays as it was. A symbolic link is
followed: what it names is replaced. A device, a FIFO or a folder is refused.

Ctrl-C, SIGTERM or SIGHUP ends the check early, with the totals so far: status
1 if there was a violation, else 3. So does a modifier that has not answered for
30 seconds (stopped, frozen or traced); until then the check waits for it, and
goes on when it does.";

/// Longest pause: longer ones would find nothing any more.
const LONGEST_DWELL: Duration = Duration::from_secs(1);

fn dwelling(text: &str) -> Result<Dwell, String> {
    if text == "auto" {
        return Ok(Dwell::Find);
    }
    let time = match text {
        "0" => Duration::ZERO,
        _ => humantime::parse_duration(text)
            .map_err(|error| format!("{error}; write it like 500ns or 4us, or auto"))?,
    };
    if time > LONGEST_DWELL {
        return Err("a pause takes at most a second".into());
    }
    Ok(Dwell::Fixed(DwellTime::Exactly(time)))
}

/// Most readers at once.
pub(crate) const MOST_READERS: u16 = 32;
