//! One file per subcommand: each wires the rooms together.
//!
//! A check is more than one file: its [`plan`], how its cases are read
//! ([`case_arguments`]; [`checking`](crate::checking) reads them), the [`budget`]
//! of its time, and what becomes of the observations ([`check_outputs`],
//! [`compare`]).

pub(crate) mod attach;
pub(crate) mod budget;
pub(crate) mod case_arguments;
pub(crate) mod check;
pub(crate) mod check_outputs;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod exit;
pub(crate) mod fuzz;
pub(crate) mod kernel;
pub(crate) mod kits;
pub(crate) mod latency;
pub(crate) mod learn;
pub(crate) mod man;
pub(crate) mod notes;
pub(crate) mod plan;
pub(crate) mod populate;
pub(crate) mod protocol;
pub(crate) mod record;
pub(crate) mod repeats;
pub(crate) mod replay;
pub(crate) mod run;
pub(crate) mod scenarios;
pub(crate) mod settings;
pub(crate) mod share;
pub(crate) mod signals;
pub(crate) mod step;
pub(crate) mod watch;

use std::cell::Cell;

use exit::{Exit, Failure, unless_unread};

use crate::cli::demo::DemoArguments;
use crate::cli::{Cli, Command};
use crate::linux::pid_namespace;
use crate::linux::sandbox::{self, Doing};
use crate::report::output::print;
use crate::text::sanitise::sanitise;

/// Reads the command line; none where it asked for help or the version, which
/// is then printed.
///
/// # Errors
/// [`Failure`] of exit status 2, on one line.
pub(crate) fn command_line() -> Result<Option<Cli>, Failure> {
    use clap::Parser as _;
    let error = match Cli::try_parse() {
        Ok(cli) => return Ok(Some(cli)),
        Err(error) => error,
    };
    if !error.use_stderr() {
        let written = print(&error.render().ansi().to_string());
        unless_unread(written.map_err(anyhow::Error::from), ())?;
        return Ok(None);
    }
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim);
    let parts: Vec<&str> = lines
        .map(|line| line.trim_start_matches("error: "))
        .filter(|line| !line.is_empty() && !line.starts_with("For more information"))
        .map(|line| line.trim_end_matches(['.', ':']))
        .collect();
    let message = parts.join("; ");
    let message = sanitise(message.as_bytes());
    Err(Failure::usage(anyhow::anyhow!(
        "{message}; --help says what there is"
    )))
}

/// Carries out a command line.
///
/// # Errors
/// [`Failure`], whose text is one line for the user and whose exit status is
/// documented.
pub(crate) fn run(cli: &Cli) -> Result<Exit, Failure> {
    if cli.print_config {
        return settings::print_config();
    }
    // Of a difference the sides may be files, and the others start no process and
    // look at none.
    if !matches!(
        cli.command,
        Some(
            Command::Diff(_)
                | Command::Replay(_)
                | Command::Protocol(_)
                | Command::Scenarios(_)
                | Command::Notes(_)
                | Command::Man(_)
                | Command::Completions(_)
        )
    ) {
        sandbox::check(match &cli.command {
            Some(Command::Attach(_) | Command::Watch(_)) => Doing::Watching,
            _ => Doing::Running,
        })?;
        pid_namespace::check()?;
    }
    match &cli.command {
        Some(Command::Check(arguments)) => check::run(arguments),
        Some(Command::Fuzz(arguments)) => fuzz::run(arguments),
        Some(Command::Step(arguments)) => step::run(arguments),
        Some(Command::Kernel(arguments)) => kernel::run(arguments),
        Some(Command::Latency(arguments)) => latency::run(arguments),
        Some(Command::Protocol(arguments)) => protocol::run(arguments),
        Some(Command::Demo(arguments)) => demo::run(arguments),
        Some(Command::Scenarios(arguments)) => scenarios::run(arguments),
        Some(Command::Attach(arguments)) => {
            let screen = &arguments.screen;
            let settings = &settings::load(&screen.look.config)?;
            let inbox = Cell::new(None);
            let choose = || demo::choose(screen, settings, &inbox);
            let record = &arguments.record;
            let watch = |to_watch| demo::watch(to_watch, screen, settings, record, inbox.take());
            attach::run(arguments, settings, choose, watch)
        }
        Some(Command::Run(arguments)) => {
            let screen = &arguments.screen;
            let settings = &settings::load(&screen.look.config)?;
            let record = &arguments.record;
            let watch = |to_watch| demo::watch(to_watch, screen, settings, record, None);
            run::run(arguments, settings, watch)
        }
        Some(Command::Watch(arguments)) => watch::run(arguments),
        Some(Command::Replay(arguments)) => replay::run(arguments),
        Some(Command::Diff(arguments)) => diff::run(arguments),
        Some(Command::Learn(arguments)) => learn::run(arguments),
        Some(Command::Notes(arguments)) => notes::run(arguments),
        Some(Command::Man(arguments)) => man::run(arguments),
        Some(Command::Completions(arguments)) => completions::run(arguments),
        None => demo::run(&DemoArguments::default_scenario(&cli.screen)),
    }
}
