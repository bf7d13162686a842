//! The arguments of `vmascope protocol`.

use clap::{Args, ValueEnum};

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

Exit status:
  0  every promise that must hold holds in every interleaving
  1  some interleaving breaks one
  2  the command line is wrong
  3  it could not run";
