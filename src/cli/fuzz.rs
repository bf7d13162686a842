//! The arguments of `vmascope fuzz`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::check::CheckFormat;
use super::schedule::ScheduleArguments;
use crate::fuzz::ingredients::{Family, MapKind};
use crate::linux::reader::Reader;
use crate::setup::schedule::Schedule;

/// Most hunters at once.
const MOST_JOBS: i64 = 16;

#[derive(Clone, Debug, Args)]
#[command(after_long_help = MORE)]
pub(crate) struct FuzzArguments {
    /// Draw the sequences that this number draws [default: another one each time]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// How long to hunt
    #[arg(long = "for", value_name = "TIME", default_value = "60s",
          value_parser = super::values::duration)]
    pub duration: Duration,

    /// Calls to draw [default: all]
    #[arg(long = "ops", value_name = "NAME,…", value_delimiter = ',')]
    ops: Vec<Family>,

    /// Mappings to draw [default: all]
    #[arg(long = "maps", value_name = "NAME,…", value_delimiter = ',')]
    maps: Vec<MapKind>,

    /// Readers to judge: maps, query, query-walk, smaps [default: maps,query,smaps]
    #[arg(long = "reader", value_name = "READER,…", value_delimiter = ',')]
    readers: Vec<Reader>,

    #[command(flatten)]
    scheduling: ScheduleArguments,

    /// Hunters at once, each with a modifier and readers of its own
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u16).range(1..=MOST_JOBS))]
    pub jobs: u16,

    /// Lines of the modifier's maps that are not of the sequence: few, or thousands
    #[arg(long, value_name = "N", default_value_t = crate::scenario::arena::DEFAULT_SLOTS,
          value_parser = clap::value_parser!(u32).range(60..=crate::scenario::arena::MAX_SLOTS as i64))]
    pub vmas: u32,

    /// Exit 0 if all violations bear the signature of a known hole (H1, H2, H3)
    #[arg(long)]
    pub allow_known: bool,

    /// Write a kit for each find into this folder: the scenario, a C program, a mail
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// What to print; ktap has one test for each known hole, and one for all other violations
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: CheckFormat,
}

impl FuzzArguments {
    pub(crate) fn families(&self) -> Vec<Family> {
        all_if_none(&self.ops)
    }

    pub(crate) fn kinds(&self) -> Vec<MapKind> {
        all_if_none(&self.maps)
    }

    pub(crate) fn readers(&self) -> Vec<Reader> {
        match &self.readers[..] {
            [] => Reader::USUAL.to_vec(),
            named => named.to_vec(),
        }
    }

    /// The schedules asked for; none: all, by what they find.
    pub(crate) fn schedules(&self) -> Option<Vec<Schedule>> {
        self.scheduling.schedules()
    }
}

fn all_if_none<V: ValueEnum + Clone>(named: &[V]) -> Vec<V> {
    match named {
        [] => V::value_variants().to_vec(),
        named => named.to_vec(),
    }
}

const MORE: &str = "\
A sequence is one to five calls on a few VMAs, and the calls that lead back.
It is made once, call by call, so that the states are known as the kernel
shows them; then it runs while each reader in turn reads and every line is
judged, at the lowest addresses, inside a chunk, at a chunk boundary and at
the end of the address space. Sequences with a step that was not seen yet are
preferred, and those like others that tore many scans. What is found is made
as short as it can be, each time judged by the same kind and label, and is
repeated while a thread touches the pages that every state maps. Calls that
this kernel refuses are counted. Left out is exec of the target alone: it
replaces the address space, and the reader's file stays with the old one, so
that it makes no cycle. What reads across an exec show is tested by itself
(tests/command/odd_targets.rs, tests/kernel/sampler_ends.rs).

Exit status:
  0  no violation was seen (with --allow-known: none but H1, H2 and H3)
  1  a violation was seen
  2  the command line is wrong
  3  the hunt could not run, or not to its end, and no violation was seen
  4  no sequence could be run

Ctrl-C, SIGTERM or SIGHUP ends the hunt early, with the totals so far.";
