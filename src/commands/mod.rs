//! One file per subcommand: each wires the rooms together.

pub mod attach;
mod budget;
mod case;
mod check;
mod compared;
mod demo;
mod diff;
mod exit;
mod kernel;
mod latency;
mod plan;
mod protocol;
mod reading;
mod rounds;
pub mod run;
mod scenarios;
mod step;
mod watch;

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
        Some(Command::Step(arguments)) => step::run(arguments),
        Some(Command::Kernel(arguments)) => kernel::run(arguments),
        Some(Command::Latency(arguments)) => latency::run(arguments),
        Some(Command::Protocol(arguments)) => protocol::run(arguments),
        Some(Command::Demo(arguments)) => demo::run(arguments),
        Some(Command::Scenarios(arguments)) => scenarios::run(arguments),
        Some(Command::Attach(arguments)) => attach::run(arguments, demo::choose, demo::watch),
        Some(Command::Run(arguments)) => run::run(arguments, demo::watch),
        Some(Command::Watch(arguments)) => watch::run(arguments),
        Some(Command::Diff(arguments)) => diff::run(arguments),
        None => demo::run(&DemoArguments::default_scenario()),
    }
}
