//! The arguments of `vmascope scenarios`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Clone, Debug, Args)]
pub(crate) struct ScenariosArguments {
    /// Scenarios to show; without a name all of them
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,

    /// Read more scenarios from this file, TOML as scenarios.toml of the sources
    #[arg(long = "scenario-file", value_name = "FILE")]
    pub scenario_files: Vec<PathBuf>,

    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ScenariosFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScenariosFormat {
    /// Pictures and words
    Human,
    /// One JSON document
    Json,
}
