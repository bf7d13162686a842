//! The arguments of `vmascope man`.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `vmascope man`.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = NOTES)]
pub(crate) struct ManArguments {
    /// Write a page for each command into this directory, which is made if there is none;
    /// without it, the page of vmascope itself goes to standard output
    #[arg(value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,
}

const NOTES: &str = "\
To read them without installing them:
  vmascope man | man -l -
  vmascope man pages && man -l pages/vmascope-check.1

Exit status:
  0  all pages were written
  2  the command line is wrong
  3  a page could not be written; those before it are whole";
