//! One file per subcommand: each wires the rooms together.

pub mod attach;
mod case;
mod check;
mod exit;
mod plan;
pub mod run;

pub use exit::{Exit, Failure};

use crate::cli::{Cli, Command};

/// Carries out a command line.
///
/// # Errors
/// [`Failure`], whose text is one line for the user and whose exit status is
/// documented.
pub fn run(cli: &Cli) -> Result<Exit, Failure> {
    match &cli.command {
        Command::Check(arguments) => check::run(arguments),
    }
}
