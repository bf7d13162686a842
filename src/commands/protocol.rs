//! `vmascope protocol`: the model, explored.

use std::io;

use super::exit::{Exit, Failure, unless_unread};
use crate::cli::protocol::{ProtocolArguments, ProtocolFormat};
use crate::model::case::{CaseError, ModelCase};
use crate::model::protocols::{PROTOCOLS, Protocol};
use crate::model::verdict_table::VerdictTable;
use crate::report::model::human::print_human;
use crate::report::model::json::print_json;
use crate::report::output::human_stdout;
use crate::scenario::catalogue::scenarios;
use crate::scenario::definition::Scenario;

pub(crate) fn run(arguments: &ProtocolArguments) -> Result<Exit, Failure> {
    let wanted_cases = cases_of(arguments).map_err(Failure::usage)?;
    let protocols = if asks_for_all(&arguments.readers) {
        PROTOCOLS.to_vec()
    } else {
        let found = arguments.readers.iter().map(|name| Protocol::find(name));
        found.collect::<Result<_, _>>().map_err(Failure::usage)?
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let study = VerdictTable::new(wanted_cases, protocols, arguments.reader_count, threads);
    let printed = match arguments.format {
        ProtocolFormat::Human => print_human(&study, &mut human_stdout()),
        ProtocolFormat::Json => print_json(&study, &mut io::BufWriter::new(io::stdout())),
    };
    unless_unread(printed.map_err(anyhow::Error::from), ())?;
    Ok(if study.holds() {
        Exit::Held
    } else {
        Exit::Violation
    })
}

fn cases_of(arguments: &ProtocolArguments) -> Result<Vec<ModelCase>, CaseError> {
    let wanted: Vec<&Scenario> = if asks_for_all(&arguments.cases) {
        scenarios().iter().collect()
    } else {
        let found = arguments.cases.iter().map(|name| ModelCase::scenario(name));
        found.collect::<Result<_, _>>()?
    };
    let case = if arguments.last {
        ModelCase::at_the_end
    } else {
        ModelCase::of
    };
    wanted.into_iter().map(case).collect()
}

fn asks_for_all(names: &[String]) -> bool {
    names.iter().any(|name| name == "all")
}
