//! The argument of the subcommands that can be recorded.

use std::path::PathBuf;

use clap::Args;

use super::values::recording;

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct RecordArguments {
    /// Record all that is read and shown to FILE, a new one; vmascope replay FILE shows it again
    #[arg(long, value_name = "FILE", value_parser = recording())]
    pub record: Option<PathBuf>,
}
