//! The arguments of `vmascope replay`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::screen::ScreenArguments;
use super::share::ShareArguments;
use super::time::{Part, part};
use super::values::recording;
use crate::linux::features::rule::Rule;

#[derive(Clone, Debug, Args)]
#[command(after_long_help = REPLAY_ENDS)]
pub(crate) struct ReplayArguments {
    /// The recording: what --record or a key has written
    #[arg(value_name = "FILE", value_parser = recording())]
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
        value_parser = part,
        requires = "out",
        conflicts_with_all = ["format", "judge", "tear"]
    )]
    pub cut: Option<Part>,

    /// Replace addresses and names in what is written, the same by the same, so that it is judged
    /// as before and does not tell whose it was; how long they were stays
    #[arg(long, requires = "out", conflicts_with_all = ["format", "judge"])]
    pub anonymise: bool,

    /// The file to write to, a new one
    #[arg(long, value_name = "FILE", value_parser = recording())]
    pub out: Option<PathBuf>,

    #[command(flatten)]
    pub screen: ScreenArguments,

    #[command(flatten)]
    pub share: ShareArguments,
}

/// How a recording is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReplayFormat {
    /// For people
    Human,
    /// JSON: one document, or of a watch one object a line
    Json,
    /// KTAP, as kernel tests print it
    Ktap,
    /// Plain text for a mail
    Mail,
}

const REPLAY_ENDS: &str = "\
The application shows the recording as it was shown: the same views and keys,
and any moment of it. It begins at the first, and plays. A check and a watch
had no screen: they are printed, as human where no --format says otherwise.

With --format a check is printed as it was, and so is a watch (human and
json); of a session the last report there is, as if it had been a check. What
was not the modifier has no ktap: nothing is judged where states are not
known. Of check --compare the check is printed, and not the comparison.

With --judge all scans are judged by the oracle of this version, and by the
rule they were recorded with or --rule, and compared with what was counted of
the same scans when they were read. What is not in the recording is said:
scans that found no room or are older than it is, the system calls of a
process that is not ours, so that no hole is suspected.

A part of it (--cut, --tear) is a recording too, in which scans have the
numbers and times that they had, and the totals are those of the whole: both
is said where it is shown or printed. The finds of --tear are those of a
session or of a check, in the order in which they were told of. --anonymise
replaces addresses, names of files and of memory, command lines, inodes and
devices: the same by the same, in the same order, as long as they were. Times,
PIDs, sizes and the kernel's version stay.

What was killed while it recorded is whole up to its last quarter of a second.
A later vmascope reads it too; one of another major version of the format is
refused.

Exit status: that of the check, or 1 if a violation was seen, or is now
(--judge), else 0, also where it was only shown; 2 for a wrong command line,
what is not in the recording, or a format that it cannot be printed in; 3 if
the file is no recording that can be read, or one of a run that was cut off
before a violation was seen.";
