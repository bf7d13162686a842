//! The arguments of `vmascope replay`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::theme::ThemeArguments;
use super::values::time_range;
use crate::linux::features::rule::Rule;

#[derive(Clone, Debug, Args)]
#[command(after_long_help = REPLAY_ENDS)]
pub(crate) struct ReplayArguments {
    /// The recording: what --record or a key has written
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Print what it came to, in place of showing it
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<ReplayFormat>,

    /// Judge all scans afresh by what this version knows, and say what is another than it was
    #[arg(long)]
    pub judge: bool,

    /// Judge by this rule: line-end, chunk-end or chunk-start; without it, by the one that the
    /// recording holds
    #[arg(long, value_name = "RULE", requires = "judge")]
    pub rule: Option<Rule>,

    /// Write what was recorded in that time to a smaller recording, --out, as 12s..14s
    #[arg(
        long,
        value_name = "FROM..TO",
        value_parser = time_range,
        requires = "out",
        conflicts_with_all = ["format", "judge"]
    )]
    pub cut: Option<(Duration, Duration)>,

    /// Write only what the find of this number needs, as the list of all that was found counts
    /// them: a few KiB, fit for a mail
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "out",
        conflicts_with_all = ["cut", "format", "judge"]
    )]
    pub tear: Option<usize>,

    /// Replace addresses and names in what is written, the same by the same, so that it is judged
    /// as before and does not tell whose it was; how long they were stays
    #[arg(long, requires = "out", conflicts_with_all = ["format", "judge"])]
    pub anonymise: bool,

    /// The file to write to, a new one
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    #[command(flatten)]
    pub theme: ThemeArguments,
}

/// How a recording is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReplayFormat {
    /// For people
    Human,
    /// One JSON object a line
    Json,
    /// KTAP, as kernel tests print it
    Ktap,
    /// Plain text for a mail
    Mail,
}

const REPLAY_ENDS: &str = "\
The application shows the recording as it was shown: the same views and keys,
and any moment of it. It begins at the first, and plays.

A part of it (--cut, --tear) is a recording too, in which scans have the numbers
and times that they had. --anonymise replaces addresses, names of files and of
memory, command lines, inodes and devices: the same by the same, in the same
order, as long as they were. Times, PIDs, sizes and the kernel's version stay.

What was killed while it recorded is whole up to its last quarter of a second. A
later vmascope reads it too; one of another major version of the format is
refused.

Exit status: 0 if nothing that must hold was violated, or it was only shown;
1 if something was; 2 for a wrong command line; 3 if the file is no recording
that can be read.";
