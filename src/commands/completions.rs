//! `vmascope completions`: what has a shell complete command lines.

use std::iter::once;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory, Id, ValueHint};

use super::exit::{Exit, Failure};
use crate::cli::Cli;
use crate::cli::completions::CompletionsArguments;
use crate::latency::load::Load;
use crate::linux::reader::Reader;
use crate::model::protocols::PROTOCOLS;
use crate::report::output::print_document;
use crate::scenario::catalogue::scenarios;

/// Prints the script for a shell.
pub(super) fn run(arguments: &CompletionsArguments) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    let mut command = completed(&Cli::command());
    clap_complete::generate(arguments.shell, &mut command, "vmascope", &mut script);
    print_document(&script, &format!("the completions for {}", arguments.shell))?;
    Ok(Exit::Held)
}

/// The command as a shell completes it: without what is hidden, which the
/// generators show, and with the words that its arguments take. A copy, as
/// nothing can be taken out of a command.
fn completed(command: &Command) -> Command {
    let mut copy = Command::new(command.get_name().to_owned());
    if let Some(about) = command.get_about() {
        copy = copy.about(about.clone());
    }
    if let Some(version) = command.get_version() {
        copy = copy.version(version.to_owned());
    }
    let shown = || command.get_arguments().filter(|one| !one.is_hide_set());
    let is_shown = |id: &Id| shown().any(|one| one.get_id() == id);
    let groups = command.get_groups();
    let groups = groups.filter(|group| group.get_args().all(is_shown));
    let arguments = shown().map(|one| with_words(command.get_name(), one.clone()));
    let below = command.get_subcommands().filter(|one| !one.is_hide_set());
    copy.args(arguments)
        .groups(groups.cloned())
        .subcommands(below.map(completed))
}

/// The argument with the words it takes, or with a hint that it takes a file.
/// Without either a shell would offer files where a number is wanted.
fn with_words(command: &str, argument: Arg) -> Arg {
    let words: Vec<&'static str> = match (command, argument.get_id().as_str()) {
        ("check" | "protocol", "scenarios" | "cases") | ("demo", "scenario") => {
            once("all").chain(scenario_names()).collect()
        }
        ("scenarios", "names") | ("step", "scenario") => scenario_names().collect(),
        ("check", "readers") => Reader::JUDGED.map(Reader::name).to_vec(),
        ("latency", "readers") => Load::ALL.map(Load::name).to_vec(),
        ("protocol", "readers") => {
            let names = PROTOCOLS.iter().map(|protocol| protocol.name);
            once("all").chain(names).collect()
        }
        _ if argument.get_action().takes_values() => {
            let hint = hint(&argument);
            return argument.value_hint(hint);
        }
        _ => return argument,
    };
    argument.value_parser(PossibleValuesParser::new(words))
}

fn scenario_names() -> impl Iterator<Item = &'static str> {
    scenarios().iter().map(|scenario| &*scenario.name)
}

/// What an argument takes that names itself so.
fn hint(argument: &Arg) -> ValueHint {
    let name = argument.get_value_names().and_then(|names| names.first());
    match name.map(|name| name.as_str()) {
        // A side of `diff` is a PID or a file.
        Some("FILE" | "OUT" | "A" | "B") => ValueHint::FilePath,
        Some("DIR") => ValueHint::DirPath,
        Some("COMMAND") => ValueHint::CommandWithArguments,
        _ => ValueHint::Other,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn every_reader_that_is_offered_is_taken() {
        let offered = completed(&Cli::command());
        for name in ["check", "latency", "protocol"] {
            let command = offered.find_subcommand(name).unwrap();
            let mut arguments = command.get_arguments();
            let readers = arguments.find(|argument| argument.get_id() == "readers");
            let words = readers.unwrap().get_possible_values();
            assert!(words.len() > 3, "{name}");
            for word in words {
                let word = word.get_name();
                let parsed = Cli::try_parse_from(["vmascope", name, "--reader", word]);
                assert!(parsed.is_ok(), "{name} --reader {word}: {parsed:?}");
            }
        }
    }
}
