//! One file per subcommand: each wires the rooms together.

pub mod attach;
mod case;
mod check;
mod demo;
mod exit;
mod plan;
mod protocol;
pub mod run;

pub use exit::{Exit, Failure};

use crate::cli::{Cli, Command, DemoArguments};

/// Carries out a command line.
///
/// # Errors
/// [`Failure`], whose text is one line for the user and whose exit status is
/// documented.
pub fn run(cli: &Cli) -> Result<Exit, Failure> {
    match &cli.command {
        Some(Command::Check(arguments)) => check::run(arguments),
        Some(Command::Protocol(arguments)) => protocol::run(arguments),
        Some(Command::Demo(arguments)) => demo::run(arguments),
        Some(Command::Attach(arguments)) => attach::run(arguments, demo::watch),
        Some(Command::Run(arguments)) => run::run(arguments, demo::watch),
        None => demo::run(&DemoArguments::default_scenario()),
    }
}
