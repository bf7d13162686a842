//! Arguments of the subcommands that watch a target of the user's.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::theme::ThemeArguments;

#[derive(Clone, Debug, Args)]
pub(crate) struct AttachArguments {
    /// The process to watch: its PID, a thread's, or its name if no other has
    /// it; without one, a list to choose from
    #[arg(value_name = "PID|NAME")]
    pub target: Option<OsString>,
    #[command(flatten)]
    pub rate: RateArguments,
    #[command(flatten)]
    pub theme: ThemeArguments,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub rate: RateArguments,
    #[command(flatten)]
    pub theme: ThemeArguments,
    /// A file for what the command writes; without it, the end of that is
    /// printed afterwards
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The command to run and watch, and its arguments; it ends with vmascope
    #[arg(
        value_name = "COMMAND",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub command: Vec<OsString>,
}

/// How fast to scan a target that is not ours.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct RateArguments {
    /// Scans a second; 0 is as fast as the kernel answers, which costs the
    /// target
    #[arg(long, value_name = "SCANS", default_value_t = 60)]
    pub rate: u32,
}
