//! The arguments of `vmascope protocol`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::model::walk::DEPTH;

/// Beyond it a walk promises next to nothing.
pub(super) const MOST_DEPTH: i64 = 9;

#[derive(Clone, Debug, Args)]
#[command(after_long_help = NOTES)]
pub(crate) struct ProtocolArguments {
    /// Cases to explore, of the catalogue: names separated by commas, or all
    #[arg(
        long = "case",
        value_name = "NAME,…",
        value_delimiter = ',',
        default_value = "all"
    )]
    pub cases: Vec<String>,

    /// Have the scenarios of this file as cases, too, TOML as scenarios.toml of the sources
    #[arg(long = "scenario-file", value_name = "FILE")]
    pub scenario_files: Vec<PathBuf>,

    /// Readers' protocols: names separated by commas, or all (which lists them)
    #[arg(
        long = "reader",
        value_name = "NAME,…",
        value_delimiter = ',',
        default_value = "all"
    )]
    pub readers: Vec<String>,

    /// Put nothing behind the site: each case at the end of the address space
    #[arg(long)]
    pub last: bool,

    /// How many readers run at once, both of the same protocol
    #[arg(long = "readers", value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u8).range(1..=2))]
    pub reader_count: u8,

    /// Draw so many interleavings at random, by priorities, instead of visiting all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub walks: Option<u64>,

    /// Begin with the walk that this number draws, and go on with those of the next numbers
    #[arg(long, value_name = "N", default_value_t = 1, requires = "walks")]
    pub seed: u64,

    /// How many pairs of steps must come in a certain order for what the walks look for
    #[arg(long, value_name = "D", default_value_t = DEPTH, requires = "walks",
          value_parser = clap::value_parser!(u32).range(1..=MOST_DEPTH))]
    pub depth: u32,

    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ProtocolFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProtocolFormat {
    /// A matrix or a table, and with one reader the shortest traces
    Human,
    /// One JSON document, with the shortest traces
    Json,
}

const NOTES: &str = "\
The model is explored, not the running kernel: every interleaving of one reader
(or two) with a writer that repeats the case's operations for ever.

With --walks each thread has a random priority, the highest that can steps, and
falls at D-1 random steps (PCT: Burckhardt et al., ASPLOS 2010). That needs no
memory, and so goes on where there are too many interleavings to visit. What a
walk finds is drawn again by its seed, and stepped through in the application:
demo --scenario NAME --protocol READER --seed N. Walks that find nothing prove
nothing.

Exit status:
  0  every promise that must hold holds in every interleaving, or walk
  1  some interleaving breaks one
  2  the command line is wrong
  3  it could not run";
