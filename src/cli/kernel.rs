//! The arguments of `vmascope kernel`.

use std::time::Duration;

use clap::{Args, ValueEnum};

#[derive(Clone, Debug, Args)]
pub(crate) struct KernelArguments {
    /// How long to look for each of the known holes
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = super::values::duration)]
    pub look: Duration,

    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: KernelFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KernelFormat {
    /// What each reader does, and how that is known
    Human,
    /// One JSON document
    Json,
}
