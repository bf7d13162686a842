//! The arguments of `vmascope replay`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::share::ShareArguments;
use super::theme::ThemeArguments;
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

    #[command(flatten)]
    pub theme: ThemeArguments,

    #[command(flatten)]
    pub share: ShareArguments,
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
The application shows the recording as it was shown: the same views and keys, and
any moment of it. It begins at the first, and plays.

What was killed while it recorded is whole up to its last quarter of a second. A
later vmascope reads it too; one of another major version of the format is refused.

Exit status: 0 if nothing that must hold was violated, or it was only shown; 1 if
something was; 2 for a wrong command line; 3 if the file is no recording that can be
read.";
